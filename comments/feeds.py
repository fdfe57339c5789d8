"""Atom feeds of comments with their full text; every address in them is made from SITE_URL."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.feeds import FullTextFeed, clean, feed_view
from blog.models import Post, SiteSettings
from comments import lists
from comments.models import Comment
from comments.models.comments import CommentQuerySet
from comments.thread import WAITING
from web.absolute_urls import absolute, absolute_html

# Comments come faster than posts; a feed reader that asks every few hours should miss none.
ENTRIES = 50


@feed_view
def all_comments(request: HttpRequest) -> HttpResponse:
    title = _("Comments – %(site)s") % {"site": _site(request).name}
    return _feed(request, lists.public_comments(), title=title, path="/comments/")


@feed_view
def post_comments(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    return _of_post(request, Post.objects.listed().filter(slug=slug, year=year, month=month).first())


@feed_view
def page_comments(request: HttpRequest, path: str) -> HttpResponse:
    return _of_post(request, Post.objects.pages().published().filter(path=f"/{path}/").first())


def _of_post(request: HttpRequest, post: Post | None) -> HttpResponse:
    if post is None:
        raise Http404
    title = _("Comments on “%(title)s” – %(site)s") % {"title": post.title, "site": _site(request).name}
    comments = lists.public_comments().filter(post=post)
    return _feed(request, comments, title=title, path=post.get_absolute_url())


@feed_view
def branch_comments(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve a comment and all replies under it; the feed goes on after that comment itself was removed."""
    numbered = Comment.objects.visible_to(None).with_post().filter(number__isnull=False)
    first = numbered.filter(pk=pk).exclude(state__in=WAITING).first()
    if first is None:
        raise Http404
    words = {"number": first.number, "title": first.post.title, "site": _site(request).name}
    title = _("Comments under #%(number)s on “%(title)s” – %(site)s") % words
    branch = lists.public_comments().filter(tree_id=first.tree_id, lft__gte=first.lft, rght__lte=first.rght)
    return _feed(request, branch, title=title, path=first.get_absolute_url())


def _site(request: HttpRequest) -> SiteSettings:
    # Put there by blog.middleware; the stubs know only the `site` of Django's app of that name.
    return cast(SiteSettings, request.site)


def _feed(request: HttpRequest, comments: CommentQuerySet, *, title: str, path: str) -> HttpResponse:
    feed = FullTextFeed(
        title=clean(title),
        link=absolute(path),
        description="",
        feed_url=absolute(f"{path}feed/"),
        feed_guid=_site(request).feed_id(f"{path}feed/"),
        language="en",
    )
    for comment in comments[:ENTRIES]:
        _add(feed, comment, site=_site(request))
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _add(feed: FullTextFeed, comment: Comment, *, site: SiteSettings) -> None:
    words = {"name": comment.writer_name, "number": comment.number, "title": comment.post.title}
    feed.add_item(
        title=clean(_("%(name)s (#%(number)s) on “%(title)s”") % words),
        link=f"{absolute(comment.get_absolute_url())}in-thread/",
        unique_id=site.feed_id(comment.get_absolute_url()),
        description="",
        content=clean(absolute_html(comment.body_html, page=comment.post.get_absolute_url())),
        author_name=clean(comment.writer_name),
        pubdate=timezone.localtime(comment.published_at),
        updateddate=timezone.localtime(comment.edited_at or comment.published_at),
    )
