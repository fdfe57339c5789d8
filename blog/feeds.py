"""Atom feeds of posts with their full text; every address in them is made from SITE_URL, whatever Host was asked."""

import re

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from blog import streams
from blog.addresses import absolute, absolute_html
from blog.models import Author, Category, Post, PostTag, Publication, Tag
from blog.models.posts import PostQuerySet
from blog.structured_data import modified

ENTRIES = 20
# XML cannot carry them, and nobody sees them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class FullTextFeed(Atom1Feed):
    """Atom with the whole text as content beside the dek as summary."""

    def add_item_elements(self, handler, item) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


@require_safe
@cache_control(public=True, no_cache=True)
@conditional_page
def latest(request: HttpRequest) -> HttpResponse:
    return _feed(request, Post.objects.published(), title=request.site.name, path="/")


@require_safe
@cache_control(public=True, no_cache=True)
@conditional_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Category, slug=slug)
    return _feed(request, streams.in_category(found), title=found.name, path=found.get_absolute_url())


@require_safe
@cache_control(public=True, no_cache=True)
@conditional_page
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag, slug=slug)
    posts = _unless_empty(streams.with_tag(found))
    return _feed(request, posts, title=found.name, path=found.get_absolute_url())


@require_safe
@cache_control(public=True, no_cache=True)
@conditional_page
def author(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Author, slug=slug)
    return _feed(request, streams.by_author(found), title=found.name, path=found.get_absolute_url())


@require_safe
@cache_control(public=True, no_cache=True)
@conditional_page
def publication(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Publication, slug=slug)
    posts = _unless_empty(streams.quoting(found))
    title = _("Posts that quote %(publication)s") % {"publication": found}
    return _feed(request, posts, title=title, path=found.get_absolute_url())


def _unless_empty(posts: PostQuerySet) -> PostQuerySet:
    """Tags and publications that only drafts name are not told of."""
    if not posts.exists():
        raise Http404
    return posts


def _feed(request: HttpRequest, posts: PostQuerySet, *, title: str, path: str) -> HttpResponse:
    name = request.site.name
    feed = FullTextFeed(
        title=clean(title if title == name else f"{title} – {name}"),
        link=absolute(path),
        description=clean(request.site.tagline),
        feed_url=absolute(f"{path}feed/"),
        feed_guid=absolute(path),
        language="en",
    )
    tagged = Prefetch("tagged", PostTag.objects.select_related("tag"))
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
        # For ever the same, whatever becomes of title, slug and address.
        unique_id=absolute(reverse("blog:preview", args=[post.pk])),
        description=clean(post.summary),
        content=clean(absolute_html(post.body_html, page=path)),
        author_name=clean(", ".join(byline.author.name for byline in post.bylines.all())) or None,
        categories=[clean(filing.category.name) for filing in post.filed.all()]
        + [clean(tagging.tag.name) for tagging in post.tagged.all()],
        pubdate=timezone.localtime(post.published_at),
        updateddate=timezone.localtime(modified(post)),
    )


def clean(text: str) -> str:
    """Return the text without what XML cannot carry."""
    return _CONTROL.sub("", text)
