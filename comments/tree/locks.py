"""The lock of a thread: who holds it, and how to find and lock the tree of a comment."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from comments.batches import in_batches

# Ids in one query: SQLite takes at most 32,766 values.
LOCKED_AT_ONCE = 5000


class TreeError(Exception):
    """This change would not keep the tree whole."""


class NoThread(TreeError):
    """A tree without a thread row, so nothing can be locked: it is broken, or a branch has left it meanwhile."""


class TreeMoved(Exception):
    """The comment moved to another thread between reading its tree id and locking that thread."""


# For each connection, how often it holds each thread's lock. A connection belongs to one thread of the process.
_held_by: WeakKeyDictionary[Any, Counter[int]] = WeakKeyDictionary()


def _held(using: str | None) -> Counter[int]:
    return _held_by.setdefault(connections[using or DEFAULT_DB_ALIAS], Counter())


def is_locked(tree_id: int | None, *, using: str | None = None) -> bool:
    """Whether this connection holds the lock of thread `tree_id`."""
    return tree_id is not None and _held(using)[tree_id] > 0


def is_any_locked(*, using: str | None = None) -> bool:
    """Whether this connection holds the lock of any thread."""
    return any(_held(using).values())


@contextmanager
def locked(*thread_ids: int, using: str | None = None) -> Iterator[None]:
    """Hold the locks of these threads, taken in the order of their ids, until the transaction ends.

    On PostgreSQL the lock is the thread's row; on SQLite it is the one write lock, taken at BEGIN IMMEDIATE.
    Raises NoThread when a thread does not exist.
    """
    wanted = sorted(set(thread_ids))
    with transaction.atomic(using=using):
        for batch in in_batches(wanted, LOCKED_AT_ONCE):
            rows = threads_of(using).select_for_update(no_key=True).filter(pk__in=batch).order_by("pk")
            if list(rows.values_list("pk", flat=True)) != batch:
                raise NoThread(f"There is no thread for one of the trees {batch}; run check_trees.")
        held = _held(using)
        held.update(wanted)
        try:
            yield
        finally:
            held.subtract(wanted)


def threads_of(using: str | None) -> models.QuerySet:
    return apps.get_model("comments", "Thread")._default_manager.using(using or DEFAULT_DB_ALIAS)


def comments_of(using: str | None = None) -> models.QuerySet:
    return apps.get_model("comments", "Comment")._default_manager.using(using or DEFAULT_DB_ALIAS)


@contextmanager
def locked_tree_of(comment_id: int, *, using: str | None) -> Iterator[int]:
    """Hold the lock of the comment's current tree, and yield the tree's id.

    Raises TreeError if the comment is gone, TreeMoved if it moved to another thread while this waited.
    """
    tree_id = tree_id_of(comment_id, using)
    if is_locked(tree_id, using=using):
        # Read under the lock, so nobody has moved it since. Without a savepoint an error fails the outer block too.
        with transaction.atomic(using=using, savepoint=False):
            yield tree_id
        return
    with locked(tree_id, using=using):
        if tree_id_of(comment_id, using) != tree_id:
            raise TreeMoved
        yield tree_id


def tree_id_of(comment_id: int, using: str | None) -> int:
    tree_id = comments_of(using).filter(pk=comment_id).values_list("tree_id", flat=True).first()
    if tree_id is None:
        raise TreeError(f"There is no comment {comment_id}.")
    return tree_id


def retry_when_moved(step: Callable[[], Any]) -> Any:
    """Call `step` until the comment does not move to another thread while it waits for the lock."""
    # A branch can move again while we wait for its new thread, but not for ever. Each attempt releases its locks.
    for _attempt in range(20):
        try:
            return step()
        except TreeMoved:
            error = TreeError("The branch kept moving to other threads.")
        except NoThread as missing:
            # The branch may have left its thread empty, and the thread was removed before we got its lock.
            error = missing
    raise error


def with_tree_locked(comment_id: int, step: Callable[[], Any], *, using: str | None = None) -> Any:
    """Call `step` with the comment's tree locked, and return its result.

    The tree is looked up again once it is locked: the lock of a tree that the comment has just left protects nothing,
    and locking the right one after it would break the order of locks. Raises TreeError if the comment is gone.
    """

    def locked_step() -> Any:
        with locked_tree_of(comment_id, using=using):
            return step()

    return retry_when_moved(locked_step)
