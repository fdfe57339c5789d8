"""A comment as a row of the database, and in its place on a page: plain values only."""

from typing import NamedTuple

from accounts.roles import Rank
from comments.models import CommentState

PUBLIC = CommentState.PUBLIC.value
WITHDRAWN = CommentState.WITHDRAWN.value
SPAM = CommentState.SPAM.value
# States of comments that only their writer and moderators can see.
WAITING = frozenset({CommentState.HELD.value, SPAM})


class Row(NamedTuple):
    """One comment as the database returns it; dates are text, parsed only when they are shown."""

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
    # The viewer's vote: 1, -1 or None.
    vote: int | None = None
    # For moderators: the id of the latest decision or edit, 0 for none. Their decisions are about this version.
    rev: int = 0
    # For moderators: the rank with which the state was decided, and by whom.
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
    # A tombstone: this viewer cannot read it, but something under it.
    gone: bool
    # How many comments under it can be read.
    below: int
    # How many ancestors it has; the lane can be less, since a run stays in one lane.
    level: int = 0
    # PERSON or BRANCH if the viewer has muted it, else "".
    muted: str = ""
