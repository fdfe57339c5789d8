"""Proving that every tree is whole, and numbering broken ones anew from `parent`, the only truth."""

from collections import defaultdict
from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from comments.tree.forest import rows_of, write_places
from comments.tree.locks import TreeError, comments_of, locked, threads_of, tree_id_of
from comments.tree.numbering import Row, damage_of, number_tree


def broken_trees(*, using: str | None = None, batch: int = 2000) -> Iterator[tuple[int, str]]:
    """Check every tree and give (tree id, what is wrong) for the broken ones; memory holds `batch` trees at a time."""
    last = 0
    query = comments_of(using).order_by("tree_id").values_list("tree_id", flat=True)
    while ids := list(query.filter(tree_id__gt=last).distinct()[:batch]):
        last = ids[-1]
        known = set(threads_of(using).filter(pk__in=ids).values_list("pk", flat=True))
        by_tree: dict[int, list[Row]] = defaultdict(list)
        for row in rows_of(ids, using=using):
            by_tree[row.tree_id].append(row)
        for tree_id, rows in by_tree.items():
            wrong = damage_of(rows) if tree_id in known else _("its thread row is missing")
            if wrong:
                yield tree_id, wrong


def repair_trees(*, using: str | None = None) -> int:
    """Number every broken tree anew from `parent`, the only truth; return how many trees were written."""
    repaired = 0
    for tree_id, _wrong in list(broken_trees(using=using)):
        repaired += _repair(tree_id, using=using)
    return repaired


def _repair(tree_id: int, *, using: str | None) -> int:
    """Repair the openers of one tree and all that hangs under them, wherever its numbers say it stands."""
    with transaction.atomic(using=using):
        openers = _openers_over(tree_id, using)
        for opener in openers:
            _renumber_from(opener, using=using)
        return len(openers)


def _openers_over(tree_id: int, using: str | None) -> list[int]:
    """Follow `parent` from every node of a tree up to its opener; nodes in a circle are cut loose first."""
    openers: set[int] = set()
    for row in rows_of([tree_id], using=using):
        seen = [row.pk]
        parent = row.parent_id
        while parent is not None and parent not in seen:
            seen.append(parent)
            parent = comments_of(using).values_list("parent_id", flat=True).get(pk=parent)
        if parent is not None:
            raise TreeError(f"Comment {row.pk} is its own ancestor; only a person can say whom it answers.")
        openers.add(seen[-1])
    return sorted(openers)


def _renumber_from(opener: int, *, using: str | None) -> None:
    members, edge = {opener: None}, [opener]
    children: dict[int, list[int]] = defaultdict(list)
    while edge:
        found = (
            comments_of(using).filter(parent_id__in=edge).order_by("lft", "pk").values_list("pk", "parent_id")
        )
        edge = []
        for pk, parent_id in found:
            children[parent_id].append(pk)
            members[pk] = None
            edge.append(pk)
    tree_id = _tree_of_opener(opener, using)
    with locked(tree_id, using=using):
        write_places(number_tree(opener, children), tree_id=tree_id, using=using)


def _tree_of_opener(opener: int, using: str | None) -> int:
    """Return the opener's own tree id when its thread exists and no other opener has it, else a new thread's."""
    tree_id = tree_id_of(opener, using)
    alone = not comments_of(using).filter(tree_id=tree_id, parent=None).exclude(pk=opener).exists()
    if alone and threads_of(using).filter(pk=tree_id).exists():
        return tree_id
    return threads_of(using).create().pk
