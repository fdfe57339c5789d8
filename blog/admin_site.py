"""The authors' admin: Django's, under the site's own sign-in and in its own look; roles decide, not staff flags."""

from django import forms
from django.contrib.admin import AdminSite, ModelAdmin, ShowFacets, StackedInline
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Field, URLField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import LIMITED_MODERATORS, MODERATORS
from blog.permissions import may_write


def moderates(user) -> bool:
    """Whether this person stands in a group of moderators, or owns the site; asked once per request."""
    if not user.is_active:
        return False
    if not hasattr(user, "stands_among_moderators"):
        user.stands_among_moderators = user.is_superuser or _stands_in_a_group(user)
    return user.stands_among_moderators


def _stands_in_a_group(user) -> bool:
    """Ask what came with the member of a session (accounts/backends.py), else the database."""
    if hasattr(user, "in_moderators"):
        return user.in_moderators or user.in_limited_moderators
    return user.groups.filter(name__in=[MODERATORS, LIMITED_MODERATORS]).exists()


DAILY = ("Post", "Figure", "Comment", "Note", "Category", "Tag", "Author", "Publication", "Article")


def _place(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)


class AuthorsAdmin(AdminSite):
    """Reached by whoever may write or moderate; signing in happens on the site's own page."""

    site_header = gettext_lazy("Commonplace")
    site_title = gettext_lazy("Commonplace")
    index_title = gettext_lazy("Write and keep")
    # What is used daily stands in the masthead, everything on the first page.
    enable_nav_sidebar = False

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
                _("You are signed in as %s, who neither writes nor moderates here.") % request.user
            )
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return redirect("account_settings")


# An address that is typed without a scheme is one of today's.
WEB_ADDRESSES: dict = {URLField: {"assume_scheme": "https"}}


class HouseAdmin(ModelAdmin):
    """Rows of one kind, for whom `may_use` admits: no bulk actions, no scripts of Django's, and nobody deletes."""

    actions = None
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    formfield_overrides = WEB_ADDRESSES
    may_delete = False

    @property
    def media(self) -> forms.Media:
        """Nothing: the forms work without scripts, and jQuery is larger than all our own together."""
        return forms.Media()

    def may_use(self, user) -> bool:
        return user.is_active and user.is_superuser

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_use(request.user)

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        return self.may_use(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_use(request.user)

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return self.may_use(request.user)

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return self.may_delete and self.may_use(request.user)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None):
        """Return the row, or answer 404: a list that says "perhaps it was deleted" helps nobody."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs):
        """Leave out the pop-up links beside a choice: they need Django's scripts."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class HouseInline(StackedInline):
    """Rows inside another row's form: whoever may change that one may add, change and remove these."""

    extra = 1
    formfield_overrides = WEB_ADDRESSES

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return True
