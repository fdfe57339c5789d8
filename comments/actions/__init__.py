"""Everything that people do in discussions: prepare, lock, check again, write, then notify. Never sees a request."""

from collections.abc import Callable
from typing import Any

from comments.actions.common import NotAllowed, Refused, TooMany
from comments.actions.deciding import (
    AlreadyDecided,
    approve_comment,
    hold_comment,
    latest_version,
    mark_spam,
    remove_comment,
    restore_comment,
    undo,
    withdraw_comment,
)
from comments.actions.editing import edit_comment
from comments.actions.mending import Ahead, mend_moments, moments_ahead
from comments.actions.moving import move_branch
from comments.actions.muting import mute_branch, mute_person, mutes_hiding, show_again, unmute
from comments.actions.noting import read_note, send_note
from comments.actions.posting import post_comment
from comments.actions.purging import purge_personal_data
from comments.actions.reporting import report_comment, settled_reason, take_back_report
from comments.actions.visiting import choose_since, mark_of, note_visit, stay
from comments.actions.voting import cast_vote, clear_vote, recount_scores

# Everything that a person can do to a comment, by name. The access table says for each who may do it to whose comments
# (tests/test_verbs.py), and fails for a function here that takes a comment and a person and is not in this list.
ON_COMMENTS: dict[str, Callable[..., Any]] = {
    "approve": approve_comment,
    "hold": hold_comment,
    "spam": mark_spam,
    "remove": remove_comment,
    "restore": restore_comment,
    "undo": undo,
    "move": move_branch,
    "answer": post_comment,
    "edit": edit_comment,
    "withdraw": withdraw_comment,
    "vote": cast_vote,
    "clear vote": clear_vote,
    "report": report_comment,
    "take back report": take_back_report,
    "mute person": mute_person,
    "mute branch": mute_branch,
    "show again": show_again,
}

__all__ = [
    "Ahead",
    "ON_COMMENTS",
    "AlreadyDecided",
    "NotAllowed",
    "Refused",
    "TooMany",
    "approve_comment",
    "cast_vote",
    "choose_since",
    "clear_vote",
    "edit_comment",
    "hold_comment",
    "latest_version",
    "mark_of",
    "mark_spam",
    "mend_moments",
    "moments_ahead",
    "move_branch",
    "mute_branch",
    "mute_person",
    "mutes_hiding",
    "note_visit",
    "post_comment",
    "purge_personal_data",
    "read_note",
    "recount_scores",
    "remove_comment",
    "report_comment",
    "restore_comment",
    "send_note",
    "settled_reason",
    "show_again",
    "stay",
    "take_back_report",
    "undo",
    "unmute",
    "withdraw_comment",
]
