"""Plans the right numbers of one post's comments; pure.

Numbers are given in order, once, and kept for ever: with those of moved and deleted comments they are 1 … last, each
once. Texts and addresses refer to them, so a repair changes none that may be right.
"""

from collections.abc import Mapping
from typing import NamedTuple

# No accident loses more comments of one post in a row, so a number after a longer gap was never given in order.
LONGEST_GAP = 10_000


class Plan(NamedTuple):
    """What to write so that the numbers of a post are right.

    `last` is the last number given; `renumbered` are comments with their new numbers, after all others; `dropped` are
    ids of rows that keep a number for a comment which moved away, where the number is not theirs; `lost` are numbers
    that no comment has any more, to be kept as taken.
    """

    last: int
    renumbered: dict[int, int]
    dropped: list[int]
    lost: list[int]


def plan_numbers(
    comments: Mapping[int, int | None], left_behind: Mapping[int, int], *, last: int
) -> Plan | None:
    """Return what to write for a post, or None if only a person can find out what happened.

    `comments` are ids with numbers, None for one that must have a number and has none; `left_behind` are ids of
    moved comments' rows with the numbers that they keep. Of two comments with one number the first keeps it.
    """
    holders: dict[int, int] = {}
    without: list[int] = []
    for pk, number in sorted(comments.items()):
        if number is None or number < 1 or number in holders:
            without.append(pk)
        else:
            holders[number] = pk
    kept: dict[int, int] = {}
    dropped: list[int] = []
    for pk, number in sorted(left_behind.items()):
        if number < 1 or number in holders or number in kept:
            dropped.append(pk)
        else:
            kept[number] = pk
    top = _end_of_sequence([*holders, *kept])
    if not top <= last <= top + LONGEST_GAP:
        last = top
    beyond = sorted(number for number in holders if number > top)
    without = [holders[number] for number in beyond] + without
    # While they are written, their new numbers must not collide with those that others beyond the gap still have.
    if beyond and (len(beyond) > LONGEST_GAP or last + len(without) >= beyond[0]):
        return None
    dropped += [pk for number, pk in sorted(kept.items()) if number > top]
    taken = {number for number in (*holders, *kept) if number <= top}
    lost = [number for number in range(1, last + 1) if number not in taken]
    renumbered = {pk: last + place for place, pk in enumerate(without, start=1)}
    return Plan(last + len(renumbered), renumbered, dropped, lost)


def _end_of_sequence(numbers: list[int]) -> int:
    """Return the last number before the first gap longer than LONGEST_GAP."""
    top = 0
    for number in sorted(numbers):
        if number - top > LONGEST_GAP:
            break
        top = number
    return top
