"""How django-allauth behaves here: limits in the database, network addresses shortened, no Host header, our words."""

import io
from typing import Any
from urllib.parse import urlsplit

import qrcode
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from accounts import attempts
from accounts.devices import device_of
from accounts.models import User
from accounts.network import client_address
from accounts.people import network_of
from web.mail import NotSent, send_letter

log = structlog.get_logger(__name__)

# Messages for the next page, by the name of allauth's template; its other messages are dropped.
SAID = {
    "email_confirmed": _("Your e-mail address has been confirmed."),
    "email_confirmation_failed": _("This address is already in use."),
    "password_changed": _("Your password has been changed."),
    "password_set": _("Your password has been set."),
    "totp_activated": _("You’ll be asked for a code from your app when you sign in."),
    "totp_deactivated": _("Your authenticator app has been removed."),
    "webauthn_added": _("Your passkey has been added."),
    "webauthn_removed": _("The passkey has been removed. Your device may still list it."),
    "recovery_codes_generated": _("Here are your recovery codes. Keep them apart from your device."),
    "sessions_logged_out": _("You’ve been signed out everywhere else."),
}
# Mailed when something about an account has changed, in case it was somebody else.
NOTICES = {
    "email_changed": _("The e-mail address of your account was changed to a different one."),
    "password_changed": _("The password of your account was changed."),
    "password_set": _("A password was added to your account."),
    "password_reset": _("Your password was reset with an e-mailed code."),
    "totp_activated": _("An authenticator app was added to your account."),
    "totp_deactivated": _("The authenticator app was removed from your account."),
    "webauthn_added": _("A passkey was added to your account."),
    "webauthn_removed": _("A passkey was removed from your account."),
    "recovery_codes_generated": _("New recovery codes were created; the old ones no longer work."),
}
LETTERS = frozenset(
    {
        "account_already_exists",
        "email_confirmation",
        "email_confirmation_signup",
        "login_code",
        "password_reset_code",
        "unknown_account",
    }
)


def site_name_of(request: HttpRequest) -> str:
    """Return the site's name from the request, where blog's middleware has put it, else the host of SITE_URL."""
    site = getattr(request, "site", None)
    return site.name if site else urlsplit(settings.SITE_URL).netloc


def stays_here(target: str) -> bool:
    """Whether this address is a path on this site; a query and a fragment are allowed."""
    printable = all(character.isprintable() for character in target)
    is_path = target.startswith("/") and not target.startswith("//") and "\\" not in target and printable
    return is_path and url_has_allowed_host_and_scheme(target, allowed_hosts=None)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts of members."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("Wrong e-mail address or password."),
        "enter_current_password": _("Wrong password."),
        "incorrect_password": _("Wrong password."),
        "incorrect_code": _("That code is wrong or has expired."),
        "email_taken": _("This address is already in use."),
        "duplicate_email": _("That’s already your address."),
        "too_many_login_attempts": _("Too many attempts. Request a new code."),
    }

    # --- where one goes ---

    def is_safe_url(self, url: str | None) -> bool:
        return stays_here(url) if url else False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the first address of the client's network, so that a stored session does not identify a person."""
        return network_of(client_address(request)).partition("/")[0] or "0.0.0.0"  # noqa: S104

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return device_of(request.headers.get("User-Agent", ""))

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account_settings")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_settings")

    # --- who one is ---

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Count the attempt before checking it, so that simultaneous guesses count too; a success is given back."""
        claims = attempts.sign_in_claims(credentials.get("email", ""), client_address(request))
        try:
            attempts.claim(claims)
        except attempts.TooMany as error:
            raise attempts.wait_error(error) from None
        member = super().authenticate(request, **credentials)
        if member is not None:
            attempts.return_claims(claims)
        return member

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Do nothing: `authenticate` has counted the attempt."""

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Do nothing: somebody who has reset a password is signed in already."""

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    # --- what one is told ---

    def add_message(self, request, level, message_template=None, *args, message=None, **kwargs) -> None:
        words = message or SAID.get(_last_part(message_template or ""))
        if words:
            messages.add_message(request, level, words)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail that somebody asked for. Raises TooMany over the limit and NotSent if the mail server refuses."""
        name = _last_part(template_prefix)
        if name not in LETTERS:
            raise LookupError(f"There are no words for the mail {name}.")
        self.claim_mail(email)
        self.request.mail_is_claimed_for = None
        send_letter(name, to=email, site_name=site_name_of(self.request), code=context.get("code", ""))

    def claim_mail(self, email: str) -> None:
        """Count one mail to this address before it is sent, where what follows cannot be undone. Raises TooMany."""
        if getattr(self.request, "mail_is_claimed_for", None) == email:
            return
        attempts.claim(attempts.mail_claims(email, client_address(self.request)))
        self.request.mail_is_claimed_for = email

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail("account_already_exists", email, {})

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict | None = None, email: str | None = None
    ) -> None:
        """Mail a member about a change, after the commit. Nobody asked for this mail, so no limit counts it."""
        words: dict[str, Any] = {
            "to": email or EmailAddress.objects.get_primary_email(user),
            "site_name": site_name_of(self.request),
            "what": NOTICES[_last_part(template_prefix)],
            "device": self.get_http_user_agent(self.request),
        }
        transaction.on_commit(lambda: _send_notice(words))


class MFAAdapter(DefaultMFAAdapter):
    """Authenticator apps, passkeys and recovery codes."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code is wrong or has been used before."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def _get_site_name(self) -> str:
        return site_name_of(context.request)

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code as SVG, always black on white: cameras need that in the dark theme too."""
        picture = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Return the default name of a new passkey: the device it was created on."""
        device = device_of(context.request.headers.get("User-Agent", ""))
        return device or gettext("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Tie passkeys to the host of SITE_URL, whatever the Host header says; in development, to localhost."""
        return {"id": passkey_host(context.request), "name": self._get_site_name()}


def passkey_host(request: HttpRequest) -> str:
    """Return the host to which passkeys belong."""
    asked = request.get_host().partition(":")[0]
    return asked if asked == "localhost" else urlsplit(settings.SITE_URL).hostname or ""


def _send_notice(words: dict[str, Any]) -> None:
    try:
        send_letter("notice", **words)
    except NotSent:
        # What was changed is changed, and the page says so.
        log.warning("notice_not_sent", what=str(words["what"]))


def _last_part(template: str) -> str:
    """Return the name of a template: `password_set` for `account/messages/password_set.txt`."""
    return template.rpartition("/")[2].removesuffix(".txt")
