"""Tells whether a form was sent from our own pages, with a token or without; it decides nothing about who sent it.

Pages that are the same for everyone hold no token. Their forms are believed when the browser says that our own page
sent them; a browser that says nothing gets a page with a token and what was typed. Members always need the token.
"""

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from web import responses

HERE, ELSEWHERE, SILENT = "here", "elsewhere", "silent"


class RefusableRequest(HttpRequest):
    """A request with what the page of a refusal has to know (blog/views/errors.py)."""

    may_send_again: bool


def sender(request: HttpRequest) -> str:
    """Return what the browser says of where this comes from: HERE, ELSEWHERE or SILENT.

    Sec-Fetch-Site wins, because the browser alone can set it; Origin is for browsers from before it.
    """
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None and fetch_site != "none":
        return HERE if fetch_site == "same-origin" else ELSEWHERE
    origin = request.headers.get("Origin")
    if origin is None:
        return SILENT
    return HERE if fetch_site is None and origin.rstrip("/") == settings.SITE_URL else ELSEWHERE


def comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that our own page sent this; silence is a no."""
    return sender(request) == HERE


def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let unsafe requests pass that our own pages sent, as kept pages need it; what was typed comes back otherwise."""
    with_token = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def guard(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return view(request, *args, **kwargs)
        found = sender(request)
        if found == ELSEWHERE:
            return responses.form_refused(request, typed_text=request.POST.get("text", ""))
        if found == SILENT or request.user.is_authenticated:
            # Should the token be missing, the same may be sent again from the page that says so.
            cast(RefusableRequest, request).may_send_again = True
            return with_token(request, *args, **kwargs)
        return view(request, *args, **kwargs)

    return guard
