"""Base classes of the admin: without Django's scripts, bulk actions and deleting."""

from django import forms
from django.contrib.admin import ModelAdmin, ShowFacets, StackedInline
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Field
from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _


def yes_or_dash(is_so: bool) -> str:
    """Return what a list shows of a switch, in words instead of Django's icons."""
    return _("yes") if is_so else "–"


class SiteModelAdmin(ModelAdmin):
    """Admin of one model for everybody whom `may_use` admits; rows are deleted only if `may_delete`."""

    actions = None
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    may_delete = False

    @property
    def media(self) -> forms.Media:
        """No media: the forms work without scripts, and jQuery is larger than all of ours together."""
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
        """Return the row or raise 404; Django would redirect to the index with a message.

        People who may not use this model get 403 whether the row exists or not.
        """
        if not self.may_use(request.user):
            raise PermissionDenied
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_view_on_site_url(self, obj=None) -> str | None:
        """Return the URL of the row's own page, instead of Django's redirect by number, or None.

        None also if an invalid value that was typed makes no URL.
        """
        try:
            return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None
        except NoReverseMatch:
            return None

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs):
        """Leave out the pop-up links beside related fields, which need Django's scripts."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class SiteInline(StackedInline):
    """Rows inside another row's form; whoever may change that row may also add, change and delete these."""

    extra = 1

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return True
