"""Numbers trees in memory from their parents alone; pure, without recursion."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments.tree.locks import TreeError


class Place(NamedTuple):
    """Where a node stands: left and right numbers from 1, level from 0."""

    lft: int
    rght: int
    level: int


def number_tree(
    root: int, children: Mapping[int, list[int]], *, level: int = 0, first: int = 1
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


def children_of(rows: Iterable[Row]) -> dict[int, list[int]]:
    """Return the ids of each node's children, siblings in the order of their left numbers."""
    children: dict[int, list[int]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.lft, row.pk)):
        if row.parent_id is not None:
            children[row.parent_id].append(row.pk)
    return children


def places_from_parents(rows: Sequence[Row]) -> dict[int, Place]:
    """Number one tree from its parents alone; siblings keep the order of their left numbers."""
    roots = [row.pk for row in rows if row.parent_id is None]
    if len(roots) != 1:
        raise TreeError(f"Tree {rows[0].tree_id} has {len(roots)} openers.")
    return number_tree(roots[0], children_of(rows))


def damage_of(rows: Sequence[Row]) -> str | None:
    """Return what is wrong with one tree, given all its nodes, or None."""
    known = {row.pk for row in rows}
    if any(row.parent_id is not None and row.parent_id not in known for row in rows):
        return _("a reply is in a different tree from its parent")
    try:
        right = places_from_parents(rows)
    except TreeError as error:
        return str(error)
    if len(right) != len(rows):
        return _("some replies form a loop")
    wrong = sum(right[row.pk] != Place(row.lft, row.rght, row.level) for row in rows)
    if not wrong:
        return None
    words = ngettext("%(count)d comment is misplaced", "%(count)d comments are misplaced", wrong)
    return words % {"count": wrong}


# --- parents that cannot be -----------------------------------------------------------------------------------


def break_circles(
    parents: dict[int, int | None], earliest: Callable[[Sequence[int]], int]
) -> dict[int, int | None]:
    """Make the earliest comment of every circle of parents an opener, in place; return {its id: None}.

    Nobody can reply to a comment that is not written yet, so the parent of the earliest one must be wrong; the others
    may be right. `earliest` chooses it among the ids of one circle.
    """
    broken: dict[int, int | None] = {}
    done: set[int] = set()
    for start in parents:
        path: dict[int, None] = {}
        node: int | None = start
        while node is not None and node not in done and node not in path:
            path[node] = None
            node = parents.get(node)
        if node is not None and node in path:
            ids = list(path)
            first = earliest(ids[ids.index(node) :])
            parents[first] = broken[first] = None
        done.update(path)
    return broken


def nearest_at_home(
    pk: int, parents: Mapping[int, int | None], beyond: Mapping[int, int | None]
) -> int | None:
    """Return the nearest ancestor of a comment that is on the comment's own post, or None.

    `parents` has the comments of the post and `beyond` those of other posts among their ancestors, each with the
    parent that it answers. The way there leads past comments of other posts only.
    """
    seen: set[int] = set()
    node = parents[pk]
    while node is not None and node not in parents and node not in seen:
        seen.add(node)
        node = beyond.get(node)
    return node if node in parents else None
