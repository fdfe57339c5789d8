"""Every write to a discussion: prepare, lock, look again, write, then tell. It never sees a request."""

from comments.actions.common import Refused, TooMany
from comments.actions.deciding import (
    Decided,
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
from comments.actions.moving import move_branch
from comments.actions.muting import mute_branch, mute_person, mutes_hiding, show_again, unmute
from comments.actions.noting import read_note, send_note
from comments.actions.posting import post_comment
from comments.actions.purging import purge_personal_data
from comments.actions.reporting import report_comment, settled_reason, take_back_report
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
    "edit_comment",
    "hold_comment",
    "latest_version",
    "mark_of",
    "mark_spam",
    "move_branch",
    "mute_branch",
    "mute_person",
    "mutes_hiding",
    "note_visit",
    "post_comment",
    "purge_personal_data",
    "read_note",
    "recount_score",
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
