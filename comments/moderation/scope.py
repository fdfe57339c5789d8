"""Which comments somebody moderates: all of them, or those on their own posts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Rank, rank_of
from blog.models import Post
from blog.permissions import may_write
from comments import permissions
from comments.models import Comment, CommentState, ModerationEvent
from comments.models.comments import CommentQuerySet
from comments.permissions import Decider

Action = ModerationEvent.Action


@dataclass(frozen=True)
class ModerationScope:
    """Who moderates, and what: all comments, or those on their own posts."""

    user: User
    rank: Rank

    @property
    def sees_all(self) -> bool:
        return self.rank >= Rank.LIMITED_MODERATOR

    @property
    def finds_people(self) -> bool:
        """Whether they can search by e-mail and network, which are personal; limited moderators cannot."""
        return self.rank >= Rank.MODERATOR

    @property
    def is_limited(self) -> bool:
        """Whether this person can only hold and report, except on their own posts."""
        return self.rank == Rank.LIMITED_MODERATOR

    @property
    def verbs_at_once(self) -> tuple[str, ...]:
        """The decisions offered for several comments at once."""
        everything = (Action.APPROVE, Action.SPAM, Action.REMOVE)
        if not self.is_limited:
            return everything
        return (Action.HOLD, *everything) if may_write(self.user) else (Action.HOLD,)

    def own_among(self, post_ids: Iterable[int]) -> frozenset[int]:
        """Return which of these posts are this person's own; none for moderators, for whom it makes no difference."""
        if self.finds_people or not may_write(self.user):
            return frozenset()
        return frozenset(self.posts().filter(pk__in=set(post_ids)).values_list("pk", flat=True))

    def decider(self, *, own_post: bool) -> Decider:
        """Return this person as the permissions take whoever decides on a comment."""
        return permissions.decider(self.user, own_post=own_post)

    def posts(self) -> QuerySet:
        return Post.objects.written_by(self.user).order_by().values("pk")

    def comments(self) -> CommentQuerySet:
        rows = Comment.objects.order_by()
        return rows if self.sees_all else rows.filter(post__in=self.posts())

    def readable(self) -> CommentQuerySet:
        """Return the comments this person may open: those they moderate, and public ones."""
        if self.sees_all:
            return self.comments()
        published = Post.objects.visible_to(self.user).order_by().values("pk")
        is_public = Q(state=CommentState.PUBLIC, post__in=published)
        return Comment.objects.order_by().filter(is_public | Q(post__in=self.posts()))


def scope_of(user: Any) -> ModerationScope | None:
    """Return what this person moderates, or None: moderators and owners everything, authors their own posts."""
    rank = rank_of(user)
    if rank >= Rank.LIMITED_MODERATOR or (user.is_authenticated and may_write(user)):
        return ModerationScope(user, rank)
    return None
