"""Quoted publications and articles: what belongs to them is kept here, while who quotes them stands in the posts."""

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
from web.admin import SiteInline


class DerivedAdmin(PageAdmin):
    """Rows that come from the texts of posts: nobody adds one by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class AliasForm(forms.ModelForm):
    """Another host or name of a publication, kept as it is compared: a host as a host, a name folded."""

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
    list_display = ("__str__", "publication", "date", "is_dead", "has_archived_copy")
    list_filter = ("is_dead", "publication")
    list_select_related = ("publication",)
    search_fields = ("headline", "url", "writer", "publication__name")
    fields = ("headline", "publication", "url", "writer", "date", "archived_url", "is_dead")
    readonly_fields = ("publication", "url")

    @admin.display(description=gettext_lazy("archived copy"), boolean=True)
    def has_archived_copy(self, article: Article) -> bool:
        return bool(article.archived_url)
