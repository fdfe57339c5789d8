"""Earlier versions of comments: the edits on a comment's page, and for moderators what changed since a report."""

from collections.abc import Mapping
from datetime import datetime

from comments.models import Comment, CommentRevision
from comments.revisions.diff import Change, Edit, Version, edits_between, shortened, word_diff

# Nobody reads more than the latest edits, and each takes time to compare.
MOST_SHOWN = 10


def edits_of(comment: Comment) -> list[Edit]:
    """Return the edits of a comment that left a trace, the latest first; one query, and only if it was edited."""
    if comment.edited_at is None:
        return []
    rows = CommentRevision.objects.filter(comment=comment).order_by("-pk")[:MOST_SHOWN]
    former = [Version(row.body, row.created_at) for row in rows][::-1]
    return edits_between([*former, Version(comment.body, comment.edited_at)])


def changed_since(moments: Mapping[int, datetime]) -> dict[int, list[Change]]:
    """Map ids of comments to what changed in each since a moment of its own; one query.

    Comments whose earlier version was not kept are left out.
    """
    rows = CommentRevision.objects.filter(comment__in=moments).order_by("pk")
    found = {}
    for pk, body, since, now in rows.values_list("comment", "body", "created_at", "comment__body"):
        # The last one is the text at that moment.
        if since <= moments[pk]:
            found[pk] = (body, now)
    return {pk: shortened(word_diff(*texts)) for pk, texts in found.items()}
