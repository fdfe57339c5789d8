"""Middleware for requests that the page cache did not answer: the site's settings and time zone, and redirects."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils import timezone

from blog.models import SiteSettings
from blog.redirects.lookup import target_of_another_spelling, target_of_path, target_of_query

# Health checks must not need the database themselves; the icon is requested with every page.
FRAMELESS = frozenset({"/healthz", "/readyz", "/favicon.ico"})


class SiteSettingsMiddleware:
    """Set `request.site` to the site's settings, and activate its time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in FRAMELESS:
            return self.get_response(request)
        if error := getattr(request, "outage", None):
            # The page cache has found out already that the database is down.
            raise error
        site = SiteSettings.load()
        # The stubs expect the row of django.contrib.sites here (blog/requests.py).
        request.site = site  # type: ignore[assignment]
        with timezone.override(site.zone):
            return self.get_response(request)


class RedirectFallbackMiddleware:
    """Redirect (301) old addresses: a path that is not found, or a WordPress query such as `/?p=12`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        is_asked = bool(request.META.get("QUERY_STRING"))
        # The front page answers whatever is asked of it, so that is looked up before it does.
        target = target_of_query(request.path, request.GET) if is_asked and request.path == "/" else ""
        # Each page has one URL: another Unicode spelling redirects to it before any view is asked.
        target = target or target_of_another_spelling(request.path, request.META.get("QUERY_STRING", ""))
        if target:
            return HttpResponsePermanentRedirect(target)
        response = self.get_response(request)
        if response.status_code == 404:
            target = target_of_query(request.path, request.GET) if is_asked else ""
            target = target or target_of_path(request.path)
        return HttpResponsePermanentRedirect(target) if target else response
