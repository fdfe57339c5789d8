"""Figures: authors see those of posts they may read, and change their own. Nobody deletes figures."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from blog import actions
from blog.figures import figures_for
from blog.forms import FigureForm
from blog.models import Figure
from blog.permissions import may_write
from web import dates
from web.admin import SiteModelAdmin


@admin.register(Figure)
class FigureAdmin(SiteModelAdmin):
    gives_back = True
    form = FigureForm
    list_display = ("thumbnail", "__str__", "number", "alt", "credit", "added")
    list_display_links = ("__str__",)
    search_fields = ("alt", "caption", "credit")
    fields = ("image", "alt", "caption", "credit", "link", "description")

    def may_use(self, user) -> bool:
        return may_write(user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Figure]:
        return super().get_queryset(request).filter(pk__in=figures_for(request.user).values("pk"))

    def has_change_permission(self, request: HttpRequest, obj: Figure | None = None) -> bool:
        if obj is None or request.user.is_superuser:
            return may_write(request.user)
        return may_write(request.user) and obj.created_by_id == request.user.pk

    def save_model(self, request: HttpRequest, obj: Figure, form, change: bool) -> None:
        actions.save_figure(obj, by=request.user)

    @admin.display(description=_("image"))
    def thumbnail(self, figure: Figure) -> str:
        """Return the narrowest rendition, without alt text, which is in a column of its own."""
        if not figure.image:
            return "–"
        return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy">', figure.small_url)

    @admin.display(description=_("added"), ordering="created_at")
    def added(self, figure: Figure) -> str:
        return dates.moment(figure.created_at)

    @admin.display(description=_("number"), ordering="pk")
    def number(self, figure: Figure) -> int:
        return figure.pk
