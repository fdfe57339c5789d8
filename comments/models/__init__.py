"""What is answered: comments in their trees and everything that hangs on one. One file per noun."""

from comments.models.comments import Comment, CommentOrigin, CommentState, MovedComment
from comments.models.discussion import Discussion, DiscussionSettings, Thread
from comments.models.moderation import ModerationEvent, Report, ReportState
from comments.models.visits import Visit
from comments.models.votes import Vote

__all__ = [
    "Comment",
    "CommentOrigin",
    "CommentState",
    "Discussion",
    "DiscussionSettings",
    "ModerationEvent",
    "MovedComment",
    "Report",
    "ReportState",
    "Thread",
    "Visit",
    "Vote",
]
