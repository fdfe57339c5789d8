"""Middleware: ask for the password again before important changes, and clean text that forms send."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from accounts.characters import is_readable, readable


class ReauthenticationMiddleware:
    """Redirect to the confirmation page; unlike allauth's own middleware, store neither form nor headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ReauthenticationRequired):
            return None
        ways = get_adapter().get_reauthentication_methods(request.user)
        ask = ways[0]["url"] if ways else resolve_url("account_login")
        return HttpResponseRedirect(f"{ask}?{urlencode({'next': request.get_full_path()})}")


class ReadableText:
    """Clean posted text before any form sees it: Django refuses a pasted NUL with words that help nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            _clean(request)
        return self.get_response(request)


def _clean(request: HttpRequest) -> None:
    if all(is_readable(value) for _name, values in request.POST.lists() for value in values):
        return
    cleaned = request.POST.copy()
    for name, values in request.POST.lists():
        # What is typed twice to be sure must stay the same.
        if "password" not in name:
            cleaned.setlist(name, [readable(value) for value in values])
    # Django reads any QueryDict here; its stubs know the read-only one only.
    request.POST = cleaned  # type: ignore[assignment]
