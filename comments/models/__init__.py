"""The models of discussions: comments and what belongs to them. One file per noun."""

from comments.models.comments import (
    Comment,
    CommentFormat,
    CommentOrigin,
    CommentRevision,
    CommentState,
    MovedComment,
)
from comments.models.discussion import Discussion, DiscussionSettings, Thread
from comments.models.moderation import ModerationEvent, Report, ReportReason, ReportState
from comments.models.mutes import Mute
from comments.models.notes import Note
from comments.models.visits import Visit
from comments.models.votes import Vote

__all__ = [
    "Comment",
    "CommentFormat",
    "CommentOrigin",
    "CommentRevision",
    "CommentState",
    "Discussion",
    "DiscussionSettings",
    "ModerationEvent",
    "MovedComment",
    "Mute",
    "Note",
    "Report",
    "ReportReason",
    "ReportState",
    "Thread",
    "Visit",
    "Vote",
]
