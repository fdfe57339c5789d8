"""The authors' admin: Django's, under the site's own sign-in and in its own look."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class AuthorsAdmin(AdminSite):
    """Reached by whoever may write or moderate; signing in happens on the site's own page."""

    site_header = _("Commonplace")
    site_title = _("Commonplace")
    index_title = _("Write and keep")

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Send a visitor to the one sign-in page, and back here afterwards."""
        if request.user.is_authenticated:
            return super().login(request, extra_context)
        return redirect_to_login(request.GET.get("next", request.get_full_path()))
