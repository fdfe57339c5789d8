"""Quoted publications and articles: their details. Which posts quote them is derived from the posts."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.admin.addresses import PageAdmin
from blog.fields import WEB_ADDRESSES
from blog.markup import host_of
from blog.models import Article, Publication, PublicationAlias
from blog.sources import folded
from web.admin import SiteInline, yes_or_dash


class DerivedAdmin(PageAdmin):
    """Rows derived from the text of posts: nobody adds one by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class AliasForm(forms.ModelForm):
    """Another host or name of a publication, stored as it is compared: a host without www, a name folded."""

    class Meta:
        model = PublicationAlias
        fields = ("key",)

    def clean_key(self) -> str:
        written = self.cleaned_data["key"]
        key = host_of(written) or (host_of(f"https://{written}") if "." in written else folded(written))
        if not key:
            raise ValidationError(_("Enter a domain, such as news.example.org, or a name."))
        if Publication.objects.filter(key=key).exclude(pk=self.instance.publication_id).exists():
            raise ValidationError(_("“%s” belongs to another publication.") % key)
        return key


class AliasInline(SiteInline):
    model = PublicationAlias
    form = AliasForm
    fields = ("key",)


@admin.register(Publication)
class PublicationAdmin(DerivedAdmin):
    list_display = ("name", "full_name", "key")
    search_fields = ("name", "full_name", "key", "aliases__key")
    fields = ("name", "full_name", "slug", "key")
    readonly_fields = ("key",)
    inlines = (AliasInline,)


@admin.register(Article)
class ArticleAdmin(DerivedAdmin):
    formfield_overrides = WEB_ADDRESSES
    list_display = ("__str__", "publication", "date", "dead", "archived_copy")
    list_filter = ("is_dead", "publication")
    list_select_related = ("publication",)
    search_fields = ("headline", "url", "writer", "publication__name")
    fields = ("headline", "publication", "url", "writer", "date", "archived_url", "is_dead")
    readonly_fields = ("publication", "url")

    @admin.display(description=gettext_lazy("link no longer works"), ordering="is_dead")
    def dead(self, article: Article) -> str:
        return yes_or_dash(article.is_dead)

    @admin.display(description=gettext_lazy("archived copy"))
    def archived_copy(self, article: Article) -> str:
        return yes_or_dash(bool(article.archived_url))
