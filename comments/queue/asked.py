"""Who decides, and what they ask of the queue; as the address says it."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from blog.models import Post
from blog.permissions import may_write
from comments import permissions
from comments.models import Comment, CommentState
from comments.models.comments import CommentQuerySet

HELD, REPORTED, SPAM, DECIDED, ALL = TABS = ("held", "reported", "spam", "decided", "all")


@dataclass(frozen=True)
class Desk:
    """Who decides, and on what: on everything, or on comments of their own posts."""

    user: User
    sees_all: bool
    # E-mail and network are personal: a limited moderator works without them.
    finds_people: bool

    def posts(self) -> QuerySet:
        return Post.objects.written_by(self.user).order_by().values("pk")

    def comments(self) -> CommentQuerySet:
        rows = Comment.objects.order_by()
        return rows if self.sees_all else rows.filter(post__in=self.posts())

    def readable(self) -> CommentQuerySet:
        """What this person may open: the comments of this desk, and what everybody reads."""
        if self.sees_all:
            return self.comments()
        published = Post.objects.visible_to(self.user).order_by().values("pk")
        is_public = Q(state=CommentState.PUBLIC, post__in=published)
        return Comment.objects.order_by().filter(is_public | Q(post__in=self.posts()))


def desk_of(user: Any) -> Desk | None:
    """Return where this person decides, or None: moderators and the owner on all, authors on their own posts."""
    roles = permissions.roles_of(user)
    if roles.is_limited_moderator:
        return Desk(user, sees_all=True, finds_people=roles.is_moderator)
    if user.is_authenticated and may_write(user):
        return Desk(user, sees_all=False, finds_people=False)
    return None


@dataclass(frozen=True)
class Request:
    """What is asked of the queue, as its address says it; `before` is where the page goes on."""

    tab: str = HELD
    text: str = ""
    oldest: bool = False
    before: int | None = None
    # “member-12” or “guest-5”: one writer's comments.
    writer: str = ""
    # One comment alone, in whatever state.
    comment: int | None = None

    @classmethod
    def read(cls, query: Any) -> "Request":
        tab = query.get("state", HELD)
        return cls(
            tab=tab if tab in TABS else HELD,
            text=" ".join(query.get("q", "").replace("\0", " ").split())[:200],
            oldest=query.get("order") == "oldest",
            before=number_in(query.get("before", "")),
            writer=query.get("writer", "") if writer_in(query.get("writer", "")) else "",
            comment=number_in(query.get("comment", "")),
        )

    def address(self, **changes: Any) -> str:
        """Return the address of this page of the queue, or of another one."""
        asked = replace(self, **changes)
        query = {
            "state": asked.tab,
            "q": asked.text,
            "order": "oldest" if asked.oldest else "",
            "before": asked.before,
            "writer": asked.writer,
            "comment": asked.comment,
        }
        return f"{reverse('comments:moderation')}?{urlencode({key: it for key, it in query.items() if it})}"


def number_in(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def writer_in(text: str) -> dict[str, int] | None:
    """Return the column and id that “member-12” names, or None."""
    kind, _dash, pk = text.partition("-")
    columns = {"member": "user_id", "guest": "guest_id"}
    return {columns[kind]: int(pk)} if kind in columns and number_in(pk) else None
