"""Categories, which owners manage, and tags, which authors create while writing and owners tidy up."""

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from blog.admin.addresses import PageAdmin
from blog.models import Category, Tag


class TopicAdmin(PageAdmin):
    """A topic can be deleted while no post uses it; renaming it keeps its posts."""

    list_display: tuple[str, ...] = ("name", "slug", "post_count")
    search_fields = ("name", "slug")
    may_delete = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(post_count=Count("posts"))

    @admin.display(description=_("posts"), ordering="post_count")
    def post_count(self, topic) -> int:
        return topic.post_count

    def formfield_for_dbfield(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "description":
            kwargs["widget"] = forms.Textarea({"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Category)
class CategoryAdmin(TopicAdmin):
    list_display = ("name", "slug", "parent", "post_count")
    list_select_related = ("parent",)


@admin.register(Tag)
class TagAdmin(TopicAdmin):
    pass
