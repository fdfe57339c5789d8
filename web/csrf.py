"""Check that a form was sent from one of our own pages, with a token or without.

Cached pages are the same for everyone and hold no token. Their forms are accepted if the browser says that our own
page sent them; if it says nothing, it gets a page with a token and the typed text. Members always need the token.
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
    """A request with what the error page needs to know (blog/views/errors.py)."""

    may_send_again: bool


def sender(request: HttpRequest) -> str:
    """Return where the request comes from according to the browser: HERE, ELSEWHERE or SILENT.

    Sec-Fetch-Site wins, because only the browser can set it; Origin is for older browsers.
    """
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None and fetch_site != "none":
        return HERE if fetch_site == "same-origin" else ELSEWHERE
    origin = request.headers.get("Origin")
    if origin is None:
        return SILENT
    return HERE if fetch_site is None and origin.rstrip("/") == settings.SITE_URL else ELSEWHERE


def comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that our own page sent this; silence counts as no."""
    return sender(request) == HERE


def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Protect a view whose form is on cached pages: accept what our own pages send, and give text back otherwise."""
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
            # If the token is missing, the error page offers to send the same again.
            cast(RefusableRequest, request).may_send_again = True
            return with_token(request, *args, **kwargs)
        return view(request, *args, **kwargs)

    return guard
