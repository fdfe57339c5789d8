"""Base of admin classes for rows with a page of their own: a changed URL leaves a redirect."""

from django.db import transaction
from django.http import HttpRequest

from blog import page_versions
from blog.redirects.record import leave_redirect
from web.admin import SiteModelAdmin


class PageAdmin(SiteModelAdmin):
    """Rows that many pages show: a change renews all cached pages, and a new URL leaves a redirect at the old one."""

    gives_back = True

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj, form, change: bool) -> None:
        before = self.model.objects.get(pk=obj.pk).get_absolute_url() if change else None
        super().save_model(request, obj, form, change)
        if before:
            leave_redirect(before, obj.get_absolute_url())

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        page_versions.touch_site()

    def delete_model(self, request: HttpRequest, obj) -> None:
        super().delete_model(request, obj)
        page_versions.touch_site()
