"""The forms of decisions: one button's press, and a removal with its reason."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _

from comments.moderation.bulk import DECIDE
from comments.moderation.reasons import FORMER_REASONS, REASONS
from web.params import int_param

LONGEST_REASON = 200


class DecisionForm(forms.Form):
    """One button's press: `rev` is the latest decision or edit that the page knew of.

    In a thread all buttons share one form, so each button's value carries its `rev` after a dot: “hold.17”.
    """

    do = forms.CharField(max_length=30)
    rev = forms.IntegerField(required=False, min_value=0)

    def clean(self) -> dict:
        name, dot, rev = self.cleaned_data.get("do", "").partition(".")
        seen = int_param(rev) if dot else self.cleaned_data.get("rev")
        if name not in DECIDE or name == "remove" or (dot and seen is None):
            raise forms.ValidationError(_("No decision has this name."))
        return {"do": name, "rev": seen}


def typed_in(data: Mapping[str, str]) -> dict[str, str]:
    """Return what a removal form sent, to be shown in the form again."""
    reason = data.get("reason", "")
    return {"reason": FORMER_REASONS.get(reason, reason), "words": data.get("words", "")}


class ReasonField(forms.ChoiceField):
    """One of the reasons for a removal."""

    def to_python(self, value: str | None) -> str:
        written = super().to_python(value)
        return FORMER_REASONS.get(written, written)


class RemovalForm(forms.Form):
    """A removal with its reason: one of the list, the moderator's own words, or both."""

    reason = ReasonField(choices=REASONS, required=False)
    words = forms.CharField(required=False, max_length=LONGEST_REASON)
    rev = forms.IntegerField(required=False, min_value=0)

    def clean(self) -> dict:
        if not self.errors and not (self.cleaned_data.get("reason") or self.cleaned_data.get("words")):
            raise forms.ValidationError(_("Choose or write a reason. Readers will see it."))
        return self.cleaned_data

    @property
    def text(self) -> str:
        """The reason as it is stored: “Personal attack: about her family”."""
        chosen = str(dict(REASONS).get(self.cleaned_data["reason"], ""))
        return ": ".join(filter(None, [chosen, self.cleaned_data["words"].strip()]))
