"""The signed cookie that identifies a guest for 30 days after their last write. It holds nothing but an id."""

from datetime import UTC, datetime

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import moments, protected_names
from accounts.models import Guest, User
from accounts.names import likenesses, name_key, reserved_name
from accounts.scripts import is_mixed

COOKIE = "writer"
KEPT = 30 * 24 * 3600  # seconds
_PURPOSE = "accounts.guests"


def id_of(request: HttpRequest) -> int | None:
    """Return the guest id from the request's cookie, or None; no query.

    A member is never also a guest: what they do while signed in is the member's.
    """
    if COOKIE not in request.COOKIES or request.user.is_authenticated:
        return None
    try:
        guest_id = int(signing.loads(request.COOKIES[COOKIE], salt=_PURPOSE, max_age=KEPT))
        # One that a clock signed which was ahead would be good for longer than any other.
        return None if _signed_at(request.COOKIES[COOKIE]) > moments.latest(timezone.now()) else guest_id
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _signed_at(cookie: str) -> datetime:
    """Return when a cookie was signed; its signature has been checked already."""
    return datetime.fromtimestamp(signing.b62_decode(cookie.split(":")[-2]), tz=UTC)


def guest_of(request: HttpRequest) -> Guest | None:
    """Return the guest that the request's cookie names, or None; one query."""
    guest_id = id_of(request)
    return Guest.objects.filter(pk=guest_id).first() if guest_id is not None else None


def person_of(request: HttpRequest) -> User | Guest | None:
    """Return the member who is signed in, else the guest of the cookie, else None."""
    return request.user if request.user.is_authenticated else guest_of(request)


def name_refusal(name: str) -> str | None:
    """Return why a guest may not use this name, as a sentence, or None; two queries."""
    if not name_key(name):
        return _("Enter a name with at least one letter or digit.")
    if reserved_name(name):
        return _("This name is reserved. Please choose another.")
    keys = likenesses(name)
    if User.objects.filter(name_key__in=keys).exists():
        return _(
            "A member already uses this name, or one very like it. If it’s you, sign in; otherwise choose another."
        )
    return protected_names.refusal(keys) or (mixed_name() if is_mixed(name) else None)


def mixed_name() -> str:
    return _("This name mixes letters from different alphabets. Use one alphabet for each word.")


def remember(response: HttpResponse, guest: Guest) -> None:
    """Set the guest's cookie on the response, for 30 days."""
    response.set_cookie(
        COOKIE,
        signing.dumps(guest.pk, salt=_PURPOSE),
        max_age=KEPT,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
