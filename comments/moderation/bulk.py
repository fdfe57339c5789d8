"""Makes or undoes several decisions at once, each in a transaction of its own."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.text import Truncator, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments import actions, permissions
from comments.models import Comment, ModerationEvent
from comments.moderation.scope import ModerationScope
from web.params import int_param

DECIDE: dict[str, Callable[..., ModerationEvent]] = {
    verb.value: actions.ON_COMMENTS[verb.value] for verb in permissions.DECISIONS
}
# For more than this a second page asks for confirmation: undoing a slip of the hand would take long.
ASKS_ABOVE = 25
MOST_AT_ONCE = 200
# Names in one sentence about refused decisions.
MOST_NAMED = 10


@dataclass
class Outcome:
    """The result of several decisions: those that were made, and why others were not."""

    events: list[ModerationEvent] = field(default_factory=list)
    # Reason → the names of the commenters whose comments were refused for it.
    names: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    # How many comments do not exist, or are hidden from this person.
    missing: int = 0

    @property
    def refused(self) -> list[str]:
        """A sentence for each reason why nothing was decided on some comments."""
        words = [_refused(names, why) for why, names in self.names.items()]
        if self.missing:
            left_out = ngettext(
                "%(count)d comment was skipped: it doesn’t exist, or you can’t moderate it.",
                "%(count)d comments were skipped: they don’t exist, or you can’t moderate them.",
                self.missing,
            )
            words.append(left_out % {"count": self.missing})
        return words


def _refused(names: list[str], why: str) -> str:
    if len(names) == 1:
        return _("%(name)s’s comment: %(why)s") % {"name": names[0], "why": why}
    others = len(names) - MOST_NAMED
    more = [ngettext("%(count)d other", "%(count)d others", others) % {"count": others}] if others > 0 else []
    listed = get_text_list([*names[:MOST_NAMED], *more], _("and"))
    return _("%(count)d comments, by %(names)s: %(why)s") % {"count": len(names), "names": listed, "why": why}


def decide_all(scope: ModerationScope, name: str, marks: Iterable[str], *, reason: str = "") -> Outcome:
    """Make the same decision on every marked comment (“id.rev”); a refusal does not stop the others."""
    seen = dict(_mark(mark) for mark in list(marks)[:MOST_AT_ONCE])
    more = {"reason": reason} if name == "remove" else {}
    found = list(scope.comments().filter(pk__in=seen).select_related("user").order_by("pk"))
    outcome = _all(found, lambda comment: DECIDE[name](comment, by=scope.user, seen=seen[comment.pk], **more))
    outcome.missing = len(seen) - len(found)
    return outcome


def numbers_in(text: str) -> list[int]:
    """Return the numbers in a part of an address that lists several: “12,13”."""
    return [number for part in text.split(",")[:MOST_AT_ONCE] if (number := int_param(part)) is not None]


def undo_all(scope: ModerationScope, ids: Iterable[str]) -> Outcome:
    """Undo several decisions; a refusal does not stop the others."""
    wanted = numbers_in(",".join(ids))
    events = ModerationEvent.objects.filter(pk__in=wanted, comment__in=scope.comments())
    by_comment = {event.comment_id: event for event in events.select_related("comment__user").order_by("pk")}
    return _all(
        (event.comment for event in by_comment.values()),
        lambda comment: actions.undo(by_comment[comment.pk], by=scope.user),
    )


def _all(comments: Iterable[Comment], decide: Callable[[Comment], ModerationEvent]) -> Outcome:
    outcome = Outcome()
    for comment in comments:
        try:
            outcome.events.append(decide(comment))
        except actions.Refused as refusal:
            outcome.names[str(refusal)].append(Truncator(comment.writer_name).chars(40))
    return outcome


def _mark(text: str) -> tuple[int, int]:
    """Read “981.7”: the ids of the comment and of the latest event its page knew; anything else gives 0."""
    pk, _dot, rev = text.partition(".")
    return (int_param(pk) or 0, int_param(rev) or 0)
