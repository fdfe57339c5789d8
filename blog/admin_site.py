"""The authors' admin: Django's, under the site's own sign-in and in its own look; roles decide, not staff flags."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Rank, rank_of
from blog.permissions import may_write


def moderates(user) -> bool:
    """Whether this person moderates, limited or not, or owns the site; asked once per request."""
    return rank_of(user) >= Rank.LIMITED_MODERATOR


DAILY = ("Post", "Page", "Figure", "Comment", "Note", "Category", "Tag", "Author", "Publication", "Article")


def _place(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)


class AuthorsAdmin(AdminSite):
    """Reached by whoever may write or moderate; signing in happens on the site's own page."""

    site_header = gettext_lazy("Commonplace")
    site_title = gettext_lazy("Commonplace")
    index_title = gettext_lazy("Site administration")
    # What is used daily stands in the masthead, everything on the first page.
    enable_nav_sidebar = False

    def get_urls(self) -> list:
        """Leave out two doors that nothing here leads to: they tell of rows to whoever may not open these."""
        unused = {"autocomplete", "view_on_site"}
        return [entry for entry in super().get_urls() if getattr(entry, "name", None) not in unused]

    def has_permission(self, request: HttpRequest) -> bool:
        return may_write(request.user) or moderates(request.user)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """Put what is used daily before what is set once."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"], DAILY))
        return sorted(apps, key=lambda app: _place(app["app_label"], ("blog", "comments")))

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Send a visitor to the one sign-in page, and back here afterwards; tell a reader who they are.

        Django's own form is never asked: it knows of no second factor and of no limit.
        """
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", reverse("admin:index")))
        if not self.has_permission(request):
            raise PermissionDenied(
                _("You’re signed in as %s. This account can’t write or moderate here.") % request.user
            )
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return redirect("account_settings")
