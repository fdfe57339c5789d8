"""Moments that cannot be: what a clock wrote that was ahead, and how far clocks may differ."""

from datetime import datetime, timedelta

# Machines that share a database agree on the time to within this. What lies further ahead, nobody can have written.
LEEWAY = timedelta(minutes=1)


def latest(now: datetime) -> datetime:
    """Return the last moment that something written before `now` can carry."""
    return now + LEEWAY


def is_ahead(moment: datetime, *, now: datetime) -> bool:
    """Whether a clock that was ahead wrote this moment, of something that has happened."""
    return moment > latest(now)


def just_now(now: datetime, within: timedelta) -> tuple[datetime, datetime]:
    """Return the first and the last moment of what happened `within` so long before `now`: for `__range`."""
    return now - within, latest(now)
