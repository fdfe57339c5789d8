"""The comment trees and the lock that keeps them whole; nothing outside this file and the models moves a node.

django-mptt alone corrupts its numbering under concurrent writers. What holds: one tree per top-level comment, whose
`Thread` row's id *is* the `tree_id` and whose row is the lock. Every road that changes lft, rght, level or tree_id
takes that lock first, and roads that cannot be made safe raise `TreeError`. Measured; see docs/decisions/0001.

Order of locks, everywhere: threads by id, then the post's `Discussion`, then `PageState`. Nothing takes a thread's
lock after a discussion's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.utils.translation import gettext as _
from mptt.models import MPTTModel
from mptt.querysets import TreeQuerySet
from mptt.managers import TreeManager

TREE_FIELDS = frozenset({"lft", "rght", "level", "tree_id", "parent", "parent_id"})


class TreeError(Exception):
    """A way of changing a tree that cannot keep it whole."""


class _TreeMoved(Exception):
    """The parent went to another thread between reading its tree id and getting that thread's lock."""


# --- the lock -------------------------------------------------------------------------------------------------


def _held(using: str | None) -> Counter[int]:
    connection = connections[using or DEFAULT_DB_ALIAS]
    if not hasattr(connection, "comment_threads_held"):
        connection.comment_threads_held = Counter()
    return connection.comment_threads_held


def is_locked(tree_id: int | None, *, using: str | None = None) -> bool:
    """Whether this connection holds the lock of thread `tree_id`."""
    return tree_id is not None and _held(using)[tree_id] > 0


@contextmanager
def locked(*thread_ids: int, using: str | None = None) -> Iterator[None]:
    """Hold the locks of these threads, taken in the order of their ids, until the transaction ends.

    On PostgreSQL the lock is the thread's row; on SQLite it is the one write lock, taken at BEGIN IMMEDIATE.
    Raises TreeError when a thread does not exist.
    """
    wanted = sorted(set(thread_ids))
    with transaction.atomic(using=using):
        rows = _threads(using).select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
        if list(rows.values_list("pk", flat=True)) != wanted:
            raise TreeError(f"There is no thread for one of the trees {wanted}; run check_trees.")
        held = _held(using)
        held.update(wanted)
        try:
            yield
        finally:
            held.subtract(wanted)


def _threads(using: str | None) -> models.QuerySet:
    return apps.get_model("comments", "Thread")._default_manager.using(using or DEFAULT_DB_ALIAS)


def _comments(using: str | None = None) -> "LockedTreeQuerySet":
    return apps.get_model("comments", "Comment")._default_manager.using(using or DEFAULT_DB_ALIAS)


# --- the model that locks itself ------------------------------------------------------------------------------


class LockedTreeQuerySet(TreeQuerySet):
    """A query set that refuses what would change trees without their lock."""

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        raise TreeError("bulk_create() cannot number a tree. Use tree.write_forest().")

    def delete(self) -> Any:
        raise TreeError("Comments are removed by actions.remove_comment(); their rows stay.")

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def update(self, **kwargs: Any) -> int:
        if TREE_FIELDS & kwargs.keys() and not +_held(self._db):
            raise TreeError(f"update() of {sorted(TREE_FIELDS & kwargs.keys())} needs the thread's lock.")
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]


class LockedTreeManager(TreeManager.from_queryset(LockedTreeQuerySet)):  # type: ignore[misc]
    """mptt's manager with the roads closed that count tree ids over the whole table or run without a lock."""

    def insert_node(self, node: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
        self._require_lock(target)
        return super().insert_node(node, target, *args, **kwargs)

    def _move_node(self, node: Any, target: Any, position: str = "last-child", **kwargs: Any) -> None:
        self._require_lock(target)
        self._require_lock(node)
        if node.parent_id is None or target.tree_id != node.tree_id:
            raise TreeError("A branch goes to another thread by actions.move_branch() only.")
        if target.parent_id is None and position in {"left", "right"}:
            raise TreeError("A reply does not become an opener, nor its sibling.")
        super()._move_node(node, target, position, **kwargs)

    def partial_rebuild(self, tree_id: int, *args: Any, **kwargs: Any) -> None:
        if not is_locked(tree_id, using=self._db):
            raise TreeError("partial_rebuild() needs the thread's lock; use tree.repair_thread().")
        super().partial_rebuild(tree_id, *args, **kwargs)

    def rebuild(self, batch_size: int = 1000, **filters: Any) -> None:
        if not is_locked(filters.get("tree_id"), using=self._db):
            raise TreeError("rebuild() renumbers all trees at once; use `manage.py check_trees --repair`.")
        super().rebuild(batch_size=batch_size, **filters)

    def _get_next_tree_id(self) -> int:
        raise TreeError("A tree's id is that of its Thread, never a count over the table.")

    def _create_tree_space(self, *args: Any, **kwargs: Any) -> None:
        raise TreeError("Trees are not numbered in a row; no space between them can be made.")

    def build_tree_nodes(self, *args: Any, **kwargs: Any) -> Any:
        raise TreeError("Use tree.write_forest().")

    def disable_mptt_updates(self) -> Any:
        raise TreeError("Trees are never left unnumbered.")

    delay_mptt_updates = disable_mptt_updates

    def _require_lock(self, node: Any) -> None:
        if node is None or not is_locked(node.tree_id, using=self._db):
            raise TreeError("This needs the thread's lock: Comment.save(), move_to() and delete() take it.")


class LockedTree(MPTTModel):
    """A node that takes its thread's lock whenever its place in the tree changes."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert or change this node; an insert numbers the tree under its lock.

        Raises TreeError when the parent belongs to another post, or when the change would move the node to another
        tree or turn a reply into an opener or back.
        """
        using = kwargs.get("using")
        if self._state.adding and not is_numbered(self):
            _retry_when_moved(lambda: self._insert(using, args, kwargs))
        elif not self._state.adding and self._parent_changed():
            _retry_when_moved(lambda: self._change_parent(using, args, kwargs))
        else:
            super().save(*args, **kwargs)

    def move_to(self, target: Any, position: str = "first-child") -> None:
        """Move this reply with its replies to another place in the same tree, under the tree's lock."""
        using = self._state.db

        def move() -> None:
            with _locked_tree_of(self.pk, using=using) as tree_id:
                row = _comments(using).filter(pk=target.pk).values("tree_id", "parent_id").first()
                if row is None or row["tree_id"] != tree_id:
                    raise TreeError("A branch goes to another thread by actions.move_branch() only.")
                target.tree_id, target.parent_id = row["tree_id"], row["parent_id"]
                # mptt saves the whole row afterwards, so it must be today's.
                self.refresh_from_db()
                super(LockedTree, self).move_to(target, position)

        _retry_when_moved(move)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete a comment without replies, under its tree's lock; with replies, RestrictedError is raised."""
        using = self._state.db

        def remove() -> Any:
            with _locked_tree_of(self.pk, using=using):
                return super(LockedTree, self).delete(*args, **kwargs)

        return _retry_when_moved(remove)

    def _parent_changed(self) -> bool:
        before = self._mptt_cached_fields.get("parent")
        return isinstance(before, int | None) and before != self.parent_id

    def _insert(self, using: str | None, args: Any, kwargs: Any) -> None:
        try:
            if self.parent_id is None:
                self._insert_opener(using, args, kwargs)
            else:
                self._insert_reply(using, args, kwargs)
        except BaseException:
            # The transaction undoes the row, so the object must not believe that it has its place.
            self.lft = self.rght = self.level = self.tree_id = None
            self._state.adding = True
            raise

    def _insert_opener(self, using: str | None, args: Any, kwargs: Any) -> None:
        with transaction.atomic(using=using):
            thread = _threads(using).create()
            self.tree_id, self.lft, self.rght, self.level = thread.pk, 1, 2, 0
            self.before_row(using)
            super().save(*args, **kwargs)

    def _insert_reply(self, using: str | None, args: Any, kwargs: Any) -> None:
        with _locked_tree_of(self.parent_id, using=using):
            # Read again after the lock: the parent in memory may be as old as the page the answer was written on.
            parent = _comments(using).get(pk=self.parent_id)
            if parent.post_id != self.post_id:
                raise TreeError("A reply belongs to the post of the comment it answers.")
            self._tree_manager.db_manager(using).insert_node(
                self, parent, "last-child", allow_existing_pk=True, refresh_target=False
            )
            self.before_row(using)
            # mptt leaves a node alone that has its numbers already.
            super().save(*args, **kwargs)

    def before_row(self, using: str | None) -> None:
        """Hook: the last thing before a new node's row is written, its tree locked and numbered."""

    def _change_parent(self, using: str | None, args: Any, kwargs: Any) -> None:
        if self.parent_id is None or self._mptt_cached_fields["parent"] is None:
            raise TreeError("A reply does not become an opener, nor an opener a reply.")
        with _locked_tree_of(self.pk, using=using) as tree_id:
            parent = _comments(using).get(pk=self.parent_id)
            if parent.tree_id != tree_id:
                raise TreeError("A branch goes to another thread by actions.move_branch() only.")
            self.parent = parent
            super().save(*args, **kwargs)


@contextmanager
def _locked_tree_of(comment_id: int, *, using: str | None) -> Iterator[int]:
    """Hold the lock of the tree in which the comment stands now, and give its id.

    Raises TreeError when the comment is gone, _TreeMoved when it went to another thread while this one waited.
    """
    tree_id = _tree_id_of(comment_id, using)
    with locked(tree_id, using=using):
        if _tree_id_of(comment_id, using) != tree_id:
            raise _TreeMoved
        yield tree_id


def _tree_id_of(comment_id: int, using: str | None) -> int:
    tree_id = _comments(using).filter(pk=comment_id).values_list("tree_id", flat=True).first()
    if tree_id is None:
        raise TreeError(f"There is no comment {comment_id}.")
    return tree_id


def _retry_when_moved(step: Any) -> Any:
    # A branch can move again while we wait for its new thread, but not for ever; each try releases its locks.
    for _attempt in range(20):
        try:
            return step()
        except _TreeMoved:
            continue
    raise TreeError("The branch kept moving to other threads.")


def is_numbered(node: Any) -> bool:
    return bool(node.lft and node.rght)


# --- numbering in memory --------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a node stands: left and right numbers from 1, level from 0."""

    lft: int
    rght: int
    level: int


def number_tree(root: int, children: dict[int, list[int]], *, level: int = 0, first: int = 1) -> dict[int, Place]:
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


def rows_of(tree_ids: Iterable[int], *, using: str | None = None) -> list[Row]:
    """Return the nodes of these trees, by tree and left number."""
    query = _comments(using).filter(tree_id__in=list(tree_ids)).order_by("tree_id", "lft", "pk")
    return [Row(*values) for values in query.values_list(*Row._fields)]


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


def write_places(places: dict[int, Place], *, tree_id: int, using: str | None = None) -> None:
    """Write these places, the thread's lock held, in one statement per 200 nodes."""
    if not is_locked(tree_id, using=using):
        raise TreeError("Places are written under the thread's lock.")
    items = sorted(places.items())
    for start in range(0, len(items), 200):
        _write_some(items[start : start + 200], tree_id=tree_id, using=using)


def _write_some(items: list[tuple[int, Place]], *, tree_id: int, using: str | None) -> None:
    number = models.PositiveIntegerField()

    def chosen(value: Any) -> models.Case:
        return models.Case(
            *(models.When(pk=pk, then=models.Value(value(place))) for pk, place in items), output_field=number
        )

    _comments(using).filter(pk__in=[pk for pk, _place in items]).order_by().update(
        lft=chosen(lambda place: place.lft),
        rght=chosen(lambda place: place.rght),
        level=chosen(lambda place: place.level),
        tree_id=tree_id,
    )


# --- writing and moving many at once --------------------------------------------------------------------------


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
            models.QuerySet.bulk_create(_comments(using), level, batch_size=batch_size)


def _place_forest(
    comments: Sequence[Any], roots: list[int], children: dict[int, list[int]], using: str | None
) -> list[list[Any]]:
    """Give every comment its place and return them by level."""
    thread_model = apps.get_model("comments", "Thread")
    threads = _threads(using).bulk_create([thread_model() for _root in roots], batch_size=1000)
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
    return _retry_when_moved(lambda: _move_branch(root_id, to_parent_id, to_post_id))


def _move_branch(root_id: int, to_parent_id: int | None, to_post_id: int) -> list[int]:
    with transaction.atomic():
        old_tree = _tree_id_of(root_id, None)
        # A new thread has the highest id, so taking it first breaks no order: nobody else can know it yet.
        new_tree = _threads(None).create().pk if to_parent_id is None else _tree_id_of(to_parent_id, None)
        with locked(old_tree, new_tree):
            target = to_parent_id if to_parent_id is not None else root_id
            if _tree_id_of(root_id, None) != old_tree or (
                to_parent_id is not None and _tree_id_of(target, None) != new_tree
            ):
                raise _TreeMoved
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
        if not _comments().filter(pk=to_parent_id, post_id=to_post_id).exists():
            raise TreeError("The comment to move under belongs to another post.")
    moved, staying, there = _rearranged(rows, root, branch, to_parent_id, new_tree)
    # The branch's top changes its parent, tree and numbers in one statement: between them the guards would refuse.
    top = moved[root_id]
    _comments().filter(pk=root_id).order_by().update(
        parent_id=to_parent_id, tree_id=new_tree, lft=top.lft, rght=top.rght, level=top.level
    )
    write_places(moved | there, tree_id=new_tree)
    if staying:
        write_places(staying, tree_id=old_tree)
    return sorted(branch, key=lambda pk: moved[pk].lft)


def _rearranged(
    rows: list[Row], root: Row, branch: set[int], to_parent_id: int | None, new_tree: int
) -> tuple[dict[int, Place], dict[int, Place], dict[int, Place]]:
    """Return the new places of the branch, of what stays in the old tree, and of the rest of the new tree."""
    # The branch goes last under its new parent: its left numbers sort after all others there.
    end = 1 + max(row.rght for row in rows)
    moved = [
        row._replace(lft=row.lft + end, parent_id=to_parent_id if row.pk == root.pk else row.parent_id)
        for row in rows
        if row.pk in branch
    ]
    rest = [row for row in rows if row.pk not in branch]
    there = [row for row in rest if row.tree_id == new_tree]
    staying = [row for row in rest if row.tree_id != new_tree]
    places = places_from_parents(there + moved)
    return (
        {pk: place for pk, place in places.items() if pk in branch},
        places_from_parents(staying) if staying else {},
        {pk: place for pk, place in places.items() if pk not in branch},
    )


# --- proving and repairing ------------------------------------------------------------------------------------


def broken_trees(*, using: str | None = None, batch: int = 2000) -> Iterator[tuple[int, str]]:
    """Check every tree and give (tree id, what is wrong) for the broken ones; memory holds `batch` trees at a time."""
    last = 0
    query = _comments(using).order_by("tree_id").values_list("tree_id", flat=True)
    while ids := list(query.filter(tree_id__gt=last).distinct()[:batch]):
        last = ids[-1]
        known = set(_threads(using).filter(pk__in=ids).values_list("pk", flat=True))
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
            parent = _comments(using).values_list("parent_id", flat=True).get(pk=parent)
        if parent is not None:
            raise TreeError(f"Comment {row.pk} is its own ancestor; only a person can say whom it answers.")
        openers.add(seen[-1])
    return sorted(openers)


def _renumber_from(opener: int, *, using: str | None) -> None:
    members, edge = {opener: None}, [opener]
    children: dict[int, list[int]] = defaultdict(list)
    while edge:
        found = _comments(using).filter(parent_id__in=edge).order_by("lft", "pk").values_list("pk", "parent_id")
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
    tree_id = _tree_id_of(opener, using)
    alone = not _comments(using).filter(tree_id=tree_id, parent=None).exclude(pk=opener).exists()
    if alone and _threads(using).filter(pk=tree_id).exists():
        return tree_id
    return _threads(using).create().pk
