"""Reporting comments: one report per person and comment, with a reason, which only moderators see."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions as accounts
from accounts.models import Guest, User
from accounts.moments import just_now
from accounts.network import Origin
from blog import page_versions
from comments import permissions
from comments.actions import limiting
from comments.actions.common import Refused, refuse_if, whose
from comments.models import Comment, CommentState, DiscussionSettings, ModerationEvent, Report, ReportState
from comments.permissions import Writer

# The most reports of one comment by guests on one network, which they may share, as with votes.
GUEST_REPORTS_PER_NETWORK = 3
# A trusted report counts in the best order before a moderator has reviewed it. Trusted are moderators, the post's
# authors, and members with this many public comments, none of them removed within this time.
TRUSTED_FROM_COMMENTS = 10
TRUSTED_AFTER = timedelta(days=90)


def report_comment(
    comment: Comment,
    *,
    by: Writer | None,
    reason: str,
    note: str = "",
    origin: Origin | None = None,
    now: datetime | None = None,
) -> Report:
    """Report a comment to the moderators, or return this person's open report if there is one.

    `by` None is a guest who is not known yet; the report's `guest` is then new. Limits hold only where `origin` is
    given. Raises Refused for one's own comment, one that is gone or that was decided since this person reported it,
    or a network that has reported often enough; TooMany for a limit.
    """
    now = now or timezone.now()
    settings = DiscussionSettings.load()
    refuse_if(permissions.report_refusal(by, comment, now=now))
    with transaction.atomic():
        # The limit's row is locked before all others.
        key = limiting.take_report(by, origin, settings) if origin is not None else ""
        if by is None:
            # Recognised as at a first vote, by the same browser on the same network.
            by = accounts.guest_of_first_vote(origin=origin or Origin(), limit_key=key, now=now)
        _lock_public(comment)
        if mine := Report.objects.filter(comment=comment, **whose(by)).first():
            refuse_if(settled_reason(mine))
            return mine
        network = origin.network_hash if origin is not None and isinstance(by, Guest) else ""
        refuse_if(_network_refusal(comment, network))
        report = Report(comment=comment, **whose(by), reason=reason, note=note.strip(), created_at=now)
        report.network_hash, report.is_trusted = network, _is_trusted(by, comment, now=now)
        report.save()
        _renew_best_order(report)
    return report


def take_back_report(comment: Comment, *, by: Writer | None) -> bool:
    """Delete this person's open report, and return whether there was one. Raises Refused once it is settled."""
    if by is None:
        return False
    with transaction.atomic():
        mine = Report.objects.select_for_update().filter(comment=comment, **whose(by)).first()
        if mine is None:
            return False
        refuse_if(settled_reason(mine))
        mine.delete()
        _renew_best_order(mine)
        return True


def settled_reason(report: Report) -> str | None:
    """Return why a report cannot be changed any more, or None."""
    return None if report.state == ReportState.OPEN else _("A moderator has reviewed your report.")


def _lock_public(comment: Comment) -> None:
    """Lock the comment's row, so that its reports are counted one by one. Raises Refused if it is not public now."""
    row = Comment.objects.select_for_update(no_key=True).order_by().filter(pk=comment.pk)
    if list(row.values_list("state", flat=True)) != [CommentState.PUBLIC]:
        raise Refused(_("This comment is no longer here."))


def _network_refusal(comment: Comment, network_hash: str) -> str | None:
    if not network_hash:
        return None
    others = Report.objects.filter(comment=comment, guest__isnull=False, network_hash=network_hash)
    if others.count() >= GUEST_REPORTS_PER_NETWORK:
        return _("This comment has already been reported from your network. A moderator will look at it.")
    return None


def _is_trusted(reporter: Writer, comment: Comment, *, now: datetime) -> bool:
    if not isinstance(reporter, User):
        return False
    if permissions.moderate_refusal(reporter, own_post=comment.post.is_by(reporter)) is None:
        return True
    taken_away = ModerationEvent.objects.filter(
        comment__user=reporter,
        comment__state__in=(CommentState.REMOVED, CommentState.SPAM),
        action__in=(ModerationEvent.Action.REMOVE, ModerationEvent.Action.SPAM),
        created_at__range=just_now(now, TRUSTED_AFTER),
    )
    own = Comment.objects.public().filter(~Exists(taken_away), user=reporter).order_by()
    return own[:TRUSTED_FROM_COMMENTS].count() == TRUSTED_FROM_COMMENTS


def _renew_best_order(report: Report) -> None:
    """Renew the best order of the post, in which trusted reports count; nothing else has changed for readers."""
    if report.is_trusted:
        page_versions.touch_scores(report.comment.post_id)
