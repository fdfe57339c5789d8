"""Base classes of the admin: without Django's scripts, bulk actions and deleting."""

from django import forms
from django.contrib.admin import ModelAdmin, ShowFacets, StackedInline
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Field, ForeignKey
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from web import kept_forms


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
    # Whether a form that was sent without a valid session is kept and offered again. Never forms that change rights,
    # members or settings.
    gives_back = False

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

    def changeform_view(
        self, request: HttpRequest, object_id=None, form_url="", extra_context=None
    ) -> HttpResponse:
        """Show a form that was kept until its writer had signed in again, or do what the form asks for."""
        if request.method == "POST":
            if kept_forms.DISCARD in request.POST:
                kept_forms.forget(request)
                return HttpResponseRedirect(request.path)
            response = self.show_or_save(request, object_id, form_url, extra_context)
            if response.status_code == 302:
                kept_forms.forget(request)
            return response
        kept = kept_forms.kept_for(request) if self.gives_back and request.method == "GET" else None
        if kept is None:
            return self.show_or_save(request, object_id, form_url, extra_context)
        # Django fills a form with what was sent only if it was sent; `get_form` sees to it that nothing is saved.
        request.method, request.POST = "POST", kept  # type: ignore[assignment]
        words = {"is_given_back": True, "had_files": kept_forms.had_files(request)}
        request.is_given_back = True  # type: ignore[attr-defined]
        return self.show_or_save(request, object_id, form_url, (extra_context or {}) | words)

    def show_or_save(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict | None
    ) -> HttpResponse:
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj=None, change: bool = False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if getattr(request, "is_given_back", False):
            return type(form.__name__, (form,), {"is_valid": lambda self: False})
        return form

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

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs):
        """Write a dash for “none”, as the other lists of choices do, instead of Django's nine."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and field.empty_label is not None:
            field.empty_label = "—"
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
