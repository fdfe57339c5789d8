"""Rate limits of expensive reads, such as searches, counted in the memory of this process.

A read must not take the database's write lock (decision 13). The clock is the machine's own, which nobody
sets, so that no limit holds longer than its time.
"""

import threading
import time
from dataclasses import dataclass, field
from math import ceil

from django.conf import settings
from django.http import HttpRequest

from accounts.network import origin_of

MINUTE = 60
# Networks and members that are remembered of each limit; far more than ask at once.
MOST_REMEMBERED = 20_000


@dataclass
class ReadLimit:
    """At most `most` requests at once of a member or a network, given back evenly over `seconds`.

    The algorithm is that of accounts/limits.py; each process has buckets of its own.
    """

    name: str
    most: int
    seconds: int = MINUTE
    _full_at: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, who: str, *, now: float | None = None) -> int:
        """Take one; return 0, or the seconds to wait if nothing is left. A refusal takes nothing."""
        if not settings.READ_LIMITS:
            return 0
        now = time.monotonic() if now is None else now
        share = self.seconds / self.most
        with self._lock:
            full_at = max(self._full_at.get(who, now), now) + share
            if full_at > now + self.seconds + share * 0.05:
                return max(1, ceil(full_at - self.seconds - now))
            self._full_at[who] = full_at
            if len(self._full_at) > MOST_REMEMBERED:
                self._forget(now)
        return 0

    def _forget(self, now: float) -> None:
        """Delete buckets that are full again; if too few are, delete all, which start full."""
        self._full_at = {who: full_at for who, full_at in self._full_at.items() if full_at > now}
        if len(self._full_at) > MOST_REMEMBERED // 2:
            self._full_at = {}

    def clear(self) -> None:
        with self._lock:
            self._full_at = {}


def who_asks(request: HttpRequest) -> str:
    """Return whose limit a request counts for: the member's, else the network's."""
    if request.user.is_authenticated:
        return f"member-{request.user.pk}"
    return origin_of(request).network_hash or "unknown"


# Whoever looks for something types, and reads what is found; programs do not.
SEARCHES = ReadLimit("searches", 40)
# What a page's own scripts ask for, at most once a minute for each open page.
NEWS = ReadLimit("news", 60)
# One comment in its thread, or the way to its place: a look at the whole thread.
PLACES = ReadLimit("places", 240)
# All of a discussion on one page.
WHOLE = ReadLimit("whole", 30)
# A text rendered as it would stand there.
PREVIEWS = ReadLimit("previews", 30)
ALL = (SEARCHES, NEWS, PLACES, WHOLE, PREVIEWS)
