"""Changing a comment's state. Each change is stored with who, when and why, and every decision can be undone."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Rank, rank_of, ranks_of
from blog import page_versions
from blog.models import Post
from comments import event_text, permissions, tree
from comments.actions.common import Refused, forbid_if, refuse_if
from comments.models import Comment, CommentState, Discussion, ModerationEvent, Report, ReportState
from comments.models.moderation import ModerationEventQuerySet
from comments.permissions import Decider, Matter, Writer

Action = ModerationEvent.Action

# What a decision makes of the comment's open reports. A hold leaves them open, since another decision follows.
REPORTS_BECOME = {
    Action.APPROVE: ReportState.DISMISSED,
    Action.RESTORE: ReportState.DISMISSED,
    Action.REMOVE: ReportState.UPHELD,
    Action.SPAM: ReportState.UPHELD,
}


# The columns that a decision writes.
WRITTEN = (
    "state",
    "state_reason",
    "number",
    "post_id",
    "published_at",
    "decided_rank",
    "decided_by_id",
)


class AlreadyDecided(Refused):
    """Since the page was made somebody decided, or the writer edited: `event`, and the text says who, what and when."""

    def __init__(self, event: ModerationEvent) -> None:
        self.event = event
        words = event_text.decided(event, now=timezone.now())
        if event.action == Action.EDIT:
            words = _("%(what)s Please read the new version before deciding.") % {"what": words}
        super().__init__(words)


def remove_comment(
    comment: Comment,
    *,
    by: User | None,
    reason: str = "",
    seen: int | None = None,
) -> ModerationEvent:
    """Remove a comment. Its row stays, and where it has public replies a tombstone tells readers the reason.

    `seen`, here and below, is the id of the latest event that the page knew, 0 for none. If there is a later decision
    or edit, AlreadyDecided is raised. The same decision sent twice returns the event of the first.
    """
    if by is not None and not reason.strip():
        raise Refused(_("Give a reason. Readers and the author of the comment will see it."))
    return _decide(comment, Action.REMOVE, CommentState.REMOVED, by=by, reason=reason, seen=seen)


def hold_comment(
    comment: Comment,
    *,
    by: User | None,
    reason: str = "",
    seen: int | None = None,
) -> ModerationEvent:
    """Hide a comment until a moderator has reviewed it; its writer still sees it, with the reason."""
    return _decide(comment, Action.HOLD, CommentState.HELD, by=by, reason=reason, seen=seen)


def mark_spam(
    comment: Comment,
    *,
    by: User | None,
    reason: str = "",
    seen: int | None = None,
) -> ModerationEvent:
    """Mark a comment as spam."""
    return _decide(comment, Action.SPAM, CommentState.SPAM, by=by, reason=reason, seen=seen)


def approve_comment(
    comment: Comment,
    *,
    by: User | None,
    reason: str = "",
    seen: int | None = None,
) -> ModerationEvent:
    """Publish a comment that was held or marked as spam; a reported one stays public."""
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
    """Delete a comment for its writer, at any time. Raises Refused for anybody else (None: a stranger)."""
    refuse_if(permissions.withdraw_refusal(by, comment))

    def withdraw(now: Comment) -> ModerationEvent:
        refuse_if(permissions.withdraw_refusal(by, now))
        actor = by if isinstance(by, User) else None
        return _change_state(now, CommentState.WITHDRAWN, action=Action.WITHDRAW, by=actor)

    return _under_lock(comment, withdraw)


def judge_again(comment: Comment, *, by: Writer, reason: str | None) -> None:
    """Hold an edited comment if a rule gives a `reason`; one that is not public stays as it is.

    The edit itself becomes an event, so that a moderator whose page shows the earlier text gets AlreadyDecided instead
    of deciding on a text they never read. Call it with the thread locked.
    """
    stays = _standing(comment)
    actor = by if isinstance(by, User) else None
    ModerationEvent.objects.create(
        comment=comment, actor=actor, action=Action.EDIT, before=stays, after=stays
    )
    if reason and comment.is_public:
        _change_state(comment, CommentState.HELD, action=Action.HOLD, by=None, reason=reason)
    elif comment.is_public:
        _forget_who_decided(comment)
        page_versions.touch(comment.post_id)


def _forget_who_decided(comment: Comment) -> None:
    """Let every moderator decide on the new text, because whoever approved the old one has not read it."""
    if comment.decided_by_id is not None or comment.decided_rank:
        comment.decided_rank, comment.decided_by_id = Rank.EVERYBODY, None
        comment.save(update_fields=["decided_rank", "decided_by"])


def undo(event: ModerationEvent, *, by: User | None) -> ModerationEvent:
    """Write back the state, the reason and the reports that a decision replaced; an undo can be undone too.

    Raises Refused if the event is no decision, NotAllowed if this person may not undo it, and AlreadyDecided if there
    is a later decision, or if it would publish a text that was edited since. Undoing twice changes nothing more.
    """
    if event.action not in event_text.RECEIPTS:
        raise Refused(_("Only moderators’ decisions can be undone."))

    def write_back(now: Comment) -> ModerationEvent:
        who, matter = who_and_what(by, now)
        forbid_if(permissions.reach_refusal(who, matter, Action.UNDO))
        latest = _events_of(now).decisions().first()
        if latest is not None and by is not None and (latest.undoes_id, latest.actor_id) == (event.pk, by.pk):
            return latest
        if latest is None or latest.pk != event.pk:
            raise AlreadyDecided(latest or event)
        forbid_if(permissions.undo_refusal(who, matter, event))
        version = latest_version(now)
        if event.before["state"] == CommentState.PUBLIC and version is not None and version.pk != event.pk:
            raise AlreadyDecided(version)
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
    """Return the comment's latest decision or edit, or None."""
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
    """Check again under the lock whether this person may make the decision, and change the state."""

    def decide(now: Comment) -> ModerationEvent:
        reports = _open_reports(now)
        who, matter = who_and_what(by, now, is_reported=bool(reports))
        forbid_if(permissions.reach_refusal(who, matter, action))
        latest = latest_version(now)
        if latest is not None and seen is not None and latest.pk != seen:
            if by is not None and _is_repetition(latest, action, by=by, seen=seen):
                return latest
            raise AlreadyDecided(latest)
        forbid_if(permissions.overrule_refusal(who, matter, action))
        refuse_if(permissions.decide_refusal(now, action, is_reported=bool(reports)))
        become = REPORTS_BECOME.get(action)
        settled = dict.fromkeys(reports, become.value) if become else {}
        return _change_state(now, state, action=action, by=by, reason=reason, reports=settled)

    return _under_lock(comment, decide)


def _under_lock(comment: Comment, step: Callable[[Comment], ModerationEvent]) -> ModerationEvent:
    """Lock the thread, read the comment again, call `step` with it, and copy the new columns to the caller's object."""

    def locked() -> ModerationEvent:
        columns = (*WRITTEN, "user_id", "guest_id")
        # Lock its row too: reporting.py locks only that, not the thread.
        now = Comment.objects.select_for_update(no_key=True).only(*columns).get(pk=comment.pk)
        event = step(now)
        for name in WRITTEN:
            setattr(comment, name, getattr(now, name))
        return event

    return tree.with_tree_locked(comment.pk, locked)


def who_and_what(by: User | None, now: Comment, *, is_reported: bool = False) -> tuple[Decider, Matter]:
    """Return the decider and the matter for the permissions; `by` None is the site itself."""
    if by is None:
        return Decider(rank=Rank.OWNER), permissions.matter_of(now, {}, is_reported=is_reported)
    # Whose post it is matters only if the rank does not suffice.
    owns_post = rank_of(by) < Rank.MODERATOR and Post.objects.written_by(by).filter(pk=now.post_id).exists()
    matter = permissions.matter_of(now, ranks_of([now.user_id]), is_reported=is_reported)
    return permissions.decider(by, own_post=owns_post), matter


def _is_repetition(latest: ModerationEvent, action: Action, *, by: User, seen: int) -> bool:
    """Whether `latest` is the same decision by the same person from the same page, as after a double click."""
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
    """Change a comment's state, number and count it, settle its reports, and store who, when and why."""
    before = _standing(comment)
    former = _settle_reports(reports or {})
    comment.decided_rank, comment.decided_by_id = _decided_with(by, undoes)
    _write_state(comment, state, reason=reason)
    after = _standing(comment)
    if former:
        before["reports"], after["reports"] = former, reports
    if CommentState.PUBLIC in (before["state"], state) or _has_public_reply(comment):
        page_versions.touch(comment.post_id, only_adds=state == CommentState.PUBLIC)
    return ModerationEvent.objects.create(
        comment=comment, actor=by, action=action, reason=reason, before=before, after=after, undoes=undoes
    )


def _standing(comment: Comment) -> dict[str, Any]:
    """Return what an event stores of a comment's state: the state, why, and who decided it."""
    return {
        "state": comment.state,
        "reason": comment.state_reason,
        "rank": comment.decided_rank,
        "by": comment.decided_by_id,
    }


def _decided_with(by: User | None, undoes: ModerationEvent | None) -> tuple[int, int | None]:
    """Return the rank and the id of the person to whom the new state is attributed.

    Undoing one's own decision brings back whoever decided before it, or nobody. Undoing somebody else's is a decision
    of one's own, with at least the rank of the one that it restores.
    """
    mine = (rank_of(by), by.pk if by is not None else None)
    if undoes is None:
        return mine
    former = (undoes.before.get("rank", Rank.EVERYBODY), _still_there(undoes.before.get("by")))
    is_own = by is not None and undoes.actor_id == by.pk
    return former if is_own or former[0] > mine[0] else mine


def _still_there(member_id: int | None) -> int | None:
    """Return the id of a member whom an event names, or None if the account was deleted since."""
    return member_id if member_id and User.objects.filter(pk=member_id).exists() else None


def _write_state(comment: Comment, state: CommentState, *, reason: str) -> None:
    before = comment.state
    comment.state, comment.state_reason = state, "" if state == CommentState.PUBLIC else reason
    if comment.is_public and comment.number is None:
        comment.number = Discussion.take_number(comment.post_id)
        comment.published_at = comment.published_at or timezone.now()
        Discussion.add_to_counts(comment.post_id, {before: -1})
    elif before != state:
        Discussion.add_to_counts(comment.post_id, {before: -1, state: 1})
    comment.save(
        update_fields=["state", "state_reason", "number", "published_at", "decided_rank", "decided_by"]
    )


def _settle_reports(states: dict[str, str]) -> dict[str, str]:
    """Set the states of these reports (id → state), and return the states they had."""
    rows = Report.objects.filter(pk__in=states)
    former = {str(pk): state for pk, state in rows.values_list("pk", "state")}
    for state in set(states.values()):
        rows.filter(pk__in=[pk for pk, wanted in states.items() if wanted == state]).update(state=state)
    return former


def _has_public_reply(comment: Comment) -> bool:
    place = Comment.objects.order_by().only("tree_id", "lft", "rght").get(pk=comment.pk)
    below = Comment.objects.public().filter(tree_id=place.tree_id, lft__gt=place.lft, rght__lt=place.rght)
    return below.order_by().exists()
