"""What happens when something with a page of its own changes in the admin: its old address leads to the new one."""

from django.db import transaction
from django.http import HttpRequest

from blog import pages
from blog.admin_site import HouseAdmin
from blog.models import OldAddress


def leave_redirect(old: str, new: str) -> None:
    """Let `old` and everything that led to it lead to `new`."""
    if old == new:
        return
    OldAddress.objects.filter(path=new).delete()
    OldAddress.objects.filter(target=old).update(target=new)
    OldAddress.objects.update_or_create(path=old, defaults={"target": new})


class PageAdmin(HouseAdmin):
    """Rows that many pages name: a change raises the site's version, a new address leaves the old one behind."""

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj, form, change: bool) -> None:
        before = self.model.objects.get(pk=obj.pk).get_absolute_url() if change else None
        super().save_model(request, obj, form, change)
        if before:
            leave_redirect(before, obj.get_absolute_url())

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        pages.touch_site()

    def delete_model(self, request: HttpRequest, obj) -> None:
        super().delete_model(request, obj)
        pages.touch_site()
