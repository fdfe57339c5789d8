"""Moving a comment with its replies under another comment or to another post, with new numbers there."""

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ranks_of
from blog import page_versions
from blog.models import Post
from comments import permissions, tree
from comments.actions.common import Refused, forbid_if, lock_discussion
from comments.actions.deciding import who_and_what
from comments.batches import ROWS_AT_ONCE, in_batches, update_rows
from comments.models import Comment, Discussion, ModerationEvent, MovedComment


@transaction.atomic
def move_branch(
    comment: Comment, *, to_post: Post, to_parent: Comment | None = None, by: User | None, reason: str = ""
) -> ModerationEvent:
    """Move a comment with its replies under another comment, or to another post; old addresses and numbers lead on.

    On another post the public comments get new numbers there, in their old order, and keep what they say.
    Raises NotAllowed for whoever may not move it, Refused when the target stands in the branch itself.
    """
    try:
        moved = tree.move_branch(comment.pk, to_parent_id=to_parent and to_parent.pk, to_post_id=to_post.pk)
    except tree.TreeError as error:
        raise Refused(_("These comments can’t be moved there: %(why)s") % {"why": error}) from error
    rows = _rows_of(moved)
    # Read under the locks, which are held to the end. A refusal rolls the move back.
    who, matter = who_and_what(by, Comment.objects.get(pk=comment.pk))
    # Its replies are moved too, whoever wrote them.
    ranks = ranks_of({row.user_id for row in rows}) if by is not None else {}
    matter = matter._replace(writer_rank=max((matter.writer_rank, *ranks.values())))
    forbid_if(permissions.reach_refusal(who, matter, ModerationEvent.Action.MOVE))
    # It may have been moved since the caller read it.
    old_post = rows[0].post_id
    if old_post != to_post.pk:
        _renumber(rows, old_post=old_post, new_post=to_post.pk)
    for post_id in sorted({old_post, to_post.pk}):
        page_versions.touch(post_id)
    comment.refresh_from_db()
    before = {"post": old_post}
    after = {"post": to_post.pk, "parent": to_parent and to_parent.pk, "comments": len(moved)}
    return ModerationEvent.objects.create(
        comment=comment,
        actor=by,
        action=ModerationEvent.Action.MOVE,
        reason=reason,
        before=before,
        after=after,
    )


def _rows_of(moved: Sequence[int]) -> list[Comment]:
    """Return these comments without their texts, in the order of their numbers."""
    rows: list[Comment] = []
    for batch in in_batches(moved, ROWS_AT_ONCE):
        rows += Comment.objects.filter(pk__in=batch).order_by().only("post_id", "number", "state", "user_id")
    return sorted(rows, key=lambda comment: (comment.number or 0, comment.pk))


def _renumber(rows: Sequence[Comment], *, old_post: int, new_post: int) -> None:
    """Give moved comments the next numbers of their new post, and let the old ones lead to them.

    Discussions are locked in the order of their posts' ids.
    """
    numbered = [(comment, number) for comment in rows if (number := comment.number) is not None]
    for post_id in sorted((old_post, new_post)):
        lock_discussion(post_id)
    first = Discussion.take_numbers(new_post, len(numbered), public=0) - len(numbered) + 1
    MovedComment.objects.bulk_create(
        MovedComment(post_id=old_post, number=number, comment=comment) for comment, number in numbered
    )
    new = {comment.pk: first + place for place, (comment, _number) in enumerate(numbered)}
    # Post and number change in one statement: the constraints would refuse one without the other.
    update_rows(
        Comment, ("post", "number"), ((comment.pk, new_post, new.get(comment.pk)) for comment in rows)
    )
    moved = Counter(comment.state for comment in rows)
    Discussion.add_to_counts(new_post, moved)
    Discussion.add_to_counts(old_post, {state: -count for state, count in moved.items()})
