"""The forms for comments, edits and reports: what is valid, and the errors people see. They write nothing."""

from typing import Any
from urllib.parse import quote, unquote, urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import guests
from accounts.models import User
from accounts.names import NAME_LENGTH, clean_name
from accounts.spelling import nfc
from blog import markup
from comments.models import Comment, ReportReason
from comments.models.moderation import NOTE_LENGTH

# Characters; as many as the column of a guest's website holds.
WEBSITE_LENGTH = 300
# Holds what a guest asked the device to remember. Scripts read it, because cached pages are the same for everyone.
DEVICE_COOKIE = "guest"
A_YEAR = 365 * 24 * 3600
REMEMBERED = ("name", "email", "website")


class CommentForm(forms.Form):
    """A comment. Members type only the text; guests also give a name and an e-mail, which their device can remember."""

    most_characters = markup.MOST_CHARACTERS
    # The heading above the errors.
    not_done: Any = gettext_lazy("Your comment was not posted")
    # Whether a member filled it in who is signed out now; the template then offers to sign in.
    is_signed_out = False

    name = forms.CharField(
        label=gettext_lazy("Name"),
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Enter your name.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("never shown"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Enter your e-mail address. It is never shown."),
            "invalid": gettext_lazy("Enter a valid e-mail address, such as name@example.org."),
        },
    )
    website = forms.URLField(
        label=gettext_lazy("Website"),
        help_text=gettext_lazy("optional"),
        required=False,
        widget=forms.URLInput({"autocomplete": "url"}),
        max_length=WEBSITE_LENGTH,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Enter a web address such as https://example.org.")},
    )
    text = forms.CharField(strip=False, error_messages={"required": gettext_lazy("Your comment is empty.")})
    remember = forms.BooleanField(required=False)
    # The submission key. Pages that are open on readers' devices send it under this name.
    once = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, person: User | None, parent_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        # Ends every id, so that a page can hold several forms.
        self.place = str(parent_id or "new")
        self.auto_id = f"form-{self.place}-%s"
        if person is not None:
            for name in (*REMEMBERED, "remember"):
                del self.fields[name]
        for field in self.fields.values():
            # Browsers would silently cut off a pasted text; the server says that it is too long.
            field.widget.attrs.pop("maxlength", None)

    def clean_text(self) -> str:
        text = nfc(self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n"))
        if not text.strip():
            raise ValidationError(_("Your comment is empty."))
        try:
            markup.check_comment_text(text)
        except markup.TextRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return text

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if len(name) > NAME_LENGTH:
            raise ValidationError(_("Names can be up to %(most)d characters long.") % {"most": NAME_LENGTH})
        refused = guests.name_refusal(name)
        if refused:
            raise ValidationError(refused)
        return name

    def clean_website(self) -> str:
        website = self.cleaned_data["website"]
        if website and not website.startswith(("https://", "http://")):
            raise ValidationError(_("The address must begin with https:// or http://."))
        if website and not markup.web_address(website):
            raise ValidationError(self.fields["website"].error_messages["invalid"])
        return website

    @property
    def who(self) -> list[forms.BoundField]:
        """The fields in which a guest says who they are; none for a member."""
        return [self[name] for name in REMEMBERED if name in self.fields]

    @property
    def trouble(self) -> list[tuple[str, str]]:
        """The errors, each with the id of its field, or "" for an error of the whole form."""
        return [
            (self[name].auto_id if name in self.fields else "", str(error))
            for name, errors in self.errors.items()
            for error in errors
        ]


class EditForm(CommentForm):
    """A new text for a comment. `text` is what its writer typed here before, if anything."""

    not_done = gettext_lazy("Your changes were not saved")

    def __init__(self, *args: Any, comment: Comment, text: str = "", **kwargs: Any) -> None:
        initial = {"text": text or comment.body}
        super().__init__(*args, person=None, parent_id=comment.pk, initial=initial, **kwargs)
        self.fields = {"text": self.fields["text"]}


class ReportForm(forms.Form):
    """A report: one of the reasons, and a note, which “Something else” requires."""

    most_characters = NOTE_LENGTH

    reason = forms.ChoiceField(
        choices=ReportReason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a reason."),
            "invalid_choice": gettext_lazy("Choose a reason."),
        },
    )
    # Named as in all forms, so that every page of errors can give back what was typed.
    text = forms.CharField(required=False)

    def clean_text(self) -> str:
        note = self.cleaned_data["text"].replace("\r\n", "\n").replace("\0", "").strip()
        if len(note) > self.most_characters:
            raise ValidationError(_("Keep it to %(most)d characters.") % {"most": self.most_characters})
        if not note and self.cleaned_data.get("reason") == ReportReason.OTHER:
            raise ValidationError(_("Tell us briefly what’s wrong."))
        return note


# --- what the device remembers --------------------------------------------------------------------------------


def remembered(request: HttpRequest) -> dict[str, str]:
    """Return what this device remembers of its guest, as the values of an empty form."""
    values = QueryDict(unquote(request.COOKIES.get(DEVICE_COOKIE, ""))[:1000])
    found = {name: values.get(name, "")[:WEBSITE_LENGTH] for name in REMEMBERED}
    return {**found, "remember": "on"} if any(found.values()) else {}


def remember_guest(response: HttpResponse, form: CommentForm) -> None:
    """Remember on the device who the guest is if they asked for it, else forget it."""
    if form.person is not None:
        return
    if not form.cleaned_data["remember"]:
        response.delete_cookie(DEVICE_COOKIE, samesite="Lax")
        return
    said = urlencode({name: form.cleaned_data[name] for name in REMEMBERED})
    # For scripts to read: they fill in the form of a page that is the same for everyone.
    response.set_cookie(DEVICE_COOKIE, quote(said), max_age=A_YEAR, secure=settings.SECURE, samesite="Lax")
