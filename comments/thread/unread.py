"""Finds what is new to a reader since their last visit: which comments, and how many under each.

Pure: rows and dates in, numbers out. A visit lasts until somebody has been away for half an hour, so the marks stay
while they reload, sort or post.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from accounts import moments
from comments.thread.rows import PUBLIC, PlacedComment, Row
from comments.thread.viewer import Viewer

# Long enough to read a long post in one go, or to be called away from one.
VISIT_ENDS_AFTER = timedelta(minutes=30)
# A page loaded again within this time, with nothing new on it, is not worth a write.
NOTED_EVERY = timedelta(minutes=1)


class ReadMark(NamedTuple):
    """How far somebody has read; the columns of `Visit`."""

    since: int
    since_at: datetime | None
    latest: int
    seen_at: datetime


@dataclass(frozen=True)
class Unread:
    """The new comments of a discussion in reading order, on all its pages."""

    ids: Sequence[int] = ()
    # Comment → how many new ones stand under it.
    below: Mapping[int, int] = field(default_factory=dict)


NOTHING_UNREAD = Unread()


def continue_or_start_visit(mark: ReadMark | None, *, last: int, now: datetime) -> ReadMark:
    """Return the new mark of somebody who looks at a discussion `now`; `last` is its last number.

    On the first visit nothing counts as new. After half an hour away another visit begins where the last one ended.
    """
    if mark is None:
        return ReadMark(since=last, since_at=None, latest=last, seen_at=now)
    if moments.is_ahead(mark.seen_at, now=now):
        # A date in the future, from a wrong clock, counts as now, or this visit would never end.
        mark = mark._replace(seen_at=now)
    if now - mark.seen_at > VISIT_ENDS_AFTER:
        mark = mark._replace(since=mark.latest, since_at=mark.seen_at)
    return mark._replace(latest=max(mark.latest, last), seen_at=max(mark.seen_at, now))


def is_worth_noting(before: ReadMark | None, after: ReadMark) -> bool:
    """Whether the change of a mark should be written down."""
    if before is None or after[:3] != before[:3]:
        return True
    return abs(after.seen_at - before.seen_at) >= NOTED_EVERY


def last_number(rows: Iterable[Row]) -> int:
    """Return the highest number that any of these comments has, 0 for none."""
    return max((row.number or 0 for row in rows), default=0)


def unread_in(shown: Sequence[PlacedComment], *, since: int, viewer: Viewer) -> Unread:
    """Return the comments that are new: public, numbered after `since`, by somebody else, and not muted."""
    parents = {item.row.id: item.row.parent_id for item in shown}
    ids = [item.row.id for item in shown if is_new(item, since=since, viewer=viewer)]
    below: dict[int, int] = {}
    for pk in ids:
        above = parents[pk]
        while above in parents:
            below[above] = below.get(above, 0) + 1
            above = parents[above]
    return Unread(ids, below)


def is_new(item: PlacedComment, *, since: int, viewer: Viewer) -> bool:
    row = item.row
    if row.number is None or row.number <= since or item.gone or item.muted:
        return False
    return row.state == PUBLIC and not viewer.wrote(row)
