"""Every write to posts, figures and the site's settings. No request gets here, and cached pages always learn of it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.slugs import free_slug
from accounts.spelling import nfc
from blog import markup, page_versions, seen, sources
from blog.converters import FIRST_YEAR, LAST_YEAR
from blog.feed_ids import entry_id_before
from blog.figures import figures_of
from blog.imaging import processing
from blog.models import (
    Author,
    Byline,
    Category,
    Figure,
    PageState,
    Post,
    PostCategory,
    PostState,
    PostTag,
    SiteSettings,
    Tag,
    figure_data,
)
from blog.models.site import first_address
from blog.redirects.record import leave_redirect

# What a post's address is made of, and whether anybody can know it.
ADDRESSED_BY = (*Post.ADDRESS, "first_published_at")
# What readers see of a post, and when that changed.
READ = (*seen.SHOWN, "body", "body_format", "changed_at", "updated_at")


# The words of a figure and its link: a change of them is a change for readers.
WORDS_OF_A_FIGURE = ("alt", "caption", "caption_markup", "credit", "description", "link")


class Refused(Exception):
    """A write that a rule forbids; its text is a sentence for the author."""


# --- posts ----------------------------------------------------------------------------------------------------


@transaction.atomic
def save_post(
    post: Post,
    *,
    by,
    authors: Sequence[Author] | None = None,
    categories: Sequence[Category] | None = None,
    tags: Sequence[Tag] | None = None,
) -> Post:
    """Write a post with its rendered body, and derive its sources and figures from the body.

    `authors`, `categories` and `tags` are in order; None leaves them unchanged. A new post without authors gets the
    byline of `by`, a page none. A published post whose slug or path changes leaves a redirect at its old address.
    Pages have no topics, and their quotations are not listed among the sources of posts.
    `post.seen_changes` is set to the names of fields that changed for readers; without any, feeds do not show the
    post as updated.
    """
    before = None if post.pk is None else Post.objects.filter(pk=post.pk).only(*ADDRESSED_BY, *READ).first()
    if post.pk is None:
        post.created_by = by
        if authors is None and not post.is_page and (own := getattr(by, "author", None)):
            authors = [own]
    if post.is_page:
        categories, tags, post.slug = None, None, post.slug or _slug_of_page(post)
    usable = figures_of(post, by=by)
    rendered = _render(post, usable)
    linked: dict[str, tuple[Joining, Sequence | None]] = {
        "authors": (Byline, authors),
        "categories": (PostCategory, categories),
        "tags": (PostTag, tags),
    }
    post.seen_changes = [name for name, (through, items) in linked.items() if _differs(post, through, items)]
    if before is not None:
        post.seen_changes += seen.changes(before, post, html_of=lambda row: _rendered(row, usable).html)
    post.updated_at = timezone.now()
    post.changed_at = post.updated_at if before is None or post.seen_changes else seen.changed_at(before)
    post.entry_id = post.entry_id or entry_id_before(post.pk)
    post.save()
    for through, items in linked.values():
        _write_ordered(post, through, items)
    post.figures.set(Figure.objects.filter(pk__in=rendered.figures))
    sources.derive(post, [] if post.is_page else rendered.sources)
    if before is not None:
        _leave_redirect(before, post)
    _tell_readers(post, was_draft=before is None or before.state == PostState.DRAFT)
    return post


def _slug_of_page(page: Post) -> str:
    """Return a free slug for a page, where nobody sees it; none that a post would use."""
    wanted = f"page-{(page.path or '').strip('/').replace('/', '-')}"[:56]
    return free_slug(wanted, Post.objects.all())


def _rendered(post: Post, usable: models.QuerySet) -> markup.RenderedPost:
    figures = partial(figure_data, usable=usable)
    return markup.render_post(nfc(post.body), body_format=post.body_format, figures=figures)


def _render(post: Post, usable: models.QuerySet) -> markup.RenderedPost:
    rendered = _rendered(post, usable)
    post.body_html, post.word_count = rendered.html, rendered.words
    post.markup_version = markup.MARKUP_VERSION
    return rendered


Joining = type[Byline] | type[PostCategory] | type[PostTag]
_JOINED: dict[Joining, str] = {Byline: "author", PostCategory: "category", PostTag: "tag"}


def _differs(post: Post, through: Joining, items: Sequence | None) -> bool:
    """Whether the rows that join the post with others differ from `items`, in this order."""
    if items is None or post.pk is None:
        return bool(items)
    rows = through.objects.filter(post=post).order_by("position", "pk")
    wanted = [item.pk for item in dict.fromkeys(items)]
    return list(rows.values_list(f"{_JOINED[through]}_id", flat=True)) != wanted


def _write_ordered(post: Post, through: Joining, items: Sequence | None) -> None:
    """Write the rows that join the post with exactly these `items`, in this order."""
    if items is None or not _differs(post, through, items):
        return
    # Of whichever model it is, whose rows types cannot tell apart here.
    rows: Any = through.objects
    rows.filter(post=post).delete()
    rows.bulk_create(
        through(post=post, position=position, **{_JOINED[through]: item})
        for position, item in enumerate(dict.fromkeys(items))
    )


def _leave_redirect(before: Post, after: Post) -> None:
    if before.first_published_at is None or before.first_published_at > timezone.now():
        # Nobody knows its address yet, and it gives the title away.
        return
    leave_redirect(before.get_absolute_url(), after.get_absolute_url())


def _tell_readers(post: Post, *, was_draft: bool = False, only_adds: bool = False) -> None:
    """Raise the versions of the pages that show this post; drafts are on no page.

    `was_draft`: nobody could read it before this write. `only_adds` as for `page_versions.touch`.
    """
    PageState.objects.get_or_create(pk=post.pk)
    if post.state == PostState.DRAFT and (was_draft or post.first_published_at is None):
        return
    only_adds = only_adds or was_draft
    page_versions.touch_site(only_adds=only_adds)
    page_versions.touch(post.pk, only_adds=only_adds)


@transaction.atomic
def publish_post(post: Post, *, by, at: datetime | None = None) -> Post:
    """Make a post public now, or at `at`: scheduled when that is in the future.

    A past `at` only counts for a post that was never public, as from an import: what readers have seen is not
    backdated. Year and month in the address are those of the first publication in the site's time zone, for ever.
    Raises Refused if the post has no title or no text, or its year does not fit an address.
    """
    if not post.title.strip() or not post.body.strip():
        raise Refused(_("A post needs a title and some text before it can be published."))
    if at is not None and not FIRST_YEAR < at.year < LAST_YEAR:
        words = {"first": FIRST_YEAR + 1, "last": LAST_YEAR - 1}
        raise Refused(_("The year must be between %(first)d and %(last)d.") % words)
    now = timezone.now()
    before = Post.objects.only(*ADDRESSED_BY).get(pk=post.pk)
    has_been_public = post.first_published_at is not None and post.first_published_at <= now
    post.state = PostState.PUBLISHED
    if at is None:
        post.published_at = post.published_at if has_been_public else now
    else:
        post.published_at = max(at, now) if has_been_public else at
    if not has_been_public:
        post.first_published_at = post.published_at
        assert post.published_at is not None
        local = post.published_at.astimezone(SiteSettings.load().zone)
        post.year, post.month = local.year, local.month
    post.save(update_fields=["state", "published_at", "first_published_at", "year", "month"])
    if has_been_public:
        _leave_redirect(before, post)
    # One that was published before may be moved to a later moment, until which nobody reads it.
    _tell_readers(post, only_adds=before.state != PostState.PUBLISHED)
    return post


@transaction.atomic
def unpublish_post(post: Post, *, by) -> Post:
    """Turn a scheduled post back into a draft.

    Raises Refused if the post has been public: withdraw it instead, and its address answers 410.
    """
    if post.first_published_at is not None and post.first_published_at <= timezone.now():
        raise Refused(_("This post has been published, so it can’t go back to draft. Withdraw it instead."))
    post.state = PostState.DRAFT
    post.published_at = post.first_published_at = post.year = post.month = None
    post.save(update_fields=["state", "published_at", "first_published_at", "year", "month"])
    page_versions.touch_site()
    page_versions.touch(post.pk)
    return post


@transaction.atomic
def withdraw_post(post: Post, *, by) -> Post:
    """Remove a public post from every page. Its address answers 410, and its comments are kept."""
    post.state = PostState.WITHDRAWN
    post.save(update_fields=["state"])
    page_versions.touch_site()
    page_versions.touch(post.pk)
    return post


# --- figures --------------------------------------------------------------------------------------------------


@transaction.atomic
def save_figure(figure: Figure, *, by, picture: File | None = None) -> Figure:
    """Save a figure: its picture without metadata, its renditions, and the posts that show it.

    `picture` is a new file that has not been checked; set on the field, Django would open it first and less carefully.
    Raises Refused if the file is not a picture or is too large to be opened safely.
    """
    if figure.pk is None:
        figure.created_by = by
    former_words = Figure.objects.filter(pk=figure.pk).values_list(*WORDS_OF_A_FIGURE).first()
    is_new_file = picture is not None or (
        bool(figure.image) and not getattr(figure.image, "_committed", True)
    )
    if is_new_file:
        try:
            figure.image = processing.cleaned(picture or figure.image)
        except processing.NotAPicture as error:
            raise Refused(str(error)) from error
    figure.save()
    if is_new_file:
        figure.renditions = processing.make_renditions(figure.image)
        figure.save(update_fields=["renditions"])
    words = tuple(getattr(figure, name) for name in WORDS_OF_A_FIGURE)
    for post in figure.posts.all():
        rerender_post(post, has_other_words=former_words != words)
    if Author.objects.filter(portrait=figure).exists():
        page_versions.touch_site()
    return figure


@transaction.atomic
def renew_figure(figure: Figure) -> bool:
    """Clean the stored picture of a figure by today's rules; return whether anything changed.

    The old URL redirects to the new one, and the old file, which still holds metadata, is deleted after the commit.
    Raises Refused if the file cannot be opened any more.
    """
    with figure.image.open("rb") as file:
        data = file.read()
    try:
        is_bare = not processing.holds_more(data)
    except processing.NotAPicture as error:
        raise Refused(str(error)) from error
    if is_bare and figure.renditions:
        return False
    before, paths = figure.image.url, [figure.image.name, *(made["path"] for made in figure.renditions)]
    if is_bare:
        figure.renditions = processing.make_renditions(figure.image)
        save_figure(figure, by=None)
        return bool(figure.renditions)
    save_figure(figure, by=None, picture=ContentFile(data, name=PurePosixPath(figure.image.name or "").name))
    after = figure.image.url
    leave_redirect(before, after)
    storage = figure.image.storage
    for path in paths:
        transaction.on_commit(partial(storage.delete, path))
    return True


def rerender_post(post: Post, *, has_other_words: bool = False, tell_always: bool = True) -> None:
    """Render a post's body again and renew its cached pages; without `tell_always` only if the HTML changed.

    `has_other_words`: readers see a change, so feeds show the post as updated.
    """
    before = post.body_html
    # Whoever saved it could use no other figures.
    rendered = _render(post, post.figures.all())
    post.entry_id = post.entry_id or entry_id_before(post.pk)
    post.changed_at = timezone.now() if has_other_words else seen.changed_at(post)
    post.save(update_fields=["body_html", "word_count", "markup_version", "entry_id", "changed_at"])
    sources.derive(post, [] if post.is_page else rendered.sources)
    if tell_always or post.body_html != before:
        _tell_readers(post)


# --- the site -------------------------------------------------------------------------------------------------


@transaction.atomic
def save_site_settings(settings: SiteSettings) -> SiteSettings:
    """Save the owner's settings and renew every cached page."""
    settings.pk = 1
    SiteSettings.load()
    # The beginning of ids in feeds is set once and never changes.
    SiteSettings.objects.filter(feed_base="").update(feed_base=first_address())
    settings.save(update_fields=["name", "name_key", "tagline", "time_zone"])
    page_versions.touch_site()
    return settings
