"""Shared by account pages: the way back, kept text, and a 429 that keeps the form."""

import ipaddress
from typing import TYPE_CHECKING

from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts import attempts
from accounts.adapters import passkey_host
from web import responses
from web.mail import NotSent

if TYPE_CHECKING:
    from django.views.generic import FormView as MixedInto
else:
    # The views of allauth that these are mixed into have the methods.
    MixedInto = object

# The session key under which comments keep typed text while somebody signs in.
KEPT_TEXT = "kept_text"


class SitePageMixin(MixedInto):
    """Mixin for allauth's views: `site` is our settings, and `next` is a path on this site or ""."""

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        # A host's name; on our pages that word means the site's settings.
        context.pop("site", None)
        context["next"] = get_next_redirect_url(self.request) or ""
        # A member has it back already; it stays kept until it is posted.
        context["text_is_kept"] = self.request.user.is_anonymous and KEPT_TEXT in self.request.session
        context["passkeys_work"] = passkeys_work(self.request)
        return context


class RateLimitMixin(SitePageMixin):
    """Show the form again with a sentence if a limit is reached (429) or mail cannot be sent (503)."""

    def form_valid(self, form) -> HttpResponse:
        try:
            return super().form_valid(form)
        except attempts.TooMany as error:
            return self.refuse(attempts.wait_in_words(error.seconds), status=429, seconds=error.seconds)
        except NotSent:
            words = _("We can’t send e-mail at the moment. Please try again in a few minutes.")
            return self.refuse(words, status=503, seconds=300)

    def form_invalid(self, form) -> HttpResponse:
        return with_wait(super().form_invalid(form), attempts.wait_of(form))

    def refuse(self, words: str, *, status: int, seconds: int = 0) -> HttpResponse:
        response = self.render_to_response(self.get_context_data(trouble=words), status=status)
        if seconds:
            responses.try_again_in(response, seconds)
        return response


class AnonymousPageMixin(RateLimitMixin):
    """A page for people who are not signed in; opening it starts over, even if a code was expected."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage) -> None:
        clear_login(request)


def with_wait(response: HttpResponse, seconds: int) -> HttpResponse:
    """Answer 429 with Retry-After if there are `seconds` to wait, so that programs wait too."""
    if seconds:
        response.status_code = 429
        responses.try_again_in(response, seconds)
    return response


def passkeys_work(request: HttpRequest) -> bool:
    """Whether browsers allow passkeys here: under the site's own name, and over https or on localhost."""
    asked, host = request.get_host().partition(":")[0], passkey_host(request)
    if is_number(host):
        return False
    return (asked == host or asked.endswith(f".{host}")) and (settings.SECURE or asked == "localhost")


def is_number(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def say(request: HttpRequest, words: str) -> None:
    """Show this sentence on the next page."""
    messages.success(request, words)
