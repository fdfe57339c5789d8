"""Sorts in comments that have a date in the future, because the server's clock was ahead; pure."""

from datetime import UTC, datetime, timedelta
from operator import attrgetter, itemgetter

from django.utils import timezone

from accounts import moments
from comments.thread.rows import Row

# Where it stands in a row; half as quick by its name.
_CREATED = itemgetter(11)


def without_future_dates(rows: list[Row]) -> list[Row]:
    """Return the rows as they are, or where some lie ahead, those with the moment of what was written before them.

    Else each would stand last in its thread, and look as if it could still be edited, until its moment comes. Moments
    are text as the database writes it, in UTC.
    """
    now = timezone.now()
    last = _text(moments.latest(now))
    if max(map(_CREATED, rows), default="") <= last:
        return rows
    before = min((row.created for row in rows if row.created <= last), default=_text(now - timedelta(days=1)))
    moved = {}
    for row in sorted(rows, key=attrgetter("id")):
        if row.created > last:
            moved[row.id] = before
        else:
            before = max(before, row.created)
    return [row._replace(created=moved[row.id]) if row.id in moved else row for row in rows]


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
