"""Forms to sign in, to sign up and to change an account: fields, words and refusals, and few writes."""

import secrets
from typing import TYPE_CHECKING

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.account.fields import EmailField, PasswordField, SetPasswordField
from allauth.account.utils import setup_user_email
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter as get_second_factor
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import attempts, protected_names
from accounts.guests import mixed_name
from accounts.limits import Limit, take
from accounts.models import User
from accounts.names import NAME_LENGTH, clean_name, is_key_of, keys_of, name_key, reserved_name
from accounts.network import client_address
from accounts.scripts import is_mixed

if TYPE_CHECKING:
    from django.forms import Form as MixedInto
else:
    # The forms of allauth that these are mixed into have the fields.
    MixedInto = object

# In the session of who signed up with an address that has an account: the row that holds the name for a day.
HELD_NAME = "held_name"
PASSWORD_HINT = gettext_lazy("At least 10 characters. A few words are easier to remember than symbols.")


class HouseForm(MixedInto):
    """Mixin for allauth's forms: no placeholders, and our own hints about passwords."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, EmailField):
                field.label = gettext_lazy("E-mail")
            if isinstance(field, PasswordField):
                field.help_text = ""
            if isinstance(field, SetPasswordField) or name == "password1":
                field.help_text = PASSWORD_HINT
            if name == "code":
                field.widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}


# --- names ----------------------------------------------------------------------------------------------------


def name_refusal(name: str, *, member: User | None = None) -> str | None:
    """Return why `member` (None for a new one) may not have this name, or None."""
    if not name_key(name):
        return _("The name must contain letters.")
    if len(name) > NAME_LENGTH:
        return _("Names can be up to %(most)d characters; this one has %(count)d.") % {
            "most": NAME_LENGTH,
            "count": len(name),
        }
    if member is not None and name == member.display_name:
        # They have it, whatever was allowed when they chose it.
        return None
    others = User.objects.exclude(pk=member.pk) if member else User.objects.all()
    if others.filter(name_key__in=keys_of(name)).exists():
        return name_taken()
    return None


def name_taken() -> str:
    return _("This name, or one very like it, is taken.")


class NameField(forms.CharField):
    """The name shown to everybody; it is never derived from an e-mail address."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("label", gettext_lazy("Name"))
        kwargs.setdefault("help_text", gettext_lazy("Shown next to everything you write."))
        super().__init__(widget=forms.TextInput({"autocomplete": "nickname"}), **kwargs)

    def to_python(self, value: str | None) -> str:
        return clean_name(super().to_python(value) or "")


def _clean_own_name(name: str, *, member: User | None = None) -> str:
    is_own = member is not None and is_key_of(member.name_key, name)
    if reserved_name(name) and not is_own:
        raise ValidationError(_("This name is reserved. Please choose another."))
    if refusal := name_refusal(name, member=member) or _others_name(name, member):
        raise ValidationError(refusal)
    return name


def _others_name(name: str, member: User | None) -> str | None:
    """Return why a member cannot choose this name, though an owner may give it: it is protected, or mixes alphabets."""
    if member is not None and name == member.display_name:
        # They have it, whatever was allowed when they chose it.
        return None
    refused = protected_names.refusal(keys_of(name), member=member)
    return refused or (mixed_name() if is_mixed(name) else None)


class NameForm(forms.Form):
    display_name = NameField(help_text=gettext_lazy("Your page keeps its web address."))

    def __init__(self, *args, member: User, **kwargs) -> None:
        self.member = member
        super().__init__(*args, **kwargs)

    def clean_display_name(self) -> str:
        return _clean_own_name(self.cleaned_data["display_name"], member=self.member)


class SettingsForm(forms.Form):
    """Switches of a member's settings; the one about notes is only for people who receive notes."""

    shortcuts = forms.BooleanField(label=gettext_lazy("Use keyboard shortcuts"), required=False)
    note_mails = forms.BooleanField(
        label=gettext_lazy("E-mail me private notes from readers about my posts"), required=False
    )

    def __init__(self, *args, member: User, **kwargs) -> None:
        kwargs["initial"] = {"shortcuts": member.shortcuts, "note_mails": member.note_mails}
        super().__init__(*args, **kwargs)
        # Whether they are an author comes with the member of a session (backends.load_with).
        if not (member.is_superuser or getattr(member, "is_author", False)):
            del self.fields["note_mails"]


# --- signing in and up ----------------------------------------------------------------------------------------


class SignInForm(HouseForm, account_forms.LoginForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class RequestCodeForm(HouseForm, account_forms.RequestLoginCodeForm):
    pass


class ForgottenPasswordForm(HouseForm, account_forms.ResetPasswordForm):
    pass


class NewAddressForm(HouseForm, account_forms.AddEmailForm):
    pass


class SignUpForm(HouseForm, account_forms.SignupForm):
    display_name = NameField()
    field_order = ["display_name", "email", "password1"]

    def clean_display_name(self) -> str:
        return _clean_own_name(self.cleaned_data["display_name"])

    def try_save(self, request: HttpRequest) -> tuple:
        """If the address has an account, reserve the name and take as long as for a new one: nobody can tell."""
        if self.account_already_exists:
            nobody = f"{secrets.token_hex(16)}@nobody.invalid"
            request.session[HELD_NAME] = self._make(request, nobody, secrets.token_urlsafe()).pk
        return super().try_save(request)

    def save(self, request: HttpRequest) -> User:
        """Create the account; its address is confirmed later. Raises IntegrityError if the name was taken meanwhile."""
        return self._make(request, self.cleaned_data["email"], self.cleaned_data["password1"])

    def _make(self, request: HttpRequest, email: str, password: str) -> User:
        member = User(email=email, display_name=self.cleaned_data["display_name"])
        # Slow, so before the transaction.
        member.set_password(password)
        with transaction.atomic():
            member.save()
            setup_user_email(request, member, [])
        return member


# --- passwords ------------------------------------------------------------------------------------------------


class OnePassword(HouseForm):
    """Asks for the new password once: it can be made visible, and reset by e-mail."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = gettext_lazy("New password")
        del self.fields["password2"]


class SetPasswordForm(OnePassword, account_forms.SetPasswordForm):
    pass


class NewPasswordForm(OnePassword, account_forms.ResetPasswordKeyForm):
    pass


class PasswordAgainForm(HouseForm, account_forms.ReauthenticateForm):
    pass


class ChangePasswordForm(OnePassword, account_forms.ChangePasswordForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = gettext_lazy("Current password")

    def clean_oldpassword(self) -> str:
        """Check the password with the limits of sign-in: nobody guesses it in a session that was left open."""
        if not get_adapter().reauthenticate(self.user, self.cleaned_data["oldpassword"]):
            raise get_adapter().validation_error("enter_current_password")
        return self.cleaned_data["oldpassword"]


# --- second factor --------------------------------------------------------------------------------------------


class FactorForm(HouseForm):
    """Asks for a code from the app or a recovery code; attempts are limited and no code works twice."""

    # As allauth sets it: whose codes they are.
    user: User

    def clean_code(self) -> str:
        claims = attempts.second_factor_claims(self.user.pk, client_address(context.request))
        try:
            attempts.claim(claims)
        except attempts.TooMany as error:
            raise attempts.wait_error(error) from None
        code = self.cleaned_data["code"]
        for authenticator in Authenticator.objects.filter(user=self.user).exclude(
            type=Authenticator.Type.WEBAUTHN
        ):
            if _accepts(authenticator, code):
                attempts.return_claims(claims)
                self.authenticator = authenticator
                return code
        raise get_second_factor().validation_error("incorrect_code")


def _accepts(authenticator: Authenticator, code: str) -> bool:
    """Whether this code is right and has not been used before.

    allauth remembers used codes in the cache, which may be per process, or in a Redis that is down.
    """
    if authenticator.type != Authenticator.Type.TOTP:
        return authenticator.wrap().validate_code(code)
    secret = get_second_factor().decrypt(authenticator.data["secret"])
    if not validate_totp_code(secret, code):
        return False
    steps = 2 * mfa_settings.TOTP_TOLERANCE + 1
    once = Limit("totp", most=1, seconds=mfa_settings.TOTP_PERIOD * steps)
    return take(once, f"{authenticator.pk}:{normalize_user_code(code)}") == 0


class SecondFactorForm(FactorForm, factor_forms.AuthenticateForm):
    pass


class SecondFactorAgainForm(FactorForm, factor_forms.ReauthenticateForm):
    pass


class AddAppForm(HouseForm, ActivateTOTPForm):
    pass


class CredentialField(forms.JSONField):
    """The answer of a device, as JSON."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)

    def to_python(self, value):
        return _judged(lambda: super(CredentialField, self).to_python(value))


class AddPasskeyForm(HouseForm, passkey_forms.AddWebAuthnForm):
    name = forms.CharField(
        label=gettext_lazy("Name of this passkey"),
        required=False,
        help_text=gettext_lazy("To recognise it in the list, e.g. “my phone”."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    # Ours are always passkeys, which the device itself guards.
    passwordless = None
    credential = CredentialField()

    def clean(self) -> dict:
        return _judged(super().clean)


class PasskeyForm(HouseForm, passkey_forms.AuthenticateWebAuthnForm):
    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        claims = attempts.passkey_claims(client_address(context.request))
        try:
            attempts.claim(claims)
        except attempts.TooMany as error:
            raise attempts.wait_error(error) from None
        authenticator = _judged(super().clean_credential)
        attempts.return_claims(claims)
        return authenticator


class PasskeySignInForm(PasskeyForm, passkey_forms.LoginWebAuthnForm):
    pass


class PasskeyAgainForm(PasskeyForm, passkey_forms.ReauthenticateWebAuthnForm):
    pass


def _judged(judge):
    """Call the library's check; errors it raises on unreadable data count as a wrong passkey."""
    try:
        return judge()
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise ValidationError(_("That passkey doesn’t belong to this account.")) from error
