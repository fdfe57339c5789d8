"""A comment as the database has it, and in its place on a page: plain values, and nothing else."""

from typing import NamedTuple

from accounts.roles import Rank
from comments.models import CommentState

PUBLIC = CommentState.PUBLIC.value
WITHDRAWN = CommentState.WITHDRAWN.value
SPAM = CommentState.SPAM.value
# Nobody but its writer and moderators knows of it.
WAITING = frozenset({CommentState.HELD.value, SPAM})


class Row(NamedTuple):
    """One comment as the database has it; moments are text (SQLite, PostgreSQL), parsed only when shown."""

    id: int
    parent_id: int | None
    number: int | None
    state: str
    reason: str
    user_id: int | None
    guest_id: int | None
    guest_name: str
    website: str
    score: int
    imported_score: int
    created: str
    edited: str | None
    html: str = ""
    # The viewer's own: 1, -1 or none.
    vote: int | None = None
    # For moderators, the latest decision or edit; 0 for none: what they decide on is the comment as it is here.
    rev: int = 0
    # For them too, with which rank its state was decided, and by whom.
    decided_rank: int = Rank.EVERYBODY
    decided_by: int | None = None


class PlacedComment(NamedTuple):
    """A comment in its place on the page, in reading order.

    Lists nest exactly where the lane goes up: `lane` is also the depth of the list the comment stands in.
    """

    row: Row
    lane: int
    # The only reply to the one before it: stays in its lane.
    run: bool
    # Past the last lane, where only "↑ Name" tells who is answered.
    deep: bool
    # Not to be read by this viewer: a tombstone, because something readable stands under it.
    gone: bool
    # How many comments under it can be read.
    below: int
    # How many comments it stands under; a lane says less, since a run stays in one.
    level: int = 0
    # PERSON or BRANCH where its reader has muted it, else "".
    muted: str = ""
