"""What every template may use: the site, the theme of the cookie, and who is looking."""

from django.http import HttpRequest

from blog import menu
from blog.models import SiteSettings
from blog.permissions import may_write

THEME_COOKIE = "theme"
THEMES = frozenset({"light", "dark"})


def theme_of(request: HttpRequest) -> str:
    """Return "light" or "dark" from the cookie, or "" for the same as the device."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def frame(request: HttpRequest) -> dict:
    """Context of every page: `site`, `theme`, `viewer`, the member who is signed in or None, and `writes`.

    `standing` are the pages in menu and footer. `writes`: whether the viewer may write, and sees the link to the admin.
    """
    user = getattr(request, "user", None)
    viewer = user if user is not None and user.is_authenticated else None
    site = getattr(request, "site", None) or SiteSettings.load()
    return {
        "site": site,
        "standing": menu.standing(site),
        # What was chosen on this device; else what the member chose on another one.
        "theme": theme_of(request) or (viewer.theme if viewer else ""),
        "viewer": viewer,
        "writes": may_write(viewer),
    }
