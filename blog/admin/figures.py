"""Figures: every author may use them all and change their own; none is deleted while a post might show it."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from blog import actions, dates
from blog.admin_site import HouseAdmin
from blog.forms import FigureForm
from blog.models import Figure
from blog.permissions import may_write


@admin.register(Figure)
class FigureAdmin(HouseAdmin):
    form = FigureForm
    list_display = ("thumbnail", "__str__", "number", "alt", "credit", "added")
    list_display_links = ("__str__",)
    search_fields = ("alt", "caption", "credit")
    fields = ("image", "alt", "caption", "credit", "description")

    def may_use(self, user) -> bool:
        return may_write(user)

    def has_change_permission(self, request: HttpRequest, obj: Figure | None = None) -> bool:
        if obj is None or request.user.is_superuser:
            return may_write(request.user)
        return may_write(request.user) and obj.created_by_id == request.user.pk

    def save_model(self, request: HttpRequest, obj: Figure, form, change: bool) -> None:
        actions.save_figure(obj, by=request.user)

    @admin.display(description=_("picture"))
    def thumbnail(self, figure: Figure) -> str:
        """The narrowest rendition; its alt text stands in the next column but one."""
        if not figure.image:
            return "–"
        small = figure.renditions[0]["path"] if figure.renditions else figure.image.name
        return format_html(
            '<img class="thumbnail" src="{}" alt="" loading="lazy">', figure.image.storage.url(small)
        )

    @admin.display(description=_("added"), ordering="created_at")
    def added(self, figure: Figure) -> str:
        return dates.moment(figure.created_at)

    @admin.display(description=_("number"), ordering="pk")
    def number(self, figure: Figure) -> int:
        return figure.pk
