"""Moving a branch under another comment or to another post, with new numbers there."""

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from blog import pages
from blog.models import Post
from comments import tree
from comments.actions.common import Refused, lock_discussion
from comments.models import Comment, Discussion, ModerationEvent, MovedComment


@transaction.atomic
def move_branch(
    comment: Comment, *, to_post: Post, to_parent: Comment | None = None, by: User | None, reason: str = ""
) -> ModerationEvent:
    """Move a comment with its replies under another comment, or to another post; old addresses and numbers lead on.

    On another post the public comments get new numbers there, in their old order, and keep what they say.
    Raises Refused when the target stands in the branch itself.
    """
    try:
        moved = tree.move_branch(comment.pk, to_parent_id=to_parent and to_parent.pk, to_post_id=to_post.pk)
    except tree.TreeError as error:
        raise Refused(_("A branch cannot be moved there: %s") % error) from error
    rows = list(Comment.objects.filter(pk__in=moved).order_by("number", "pk"))
    # As it is under the lock: somebody may have moved the branch since the caller read it.
    old_post = rows[0].post_id
    if old_post != to_post.pk:
        _renumber(rows, old_post=old_post, new_post=to_post.pk)
    for post_id in sorted({old_post, to_post.pk}):
        pages.touch(post_id)
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


def _renumber(rows: Sequence[Comment], *, old_post: int, new_post: int) -> None:
    """Give moved comments the next numbers of their new post, and let the old ones lead to them.

    Discussions are locked in the order of their posts' ids.
    """
    numbered = [(comment, number) for comment in rows if (number := comment.number) is not None]
    for post_id in sorted((old_post, new_post)):
        lock_discussion(post_id)
    last = Discussion.objects.values_list("last_number", flat=True).get(pk=new_post)
    MovedComment.objects.bulk_create(
        MovedComment(post_id=old_post, number=number, comment=comment) for comment, number in numbered
    )
    # Post and number change in one statement each: between them the guards would refuse.
    for offset, (comment, _number) in enumerate(numbered, start=1):
        Comment.objects.filter(pk=comment.pk).order_by().update(post_id=new_post, number=last + offset)
    Comment.objects.filter(pk__in=[comment.pk for comment in rows]).order_by().update(post_id=new_post)
    Discussion.objects.filter(pk=new_post).update(last_number=F("last_number") + len(numbered))
    moved = Counter(comment.state for comment in rows)
    Discussion.add_to_counts(new_post, moved)
    Discussion.add_to_counts(old_post, {state: -count for state, count in moved.items()})
