"""What a comment said before it was edited, for whoever reads the comment itself; it asks once, and only if edited."""

from comments.changes import Edit, Version, edits_between
from comments.models import Comment, CommentRevision

# The latest; nobody reads more, and each takes time to compare.
MOST_SHOWN = 10


def edits_of(comment: Comment) -> list[Edit]:
    """Return the edits of a comment that left a trace, the latest first."""
    if comment.edited_at is None:
        return []
    rows = CommentRevision.objects.filter(comment=comment).order_by("-pk")[:MOST_SHOWN]
    former = [Version(row.body, row.created_at) for row in rows][::-1]
    return edits_between([*former, Version(comment.body, comment.edited_at)])
