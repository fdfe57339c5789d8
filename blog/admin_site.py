"""The authors' admin: Django's, with the site's own sign-in and look. Roles decide who enters, not staff flags."""

from collections.abc import Callable
from functools import wraps
from typing import Any

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
from blog.signed_out import sent_signed_out
from web import kept_forms


def moderates(user) -> bool:
    """Whether this person is a moderator (limited or not) or an owner; one query at most per request."""
    return rank_of(user) >= Rank.LIMITED_MODERATOR


DAILY = ("Post", "Page", "Figure", "Comment", "Note", "Category", "Tag", "Author", "Publication", "Article")


def _place(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)


class AuthorsAdmin(AdminSite):
    """The admin for everybody who may write or moderate; they sign in on the site's own page."""

    site_header = gettext_lazy("Commonplace")
    site_title = gettext_lazy("Commonplace")
    index_title = gettext_lazy("Site administration")
    # The masthead links to what is used daily, the first page to everything.
    enable_nav_sidebar = False

    def get_urls(self) -> list:
        """Leave out two unused views that tell of rows to people who may not open them."""
        unused = {"autocomplete", "view_on_site"}
        return [entry for entry in super().get_urls() if getattr(entry, "name", None) not in unused]

    def admin_view(self, view: Callable, cacheable: bool = False) -> Any:
        """Keep what was typed into a form by somebody whose session has ended; Django would drop it."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def keeping(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method == "POST" and not request.user.is_authenticated:
                return sent_signed_out(request) or guarded(request, *args, **kwargs)
            if (
                kept_forms.may_give_back(request)
                and request.method == "POST"
                and not self.has_permission(request)
            ):
                # Leading to the sign-in, as Django does, would drop what was typed; the page of 403 gives it back.
                raise self._no_role(request)
            return guarded(request, *args, **kwargs)

        return keeping

    def has_permission(self, request: HttpRequest) -> bool:
        return may_write(request.user) or moderates(request.user)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """Sort what is used daily before what is set once."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"], DAILY))
        return sorted(apps, key=lambda app: _place(app["app_label"], ("blog", "comments")))

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Send visitors to the sign-in page and back; answer 403 to members without a role, naming their account.

        Django's own form is never shown: it knows no two-step sign-in and no limits.
        """
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", reverse("admin:index")))
        if not self.has_permission(request):
            raise self._no_role(request)
        return redirect("admin:index")

    def _no_role(self, request: HttpRequest) -> PermissionDenied:
        return PermissionDenied(
            _("You’re signed in as %s. This account can’t write or moderate here.") % request.user
        )

    # Django's own answer with a template of its own each, as its stubs say; ours lead to pages of the site.

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        return redirect("account_settings")
