"""Who is looking at a discussion, in which order, and what they may read."""

from typing import NamedTuple

from django.http import HttpRequest

from accounts import guests
from accounts.models import User
from accounts.roles import Rank, rank_of
from blog.models import Post
from blog.variants import ORDERS, variant_of
from comments import permissions
from comments.models import Comment
from comments.permissions import Decider
from comments.thread.rows import PUBLIC, SPAM, WITHDRAWN, Row

# The same list by which cached pages differ.
OLDEST, NEWEST, BEST, FLAT = ORDERS


class Viewer(NamedTuple):
    """Who is looking, as far as the discussion differs for them: a member, a guest with a cookie, or anybody."""

    user_id: int | None = None
    guest_id: int | None = None
    # Whether they moderate this post, and so read held and removed comments.
    moderates: bool = False
    # Their power over its comments: their rank, and whether it is their own post.
    rank: Rank = Rank.EVERYBODY
    owns_post: bool = False

    @property
    def decider(self) -> Decider:
        return Decider(self.user_id, self.rank, self.owns_post)

    @property
    def is_stranger(self) -> bool:
        """Whether nothing can be theirs: neither a member nor a guest with a cookie."""
        return self.user_id is None and self.guest_id is None

    def wrote(self, row: Row | Comment) -> bool:
        """Whether the comment is this person's."""
        if row.user_id is not None:
            return row.user_id == self.user_id
        return row.guest_id is not None and row.guest_id == self.guest_id


ANYBODY = Viewer()


def order_of(request: HttpRequest) -> str:
    """Return the order a reader asked for: the address wins, then the cookie, then the oldest first."""
    return variant_of(request).order


def viewer_of(request: HttpRequest, post: Post | None = None) -> Viewer:
    """Return who is looking: a member, a guest whom a cookie names, or anybody.

    With `post`, also whether they moderate its comments. That may read their roles, and for authors whose post it is.
    """
    if not request.user.is_authenticated:
        guest_id = guests.id_of(request)
        return Viewer(guest_id=guest_id) if guest_id is not None else ANYBODY
    if post is None:
        return Viewer(user_id=request.user.pk)
    return _viewer_of_post(request.user, post)


def _viewer_of_post(user: User, post: Post) -> Viewer:
    # Whose post it is matters only if the rank does not suffice.
    owns_post = rank_of(user) < Rank.MODERATOR and post.is_by(user)
    who = permissions.decider(user, own_post=owns_post)
    moderates = permissions.moderate_refusal(user, own_post=owns_post) is None
    return Viewer(user_id=user.pk, moderates=moderates, rank=who.rank, owns_post=who.owns_post)


def is_readable(row: Row, viewer: Viewer) -> bool:
    """Whether this viewer may read the comment's text.

    Its writer may while it is held and after it was removed. So may moderators, except spam, which would fill the page.
    """
    if row.state == PUBLIC:
        return True
    return row.state != WITHDRAWN and (viewer.wrote(row) or (viewer.moderates and row.state != SPAM))
