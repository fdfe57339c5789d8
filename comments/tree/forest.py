"""Writing many comments at once, and moving a branch to another thread: numbered in memory, written once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db import models, transaction

from comments.batches import update_rows
from comments.tree.locks import (
    TreeError,
    TreeMoved,
    comments_of,
    is_locked,
    locked,
    retry_when_moved,
    threads_of,
    tree_id_of,
)
from comments.tree.numbering import Row, number_tree, places_from_parents


def rows_of(tree_ids: Iterable[int], *, using: str | None = None) -> list[Row]:
    """Return the nodes of these trees, by tree and left number."""
    query = comments_of(using).filter(tree_id__in=list(tree_ids)).order_by("tree_id", "lft", "pk")
    return [Row(*values) for values in query.values_list(*Row._fields)]


def write_rows(rows: Sequence[Row], *, using: str | None = None) -> None:
    """Write parents and places of nodes in a few statements; the caller has locked the threads they go to.

    Parent, tree and numbers of a node change in one statement: the constraints check them together.
    """
    for tree_id in {row.tree_id for row in rows}:
        if not is_locked(tree_id, using=using):
            raise TreeError("Places are written under the thread's lock.")
    update_rows(comments_of(using).model, ("parent", "tree_id", "lft", "rght", "level"), rows, using=using)


def write_forest(comments: Sequence[Any], *, using: str | None = None, batch_size: int = 500) -> None:
    """Insert many new comments, openers and replies, with their trees numbered in memory.

    `comments` are unsaved Comment objects, each after its parent; a reply's `parent` is one of them. Rows are
    written level by level, so that children know their parents' ids. Nobody can answer them before the transaction
    ends, so no lock is waited for. Numbers within the post and counts are the caller's.
    Raises TreeError when a parent is not among them.
    """
    index = {id(comment): position for position, comment in enumerate(comments)}
    children: dict[int, list[int]] = defaultdict(list)
    roots: list[int] = []
    for position, comment in enumerate(comments):
        if comment.parent is None:
            roots.append(position)
            continue
        if index.get(id(comment.parent), position) >= position:
            raise TreeError("A reply comes after its parent, and both are written together.")
        children[index[id(comment.parent)]].append(position)
    with transaction.atomic(using=using):
        levels = _place_forest(comments, roots, children, using)
        for level in levels:
            for comment in level:
                comment.parent = comment.parent  # takes over the id that the parent has by now
            models.QuerySet.bulk_create(comments_of(using), level, batch_size=batch_size)


def _place_forest(
    comments: Sequence[Any], roots: list[int], children: dict[int, list[int]], using: str | None
) -> list[list[Any]]:
    """Give every comment its place, and return the comments by level."""
    thread_model = apps.get_model("comments", "Thread")
    threads = threads_of(using).bulk_create([thread_model() for _root in roots], batch_size=1000)
    levels: dict[int, list[Any]] = defaultdict(list)
    for root, thread in zip(roots, threads, strict=True):
        for position, place in number_tree(root, children).items():
            comment = comments[position]
            comment.tree_id = thread.pk
            comment.lft, comment.rght, comment.level = place
            levels[place.level].append(comment)
    return [levels[level] for level in sorted(levels)]


def move_branch(root_id: int, *, to_parent_id: int | None, to_post_id: int) -> list[int]:
    """Move a comment with all its replies under another comment, or make it an opener, maybe on another post.

    Both threads are locked in the order of their ids, both trees are numbered in memory and written once. Returns
    the ids of the moved comments, in tree order. Their post, numbers, counts and redirects are changed by
    `actions.move_branch` in the same transaction, the threads still locked.
    Raises TreeError when the target stands inside the branch, or on another post than `to_post_id`.
    """
    return retry_when_moved(lambda: _move_branch(root_id, to_parent_id, to_post_id))


def _move_branch(root_id: int, to_parent_id: int | None, to_post_id: int) -> list[int]:
    with transaction.atomic():
        old_tree = tree_id_of(root_id, None)
        # A new thread has the highest id, so taking it first breaks no order: nobody else can know it yet.
        new_tree = threads_of(None).create().pk if to_parent_id is None else tree_id_of(to_parent_id, None)
        with locked(old_tree, new_tree):
            target = to_parent_id if to_parent_id is not None else root_id
            if tree_id_of(root_id, None) != old_tree or (
                to_parent_id is not None and tree_id_of(target, None) != new_tree
            ):
                raise TreeMoved
            return _move_locked(root_id, to_parent_id, to_post_id, old_tree=old_tree, new_tree=new_tree)


def _move_locked(
    root_id: int, to_parent_id: int | None, to_post_id: int, *, old_tree: int, new_tree: int
) -> list[int]:
    rows = rows_of({old_tree, new_tree})
    root = next(row for row in rows if row.pk == root_id)
    branch = {row.pk for row in rows if row.tree_id == old_tree and root.lft <= row.lft <= root.rght}
    if to_parent_id is not None:
        if to_parent_id in branch:
            raise TreeError("A comment cannot be moved under itself.")
        if not comments_of().filter(pk=to_parent_id, post_id=to_post_id).exists():
            raise TreeError("The comment to move under belongs to another post.")
    after = _rearranged(rows, root, branch, to_parent_id, new_tree)
    before = {row.pk: row for row in rows}
    write_rows([row for row in after if row != before[row.pk]])
    lefts = {row.pk: row.lft for row in after}
    return sorted(branch, key=lefts.__getitem__)


def _rearranged(
    rows: list[Row], root: Row, branch: set[int], to_parent_id: int | None, new_tree: int
) -> list[Row]:
    """Return the rows of both trees with the branch under its new parent, or as a tree of its own."""
    # The branch goes last under its new parent: its left numbers sort after all others there.
    end = 1 + max(row.rght for row in rows)
    moved = [
        row._replace(
            lft=row.lft + end,
            parent_id=to_parent_id if row.pk == root.pk else row.parent_id,
            tree_id=new_tree,
        )
        for row in rows
        if row.pk in branch
    ]
    rest = [row for row in rows if row.pk not in branch]
    there = moved + [row for row in rest if row.tree_id == new_tree]
    staying = [row for row in rest if row.tree_id != new_tree]
    return _numbered(there) + (_numbered(staying) if staying else [])


def _numbered(rows: list[Row]) -> list[Row]:
    places = places_from_parents(rows)
    return [row._replace(**places[row.pk]._asdict()) for row in rows if row.pk in places]
