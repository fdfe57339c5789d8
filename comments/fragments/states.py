"""The lines about comments that are not public."""

from html import escape

from comments.fragments.text import translated
from comments.models import CommentState
from comments.thread import Row


def note(row: Row, *, is_mine: bool) -> str:
    """Return the line above a comment that says why others cannot see it."""
    if row.state == CommentState.REMOVED:
        state = tombstone(row)
    elif row.reason:
        state = translated("Waiting for review: %(reason)s") % {"reason": escape(row.reason.rstrip("."))}
    else:
        state = translated("Waiting for review")
    who = (
        translated("Only you and the moderators can see it.")
        if is_mine
        else translated("Readers can’t see it.")
    )
    return f'<p class="note">{state}. {who}</p>\n'


def tombstone(row: Row) -> str:
    """Return what is shown in place of a comment that cannot be read."""
    if row.state == CommentState.WITHDRAWN:
        return translated("Deleted by its author")
    if row.state == CommentState.HELD:
        return translated("Waiting for review")
    if row.state == CommentState.REMOVED and row.reason:
        return translated("Removed: %(reason)s") % {"reason": escape(row.reason.rstrip("."))}
    return translated("Removed")
