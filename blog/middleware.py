"""What every request that is not answered from a kept page needs: the site's settings, its zone, old addresses."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils import timezone

from blog.models import OldAddress, SiteSettings

# These tell whether the database answers, so they must not need it themselves.
FRAMELESS = frozenset({"/healthz", "/readyz"})


class SiteFrame:
    """Put the site's settings on the request and tell times in the site's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in FRAMELESS:
            return self.get_response(request)
        request.site = SiteSettings.load()
        with timezone.override(request.site.zone):
            return self.get_response(request)


class OldAddresses:
    """Answer 301 where a path that is not found used to lead somewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        old = OldAddress.objects.filter(path=request.path[:500]).first()
        return HttpResponsePermanentRedirect(old.target) if old else response
