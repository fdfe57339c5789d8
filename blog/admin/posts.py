"""The list of posts and the editor. All writing happens in `blog.actions`, and nothing deletes a post."""

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from blog import actions, author_warnings
from blog.forms import FigurePickForm, PostForm, SourceForm
from blog.markup.blocks import figure_block, inserted, source_block
from blog.models import Author, BodyFormat, Byline, Figure, Post, PostState
from blog.models.posts import PostQuerySet
from blog.permissions import may_write, post_refusal
from blog.requests import site_of
from blog.topics import tags_named
from web import dates
from web.admin import SiteModelAdmin
from web.params import int_param

SETTINGS_OF_A_POST = frozenset(
    {"body_format", "comment_policy", "comments_close_after", "path", "shown_in", "position"}
)
# Buttons that put a block into the text and show the form again; all others save.
LOOKS = {"source", "figure"}


def state_in_words(post: Post) -> str:
    """Return "draft", "scheduled for 4 March, 07:30", "published 3 March, 09:14" or "withdrawn"."""
    if post.published_at is not None and post.is_scheduled():
        return _("scheduled for %s") % dates.moment(post.published_at)
    if post.published_at is not None and post.is_public():
        return _("published %s") % dates.moment(post.published_at)
    return _("withdrawn") if post.state == PostState.WITHDRAWN else _("draft")


def status_of(post: Post) -> dict[str, str | bool]:
    """Return what the editor needs to know of a post's state."""
    return {
        "words": state_in_words(post),
        "is_public": post.is_public(),
        "is_scheduled": post.is_scheduled(),
        "is_withdrawn": post.state == PostState.WITHDRAWN,
    }


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [
            ("draft", _("draft")),
            ("scheduled", _("scheduled")),
            ("published", _("published")),
            ("withdrawn", _("withdrawn")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        now = timezone.now()
        conditions = {
            "draft": Q(state=PostState.DRAFT),
            "scheduled": Q(state=PostState.PUBLISHED, published_at__gt=now),
            "published": Q(state=PostState.PUBLISHED, published_at__lte=now),
            "withdrawn": Q(state=PostState.WITHDRAWN),
        }
        chosen = self.value()
        return queryset.filter(conditions[chosen]) if chosen in conditions else queryset


class AuthorFilter(admin.SimpleListFilter):
    title = gettext_lazy("author")
    parameter_name = "author"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        signed = Byline.objects.filter(author=OuterRef("pk"))
        if not request.user.is_superuser:
            signed = signed.filter(post__in=Post.objects.written_by(request.user).values("pk"))
        return [(str(author.pk), author.name) for author in Author.objects.filter(Exists(signed))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        number = int_param(self.value() or "")
        author = Author.objects.filter(pk=number).first() if number is not None else None
        return queryset.filter(bylines__author=author) if author else queryset


class EditorRequest(HttpRequest):
    """A request for the editor, by somebody who may write, with the forms beside the text."""

    user: User
    source_form: SourceForm
    figure_form: FigurePickForm
    # Only where something was put into the text.
    is_only_shown: bool


@admin.register(Post)
class PostAdmin(SiteModelAdmin):
    """Authors see and change their own posts, owners all posts."""

    gives_back = True

    form = PostForm
    list_display: tuple[str, ...] = ("title", "state_now", "names", "topics", "saved")
    list_filter: ClassVar[tuple[Any, ...]] = (StateFilter, AuthorFilter, "categories")
    search_fields: ClassVar[tuple[str, ...]] = ("title",)
    ordering = ("-updated_at",)
    change_form_template = "admin/blog/post/change_form.html"
    title_of_new = gettext_lazy("New post")
    ask_to_withdraw = gettext_lazy("Withdraw this post?")

    # --- who ---

    def may_use(self, user) -> bool:
        return may_write(user)

    def has_change_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        if obj is None:
            return may_write(request.user)
        return post_refusal(request.user, obj) is None

    def has_view_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        return self.has_change_permission(request, obj)

    # --- the list ---

    def rows(self) -> PostQuerySet:
        return Post.objects.posts()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        posts = self.rows().for_stream()
        match = request.resolver_match
        if match is None or not (match.url_name or "").endswith("_changelist"):
            # The editor needs the long columns.
            posts = posts.defer(None)
        return posts if request.user.is_superuser else posts.written_by(request.user)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Post:
        """Return one of the user's own posts. Others' public posts answer 403, their drafts 404."""
        try:
            return super().get_object(request, object_id, from_field)
        except Http404:
            others = self.rows().visible_to(request.user)
            number = int_param(object_id)
            if number is not None and others.filter(pk=number).exists():
                raise PermissionDenied from None
            raise

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, post: Post) -> str:
        return state_in_words(post)

    @admin.display(description=gettext_lazy("by"))
    def names(self, post: Post) -> str:
        return ", ".join(byline.author.name for byline in post.bylines.all())

    @admin.display(description=gettext_lazy("categories"))
    def topics(self, post: Post) -> str:
        return ", ".join(filed.category.name for filed in post.post_categories.all())

    @admin.display(description=gettext_lazy("saved"), ordering="updated_at")
    def saved(self, post: Post) -> str:
        return dates.moment(post.updated_at)

    # --- the form ---

    def show_or_save(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict | None
    ) -> HttpResponse:
        """Insert a source and a figure sent with the form into its text, then let Django save or show the form."""
        asked = cast(EditorRequest, request)
        asked.source_form = SourceForm(prefix="source")
        asked.figure_form = FigurePickForm(prefix="figure", user=asked.user)
        if request.method == "POST":
            self._check_before_inserting(request, object_id)
            self._insert_blocks(asked)
        return super().show_or_save(request, object_id, form_url, extra_context)

    def _check_before_inserting(self, request: HttpRequest, object_id: str | None) -> None:
        post = self.get_object(request, object_id) if object_id else None
        if not (self.has_change_permission(request, post) if post else self.has_add_permission(request)):
            raise PermissionDenied

    def _insert_blocks(self, request: EditorRequest) -> None:
        data = request.POST.copy()
        request.is_only_shown = data.get("do") in LOOKS
        body_format = BodyFormat.HTML if data.get("body_format") == BodyFormat.HTML else BodyFormat.MARKDOWN
        source = SourceForm(data, prefix="source")
        if source.has_changed() or data.get("do") == "source":
            if source.is_valid():
                words = source.cleaned_data
                block = source_block(words, text=words["text"], body_format=body_format)
                data["body"] = inserted(data.get("body", ""), block, caret=data.get("caret", ""))
            else:
                request.source_form, request.is_only_shown = source, True
        picked = FigurePickForm(data, request.FILES, prefix="figure", user=request.user)
        if picked.has_changed() or data.get("do") == "figure":
            if picked.is_valid():
                block = figure_block(self._figure_of(request, picked).pk, body_format=body_format)
                data["body"] = inserted(data.get("body", ""), block, caret=data.get("caret", ""))
            else:
                request.figure_form, request.is_only_shown = picked, True
        # Django reads any QueryDict here; its stubs know the read-only one only.
        request.POST = data  # type: ignore[assignment]

    def _figure_of(self, request: HttpRequest, picked: FigurePickForm) -> Figure:
        chosen = picked.cleaned_data["figure"]
        return chosen or actions.save_figure(picked.save(commit=False), by=request.user)

    def get_form(self, request: HttpRequest, obj: Post | None = None, change: bool = False, **kwargs):
        form = cast(type[PostForm], super().get_form(request, obj, change, **kwargs))
        form.user = cast(User, request.user)
        form.is_only_shown = getattr(request, "is_only_shown", False)
        if obj is not None and obj.is_public() and request.POST.get("do") == "preview":
            form.is_only_shown = True
        return form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        context |= {
            "post_form": form,
            "source_form": request.source_form,
            "figure_form": request.figure_form,
            "zone": site_of(request).time_zone,
            "is_shown_again": form.is_only_shown,
            "preview": form.rendered if obj and request.POST.get("do") == "preview" else "",
        }
        if obj is not None:
            now = form.theirs or obj
            context |= {
                "title": now.title,
                "subtitle": None,
                "status": status_of(obj)
                | {
                    "is_as_saved": not (
                        context["errors"] or form.is_only_shown or context.get("is_given_back")
                    )
                },
                "warnings": author_warnings.warnings_for(obj) if request.method == "GET" else [],
            }
        else:
            context["title"] = self.title_of_new
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- saving ---

    def save_model(self, request: HttpRequest, obj: Post, form: PostForm, change: bool) -> None:
        """Save, and do what the button says; a button that does not fit the post's state only saves."""
        words = form.cleaned_data
        actions.save_post(obj, by=request.user, authors=words["authors"], **self.topics_of(words))
        # What the history lists: nothing hidden, such as the position of the caret.
        form.changed_data = self._changed(obj, form)
        if form.do == "publish" and not obj.is_public():
            actions.publish_post(obj, by=request.user)
            self.log_change(request, obj, _("Published."))
        elif form.do == "schedule" and not obj.is_public():
            actions.publish_post(obj, by=request.user, at=words["publish_on"])
            self.log_change(request, obj, _("Scheduled."))
        elif form.do == "unpublish" and obj.is_scheduled():
            actions.unpublish_post(obj, by=request.user)
            self.log_change(request, obj, _("Reverted to draft."))

    def topics_of(self, words: dict) -> dict:
        return {"categories": words["categories"], "tags": tags_named(words["tags"])}

    def _changed(self, post: Post, form: PostForm) -> list[str]:
        """Return the fields that changed for readers, and the changed settings of the post."""
        seen = {*post.seen_changes, *SETTINGS_OF_A_POST.intersection(form.changed_data)}
        if form.initial.get("slug") != post.slug:
            seen.add("slug")
        return [name for name in form.fields if name in seen]

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        """Do nothing: `actions.save_post` has written bylines, categories and tags."""

    def response_add(self, request: HttpRequest, obj: Post, post_url_continue=None) -> HttpResponse:
        return self.response_change(request, obj)

    def response_change(self, request: HttpRequest, obj: Post) -> HttpResponse:
        """Say what happened, with warnings after publishing, and stay in the editor; or go to the preview."""
        if request.POST.get("do") == "preview":
            return HttpResponseRedirect(reverse("blog:preview", args=[obj.pk]))
        words = {"title": obj.title, "state": state_in_words(obj)}
        messages.success(request, _("Saved. “%(title)s”: %(state)s.") % words)
        if request.POST.get("do") in {"publish", "schedule"}:
            for warning in author_warnings.warnings_for(obj):
                messages.warning(request, warning)
        return HttpResponseRedirect(self._editor_of(obj))

    def _editor_of(self, post: Post) -> str:
        return reverse(f"admin:blog_{self.opts.model_name}_change", args=[post.pk])

    # --- withdrawing ---

    def get_urls(self) -> list:
        withdraw = self.admin_site.admin_view(self.withdraw_view)
        name = f"blog_{self.opts.model_name}_withdraw"
        return [path("<int:post_id>/withdraw/", withdraw, name=name), *super().get_urls()]

    def withdraw_view(self, request: HttpRequest, post_id: int) -> HttpResponse:
        """Ask for confirmation, then withdraw the post."""
        post = self.get_object(request, str(post_id))
        if not self.has_change_permission(request, post):
            raise PermissionDenied
        editor = self._editor_of(post)
        if not post.is_public():
            messages.warning(request, _("“%s” isn’t public.") % post.title)
            return HttpResponseRedirect(editor)
        if request.method == "POST":
            actions.withdraw_post(post, by=request.user)
            self.log_change(request, post, _("Withdrawn."))
            messages.success(request, _("“%s” has been withdrawn.") % post.title)
            return HttpResponseRedirect(editor)
        context = self.admin_site.each_context(request)
        context |= {"title": self.ask_to_withdraw, "post": post, "editor": editor, "opts": self.opts}
        return TemplateResponse(request, "admin/blog/post/withdraw.html", context)
