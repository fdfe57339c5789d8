"""Arranges the comments of a discussion in reading order, each with its lane: rows in, placed comments out.

Pure: no query, no request, no clock, no recursion; and no HTML (that is `comments/fragments/`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter

from comments.thread.mutes import BRANCH, NO_MUTES, PERSON, Mutes
from comments.thread.ranking import NegativeSignals, quality
from comments.thread.rows import PUBLIC, PlacedComment, Row
from comments.thread.viewer import ANYBODY, BEST, FLAT, NEWEST, OLDEST, Viewer, is_readable

# Six steps leave a comment wide enough on a desktop. Deeper replies say "↑ Name" instead of stepping in.
LANE_CAP = 6


def arrange(
    rows: Sequence[Row],
    *,
    order: str = OLDEST,
    viewer: Viewer = ANYBODY,
    signals: Mapping[int, NegativeSignals] | None = None,
    under: int | None = None,
    mutes: Mutes = NO_MUTES,
) -> list[PlacedComment]:
    """Return the comments that `viewer` is shown, in reading order, each with its place.

    With `under`, only the replies under that comment, the direct ones as openers. A reply whose parent is not among the
    rows is an opener too. Public comments are shown, one's own in any state but withdrawn, and a tombstone for any
    other comment with one of these under it. A muted comment keeps its place and is marked (`PlacedComment.muted`);
    the replies under a muted branch's first comment are left out.
    """
    known = {row.id for row in rows}
    replies: dict[int | None, list[Row]] = defaultdict(list)
    for row in _sorted(rows, order, signals or {}):
        replies[row.parent_id if row.parent_id in known else None].append(row)
    walk = _depth_first(replies, under)
    if viewer is ANYBODY:
        readable = {row.id for row in walk if row.state == PUBLIC}
    else:
        readable = {row.id for row in walk if is_readable(row, viewer)}
    below, branches = _counts(walk, readable)
    visible = [row for row in walk if row.id in readable or below[row.id]]
    muted = _muted(visible, readable, viewer, mutes) if mutes is not NO_MUTES else {}
    if mutes.branches:
        # On a comment's own page its replies are shown, even if it is muted.
        visible = _without_muted_branches(visible, mutes.branches - {under})
    if order == FLAT:
        return _flat(visible, readable, below, muted)
    return _in_lanes(visible, readable, below, branches, muted)


def _sorted(rows: Sequence[Row], order: str, signals: Mapping[int, NegativeSignals]) -> list[Row]:
    """Sort by time, and in the best order by votes first; siblings keep this order at every level."""
    in_time = sorted(rows, key=itemgetter(Row._fields.index("created"), 0), reverse=order == NEWEST)
    if order != BEST:
        return in_time
    return sorted(in_time, key=lambda row: -quality(row, signals.get(row.id, NegativeSignals())))


def _depth_first(replies: Mapping[int | None, list[Row]], top: int | None) -> list[Row]:
    """Return all rows under `top` (None: all threads), each before its replies, with a stack of our own."""
    walk: list[Row] = []
    stack = replies.get(top, [])[::-1]
    while stack:
        row = stack.pop()
        walk.append(row)
        if row.id in replies:
            stack += reversed(replies[row.id])
    return walk


def _counts(walk: Sequence[Row], readable: set[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Return for each comment how many readable ones stand under it, and how many visible replies it has."""
    below = dict.fromkeys([row.id for row in walk], 0)
    branches = dict.fromkeys(below, 0)
    # Backwards, every reply comes before its parent.
    for row in reversed(walk):
        parent = row.parent_id
        count = below[row.id] + (row.id in readable)
        if count and parent in below:
            below[parent] += count
            branches[parent] += 1
    return below, branches


def _muted(visible: Sequence[Row], readable: set[int], viewer: Viewer, mutes: Mutes) -> dict[int, str]:
    """Map the muted comments to PERSON or BRANCH."""
    found = {row.id: mark for row in visible if row.id in readable and (mark := muted_as(row, viewer, mutes))}
    return found | dict.fromkeys(mutes.branches, BRANCH)


def muted_as(row: Row, viewer: Viewer, mutes: Mutes) -> str:
    """Return PERSON if this reader has muted the comment's writer, else ""; never for one's own comment.

    A comment that this reader cannot read names nobody, and the mute must not give its writer away either.
    """
    is_theirs = mutes.has_writer_of(row) and not viewer.wrote(row)
    return PERSON if is_theirs and is_readable(row, viewer) else ""


def _without_muted_branches(visible: Sequence[Row], branches: frozenset[int]) -> list[Row]:
    """Leave out everything under the first comments of muted branches. Every row must come after its parent."""
    closed, left = set(branches), []
    for row in visible:
        if row.parent_id in closed:
            closed.add(row.id)
        else:
            left.append(row)
    return left


def _in_lanes(
    visible: Sequence[Row],
    readable: set[int],
    below: Mapping[int, int],
    branches: Mapping[int, int],
    muted: Mapping[int, str],
) -> list[PlacedComment]:
    """Give every comment its lane.

    A reply stays in its parent's lane when it is the only visible one and the parent is no opener; otherwise it
    steps in, up to the cap. Past the cap everything stands in the last lane, depth first.
    """
    shown: list[PlacedComment] = []
    places: dict[int, tuple[int, bool, int]] = {}
    for row in visible:
        pk, parent = row.id, row.parent_id
        run = deep = False
        lane = level = 0
        if parent in places:
            lane, deep, level = places[parent]
            level += 1
            run = lane > 0 and branches[parent] == 1
            if not run:
                deep = lane == LANE_CAP
                lane = min(lane + 1, LANE_CAP)
        places[pk] = (lane, deep, level)
        shown.append(
            PlacedComment(row, lane, run, deep, pk not in readable, below[pk], level, muted.get(pk, ""))
        )
    return shown


def _flat(
    visible: Sequence[Row], readable: set[int], below: Mapping[int, int], muted: Mapping[int, str]
) -> list[PlacedComment]:
    """Return the comments in the order of their numbers, as classic blogs have them; those without one come last."""
    in_order = sorted(visible, key=lambda row: (row.number is None, row.number or 0, row.created, row.id))
    shown = []
    for row in in_order:
        mark = muted.get(row.id, "")
        # A muted branch says how many comments it hides; otherwise a flat list has nothing under a comment.
        hidden = below[row.id] if mark == BRANCH else 0
        shown.append(PlacedComment(row, 0, False, False, row.id not in readable, hidden, muted=mark))
    return shown
