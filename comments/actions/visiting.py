"""Stores how far a member has read, and from when on comments are new to them."""

import logging
from datetime import datetime, timedelta

from django.db import Error, connection
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from comments.models import Comment, Discussion, Visit
from comments.thread import unread
from comments.thread.unread import ReadMark
from web import db_errors

log = logging.getLogger(__name__)

# The choices for “new since”.
SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


def note_visit(user: User, post_id: int, *, before: ReadMark | None, after: ReadMark) -> None:
    """Store the mark if it has changed enough. An error is logged only, since the page is shown anyway."""
    if not unread.is_worth_noting(before, after):
        return
    try:
        with db_errors.short_lock_timeout():
            _write(user, post_id, after)
    except Error:
        log.warning("a visit was not written down", exc_info=True)


def stay(user: User, post_id: int, *, last: int, now: datetime | None = None) -> None:
    """Store that a member is still reading, and the last number that was shown to them."""
    now = now or timezone.now()
    before = mark_of(user, post_id)
    shown = min(last, _last_number(post_id))
    note_visit(
        user, post_id, before=before, after=unread.continue_or_start_visit(before, last=shown, now=now)
    )


def choose_since(user: User, post_id: int, *, span: str, now: datetime | None = None) -> None:
    """Make the comments of the last hour, day or week new, or none at all (any other `span`)."""
    now = now or timezone.now()
    last = _last_number(post_id)
    mark = unread.continue_or_start_visit(mark_of(user, post_id), last=last, now=now)
    since, since_at = last, now
    if span in SPANS:
        since_at = now - SPANS[span]
        earlier = Comment.objects.filter(post_id=post_id, published_at__lt=since_at).order_by()
        since = earlier.aggregate(Max("number"))["number__max"] or 0
    _write(user, post_id, mark._replace(since=since, since_at=since_at))


def mark_of(user: User, post_id: int) -> ReadMark | None:
    """Return how far this member has read, or None on a first visit."""
    row = Visit.objects.filter(user=user, post_id=post_id).values_list(*ReadMark._fields).first()
    return ReadMark(*row) if row else None


def _last_number(post_id: int) -> int:
    return Discussion.objects.filter(pk=post_id).values_list("last_number", flat=True).first() or 0


# One statement, because two windows of one browser may open the discussion for the first time at once.
_WRITE = """
INSERT INTO comments_visit (user_id, post_id, since, since_at, latest, seen_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (post_id, user_id) DO UPDATE
SET since = excluded.since, since_at = excluded.since_at, latest = excluded.latest, seen_at = excluded.seen_at
"""


def _write(user: User, post_id: int, mark: ReadMark) -> None:
    since_at, seen_at = map(connection.ops.adapt_datetimefield_value, (mark.since_at, mark.seen_at))
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [user.pk, post_id, mark.since, since_at, mark.latest, seen_at])
