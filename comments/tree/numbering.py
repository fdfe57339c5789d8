"""Numbering trees in memory: pure, without recursion, from parents alone."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from comments.tree.locks import TreeError


class Place(NamedTuple):
    """Where a node stands: left and right numbers from 1, level from 0."""

    lft: int
    rght: int
    level: int


def number_tree(
    root: int, children: dict[int, list[int]], *, level: int = 0, first: int = 1
) -> dict[int, Place]:
    """Return the place of every node of a tree given as ids and lists of child ids; no recursion.

    `level` is that of the root and `first` its left number.
    """
    places: dict[int, Place] = {}
    lefts: dict[int, int] = {}
    counter = first
    stack: list[tuple[int, int, bool]] = [(root, level, False)]
    while stack:
        node, depth, leaving = stack.pop()
        if leaving:
            places[node] = Place(lefts[node], counter, depth)
        else:
            lefts[node] = counter
            stack.append((node, depth, True))
            stack.extend((child, depth + 1, False) for child in reversed(children.get(node, [])))
        counter += 1
    return places


class Row(NamedTuple):
    """A node as the database has it."""

    pk: int
    parent_id: int | None
    tree_id: int
    lft: int
    rght: int
    level: int


def places_from_parents(rows: Sequence[Row]) -> dict[int, Place]:
    """Number one tree anew from its parents alone, keeping the order of siblings as their left numbers have it."""
    children: dict[int, list[int]] = defaultdict(list)
    roots = [row.pk for row in rows if row.parent_id is None]
    for row in sorted(rows, key=lambda row: (row.lft, row.pk)):
        if row.parent_id is not None:
            children[row.parent_id].append(row.pk)
    if len(roots) != 1:
        raise TreeError(f"Tree {rows[0].tree_id} has {len(roots)} openers.")
    return number_tree(roots[0], children)


def damage_of(rows: Sequence[Row]) -> str | None:
    """Return what is wrong with one tree (its nodes, all of them), or None: contiguous, nested, level, parent."""
    known = {row.pk for row in rows}
    if any(row.parent_id is not None and row.parent_id not in known for row in rows):
        return _("a reply stands in another tree than its parent")
    try:
        right = places_from_parents(rows)
    except TreeError as error:
        return str(error)
    if len(right) != len(rows):
        return _("some replies lead back to themselves")
    wrong = [row.pk for row in rows if right[row.pk] != Place(row.lft, row.rght, row.level)]
    return _("the numbers of %(count)d comments are wrong") % {"count": len(wrong)} if wrong else None
