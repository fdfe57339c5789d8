"""Tells an open page what is new: cheaply, as every page asks once a minute, or in full when its reader asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from blog.models import Post
from comments import thread
from comments.discussion.single_comments import fragments_of
from comments.models import Comment, Discussion, ModerationEvent, Mute
from comments.thread import PlacedComment, Row, Viewer, texts
from comments.thread.unread import last_number, unread_in

# The most comments that are announced; whoever asks for them gets all.
MOST_TOLD = 50
# Above this the page is loaded again, which is cached.
MOST_FETCHED = 200


@dataclass(frozen=True)
class LiveUpdates:
    """What changed on a page since it was made."""

    # New and changed comments: [id, id of its parent, HTML, id of the comment that follows it among its siblings].
    # Parents come before their replies and siblings in reverse, so that what an entry refers to is already in place.
    comments: list[tuple[int, int | None, SafeString, int | None]]
    # Those that are new to this viewer, in reading order.
    fresh: Sequence[int]
    # Comments that this viewer cannot read any more, and that left no tombstone.
    gone: list[int]
    # The last number there is now.
    last: int
    # Whether there is so much that the page should be loaded again; then the rest is empty.
    is_too_much: bool = False


def latest(post: Post, viewer: Viewer) -> list[tuple[int, int]]:
    """Return ids and numbers of the newest public comments, without those this viewer has muted; one query."""
    comments = Comment.objects.public().filter(post=post).order_by("-number")
    if not viewer.is_stranger:
        own = Q(user=viewer.user_id) if viewer.user_id is not None else Q(guest=viewer.guest_id)
        comments = comments.filter(~Mute.objects.filter(own).hiding())
    return list(comments.values_list("pk", "number")[:MOST_TOLD])


def unread(post: Post, viewer: Viewer, *, since: int, order: str) -> Sequence[int]:
    """Return the ids of the comments that are new to this viewer, in their reading order."""
    shown = _arranged(post, thread.load(post.pk, with_text=False), viewer, order)
    return unread_in(shown, since=since, viewer=viewer).ids


def updates_since(
    post: Post, viewer: Viewer, *, person: User | None, after: int, ago: timedelta, order: str
) -> LiveUpdates:
    """Return comments numbered after `after`, and those decided on or edited during the last `ago`."""
    last = Discussion.objects.filter(pk=post.pk).values_list("last_number", flat=True).first() or 0
    if last - after > MOST_FETCHED:
        return LiveUpdates([], [], [], last, is_too_much=True)
    rows: Sequence[Row] = thread.load(post.pk, viewer=viewer)
    changed = _changed(post, timezone.now() - ago)
    shown = _arranged(post, rows, viewer, order)
    new = unread_in(shown, since=after, viewer=viewer)
    wanted = changed.union(item.row.id for item in shown if (item.row.number or 0) > after)
    rows = texts.with_texts(post.pk, rows, wanted, viewer)
    full = {row.id: row for row in rows if row.id in wanted}
    fragments = fragments_of(post, rows, viewer, person=person, unread=new, shown=wanted)
    following, backwards = _following(shown), reversed(shown)
    comments = [
        (
            item.row.id,
            item.row.parent_id,
            fragments.comment(item._replace(row=full[item.row.id]), heading=_heading(item)),
            following[item.row.id],
        )
        for item in sorted(backwards, key=attrgetter("level"))
        if item.row.id in wanted
    ]
    on_page = {item.row.id for item in shown}
    # A comment without a number can only have been on the pages of its writer and of moderators.
    was_there = {row.id for row in rows if row.number is not None or viewer.moderates or viewer.wrote(row)}
    gone = sorted((changed & was_there) - on_page)
    return LiveUpdates(comments, new.ids, gone, last=last_number(rows))


def _arranged(post: Post, rows: Sequence[Row], viewer: Viewer, order: str) -> list[PlacedComment]:
    """Return the whole discussion as this viewer sees it in this order."""
    signals = thread.load_negative_signals(post.pk) if order == thread.BEST else None
    mutes = thread.load_around(post.pk, (), viewer).personal.mutes
    return thread.arrange(rows, order=order, viewer=viewer, signals=signals, mutes=mutes)


def _following(shown: Sequence[PlacedComment]) -> dict[int, int | None]:
    """Map each comment to the next one under the same parent, None for the last; openers are siblings too."""
    following: dict[int, int | None] = {}
    later: dict[int | None, int] = {}
    for item in reversed(shown):
        parent = item.row.parent_id if item.level else None
        following[item.row.id] = later.get(parent)
        later[parent] = item.row.id
    return following


def _heading(item: PlacedComment) -> str:
    return "h4" if item.level else "h3"


def _changed(post: Post, moment: datetime) -> set[int]:
    """Return the ids of comments of a post whose state or text changed since a moment: edits are events too."""
    events = ModerationEvent.objects.filter(comment__post=post, created_at__gte=moment)
    return set(events.order_by().values_list("comment", flat=True))
