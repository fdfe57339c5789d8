"""The theme switch, robots.txt and the icon."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import choose_theme
from blog.context import THEME_COOKIE, THEMES
from web import csrf, responses
from web.absolute_urls import absolute

THEME_KEPT = 400 * 24 * 3600  # seconds; browsers keep no cookie longer


# Without a token, so that the footer is the same for everybody; `comes_from_here` checks instead.
@csrf_exempt
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    if not csrf.comes_from_here(request):
        return responses.form_refused(request)
    response = HttpResponseRedirect(_way_back(request))
    response.status_code = 303
    chosen = request.POST.get("theme", "")
    if request.user.is_authenticated:
        choose_theme(request.user, chosen if chosen in THEMES else "")
    if chosen not in THEMES:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
        return response
    response.set_cookie(
        THEME_COOKIE, chosen, max_age=THEME_KEPT, secure=settings.SECURE, httponly=True, samesite="Lax"
    )
    return response


def _way_back(request: HttpRequest) -> str:
    """Return the path of the page with the form, from the Referer; always a path on this site."""
    try:
        referer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    if referer.netloc not in {request.get_host(), urlsplit(settings.SITE_URL).netloc}:
        return "/"
    # One slash: "//example.org" would be another host.
    path = "/" + referer.path.lstrip("/\\")
    return f"{path}?{referer.query}" if referer.query else path


@require_safe
@cache_control(public=True, max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *"]
    lines += [f"Disallow: /{path}/" for path in ("admin", "accounts", "moderation", "search", "posts")]
    lines += ["", f"Sitemap: {absolute('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=7 * 86400)
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect to the icon, for programs that ask for /favicon.ico without reading a page."""
    return HttpResponseRedirect(static("img/favicon.svg"))
