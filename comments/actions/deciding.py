"""Changing a comment's state: who, when and why are written down, and every decision can be undone."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog import pages
from comments import permissions, tree
from comments.actions.common import Refused, refuse_if
from comments.models import Comment, CommentState, Discussion, ModerationEvent
from comments.permissions import Writer

Action = ModerationEvent.Action


def remove_comment(comment: Comment, *, by: User | None, reason: str = "") -> ModerationEvent:
    """Take a comment away; with public replies a tombstone with the reason stays. The row stays."""
    return _change_state(comment, CommentState.REMOVED, action=Action.REMOVE, by=by, reason=reason)


def hold_comment(comment: Comment, *, by: User | None, reason: str = "") -> ModerationEvent:
    """Put a comment back behind review; its writer sees it with the reason."""
    return _change_state(comment, CommentState.HELD, action=Action.HOLD, by=by, reason=reason)


def mark_spam(comment: Comment, *, by: User | None, reason: str = "") -> ModerationEvent:
    """Put a comment among the spam."""
    return _change_state(comment, CommentState.SPAM, action=Action.SPAM, by=by, reason=reason)


def approve_comment(comment: Comment, *, by: User | None, reason: str = "") -> ModerationEvent:
    """Make a held comment, or one taken for spam, public."""
    return _change_state(comment, CommentState.PUBLIC, action=Action.APPROVE, by=by, reason=reason)


def restore_comment(comment: Comment, *, by: User | None, reason: str = "") -> ModerationEvent:
    """Make a removed comment public again, under its old number."""
    return _change_state(comment, CommentState.PUBLIC, action=Action.RESTORE, by=by, reason=reason)


def withdraw_comment(comment: Comment, *, by: Writer | None) -> ModerationEvent:
    """Let a writer take their own comment back, at any time. Raises Refused for anybody else (None: a stranger)."""
    refuse_if(permissions.withdraw_refusal(by, comment))
    actor = by if isinstance(by, User) else None
    return _change_state(comment, CommentState.WITHDRAWN, action=Action.WITHDRAW, by=actor, reason="")


def undo(event: ModerationEvent, *, by: User | None) -> ModerationEvent:
    """Write back the state and reason that a decision replaced.

    Raises Refused when it has been undone, or when somebody has decided otherwise since.
    """
    comment = event.comment
    now = {"state": comment.state, "reason": comment.state_reason}
    if (
        ModerationEvent.objects.filter(undoes=event).exists()
        or now != event.after
        or "state" not in event.before
    ):
        raise Refused(_("This was decided again since, so it cannot be undone from here."))
    state, reason = CommentState(event.before["state"]), event.before["reason"]
    return _change_state(comment, state, action=Action.UNDO, by=by, reason=reason, undoes=event)


def _change_state(
    comment: Comment,
    state: CommentState,
    *,
    action: str,
    by: User | None,
    reason: str,
    undoes: ModerationEvent | None = None,
) -> ModerationEvent:
    """Change a comment's state under its thread's lock, number and count it, and write down who, when and why."""

    def change() -> ModerationEvent:
        now = Comment.objects.only("state", "state_reason", "number", "post_id", "published_at").get(
            pk=comment.pk
        )
        before = {"state": now.state, "reason": now.state_reason}
        _write_state(now, state, reason=reason)
        for name in ("state", "state_reason", "number", "published_at", "post_id"):
            setattr(comment, name, getattr(now, name))
        if CommentState.PUBLIC in (before["state"], state) or _has_public_reply(comment):
            pages.touch(comment.post_id)
        after = {"state": now.state, "reason": now.state_reason}
        return ModerationEvent.objects.create(
            comment=comment, actor=by, action=action, reason=reason, before=before, after=after, undoes=undoes
        )

    return tree.with_tree_locked(comment.pk, change)


def _write_state(comment: Comment, state: CommentState, *, reason: str) -> None:
    was_public = comment.state == CommentState.PUBLIC
    comment.state, comment.state_reason = state, "" if state == CommentState.PUBLIC else reason
    if comment.is_public and comment.number is None:
        comment.number = Discussion.take_number(comment.post_id)
        comment.published_at = comment.published_at or timezone.now()
    elif comment.is_public != was_public:
        Discussion.add_to_count(comment.post_id, 1 if comment.is_public else -1)
    comment.save(update_fields=["state", "state_reason", "number", "published_at"])


def _has_public_reply(comment: Comment) -> bool:
    place = Comment.objects.order_by().only("tree_id", "lft", "rght").get(pk=comment.pk)
    below = Comment.objects.public().filter(tree_id=place.tree_id, lft__gt=place.lft, rght__lt=place.rght)
    return below.order_by().exists()
