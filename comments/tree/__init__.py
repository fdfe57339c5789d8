"""The comment trees and the lock that keeps them whole; nothing outside this package and the models moves a node.

django-mptt alone corrupts its numbering under concurrent writers. What holds: one tree per top-level comment, whose
`Thread` row's id *is* the `tree_id` and whose row is the lock. All code that changes lft, rght, level or tree_id
takes that lock first, and what cannot be made safe raises `TreeError`. Measured; see docs/decisions/0001.

Order of locks, everywhere: a limit's row, threads by id, then the post's `Discussion`, then `PageState`. Nothing takes
a thread's lock after a discussion's.
"""

from comments.tree.forest import move_branch, rows_of, write_forest, write_rows
from comments.tree.locks import TreeError, is_locked, locked, with_tree_locked
from comments.tree.nodes import LockedTree, LockedTreeManager, LockedTreeQuerySet
from comments.tree.numbering import Place, Row, damage_of, number_tree, places_from_parents
from comments.tree.repair import Mended, Moved, broken_trees, remove_empty_threads, repair_trees, strays

__all__ = [
    "LockedTree",
    "LockedTreeManager",
    "LockedTreeQuerySet",
    "Mended",
    "Moved",
    "Place",
    "Row",
    "TreeError",
    "broken_trees",
    "damage_of",
    "is_locked",
    "locked",
    "move_branch",
    "number_tree",
    "places_from_parents",
    "remove_empty_threads",
    "repair_trees",
    "rows_of",
    "strays",
    "with_tree_locked",
    "write_forest",
    "write_rows",
]
