"""What every request that is not answered from a kept page needs: the site's settings, its zone, old addresses."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils import timezone

from blog.models import SiteSettings
from blog.redirects.lookup import target_of_another_spelling, target_of_path, target_of_query

# These tell whether the database answers, so they must not need it themselves; the icon is asked for with every page.
FRAMELESS = frozenset({"/healthz", "/readyz", "/favicon.ico"})


class SiteSettingsMiddleware:
    """Put the site's settings on the request and tell times in the site's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in FRAMELESS:
            return self.get_response(request)
        if error := getattr(request, "outage", None):
            # The kept pages have found out already that the database cannot be reached.
            raise error
        site = SiteSettings.load()
        # The stubs expect the row of django.contrib.sites here (blog/requests.py).
        request.site = site  # type: ignore[assignment]
        with timezone.override(site.zone):
            return self.get_response(request)


class RedirectFallbackMiddleware:
    """Answer 301 where something used to be: a path that is not found now, or what WordPress knew by `/?p=12`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        is_asked = bool(request.META.get("QUERY_STRING"))
        # The front page answers whatever is asked of it, so that is looked up before it does.
        target = target_of_query(request.path, request.GET) if is_asked and request.path == "/" else ""
        # Each page has one address, so another spelling of its letters leads there before any view would find it.
        target = target or target_of_another_spelling(request.path, request.META.get("QUERY_STRING", ""))
        if target:
            return HttpResponsePermanentRedirect(target)
        response = self.get_response(request)
        if response.status_code == 404:
            target = target_of_query(request.path, request.GET) if is_asked else ""
            target = target or target_of_path(request.path)
        return HttpResponsePermanentRedirect(target) if target else response
