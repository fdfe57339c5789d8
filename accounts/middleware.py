"""Asks again who one is, before something important; it keeps nothing of the request that has to wait."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url


class AskAgain:
    """Stands before allauth's own answer, which would store the waiting form with all headers, the address included."""

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
