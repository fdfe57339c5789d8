"""Lists comments across posts, newest first, and posts by their comments. No count goes past what is shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from blog.models import Post
from comments.models import Comment, Discussion, Mute
from comments.models.comments import CommentQuerySet

# Whole comments of some 500 characters: ten screens of a phone.
PAGE = 20
POPULAR_WITHIN = timedelta(days=30)
MOST_COUNTED = 1000


@dataclass(frozen=True)
class RecentComment:
    """A line of the list of recent comments."""

    pk: int
    writer_name: str
    title: str
    published_at: datetime


@dataclass(frozen=True)
class CommentList:
    """One page of comments; `newer` and `older` are query strings, None where there is nothing."""

    comments: list[Comment]
    newer: str | None
    older: str | None


def public_comments(user: Any = None) -> CommentQuerySet:
    """Return the public comments on posts that `user` may read, newest first, with their posts and writers.

    The post is looked up per comment, so that a short list does not read the list of all posts.
    """
    posts = Post.objects.visible_to(user).filter(pk=OuterRef("post_id")).order_by()
    comments = Comment.objects.public().filter(Exists(posts)).order_by("-published_at", "-pk")
    return comments.with_post().defer("body")


def latest(most: int) -> list[RecentComment]:
    """Return the latest comments as plain values, which is cheap: every front page shows them."""
    comments = public_comments().select_related(None).defer(None)
    name = Coalesce("user__display_name", "guest_name")
    return [
        RecentComment(*row) for row in comments.values_list("pk", name, "post__title", "published_at")[:most]
    ]


def page_of(comments: CommentQuerySet, *, before: Comment | None) -> CommentList:
    """Return the page of `comments` that begins just below `before`, or the first one."""
    found = list((_below(comments, before) if before else comments)[: PAGE + 1])
    older = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else None
    return CommentList(found[:PAGE], newer=_newer(comments, before) if before else None, older=older)


def _below(comments: CommentQuerySet, cursor: Comment) -> CommentQuerySet:
    at = cursor.published_at
    return comments.filter(published_at__lte=at).exclude(published_at=at, pk__gte=cursor.pk)


def _newer(comments: CommentQuerySet, cursor: Comment) -> str:
    """Return the query of the page above: it begins below the first comment that does not fit on it."""
    at = cursor.published_at
    above = comments.filter(published_at__gte=at).exclude(published_at=at, pk__lt=cursor.pk)
    ends = above.order_by("published_at", "pk").values_list("pk", flat=True)[PAGE : PAGE + 1]
    return next((f"?before={pk}" for pk in ends), "?")


def of_person(person: User, viewer: Any) -> CommentQuerySet:
    return public_comments(viewer).filter(user=person)


def counted(comments: CommentQuerySet) -> int:
    """Return how many comments there are, or MOST_COUNTED + 1 for more than that."""
    return comments.order_by()[: MOST_COUNTED + 1].count()


def popular_posts(*, most: int = 5, now: datetime | None = None) -> list[Post]:
    """Return the posts of the last 30 days that have most comments, with `comment_count`."""
    now = now or timezone.now()
    posts = Post.objects.listed(now=now).filter(published_at__gte=now - POPULAR_WITHIN)
    busy = posts.filter(discussion__comment_count__gt=0).annotate(
        comment_count=F("discussion__comment_count")
    )
    shown = busy.only(*Post.ADDRESS, "title")
    return list(shown.order_by("-comment_count", "-published_at")[:most])


def counts_of(posts: list[Post]) -> dict[int, tuple[int, int]]:
    """Map each post that has a discussion to its number of public comments and its last number; one query."""
    found = Discussion.objects.filter(pk__in=[post.pk for post in posts])
    return {pk: (count, last) for pk, count, last in found.values_list("pk", "comment_count", "last_number")}


def new_of(posts: list[Post], member: User) -> dict[int, int]:
    """Map posts to how many of their comments this member has not seen; one query.

    Posts that they have never read, and comments that they have muted, are left out.
    """
    seen = {"post__visits__user": member, "number__gt": F("post__visits__latest")}
    comments = Comment.objects.public().filter(post__in=[post.pk for post in posts], **seen)
    # By itself ~Q(user=member) would leave out guests' comments too, whose `user` is NULL.
    others = comments.filter(~Q(user=member) | Q(user=None), ~Mute.objects.filter(user=member).hiding())
    return dict(others.order_by().values_list("post").annotate(Count("pk")))
