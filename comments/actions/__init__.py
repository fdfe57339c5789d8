"""Every write to a discussion: prepare, lock, look again, write, then tell. It never sees a request."""

from comments.actions.common import Refused, TooMany
from comments.actions.deciding import (
    Decided,
    approve_comment,
    hold_comment,
    latest_decision,
    mark_spam,
    remove_comment,
    restore_comment,
    undo,
    withdraw_comment,
)
from comments.actions.moving import move_branch
from comments.actions.posting import post_comment
from comments.actions.purging import purge_personal_data
from comments.actions.visiting import choose_since, mark_of, note_visit, stay
from comments.actions.voting import cast_vote, clear_vote, recount_score

__all__ = [
    "Decided",
    "Refused",
    "TooMany",
    "approve_comment",
    "cast_vote",
    "choose_since",
    "clear_vote",
    "hold_comment",
    "latest_decision",
    "mark_of",
    "mark_spam",
    "move_branch",
    "note_visit",
    "post_comment",
    "purge_personal_data",
    "recount_score",
    "remove_comment",
    "restore_comment",
    "stay",
    "undo",
    "withdraw_comment",
]
