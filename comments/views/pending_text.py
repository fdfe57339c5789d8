"""Keeps a typed text in the session while its writer signs in, for the place where it was typed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

# A comment has 5,000 characters, so this cuts nobody short.
LONGEST_KEPT = 100_000
KEPT_TEXT = "kept_text"


def sign_in_first(request: HttpRequest, *, here: str, **place: int | None) -> HttpResponse:
    """Keep the typed text for this place, and redirect to the sign-in, which leads back to the form at `here`."""
    text = request.POST.get("text", "")[:LONGEST_KEPT]
    if text.strip():
        request.session[KEPT_TEXT] = {**place, "text": text}
    return redirect(f"{reverse('account_login')}?{urlencode({'next': here})}")


def text_for(request: HttpRequest, **place: int | None) -> str:
    """Return the text that was kept for this place, or ""."""
    kept = request.session.get(KEPT_TEXT) or {}
    return kept["text"] if kept and place.items() <= kept.items() else ""


def forget(request: HttpRequest, **place: int | None) -> None:
    """Forget the text that was kept for this place, once it has been posted."""
    if text_for(request, **place):
        del request.session[KEPT_TEXT]
