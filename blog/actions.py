"""Every write to posts, figures and the site's settings; it never sees a request and always tells kept pages."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from blog import images, markup, pages, sources
from blog.converters import FIRST_YEAR, LAST_YEAR
from blog.models import (
    Author,
    Byline,
    Category,
    Figure,
    OldAddress,
    PageState,
    Post,
    PostCategory,
    PostState,
    PostTag,
    SiteSettings,
    Tag,
)

# Every number that may be a figure's: asking for one too many costs nothing, the renderer takes what it names.
_FIGURE_ID = re.compile(r"""^id:\s*(\d{1,9})\s*$|data-figure=["']?(\d{1,9})""", re.MULTILINE)


class Refused(Exception):
    """A write that a rule forbids; its text is a sentence for the writer."""


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

    `authors`, `categories` and `tags` are in order; None leaves them as they are. A new post without authors gets
    the writer's own byline. A published post that changes its slug leaves a redirect at its former address.
    """
    is_new = post.pk is None
    before = (
        None if is_new else Post.objects.filter(pk=post.pk).only("slug", "year", "month", "state").first()
    )
    if is_new:
        post.created_by = by
        if authors is None and (own := getattr(by, "author", None)):
            authors = [own]
    rendered = _render(post)
    post.updated_at = timezone.now()
    post.save()
    _write_ordered(post, Byline, "author", authors)
    _write_ordered(post, PostCategory, "category", categories)
    _write_ordered(post, PostTag, "tag", tags)
    post.figures.set(Figure.objects.filter(pk__in=rendered.figures))
    sources.derive(post, rendered.sources)
    if before is not None:
        _leave_redirect(before, post)
    _tell_readers(post)
    return post


def _render(post: Post) -> markup.RenderedPost:
    rendered = markup.render_post(post.body, body_format=post.body_format, figures=_figures_of(post))
    post.body_html, post.word_count = rendered.html, rendered.words
    post.markup_version = markup.MARKUP_VERSION
    return rendered


def _figures_of(post: Post) -> dict[int, markup.FigureData]:
    wanted = {int(number) for found in _FIGURE_ID.findall(post.body) for number in found if number}
    return {figure.pk: figure.as_data() for figure in Figure.objects.filter(pk__in=wanted)}


def _write_ordered(post: Post, through: type[models.Model], field: str, items: Sequence | None) -> None:
    """Make the rows that join the post with `items` say exactly these, in this order."""
    if items is None:
        return
    unique = list(dict.fromkeys(items))
    rows = through.objects.filter(post=post)
    if list(rows.order_by("position", "pk").values_list(f"{field}_id", flat=True)) == [
        item.pk for item in unique
    ]:
        return
    rows.delete()
    through.objects.bulk_create(
        through(post=post, position=position, **{field: item}) for position, item in enumerate(unique)
    )


def _leave_redirect(before: Post, after: Post) -> None:
    if before.year is None or before.state == PostState.DRAFT:
        return
    old, new = before.get_absolute_url(), after.get_absolute_url()
    if old == new:
        return
    OldAddress.objects.filter(path=new).delete()
    OldAddress.objects.filter(target=old).update(target=new)
    OldAddress.objects.update_or_create(path=old, defaults={"target": new})


def _tell_readers(post: Post) -> None:
    """Raise the versions of the pages that show this post; drafts are on no page."""
    PageState.objects.get_or_create(pk=post.pk)
    if post.state == PostState.DRAFT:
        return
    pages.touch_site()
    pages.touch(post.pk)


@transaction.atomic
def publish_post(post: Post, *, by, at: datetime | None = None) -> Post:
    """Make a post public now, or at `at`: scheduled when that is in the future.

    A past `at` counts only for a post that has never been public (an import knows its date); nothing that readers
    have seen is dated back. The address takes the year and month of the first publication, in the site's zone, and
    keeps them.
    Raises Refused when the post has no title or no text, or a year that no address can say.
    """
    if not post.title.strip() or not post.body.strip():
        raise Refused(_("A post needs a title and a text before it is published."))
    if at is not None and not FIRST_YEAR < at.year < LAST_YEAR:
        words = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise Refused(_("The year of a post is one after %(first)d and before %(last)d.") % words)
    now = timezone.now()
    before = Post.objects.only("slug", "year", "month", "state").get(pk=post.pk)
    has_been_public = post.first_published_at is not None and post.first_published_at <= now
    post.state = PostState.PUBLISHED
    if at is None:
        post.published_at = post.published_at if has_been_public else now
    else:
        post.published_at = max(at, now) if has_been_public else at
    if not has_been_public:
        post.first_published_at = post.published_at
        local = post.published_at.astimezone(SiteSettings.load().zone)
        post.year, post.month = local.year, local.month
    post.save(update_fields=["state", "published_at", "first_published_at", "year", "month"])
    if has_been_public:
        _leave_redirect(before, post)
    _tell_readers(post)
    return post


@transaction.atomic
def unpublish_post(post: Post, *, by) -> Post:
    """Take a scheduled post, or one that nobody could answer yet, back to a draft.

    Raises Refused when the post has been public: then it is withdrawn, and its address answers 410.
    """
    if post.first_published_at is not None and post.first_published_at <= timezone.now():
        raise Refused(_("This post has been public. Withdraw it instead: its address then says so."))
    post.state = PostState.DRAFT
    post.published_at = post.first_published_at = post.year = post.month = None
    post.save(update_fields=["state", "published_at", "first_published_at", "year", "month"])
    pages.touch_site()
    pages.touch(post.pk)
    return post


@transaction.atomic
def withdraw_post(post: Post, *, by) -> Post:
    """Take a public post off every page; its address answers 410 and its comments stay where they are."""
    post.state = PostState.WITHDRAWN
    post.save(update_fields=["state"])
    pages.touch_site()
    pages.touch(post.pk)
    return post


# --- figures --------------------------------------------------------------------------------------------------


@transaction.atomic
def save_figure(figure: Figure, *, by) -> Figure:
    """Write a figure: its picture without location data, its renditions, and the posts that show it anew.

    Raises Refused when the file is no picture, or one too large to be opened safely.
    """
    if figure.pk is None:
        figure.created_by = by
    is_new_file = bool(figure.image) and not figure.image._committed
    if is_new_file:
        try:
            figure.image = images.cleaned(figure.image)
        except images.NotAPicture as error:
            raise Refused(str(error)) from error
    figure.save()
    if is_new_file:
        figure.renditions = images.make_renditions(figure.image)
        figure.save(update_fields=["renditions"])
    for post in figure.posts.all():
        rerender_post(post)
    if Author.objects.filter(portrait=figure).exists():
        pages.touch_site()
    return figure


def rerender_post(post: Post) -> None:
    """Render a post's body anew from its raw text and tell its readers."""
    rendered = _render(post)
    post.save(update_fields=["body_html", "word_count", "markup_version"])
    sources.derive(post, rendered.sources)
    _tell_readers(post)


# --- the site -------------------------------------------------------------------------------------------------


@transaction.atomic
def save_site_settings(settings: SiteSettings) -> SiteSettings:
    """Write the owner's settings with their texts rendered, and tell every page."""
    for name in ("about", "rules", "privacy"):
        text = getattr(settings, name)
        setattr(settings, f"{name}_html", markup.render_post(text, body_format="markdown").html)
    settings.pk = 1
    fields = [
        field.name for field in SiteSettings._meta.concrete_fields if field.name not in {"id", "version"}
    ]
    SiteSettings.load()
    settings.save(update_fields=fields)
    pages.touch_site()
    return settings
