"""What every list and form of the admin has in common: no scripts of Django's, no bulk actions, nobody deletes."""

from django import forms
from django.contrib.admin import ModelAdmin, ShowFacets, StackedInline
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Field
from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch


class SiteModelAdmin(ModelAdmin):
    """Rows of one kind, for whom `may_use` admits: no bulk actions, no scripts of Django's, and nobody deletes."""

    actions = None
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
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
        """Return the row, or answer 404: a list that says "perhaps it was deleted" helps nobody.

        Whoever may not use rows of this kind gets 403 for each, whether there is one or not.
        """
        if not self.may_use(request.user):
            raise PermissionDenied
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_view_on_site_url(self, obj=None) -> str | None:
        """Return the row's own page on the site, not a door that leads to any row's page by its number.

        None where what was typed and refused makes no address.
        """
        try:
            return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None
        except NoReverseMatch:
            return None

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs):
        """Leave out the pop-up links beside a choice: they need Django's scripts."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class SiteInline(StackedInline):
    """Rows inside another row's form: whoever may change that one may add, change and remove these."""

    extra = 1

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return True
