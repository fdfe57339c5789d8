"""Tell timestamps that a clock running ahead has written, and how far clocks may differ."""

from datetime import datetime, timedelta

# Machines that share a database agree on the time to within this. What lies further ahead, nobody can have written.
LEEWAY = timedelta(minutes=1)


def latest(now: datetime) -> datetime:
    """Return the latest plausible timestamp of something written before `now`."""
    return now + LEEWAY


def is_ahead(moment: datetime, *, now: datetime) -> bool:
    """Whether this timestamp of a past event is in the future, so that a clock running ahead wrote it."""
    return moment > latest(now)


def just_now(now: datetime, within: timedelta) -> tuple[datetime, datetime]:
    """Return the first and the last moment of what happened `within` so long before `now`: for `__range`."""
    return now - within, latest(now)
