"""Writing pages that stand by themselves: the posts' own editor, for owners."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from blog.admin.posts import PostAdmin, StateFilter
from blog.models import Page
from blog.models.posts import PostQuerySet
from blog.page_forms import PageForm


@admin.register(Page)
class StandingPageAdmin(PostAdmin):
    """Owners see and change all pages, nobody else any: they speak for the whole site."""

    form = PageForm
    list_display = ("title", "path", "state_now", "where")
    list_filter = (StateFilter, "shown_in")
    search_fields = ("title", "path")
    ordering = ("path",)
    title_of_new = _("New page")
    ask_to_withdraw = _("Withdraw this page?")

    def may_use(self, user) -> bool:
        return user.is_active and user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        return self.may_use(request.user)

    def rows(self) -> PostQuerySet:
        return Page.objects.all()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request) if self.may_use(request.user) else Page.objects.none()

    @admin.display(description=_("shown in"), ordering="shown_in")
    def where(self, page: Page) -> str:
        return str(page.get_shown_in_display())

    def topics_of(self, words: dict) -> dict:
        return {}
