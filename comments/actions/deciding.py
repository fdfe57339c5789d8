"""Changing a comment's state: who, when and why are written down, and every decision can be undone."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog import pages
from blog.models import Post
from comments import permissions, tree, wording
from comments.actions.common import Refused, refuse_if
from comments.models import Comment, CommentState, Discussion, ModerationEvent, Report, ReportState
from comments.models.moderation import ModerationEventQuerySet
from comments.permissions import Writer

Action = ModerationEvent.Action

# What the open reports of a comment come to when it is decided; a comment that is held is looked at again.
REPORTS_BECOME = {
    Action.APPROVE: ReportState.DISMISSED,
    Action.RESTORE: ReportState.DISMISSED,
    Action.REMOVE: ReportState.UPHELD,
    Action.SPAM: ReportState.UPHELD,
}


class Decided(Refused):
    """Somebody has decided, or its writer has edited it, since the page was made: who, what and when, and `event`."""

    def __init__(self, event: ModerationEvent) -> None:
        self.event = event
        words = wording.decided(event, now=timezone.now())
        if event.action == Action.EDIT:
            words = _("%(what)s Read the new text, then decide.") % {"what": words}
        super().__init__(words)


def remove_comment(
    comment: Comment,
    *,
    by: User | None,
    reason: str = "",
    seen: int | None = None,
) -> ModerationEvent:
    """Take a comment away; with public replies a tombstone with the reason stays. The row stays.

    `seen`, here and below, is the event that the page knew as the comment's latest, 0 for none: when there is
    another one now, a decision or an edit, Decided is raised. The same decision sent twice gives its first event back.
    """
    if by is not None and not reason.strip():
        raise Refused(_("Say why. Readers see the reason where the comment was, and so does its writer."))
    return _decide(comment, Action.REMOVE, CommentState.REMOVED, by=by, reason=reason, seen=seen)


def hold_comment(
    comment: Comment,
    *,
    by: User | None,
    reason: str = "",
    seen: int | None = None,
) -> ModerationEvent:
    """Put a comment back behind review; its writer sees it with the reason."""
    return _decide(comment, Action.HOLD, CommentState.HELD, by=by, reason=reason, seen=seen)


def mark_spam(
    comment: Comment,
    *,
    by: User | None,
    reason: str = "",
    seen: int | None = None,
) -> ModerationEvent:
    """Put a comment among the spam."""
    return _decide(comment, Action.SPAM, CommentState.SPAM, by=by, reason=reason, seen=seen)


def approve_comment(
    comment: Comment,
    *,
    by: User | None,
    reason: str = "",
    seen: int | None = None,
) -> ModerationEvent:
    """Make a held comment, or one taken for spam, public; one that is public but reported stays so."""
    return _decide(comment, Action.APPROVE, CommentState.PUBLIC, by=by, reason=reason, seen=seen)


def restore_comment(
    comment: Comment,
    *,
    by: User | None,
    reason: str = "",
    seen: int | None = None,
) -> ModerationEvent:
    """Make a removed comment public again, under its old number."""
    return _decide(comment, Action.RESTORE, CommentState.PUBLIC, by=by, reason=reason, seen=seen)


def withdraw_comment(comment: Comment, *, by: Writer | None) -> ModerationEvent:
    """Let a writer take their own comment back, at any time. Raises Refused for anybody else (None: a stranger)."""
    refuse_if(permissions.withdraw_refusal(by, comment))

    def withdraw(now: Comment) -> ModerationEvent:
        refuse_if(permissions.withdraw_refusal(by, now))
        actor = by if isinstance(by, User) else None
        return _change_state(now, CommentState.WITHDRAWN, action=Action.WITHDRAW, by=actor)

    return _under_lock(comment, withdraw)


def judge_again(comment: Comment, *, by: Writer, reason: str | None) -> None:
    """Hold a comment whose words have changed, when a rule has a `reason`; one that waits goes on waiting.

    The edit itself is written down as an event, so that a moderator who has the former words before them is told
    (Decided) instead of deciding about what they never read. For whoever holds the thread's lock.
    """
    stays = {"state": comment.state, "reason": comment.state_reason}
    actor = by if isinstance(by, User) else None
    ModerationEvent.objects.create(
        comment=comment, actor=actor, action=Action.EDIT, before=stays, after=stays
    )
    if reason and comment.is_public:
        _change_state(comment, CommentState.HELD, action=Action.HOLD, by=None, reason=reason)
    elif comment.is_public:
        pages.touch(comment.post_id)


def undo(event: ModerationEvent, *, by: User | None) -> ModerationEvent:
    """Write back the state, the reason and the reports that a decision replaced; an undo can be undone too.

    Raises Refused for what is no decision, Decided when somebody has decided otherwise since, or when it would publish
    words that were written since. Twice is once.
    """
    if event.action not in wording.RECEIPTS:
        raise Refused(_("Only decisions of moderators can be undone."))

    def write_back(now: Comment) -> ModerationEvent:
        refuse_if(_not_theirs(by, now))
        latest = _events_of(now).decisions().first()
        if (
            latest is not None
            and latest.undoes_id == event.pk
            and by is not None
            and latest.actor_id == by.pk
        ):
            return latest
        if latest is None or latest.pk != event.pk:
            raise Decided(latest or event)
        version = latest_version(now)
        if event.before["state"] == CommentState.PUBLIC and version is not None and version.pk != event.pk:
            raise Decided(version)
        return _change_state(
            now,
            CommentState(event.before["state"]),
            action=Action.UNDO,
            by=by,
            reason=event.before["reason"],
            reports=event.before.get("reports", {}),
            undoes=event,
        )

    return _under_lock(event.comment, write_back)


def latest_version(comment: Comment) -> ModerationEvent | None:
    """Return the latest event that made the comment another one to decide on: a decision or an edit, or None."""
    return _events_of(comment).versions().first()


def _events_of(comment: Comment) -> ModerationEventQuerySet:
    """Return all events of a comment, the latest first."""
    return (
        ModerationEvent.objects.filter(comment=comment.pk)
        .select_related("actor", "comment__user")
        .defer("comment__body", "comment__body_html")
        .order_by("-pk")
    )


def _decide(
    comment: Comment,
    action: Action,
    state: CommentState,
    *,
    by: User | None,
    reason: str,
    seen: int | None,
) -> ModerationEvent:
    """Look again under the lock whether this person may still decide so, and change the state."""

    def decide(now: Comment) -> ModerationEvent:
        refuse_if(_not_theirs(by, now))
        latest = latest_version(now)
        if latest is not None and seen is not None and latest.pk != seen:
            if by is not None and _is_repetition(latest, action, by=by, seen=seen):
                return latest
            raise Decided(latest)
        reports = _open_reports(now)
        refuse_if(permissions.decide_refusal(now, action, is_reported=bool(reports)))
        become = REPORTS_BECOME.get(action)
        settled = dict.fromkeys(reports, become.value) if become else {}
        return _change_state(now, state, action=action, by=by, reason=reason, reports=settled)

    return _under_lock(comment, decide)


def _under_lock(comment: Comment, step: Callable[[Comment], ModerationEvent]) -> ModerationEvent:
    """Do `step` with the comment as it is under its thread's lock, and give the caller's object its new columns."""

    def locked() -> ModerationEvent:
        columns = ("state", "state_reason", "number", "post_id", "published_at", "user_id", "guest_id")
        # Its row too: whoever reports it holds that, and not the thread's lock (reporting.py).
        now = Comment.objects.select_for_update(no_key=True).only(*columns).get(pk=comment.pk)
        event = step(now)
        for name in ("state", "state_reason", "number", "published_at", "post_id"):
            setattr(comment, name, getattr(now, name))
        return event

    return tree.with_tree_locked(comment.pk, locked)


def _not_theirs(by: User | None, comment: Comment) -> str | None:
    """Return why `by` may not decide on this comment, or None; None decides for the site."""
    if by is None:
        return None
    # Whose post it is matters, and is asked, only where the groups do not suffice.
    is_own = permissions.moderate_refusal(by, own_post=False) is not None and (
        Post.objects.written_by(by).filter(pk=comment.post_id).exists()
    )
    return permissions.moderate_refusal(by, own_post=is_own)


def _is_repetition(latest: ModerationEvent, action: Action, *, by: User, seen: int) -> bool:
    """Whether `latest` is this very decision, taken by the same person from the same page: a second click."""
    if latest.action != action or latest.actor_id != by.pk:
        return False
    before = _events_of(latest.comment).versions().filter(pk__lt=latest.pk).first()
    return (before.pk if before else 0) == seen


def _open_reports(comment: Comment) -> list[str]:
    rows = Report.objects.filter(comment=comment.pk, state=ReportState.OPEN).order_by("pk")
    # As text, as the event's JSON has them.
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


def _change_state(
    comment: Comment,
    state: CommentState,
    *,
    action: Action,
    by: User | None,
    reason: str = "",
    reports: dict[str, str] | None = None,
    undoes: ModerationEvent | None = None,
) -> ModerationEvent:
    """Change a comment's state, number and count it, settle its reports, and write down who, when and why."""
    before: dict[str, Any] = {"state": comment.state, "reason": comment.state_reason}
    former = _settle_reports(reports or {})
    _write_state(comment, state, reason=reason)
    after: dict[str, Any] = {"state": comment.state, "reason": comment.state_reason}
    if former:
        before["reports"], after["reports"] = former, reports
    if CommentState.PUBLIC in (before["state"], state) or _has_public_reply(comment):
        pages.touch(comment.post_id)
    return ModerationEvent.objects.create(
        comment=comment, actor=by, action=action, reason=reason, before=before, after=after, undoes=undoes
    )


def _write_state(comment: Comment, state: CommentState, *, reason: str) -> None:
    before = comment.state
    comment.state, comment.state_reason = state, "" if state == CommentState.PUBLIC else reason
    if comment.is_public and comment.number is None:
        comment.number = Discussion.take_number(comment.post_id)
        comment.published_at = comment.published_at or timezone.now()
        Discussion.add_to_counts(comment.post_id, {before: -1})
    elif before != state:
        Discussion.add_to_counts(comment.post_id, {before: -1, state: 1})
    comment.save(update_fields=["state", "state_reason", "number", "published_at"])


def _settle_reports(states: dict[str, str]) -> dict[str, str]:
    """Write the states of these reports, by their ids, and return those that they had."""
    rows = Report.objects.filter(pk__in=states)
    former = {str(pk): state for pk, state in rows.values_list("pk", "state")}
    for state in set(states.values()):
        rows.filter(pk__in=[pk for pk, wanted in states.items() if wanted == state]).update(state=state)
    return former


def _has_public_reply(comment: Comment) -> bool:
    place = Comment.objects.order_by().only("tree_id", "lft", "rght").get(pk=comment.pk)
    below = Comment.objects.public().filter(tree_id=place.tree_id, lft__gt=place.lft, rght__lt=place.rght)
    return below.order_by().exists()
