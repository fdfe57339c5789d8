"""Generates the shape of discussions: who replies to whom, when, with how many votes; pure, without texts."""

import random
from collections import defaultdict
from dataclasses import dataclass

# Shares as counted in long discussions: a quarter opens, most answer something recent, and now and then two people
# forget everybody else.
OPENS, GOES_ON = 0.26, 0.3
STARTS_A_RUN, RUN_LENGTHS = 0.015, (6, 30)
LOOKS_BACK = 12
MEAN_VOTES = 2


@dataclass
class Turn:
    """One comment to be: its place in time, whom it answers (as a place in time), its writer and its votes."""

    place: int
    parent: int | None
    writer: int
    votes: int


def discussion(count: int, *, people: int, chance: random.Random) -> list[Turn]:
    """Return `count` turns by `people` (two or more) people in the order of time."""
    turns: list[Turn] = []
    left_of_run = 0
    for place in range(count):
        left_of_run -= 1
        if left_of_run > 0:
            parent: int | None = place - 1
        else:
            parent = _answered(turns, chance)
            if parent is not None and chance.random() < STARTS_A_RUN:
                left_of_run = chance.randint(*RUN_LENGTHS)
        writer = _writer(turns, parent, people=people, chance=chance)
        votes = min(int(chance.expovariate(1 / (MEAN_VOTES + 0.5))), people - 1)
        turns.append(Turn(place=place, parent=parent, writer=writer, votes=votes))
    return turns


def _answered(turns: list[Turn], chance: random.Random) -> int | None:
    draw = chance.random()
    if not turns or draw < OPENS:
        return None
    if draw < OPENS + GOES_ON:
        return len(turns) - 1
    return max(0, len(turns) - 1 - int(chance.expovariate(1 / LOOKS_BACK)))


def _writer(turns: list[Turn], parent: int | None, *, people: int, chance: random.Random) -> int:
    """Whoever was answered answers back more often than not; nobody answers himself."""
    if parent is None:
        return chance.randrange(people)
    answered = turns[parent]
    if answered.parent is not None and chance.random() < 0.75:
        return turns[answered.parent].writer
    return (answered.writer + 1 + chance.randrange(people - 1)) % people


def threads(turns: list[Turn]) -> list[list[Turn]]:
    """Return the turns opener by opener, each after the one it answers."""
    opener_of: list[int] = []
    grouped: dict[int, list[Turn]] = defaultdict(list)
    for turn in turns:
        opener_of.append(turn.place if turn.parent is None else opener_of[turn.parent])
        grouped[opener_of[-1]].append(turn)
    return list(grouped.values())


def voters(turn: Turn, *, people: int, chance: random.Random) -> list[int]:
    """Return that many different people, the writer not among them."""
    start = turn.writer + 1 + chance.randrange(people - 1)
    # The writer is left out by going round the circle of the others.
    return [
        (turn.writer + 1 + (start - turn.writer - 1 + step) % (people - 1)) % people
        for step in range(turn.votes)
    ]
