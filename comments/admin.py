"""The admin of discussions: comments to search and read, private notes to authors, and the settings."""

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Rank, rank_of
from blog import markup, page_versions
from blog.permissions import may_write
from comments import actions
from comments.models import Comment, DiscussionSettings, Note
from comments.models.notes import NoteQuerySet
from web import dates
from web.admin import SiteModelAdmin


class WriterFilter(admin.SimpleListFilter):
    title = _("commenter")
    parameter_name = "writer"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [("member", _("member")), ("guest", _("guest"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in {"member", "guest"}:
            return queryset.filter(user__isnull=self.value() == "guest")
        return queryset


@admin.register(Comment)
class CommentAdmin(SiteModelAdmin):
    """A read-only list for moderators and owners, with links to each comment's page and to the queue."""

    list_display = ("where", "queue", "writer", "words", "on", "state", "published")
    list_display_links = ("words",)
    list_filter = ("state", WriterFilter, "published_at")
    list_select_related = ("user", "post")
    search_fields = ("user__display_name", "guest_name", "body")
    search_help_text = _("Search comment text or author name.")
    ordering = ("-pk",)
    fields = (
        "where",
        "queue",
        "writer",
        "post",
        "state",
        "state_reason",
        "created_at",
        "published_at",
        "edited_at",
        "body",
    )
    readonly_fields = ("where", "queue", "writer")

    def may_use(self, user: Any) -> bool:
        return rank_of(user) >= Rank.LIMITED_MODERATOR

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Return comments in every state, also those on drafts and withdrawn posts: moderators may see them all."""
        return super().get_queryset(request).select_related("user", "post")

    @admin.display(description=_("number"))
    def where(self, comment: Comment) -> str:
        """Return a link to the comment's own page."""
        words = f"#{comment.number}" if comment.number else _("Open")
        return format_html('<a href="{}">{}</a>', comment.get_absolute_url(), words)

    @admin.display(description=_("moderation"))
    def queue(self, comment: Comment) -> str:
        """Return a link to the comment in the queue, whatever its state."""
        address = f"{reverse('comments:moderation')}?comment={comment.pk}"
        hidden = _("%(name)s’s comment") % {"name": comment.writer_name}
        return format_html('<a href="{}">{}<span class="vh"> {}</span></a>', address, _("Review"), hidden)

    @admin.display(description=_("post"), ordering="post__title")
    def on(self, comment: Comment) -> str:
        return comment.post.title

    @admin.display(description=_("commenter"))
    def writer(self, comment: Comment) -> str:
        return comment.writer_name

    @admin.display(description=_("published"), ordering="published_at")
    def published(self, comment: Comment) -> str:
        return dates.moment(comment.published_at) if comment.published_at else "–"

    @admin.display(description=_("text"))
    def words(self, comment: Comment) -> str:
        return Truncator(markup.plain_text(comment.body_html[:1000])).chars(120)


class ReadFilter(admin.SimpleListFilter):
    title = _("read")
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [("no", _("unread")), ("yes", _("read"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in {"no", "yes"}:
            return queryset.filter(read_at__isnull=self.value() == "no")
        return queryset


@admin.register(Note)
class NoteAdmin(SiteModelAdmin):
    """Private notes: authors see those about their own posts, the owner sees all. Opening one marks it as read."""

    list_display = ("words", "writer", "on", "sent", "read")
    list_filter = (ReadFilter,)
    list_select_related = ("user", "post")
    ordering = ("-pk",)
    fields = readonly_fields = ("on", "writer", "sent", "text")

    def may_use(self, user: Any) -> bool:
        return may_write(user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Note | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        notes = cast(NoteQuerySet, super().get_queryset(request))
        notes = notes.select_related("user", "post").defer("post__body", "post__body_html")
        return notes if request.user.is_superuser else notes.to(request.user)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        if isinstance(request.user, User) and self.may_use(request.user):
            actions.read_note(self.get_object(request, object_id), by=request.user)
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=_("note"))
    def words(self, note: Note) -> str:
        return Truncator(note.text).chars(120)

    @admin.display(description=_("from"))
    def writer(self, note: Note) -> str:
        return note.writer_name

    @admin.display(description=_("post"), ordering="post__title")
    def on(self, note: Note) -> str:
        """Return a link to the post that the note is about."""
        return format_html('<a href="{}">{}</a>', note.post.get_absolute_url(), note.post.title)

    @admin.display(description=_("sent"), ordering="pk")
    def sent(self, note: Note) -> str:
        return dates.moment(note.created_at)

    @admin.display(description=_("read"), ordering="read_at")
    def read(self, note: Note) -> str:
        return dates.moment(note.read_at) if note.read_at else gettext("unread")


@admin.register(DiscussionSettings)
class DiscussionSettingsAdmin(SiteModelAdmin):
    """The owner's one row of settings: its list leads straight to the form, and saving renews all pages."""

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        if not self.may_use(request.user):
            raise PermissionDenied
        if DiscussionSettings.objects.exists():
            return HttpResponseRedirect(reverse("admin:comments_discussionsettings_change", args=[1]))
        return HttpResponseRedirect(reverse("admin:comments_discussionsettings_add"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_use(request.user) and not DiscussionSettings.objects.exists()

    def save_model(
        self, request: HttpRequest, obj: DiscussionSettings, form: ModelForm, change: bool
    ) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)
        page_versions.touch_site()
