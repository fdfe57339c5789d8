"""Checks that every tree is whole, and repairs broken ones from `parent`, the only truth.

A post's comments are read without a lock, and its trees numbered in memory. Then a few threads at a time are locked and
read again. What has changed meanwhile is numbered again, and only rows that differ are written. So writers wait while
their thread is read and written once, whatever its size.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _

from comments.batches import in_batches
from comments.tree.forest import write_rows
from comments.tree.locks import TreeError, comments_of, locked, threads_of
from comments.tree.numbering import (
    Row,
    break_circles,
    children_of,
    damage_of,
    nearest_at_home,
    number_tree,
)

# So many comments are held in memory while trees are checked (a larger tree is held whole), and written under the locks
# of one transaction (a larger thread alone).
CHECKED_AT_ONCE = 50_000
WRITTEN_AT_ONCE = 2000
# Ids in one query: SQLite takes at most 32,766 values.
ASKED_AT_ONCE = 5000
# A branch may move between threads while they are repaired, so up to this many rounds follow each other.
ROUNDS = 5

# All ancestors of some comments, on any post; UNION drops rows it has found already, so loops end.
_ANCESTORS = """
WITH RECURSIVE above(id, parent_id) AS (
  SELECT id, parent_id FROM comments_comment WHERE id IN ({})
  UNION SELECT c.id, c.parent_id FROM comments_comment c JOIN above ON c.id = above.parent_id
) SELECT id, parent_id FROM above
"""
_LAST_THREAD = {
    "postgresql": "SELECT last_value FROM comments_thread_id_seq WHERE is_called",
    "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = 'comments_thread'",
}


class Moved(NamedTuple):
    """A comment that got another parent: the old one, the new one, and why."""

    pk: int
    post_id: int
    old_parent_id: int | None
    new_parent_id: int | None
    why: str


class Mended(NamedTuple):
    """What one transaction repaired on one post: threads, rows written, and comments with another parent."""

    post_id: int
    threads: int
    comments: int
    moved: list[Moved]


# --- proving --------------------------------------------------------------------------------------------------


def broken_trees(
    *, using: str | None = None, tell: Callable[[int], None] | None = None
) -> Iterator[tuple[int, str]]:
    """Check every tree, and yield (tree id, what is wrong) for the broken ones.

    Memory holds `CHECKED_AT_ONCE` comments, or the largest tree. `tell` is called with the number checked so far.
    """
    checked = 0
    for first, last, count in _ranges(using):
        by_tree: dict[int, list[Row]] = {}
        between = comments_of(using).filter(tree_id__gte=first, tree_id__lte=last)
        for row in _rows(between):
            by_tree.setdefault(row.tree_id, []).append(row)
        # Read after the comments: no thread with comments is deleted, and one opened since has none in this list.
        threads = threads_of(using).filter(pk__gte=first, pk__lte=last)
        known = set(threads.values_list("pk", flat=True))
        for tree_id, rows in sorted(by_tree.items()):
            wrong = damage_of(rows) if tree_id in known else _("its thread row is missing")
            if wrong:
                yield tree_id, wrong
        checked += count
        if tell is not None:
            tell(checked)


def _ranges(using: str | None) -> Iterator[tuple[int, int, int]]:
    """Yield (first tree, last tree, comments) for ranges of up to CHECKED_AT_ONCE comments, or one larger tree."""
    sizes = comments_of(using).order_by("tree_id").values_list("tree_id").annotate(Count("pk"))
    last = -1
    while page := list(sizes.filter(tree_id__gt=last)[:ASKED_AT_ONCE]):
        first, count = page[0][0], 0
        for position, (tree_id, size) in enumerate(page):
            last, count = tree_id, count + size
            is_end = position + 1 == len(page)
            if is_end or count + page[position + 1][1] > CHECKED_AT_ONCE:
                yield first, last, count
                first, count = 0 if is_end else page[position + 1][0], 0


def _rows(query) -> Iterator[Row]:  # type: ignore[no-untyped-def]
    return map(Row._make, query.order_by().values_list(*Row._fields))


def strays(*, using: str | None = None):  # type: ignore[no-untyped-def]
    """Return the query set of replies whose parent is on another post, or gone."""
    at_home = comments_of(using).filter(pk=OuterRef("parent_id"), post_id=OuterRef("post_id")).order_by()
    return comments_of(using).filter(~Exists(at_home), parent_id__isnull=False)


# --- repairing ------------------------------------------------------------------------------------------------


def repair_trees(
    *, using: str | None = None, on_written: Callable[[Mended], None] | None = None
) -> Iterator[Mended]:
    """Repair every broken tree from `parent`, and yield what each transaction has written after its commit.

    `on_written` is called before the commit, with the threads locked. A reply to a comment of another post goes under
    its nearest ancestor on its own post, where it has its number; without one it becomes an opener. So do a reply to
    nothing, and the earliest comment of a circle. No comment is lost, and none leaves its post.
    """
    for _round in range(ROUNDS):
        wrong = _posts_to_repair(using)
        for post_id in wrong:
            yield from _repair_post(post_id, using=using, on_written=on_written)
        if not wrong:
            return


def _posts_to_repair(using: str | None) -> list[int]:
    found = set(strays(using=using).order_by().values_list("post_id", flat=True).distinct())
    for trees in in_batches((tree_id for tree_id, _wrong in broken_trees(using=using)), ASKED_AT_ONCE):
        query = comments_of(using).filter(tree_id__in=trees).order_by()
        found.update(query.values_list("post_id", flat=True).distinct())
    return sorted(found)


def _repair_post(
    post_id: int, *, using: str | None, on_written: Callable[[Mended], None] | None
) -> Iterator[Mended]:
    survey = _survey(post_id, using)
    for batch in _batches(survey):
        try:
            mended = _repair_batch(survey, batch, using=using, on_written=on_written)
        except TreeError:
            # A thread's row was deleted before we locked it; the next round checks again.
            continue
        if mended is not None:
            yield mended


@dataclass
class Tree:
    """A broken tree: its opener, the thread it belongs to (None: a new one), and the ids of all its comments.

    `changes` are the rows to be written; those of a new thread's tree do not have its id yet.
    """

    opener: int
    tree_id: int | None
    members: list[int]
    changes: list[Row]


@dataclass
class Survey:
    """The comments of one post as they were read, the parents that must change, and the broken trees."""

    post_id: int
    rows: dict[int, Row]
    moved: dict[int, Moved]
    broken: list[Tree] = field(default_factory=list)


def _survey(post_id: int, using: str | None) -> Survey:
    rows = {row.pk: row for row in _rows(comments_of(using).filter(post_id=post_id))}
    survey = Survey(post_id, rows, _find_parents(post_id, rows, using))
    linked = _linked(rows, survey.moved)
    children = children_of(linked.values())
    claims = _Claims(rows.values(), using)
    for opener in [row for row in linked.values() if row.parent_id is None]:
        members = list(number_tree(opener.pk, children))
        tree_id = claims.tree_of(rows[opener.pk], [rows[pk] for pk in members])
        changes = _changes(opener.pk, tree_id or 0, children, rows, linked)
        if changes or tree_id not in claims.threads:
            survey.broken.append(Tree(opener.pk, tree_id, members, changes))
    return survey


def _linked(rows: Mapping[int, Row], moved: Mapping[int, Moved]) -> dict[int, Row]:
    """Return the rows with their new parents, except those whose parent has changed meanwhile."""
    linked = dict(rows)
    for new in moved.values():
        row = linked.get(new.pk)
        if row is not None and row.parent_id == new.old_parent_id:
            linked[new.pk] = row._replace(parent_id=new.new_parent_id)
    return linked


def _changes(
    opener: int,
    tree_id: int,
    children: Mapping[int, list[int]],
    rows: Mapping[int, Row],
    linked: Mapping[int, Row],
) -> list[Row]:
    """Return the rows of a tree that are wrong, with the right values."""
    places = number_tree(opener, children).items()
    wanted = (Row(pk, linked[pk].parent_id, tree_id, *place) for pk, place in places)
    return [row for row in wanted if row != rows[row.pk]]


# --- which parent ---------------------------------------------------------------------------------------------


def _find_parents(post_id: int, rows: Mapping[int, Row], using: str | None) -> dict[int, Moved]:
    """Return the comments of a post that must get another parent or none."""
    parents = {row.pk: row.parent_id for row in rows.values()}
    strangers = [pk for pk, parent in parents.items() if parent is not None and parent not in parents]
    beyond = _ancestors([parents[pk] for pk in strangers], using) if strangers else {}
    moved: dict[int, Moved] = {}
    for pk in strangers:
        old = parents[pk]
        new = nearest_at_home(pk, parents, beyond)
        why = (
            _("it replied to a comment on another post")
            if old in beyond
            else _("the comment it replied to is gone")
        )
        moved[pk] = Moved(pk, post_id, old, new, why)
    parents |= {pk: found.new_parent_id for pk, found in moved.items()}
    for pk in break_circles(parents, lambda circle: _earliest(circle, using)):
        why = _("it was the earliest comment in a loop of replies")
        moved[pk] = Moved(pk, post_id, rows[pk].parent_id, None, why)
    return moved


def _ancestors(ids: Sequence[int | None], using: str | None) -> dict[int, int | None]:
    found: dict[int, int | None] = {}
    with connections[using or DEFAULT_DB_ALIAS].cursor() as cursor:
        for batch in in_batches(sorted({pk for pk in ids if pk is not None}), ASKED_AT_ONCE):
            cursor.execute(_ANCESTORS.format(", ".join(["%s"] * len(batch))), batch)
            found.update(cursor.fetchall())
    return found


def _earliest(circle: Sequence[int], using: str | None) -> int:
    dates: list[tuple[object, int]] = []
    for batch in in_batches(circle, ASKED_AT_ONCE):
        query = comments_of(using).filter(pk__in=batch).order_by()
        dates += query.values_list("created_at", "pk")
    return min(dates)[1]


# --- which thread ---------------------------------------------------------------------------------------------


class _Claims:
    """Which thread each opener of a post gets: its own, or the one of most of its replies if no other opener has it."""

    def __init__(self, rows: Iterable[Row], using: str | None) -> None:
        trees = {row.tree_id for row in rows}
        self.threads: set[int] = set()
        # The first opener in each tree, which keeps it if there are several.
        self.holders: dict[int, int] = {}
        for batch in in_batches(sorted(trees), ASKED_AT_ONCE):
            self.threads.update(threads_of(using).filter(pk__in=batch).values_list("pk", flat=True))
            openers = comments_of(using).filter(tree_id__in=batch, parent_id=None).order_by("-pk")
            self.holders.update(openers.values_list("tree_id", "pk"))
        self.last_given = _last_thread(using)

    def tree_of(self, opener: Row, members: Sequence[Row]) -> int | None:
        """Return the id of the opener's thread, or None for a new one. No id is returned twice."""
        if self._is_usable(opener.tree_id) and self.holders.get(opener.tree_id) == opener.pk:
            return opener.tree_id
        for tree_id, _count in Counter(row.tree_id for row in members).most_common():
            if self._is_usable(tree_id) and tree_id not in self.holders:
                self.holders[tree_id] = opener.pk
                return tree_id
        return None

    def _is_usable(self, tree_id: int) -> bool:
        """Whether the thread exists, or can be made again: its id was given before, so no new thread gets it."""
        return tree_id in self.threads or 0 < tree_id <= self.last_given


def _last_thread(using: str | None) -> int:
    """Return the highest id that a new thread has ever got."""
    connection = connections[using or DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute(_LAST_THREAD[connection.vendor])
        row = cursor.fetchone()
    return row[0] if row else 0


# --- writing --------------------------------------------------------------------------------------------------


def _batches(survey: Survey) -> Iterator[list[Tree]]:
    """Yield the broken trees in lists of up to WRITTEN_AT_ONCE comments, or one larger tree."""
    batch: list[Tree] = []
    size = 0
    for tree in survey.broken:
        if batch and size + len(tree.members) > WRITTEN_AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append(tree)
        size += len(tree.members)
    if batch:
        yield batch


def _repair_batch(
    survey: Survey, batch: Sequence[Tree], *, using: str | None, on_written: Callable[[Mended], None] | None
) -> Mended | None:
    """Lock the threads of these trees, read them again, and write the wrong rows."""
    trees = {survey.rows[pk].tree_id for tree in batch for pk in tree.members}
    trees.update(tree.tree_id for tree in batch if tree.tree_id is not None)
    before = {pk: row for pk, row in survey.rows.items() if row.tree_id in trees}
    with transaction.atomic(using=using):
        made = _make_threads(batch, using)
        trees.update(tree.tree_id for tree in batch if tree.tree_id is not None)
        with locked(*_existing(trees, using), using=using):
            now = _read_again(survey.post_id, trees, using)
            changes = _as_planned(batch) if now == before else _planned_anew(survey, batch, now)
            if not changes and not made:
                return None
            write_rows(changes, using=using)
            mended = _what_was_done(survey, changes, now, made)
            if on_written is not None:
                on_written(mended)
    return mended


def _what_was_done(
    survey: Survey, changes: Sequence[Row], before: Mapping[int, Row], made: set[int]
) -> Mended:
    parents_changed = [row.pk for row in changes if row.parent_id != before[row.pk].parent_id]
    moved = [survey.moved[pk] for pk in parents_changed]
    return Mended(survey.post_id, len(made | {row.tree_id for row in changes}), len(changes), moved)


def _make_threads(batch: Sequence[Tree], using: str | None) -> set[int]:
    """Make threads for trees without one, missing ones under their old ids; return the ids of all that were made."""
    model = apps.get_model("comments", "Thread")
    wanted = {tree.tree_id for tree in batch if tree.tree_id is not None}
    missing = wanted.difference(_existing(wanted, using))
    # Another repair may make the same ones at this moment.
    threads_of(using).bulk_create([model(pk=pk) for pk in sorted(missing)], ignore_conflicts=True)
    without = [tree for tree in batch if tree.tree_id is None]
    for tree, thread in zip(
        without, threads_of(using).bulk_create([model() for _tree in without]), strict=True
    ):
        tree.tree_id = thread.pk
    return missing | {tree.tree_id for tree in without if tree.tree_id is not None}


def _existing(trees: Iterable[int], using: str | None) -> list[int]:
    """Return which of these threads exist; only those can be locked."""
    found: list[int] = []
    for batch in in_batches(sorted(trees), ASKED_AT_ONCE):
        found += threads_of(using).filter(pk__in=batch).values_list("pk", flat=True)
    return found


def _read_again(post_id: int, trees: Iterable[int], using: str | None) -> dict[int, Row]:
    """Return all rows of a post that are in one of these trees now; the trees are locked.

    That is every row of the trees being repaired: a new reply is in the tree of its parent, and a branch that was
    moved here in that of its new parent.
    """
    found: dict[int, Row] = {}
    for batch in in_batches(sorted(trees), ASKED_AT_ONCE):
        found.update(
            (row.pk, row) for row in _rows(comments_of(using).filter(post_id=post_id, tree_id__in=batch))
        )
    return found


def _as_planned(batch: Sequence[Tree]) -> list[Row]:
    return [row._replace(tree_id=tree.tree_id or 0) for tree in batch for row in tree.changes]


def _planned_anew(survey: Survey, batch: Sequence[Tree], now: Mapping[int, Row]) -> list[Row]:
    """Return the wrong rows of these trees as they are now, since they have changed after the survey."""
    linked = _linked(now, survey.moved)
    children = children_of(linked.values())
    changes: list[Row] = []
    for tree in batch:
        opener = linked.get(tree.opener)
        if opener is not None and opener.parent_id is None and tree.tree_id is not None:
            changes += _changes(opener.pk, tree.tree_id, children, now, linked)
    return changes


def remove_empty_threads(*, using: str | None = None) -> int:
    """Delete the rows of threads without comments, and return how many.

    A thread that is being opened is safe, since its row and its opener are committed together.
    """
    in_it = comments_of(using).filter(tree_id=OuterRef("pk")).order_by()
    return threads_of(using).filter(~Exists(in_it)).delete()[0]
