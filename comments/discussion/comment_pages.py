"""Builds one comment's own page: its ancestors, the comment, and its replies."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from accounts.models import User
from comments import thread
from comments.discussion.quotations import quotes_it
from comments.discussion.single_comments import fragments_of
from comments.models import Comment
from comments.thread import PlacedComment, Row, Viewer, texts
from comments.thread.mutes import BRANCH, Mutes


@dataclass(frozen=True)
class CommentPage:
    """One comment's own page: its ancestors, the comment, and its replies."""

    above: list[SafeString]
    comment: SafeString
    replies: SafeString
    reply_count: int
    # For moderators: the id of the latest decision or edit.
    rev: int
    # PERSON or BRANCH if the reader has muted the comment, which is shown all the same; else "".
    muted: str


def comment_page(
    comment: Comment, viewer: Viewer, *, person: User | None, reads_all: bool = False
) -> CommentPage:
    """Return a comment between its ancestors and its replies. With `reads_all` the text is shown in any state."""
    rows = thread.load(comment.post_id, tree_id=comment.tree_id, also=quotes_it(comment.pk), viewer=viewer)
    fragments = fragments_of(comment.post, rows, viewer, person=person)
    mutes = fragments.mutes
    row = fragments.rows[comment.pk]
    replies = thread.arrange(rows, viewer=viewer, under=row.id, mutes=mutes)
    ancestors = thread.ancestors(rows, row.id)
    first_page = replies[: [*thread.page_starts(replies), len(replies)][1]]

    alone_here = {row.id, *(each.id for each in ancestors)}
    row, *ancestors = texts.with_texts(comment.post_id, [row, *ancestors], alone_here, viewer)

    def alone(row: Row, *, gone: bool, muted: str = "") -> SafeString:
        return fragments.comment(
            PlacedComment(row, lane=0, run=False, deep=False, gone=gone, below=0, muted=muted)
        )

    def in_passing(row: Row) -> SafeString:
        gone = not thread.is_readable(row, viewer)
        return alone(row, gone=gone, muted=thread.muted_as(row, viewer, mutes))

    return CommentPage(
        above=[in_passing(above) for above in ancestors],
        comment=alone(row, gone=not (reads_all or thread.is_readable(row, viewer))),
        replies=fragments.thread(first_page),
        reply_count=sum(not item.gone for item in replies),
        rev=row.rev,
        muted=_muted_as(row, ancestors, viewer, mutes),
    )


def _muted_as(row: Row, ancestors: Sequence[Row], viewer: Viewer, mutes: Mutes) -> str:
    """Return PERSON if the comment's writer is muted, BRANCH if it or an ancestor is with all replies, else ""."""
    if any(each.id in mutes.branches for each in (row, *ancestors)):
        return BRANCH
    return thread.muted_as(row, viewer, mutes)
