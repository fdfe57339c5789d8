"""Describes decisions and edits in sentences. Callers fetch the events with their actor and comment."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comments.models import ModerationEvent
from web import dates

Action = ModerationEvent.Action

# The history of a comment: who did what, when.
DECIDED = {
    Action.HOLD: gettext_lazy("Held by %(name)s %(when)s."),
    Action.APPROVE: gettext_lazy("Approved by %(name)s %(when)s."),
    Action.SPAM: gettext_lazy("Marked as spam by %(name)s %(when)s."),
    Action.REMOVE: gettext_lazy("Removed by %(name)s %(when)s."),
    Action.RESTORE: gettext_lazy("Restored by %(name)s %(when)s."),
    Action.WITHDRAW: gettext_lazy("Deleted by its author %(when)s."),
    Action.MOVE: gettext_lazy("Moved by %(name)s %(when)s."),
    Action.ERASE: gettext_lazy("Erased %(when)s."),
    Action.UNDO: gettext_lazy("%(name)s undid a decision %(when)s."),
    Action.EDIT: gettext_lazy("Edited by %(name)s %(when)s."),
}
RECEIPTS = {
    Action.HOLD: gettext_lazy("Held %(name)s’s comment."),
    Action.APPROVE: gettext_lazy("Approved %(name)s’s comment."),
    Action.SPAM: gettext_lazy("Marked %(name)s’s comment as spam."),
    Action.REMOVE: gettext_lazy("Removed %(name)s’s comment."),
    Action.RESTORE: gettext_lazy("Restored %(name)s’s comment."),
    Action.UNDO: gettext_lazy("Undone. %(name)s’s comment is back as it was."),
}


def decided(event: ModerationEvent, *, now: datetime) -> str:
    """Return who did what and when, with the reason if there is one: “Approved by Ben 20 seconds ago.”"""
    if event.actor is not None:
        name = event.actor.display_name
    else:
        name = event.comment.writer_name if event.action == Action.EDIT else _("an automatic rule")
    words = str(DECIDED[Action(event.action)]) % {"name": name, "when": ago(event.created_at, now=now)}
    return _with_reason(words, event)


def receipt(event: ModerationEvent) -> str:
    """Return the confirmation of a moderator's own decision: “Approved gus77’s comment.”"""
    words = str(RECEIPTS[Action(event.action)]) % {"name": event.comment.writer_name}
    return _with_reason(words, event)


def _with_reason(words: str, event: ModerationEvent) -> str:
    return f"{words.rstrip('.')}: {event.reason.rstrip('.')}." if event.reason else words


def ago(moment: datetime, *, now: datetime) -> str:
    """Return how long ago a moment was, or after a day its date and time."""
    passed = now - moment
    seconds = max(0, int(passed.total_seconds()))
    if seconds < 5:
        return _("just now")
    if seconds < 60:
        return ngettext("%(count)d second ago", "%(count)d seconds ago", seconds) % {"count": seconds}
    if seconds < 3600:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", seconds // 60) % {
            "count": seconds // 60
        }
    if passed < timedelta(days=1):
        hours = seconds // 3600
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    return _("on %(moment)s") % {"moment": dates.moment(moment)}
