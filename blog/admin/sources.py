"""Quoted publications and articles: what belongs to them is kept here, while who quotes them stands in the posts."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from blog.admin.addresses import PageAdmin
from blog.admin_site import HouseInline
from blog.models import Article, Publication, PublicationAlias
from blog.sources import folded, host_of


class DerivedAdmin(PageAdmin):
    """Rows that come from the texts of posts: nobody adds one by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class AliasInline(HouseInline):
    model = PublicationAlias
    fields = ("key",)


@admin.register(Publication)
class PublicationAdmin(DerivedAdmin):
    list_display = ("name", "full_name", "key")
    search_fields = ("name", "full_name", "key", "aliases__key")
    fields = ("name", "full_name", "slug", "key")
    readonly_fields = ("key",)
    inlines = (AliasInline,)

    def save_formset(self, request: HttpRequest, form, formset, change: bool) -> None:
        """Keep aliases as they are compared: a host as a host, a name folded."""
        for alias_form in formset.forms:
            key = alias_form.instance.key
            alias_form.instance.key = host_of(key) or (
                host_of(f"https://{key}") if "." in key else folded(key)
            )
        super().save_formset(request, form, formset, change)


@admin.register(Article)
class ArticleAdmin(DerivedAdmin):
    list_display = ("__str__", "publication", "date", "is_dead", "has_archived_copy")
    list_filter = ("is_dead", "publication")
    list_select_related = ("publication",)
    search_fields = ("headline", "url", "writer", "publication__name")
    fields = ("headline", "publication", "url", "writer", "date", "archived_url", "is_dead")
    readonly_fields = ("publication", "url")

    @admin.display(description=_("archived copy"), boolean=True)
    def has_archived_copy(self, article: Article) -> bool:
        return bool(article.archived_url)
