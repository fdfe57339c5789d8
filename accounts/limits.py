"""Rate limits in the database, shared by all processes: one upsert for each limited write."""

import time
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Q
from django.utils.translation import ngettext

from accounts import moments
from accounts.models import RateBucket

# A generic cell rate algorithm (ITU-T I.371, appendix on the virtual scheduling algorithm): the bucket of a key is
# known by the one moment at which all of it is there again. A write moves that moment on by its share of the time,
# unless it would then lie further ahead than the limit's whole time. One that lies further ahead already was written by
# a clock that was ahead: the bucket is taken for one with a single write left, or it would stay shut for as long.
_TAKE = """
INSERT INTO accounts_ratebucket (key, full_at) VALUES (%(key)s, %(now)s + %(share)s)
ON CONFLICT (key) DO UPDATE SET full_at =
  CASE WHEN accounts_ratebucket.full_at > %(last)s THEN %(now)s + %(seconds)s
  WHEN accounts_ratebucket.full_at > %(now)s THEN accounts_ratebucket.full_at + %(share)s
  ELSE %(now)s + %(share)s END
WHERE accounts_ratebucket.full_at <= %(latest)s OR accounts_ratebucket.full_at > %(last)s
RETURNING full_at
"""
# A share may be taken this part of its time too early: who waited for the row's lock read the clock before that, and
# would be refused for the time in which the others passed.
_EARLY = 0.05
# In seconds; no limit is given back over a longer time.
LONGEST = 86_400


class Limit(NamedTuple):
    """At most `most` writes at once, given back evenly over `seconds`."""

    name: str
    most: int
    seconds: int

    @property
    def share(self) -> float:
        """The seconds in which one write is given back."""
        return self.seconds / self.most

    def latest(self, now: float) -> float:
        """The moment at which the bucket must be full again for one more to be taken `now`."""
        return now + self.seconds - self.share * (1 - _EARLY)

    def last(self, now: float) -> float:
        """The last moment at which a bucket can be full again, if no clock was ahead."""
        return now + self.seconds + moments.LEEWAY.total_seconds()

    def key(self, who: str) -> str:
        return f"{self.name}:{who}"


def take(limit: Limit, who: str, *, now: float | None = None) -> int:
    """Take one from the limit of `who`; return 0, or the seconds to wait if nothing is left.

    `who` is a keyed hash or an id, at most 100 characters; `now` is in seconds since the epoch. A limit of 0 means
    that nobody may: the result is then the whole period. A refusal takes nothing.
    """
    now = time.time() if now is None else now
    if limit.most < 1:
        return limit.seconds
    values: dict[str, str | float] = {
        "key": limit.key(who),
        "now": now,
        "share": limit.share,
        "seconds": limit.seconds,
    }
    values |= {"latest": limit.latest(now), "last": limit.last(now)}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        if cursor.fetchone():
            return 0
    full_at = RateBucket.objects.values_list("full_at", flat=True).get(pk=limit.key(who))
    return max(1, _wait(limit, full_at, now))


def waits(limits: Sequence[Limit], who: str, *, now: float | None = None) -> list[int]:
    """Return the seconds to wait for each limit, 0 where something is left; take nothing.

    One query, to avoid useless work. Only `take` is safe when several write at once.
    """
    now = time.time() if now is None else now
    known = RateBucket.objects.filter(pk__in=[limit.key(who) for limit in limits])
    full_at = dict(known.values_list("key", "full_at"))
    return [_wait(limit, full_at.get(limit.key(who), 0.0), now) for limit in limits]


def _wait(limit: Limit, full_at: float, now: float) -> int:
    """Return the seconds until one can be taken, 0 for now."""
    if limit.most < 1:
        return limit.seconds
    if full_at <= limit.latest(now) or full_at > limit.last(now):
        return 0
    return min(limit.seconds, max(1, ceil(full_at + limit.share - limit.seconds - now)))


def give_back(limit: Limit, who: str) -> None:
    """Give back one that was taken and should not count, such as for an attempt that succeeded."""
    if limit.most > 0:
        RateBucket.objects.filter(pk=limit.key(who)).update(full_at=F("full_at") - limit.share)


def left(limit: Limit, who: str, *, now: float | None = None) -> bool:
    """Whether something is left of the limit; take nothing."""
    return waits([limit], who, now=now) == [0]


def forget_unused(*, now: float | None = None) -> int:
    """Delete buckets that no longer limit anything; return how many there were.

    They are full again, or would be only after more time than any limit has (written by a clock that was ahead).
    """
    now = time.time() if now is None else now
    never = Q(full_at__gt=now + LONGEST + moments.LEEWAY.total_seconds())
    return RateBucket.objects.filter(never | Q(full_at__lt=now)).delete()[0]


def in_words(seconds: int) -> str:
    """Return a time to wait in words: "20 seconds", "2 minutes", "3 hours", rounded up."""
    if seconds < 60:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = ceil(seconds / 60)
    if minutes < 120:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = ceil(seconds / 3600)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
