"""Ranks comments for the best order by what readers think of them; pure."""

from math import sqrt
from typing import NamedTuple

from comments.thread.rows import Row


class NegativeSignals(NamedTuple):
    """What counts against a comment in the best order."""

    down_votes: int = 0
    reports: int = 0


# Two-sided 80 % of the normal distribution.
_Z = 1.2815515655446004


def wilson(ups: int, downs: int) -> float:
    """Return the lower bound of the Wilson score interval (80 %) for the share of people who agree.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927); for
    sorting comments: Evan Miller, "How not to sort by average rating" (2009), with the 80 % that Reddit chose.
    """
    n = ups + downs
    if not ups:
        return 0.0
    share = ups / n
    spread = _Z * sqrt((share * (1 - share) + _Z * _Z / (4 * n)) / n)
    return (share + _Z * _Z / (2 * n) - spread) / (1 + _Z * _Z / n)


def quality(row: Row, signals: NegativeSignals) -> float:
    """Return how good readers find a comment: votes and imported likes for it, downvotes and reports against it."""
    up_votes = row.score - row.imported_score + signals.down_votes
    ups = max(up_votes, 0) + max(row.imported_score, 0)
    downs = signals.down_votes + signals.reports + max(-row.imported_score, 0)
    return wilson(ups, downs)
