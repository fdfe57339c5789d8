"""Atom feeds of posts with their full text. All URLs are built from SITE_URL, never from the Host header."""

import re
from collections.abc import Callable

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from blog import post_lists
from blog.feed_ids import entry_id_before
from blog.models import Author, Category, Post, PostTag, Publication, Tag
from blog.models.posts import PostQuerySet
from blog.requests import site_of
from blog.structured_data import modified
from web.absolute_urls import absolute, absolute_html

ENTRIES = 20
# XML cannot carry them, and nobody sees them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def feed_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a view as a feed: cacheable by anybody, revalidated each time, 304 if unchanged."""
    return require_safe(cache_control(public=True, no_cache=True)(conditional_page(view)))


class FullTextFeed(Atom1Feed):
    """Atom with the full text as content, and the dek as a plain-text summary."""

    def add_item_elements(self, handler, item) -> None:
        # Django would call it HTML: a reader would take "<" in it for the beginning of a tag.
        super().add_item_elements(handler, item | {"description": None})
        if item["description"]:
            handler.addQuickElement("summary", item["description"], {"type": "text"})
        handler.addQuickElement("content", item["content"], {"type": "html"})


@feed_view
def latest(request: HttpRequest) -> HttpResponse:
    return _feed(request, Post.objects.listed(), title=site_of(request).name, path="/")


@feed_view
def category(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Category, slug=slug)
    posts = _unless_empty(Post.objects.listed().in_category(found))
    return _feed(request, posts, title=found.name, path=found.get_absolute_url())


@feed_view
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag, slug=slug)
    posts = _unless_empty(Post.objects.listed().with_tag(found))
    return _feed(request, posts, title=found.name, path=found.get_absolute_url())


@feed_view
def author(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Author, slug=slug)
    posts = _unless_empty(Post.objects.listed().by_author(found))
    return _feed(request, posts, title=found.name, path=found.get_absolute_url())


@feed_view
def publication(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Publication, slug=slug)
    posts = _unless_empty(post_lists.quoting(found))
    title = _("Posts quoting %(publication)s") % {"publication": found}
    return _feed(request, posts, title=title, path=found.get_absolute_url())


def _unless_empty(posts: PostQuerySet) -> PostQuerySet:
    """Raise 404 for a topic that only drafts use: it is as private as they are."""
    if not posts.exists():
        raise Http404
    return posts


def _feed(request: HttpRequest, posts: PostQuerySet, *, title: str, path: str) -> HttpResponse:
    site = site_of(request)
    feed = FullTextFeed(
        title=clean(title if title == site.name else f"{title} – {site.name}"),
        link=absolute(path),
        description=clean(site.tagline),
        feed_url=absolute(f"{path}feed/"),
        feed_guid=site.feed_id(path),
        language="en",
    )
    tagged = Prefetch("post_tags", PostTag.objects.select_related("tag"))
    # A stream leaves out the long columns; a feed wants the rendered one.
    parts = posts.newest_first().for_stream().prefetch_related(tagged).defer(None).defer("body")
    for post in parts[:ENTRIES]:
        _add(feed, post)
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _add(feed: FullTextFeed, post: Post) -> None:
    path = post.get_absolute_url()
    feed.add_item(
        title=clean(post.title),
        link=absolute(path),
        # For ever the same, whatever becomes of title, slug and address, and of the site's own.
        unique_id=post.entry_id or entry_id_before(post.pk),
        description=clean(post.summary),
        content=clean(absolute_html(post.body_html, page=path)),
        author_name=clean(", ".join(byline.author.name for byline in post.bylines.all())) or None,
        categories=[clean(filing.category.name) for filing in post.post_categories.all()]
        + [clean(tagging.tag.name) for tagging in post.post_tags.all()],
        pubdate=timezone.localtime(post.published_at),
        updateddate=timezone.localtime(modified(post)),
    )


def clean(text: str) -> str:
    """Return the text without characters that XML cannot hold."""
    return _CONTROL.sub("", text)
