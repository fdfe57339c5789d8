"""Settings of the site, and redirects."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from blog import actions
from blog.models import OldAddress, SiteSettings
from web.admin import SiteModelAdmin


@admin.register(SiteSettings)
class SiteSettingsAdmin(SiteModelAdmin):
    """The list opens the form of the only row."""

    fields = ("name", "tagline", "time_zone")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        if not self.may_use(request.user):
            raise PermissionDenied
        settings = SiteSettings.load()
        return HttpResponseRedirect(reverse("admin:blog_sitesettings_change", args=[settings.pk]))

    def save_model(self, request: HttpRequest, obj: SiteSettings, form, change: bool) -> None:
        actions.save_site_settings(obj)


@admin.register(OldAddress)
class OldAddressAdmin(SiteModelAdmin):
    list_display = ("path", "target")
    search_fields = ("path", "target")
    fields = ("path", "target")
    may_delete = True
