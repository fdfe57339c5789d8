"""Decisions as forms carry them: their names, the reasons for a removal, and what the page showed of the comment."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import actions, queue
from comments.models import Comment, ModerationEvent
from comments.queue import Desk

# What house rules are about; the tombstone says it, and its writer reads it. Six, so that a key picks one.
REASONS = (
    ("off-topic", gettext_lazy("Off topic")),
    ("attack", gettext_lazy("Personal attack")),
    ("hateful", gettext_lazy("Hateful or threatening")),
    ("advertising", gettext_lazy("Advertising")),
    ("private", gettext_lazy("Someone’s private details")),
    ("repeated", gettext_lazy("Repetition")),
)
LONGEST_REASON = 200

DECIDE: dict[str, Callable[..., ModerationEvent]] = {
    "approve": actions.approve_comment,
    "hold": actions.hold_comment,
    "spam": actions.mark_spam,
    "remove": actions.remove_comment,
    "restore": actions.restore_comment,
}
# More at once, and a slip of the hand would be a page of undoing: the button then says how many, and is pressed again.
ASKS_ABOVE = 25
MOST_AT_ONCE = 200


class DecisionForm(forms.Form):
    """One button's press: `rev` is the latest decision or edit that the page knew of.

    In a thread all buttons send one form: there each says after a dot which that was of its comment (“hold.17”).
    """

    do = forms.CharField(max_length=30)
    rev = forms.IntegerField(required=False, min_value=0)

    def clean(self) -> dict:
        name, dot, rev = self.cleaned_data.get("do", "").partition(".")
        seen = queue.number_in(rev) if dot else self.cleaned_data.get("rev")
        if name not in DECIDE or name == "remove" or (dot and seen is None):
            raise forms.ValidationError("No decision has this name.")
        return {"do": name, "rev": seen}


class RemovalForm(forms.Form):
    """A removal says why: one of the reasons, own words, or both."""

    reason = forms.ChoiceField(choices=REASONS, required=False)
    words = forms.CharField(required=False, max_length=LONGEST_REASON)
    rev = forms.IntegerField(required=False, min_value=0)

    def clean(self) -> dict:
        if not self.errors and not (self.cleaned_data.get("reason") or self.cleaned_data.get("words")):
            raise forms.ValidationError(
                _("Choose a reason, or write one. Readers see it where the comment was.")
            )
        return self.cleaned_data

    @property
    def text(self) -> str:
        """The reason as it is kept: “Personal attack: about her family”."""
        chosen = str(dict(REASONS).get(self.cleaned_data["reason"], ""))
        return ": ".join(filter(None, [chosen, self.cleaned_data["words"].strip()]))


@dataclass
class Outcome:
    """What became of several decisions: those that were taken, and a sentence for each that was not."""

    events: list[ModerationEvent] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def decide_all(desk: Desk, name: str, marks: Iterable[str], *, reason: str = "") -> Outcome:
    """Decide the same on every marked comment (“id.rev”), each by itself: one that is refused stops no other."""
    seen = dict(_mark(mark) for mark in list(marks)[:MOST_AT_ONCE])
    more = {"reason": reason} if name == "remove" else {}
    return _all(
        desk.comments().filter(pk__in=seen).select_related("user").order_by("pk"),
        lambda comment: DECIDE[name](comment, by=desk.user, seen=seen[comment.pk], **more),
    )


def numbers_in(text: str) -> list[int]:
    """Return the numbers of an address that names several: “12,13”."""
    return [
        number for part in text.split(",")[:MOST_AT_ONCE] if (number := queue.number_in(part)) is not None
    ]


def undo_all(desk: Desk, ids: Iterable[str]) -> Outcome:
    """Undo several decisions, each by itself."""
    wanted = numbers_in(",".join(ids))
    events = ModerationEvent.objects.filter(pk__in=wanted, comment__in=desk.comments())
    by_comment = {event.comment_id: event for event in events.select_related("comment__user").order_by("pk")}
    return _all(
        (event.comment for event in by_comment.values()),
        lambda comment: actions.undo(by_comment[comment.pk], by=desk.user),
    )


def _all(comments: Iterable[Comment], decide: Callable[[Comment], ModerationEvent]) -> Outcome:
    outcome = Outcome()
    for comment in comments:
        try:
            outcome.events.append(decide(comment))
        except actions.Refused as refusal:
            words = {"name": Truncator(comment.writer_name).chars(40), "why": refusal}
            outcome.refused.append(_("%(name)s’s comment: %(why)s") % words)
    return outcome


def _mark(text: str) -> tuple[int, int]:
    """Read “981.7”: the comment and the event its page showed; what is written otherwise names no comment."""
    pk, _dot, rev = text.partition(".")
    return (queue.number_in(pk) or 0, queue.number_in(rev) or 0)
