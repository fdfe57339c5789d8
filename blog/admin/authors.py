"""Authors, and their names on other sites. Linking an account here lets that member write."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from blog.admin.addresses import PageAdmin
from blog.fields import WEB_ADDRESSES
from blog.forms import AuthorForm
from blog.models import Author, AuthorHandle
from web.admin import SiteInline, yes_or_dash


class HandleInline(SiteInline):
    formfield_overrides = WEB_ADDRESSES
    model = AuthorHandle
    fields = ("network", "handle", "url", "position")


@admin.register(Author)
class AuthorAdmin(PageAdmin):
    list_display = ("name", "slug", "user", "writes")
    list_select_related = ("user",)
    search_fields = ("name", "slug")
    form = AuthorForm
    fields = ("name", "slug", "account", "bio", "portrait")
    inlines = (HandleInline,)

    @admin.display(description=_("can write"))
    def writes(self, author: Author) -> str:
        return yes_or_dash(author.user is not None and author.user.is_active)
