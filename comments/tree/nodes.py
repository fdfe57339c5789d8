"""The node that locks its thread whenever its place changes, and the manager without mptt's unsafe methods."""

from typing import Any

from django.db import transaction
from mptt.managers import TreeManager
from mptt.models import MPTTModel
from mptt.querysets import TreeQuerySet

from comments.tree.locks import (
    TreeError,
    comments_of,
    is_any_locked,
    is_locked,
    locked_tree_of,
    retry_when_moved,
    threads_of,
)

TREE_FIELDS = frozenset({"lft", "rght", "level", "tree_id", "parent", "parent_id"})


class LockedTreeQuerySet(TreeQuerySet):
    """A query set that refuses what would change trees without their lock."""

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        raise TreeError("bulk_create() cannot number a tree. Use tree.write_forest().")

    def delete(self) -> Any:
        raise TreeError("Comments are removed by actions.remove_comment(); their rows stay.")

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def update(self, **kwargs: Any) -> int:
        if TREE_FIELDS & kwargs.keys() and not is_any_locked(using=self._db):
            raise TreeError(f"update() of {sorted(TREE_FIELDS & kwargs.keys())} needs the thread's lock.")
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]


class LockedTreeManager(TreeManager.from_queryset(LockedTreeQuerySet)):  # type: ignore[misc]
    """mptt's manager; methods that count tree ids over the whole table, or run without a lock, raise TreeError."""

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
            raise TreeError("partial_rebuild() needs the thread's lock; use tree.repair_trees().")
        super().partial_rebuild(tree_id, *args, **kwargs)

    def rebuild(self, batch_size: int = 1000, **filters: Any) -> None:
        if not is_locked(filters.get("tree_id"), using=self._db):
            raise TreeError("rebuild() renumbers all trees at once; use `commonplace check_trees --repair`.")
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
    """A node that locks its thread whenever its place in the tree changes."""

    # mptt's metaclass adds the columns; None until the node has its place.
    tree_id: Any
    lft: Any
    rght: Any
    level: Any

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert or change this node; an insert numbers the tree under its lock.

        Raises TreeError when the parent belongs to another post, or when the change would move the node to another
        tree or turn a reply into an opener or back.
        """
        using = kwargs.get("using")
        if self._state.adding and not is_numbered(self):
            retry_when_moved(lambda: self._insert(using, args, kwargs))
        elif not self._state.adding and self._parent_changed():
            retry_when_moved(lambda: self._change_parent(using, args, kwargs))
        else:
            super().save(*args, **kwargs)

    def move_to(self, target: Any, position: str = "first-child") -> None:
        """Move this reply with its replies to another place in the same tree, under the tree's lock."""
        using = self._state.db

        def move() -> None:
            with locked_tree_of(self.pk, using=using) as tree_id:
                row = comments_of(using).filter(pk=target.pk).values("tree_id", "parent_id").first()
                if row is None or row["tree_id"] != tree_id:
                    raise TreeError("A branch goes to another thread by actions.move_branch() only.")
                target.tree_id, target.parent_id = row["tree_id"], row["parent_id"]
                # mptt saves the whole row afterwards, so it must be current.
                self.refresh_from_db()
                super(LockedTree, self).move_to(target, position)

        retry_when_moved(move)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete a comment without replies, under its tree's lock; with replies, RestrictedError is raised."""
        using = self._state.db

        def remove() -> Any:
            with locked_tree_of(self.pk, using=using):
                return super(LockedTree, self).delete(*args, **kwargs)

        return retry_when_moved(remove)

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
            # The row is rolled back, so the object must not look as if it were saved.
            self.lft = self.rght = self.level = self.tree_id = None
            self._state.adding = True
            raise

    def _insert_opener(self, using: str | None, args: Any, kwargs: Any) -> None:
        with transaction.atomic(using=using):
            thread = threads_of(using).create()
            self.tree_id, self.lft, self.rght, self.level = thread.pk, 1, 2, 0
            self.before_insert(using)
            super().save(*args, **kwargs)

    def _insert_reply(self, using: str | None, args: Any, kwargs: Any) -> None:
        with locked_tree_of(self.parent_id, using=using):
            # Read again under the lock: the parent in memory may be as old as the page of the reply form.
            parent = comments_of(using).get(pk=self.parent_id)
            if parent.post_id != self.post_id:
                raise TreeError("A reply belongs to the post of the comment it answers.")
            self._tree_manager.db_manager(using).insert_node(
                self, parent, "last-child", allow_existing_pk=True, refresh_target=False
            )
            self.before_insert(using)
            # mptt does not number a node that has its numbers.
            super().save(*args, **kwargs)

    def before_insert(self, using: str | None) -> None:
        """Hook that runs last before a new node's row is written; its tree is locked and numbered."""

    def _change_parent(self, using: str | None, args: Any, kwargs: Any) -> None:
        if self.parent_id is None or self._mptt_cached_fields["parent"] is None:
            raise TreeError("A reply does not become an opener, nor an opener a reply.")
        with locked_tree_of(self.pk, using=using) as tree_id:
            parent = comments_of(using).get(pk=self.parent_id)
            if parent.tree_id != tree_id:
                raise TreeError("A branch goes to another thread by actions.move_branch() only.")
            self.parent = parent
            super().save(*args, **kwargs)


def is_numbered(node: Any) -> bool:
    return bool(node.lft and node.rght)
