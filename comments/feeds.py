"""Atom feeds of comments with their full text; every address in them is made from SITE_URL."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from blog.addresses import absolute, absolute_html
from blog.feeds import FullTextFeed, clean
from blog.models import Post
from comments import recent
from comments.models import Comment
from comments.models.comments import CommentQuerySet
from comments.thread import WAITING

# Comments come faster than posts: a reader that asks every few hours shall miss none.
ENTRIES = 50


@require_safe
@cache_control(public=True, no_cache=True)
@conditional_page
def all_comments(request: HttpRequest) -> HttpResponse:
    title = _("Comments – %(site)s") % {"site": request.site.name}
    return _feed(recent.public_comments(), title=title, path="/comments/")


@require_safe
@cache_control(public=True, no_cache=True)
@conditional_page
def post_comments(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    post = Post.objects.published().filter(slug=slug, year=year, month=month).first()
    if post is None:
        raise Http404
    title = _("Comments on “%(title)s” – %(site)s") % {"title": post.title, "site": request.site.name}
    return _feed(recent.public_comments().filter(post=post), title=title, path=post.get_absolute_url())


@require_safe
@cache_control(public=True, no_cache=True)
@conditional_page
def branch_comments(request: HttpRequest, pk: int) -> HttpResponse:
    """A comment and all under it; whoever follows a branch goes on when its first comment was taken away."""
    numbered = Comment.objects.visible_to(None).with_post().filter(number__isnull=False)
    first = numbered.filter(pk=pk).exclude(state__in=WAITING).first()
    if first is None:
        raise Http404
    words = {"number": first.number, "title": first.post.title, "site": request.site.name}
    title = _("Comments under #%(number)s on “%(title)s” – %(site)s") % words
    branch = recent.public_comments().filter(tree_id=first.tree_id, lft__gte=first.lft, rght__lte=first.rght)
    return _feed(branch, title=title, path=first.get_absolute_url())


def _feed(comments: CommentQuerySet, *, title: str, path: str) -> HttpResponse:
    feed = FullTextFeed(
        title=clean(title),
        link=absolute(path),
        description="",
        feed_url=absolute(f"{path}feed/"),
        feed_guid=absolute(f"{path}feed/"),
        language="en",
    )
    for comment in comments[:ENTRIES]:
        _add(feed, comment)
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _add(feed: FullTextFeed, comment: Comment) -> None:
    words = {"name": comment.writer_name, "number": comment.number, "title": comment.post.title}
    own_page = absolute(comment.get_absolute_url())
    feed.add_item(
        title=clean(_("%(name)s (#%(number)s) on “%(title)s”") % words),
        link=f"{own_page}in-thread/",
        unique_id=own_page,
        description="",
        content=clean(absolute_html(comment.body_html, page=comment.post.get_absolute_url())),
        author_name=clean(comment.writer_name),
        pubdate=timezone.localtime(comment.published_at),
        updateddate=timezone.localtime(comment.edited_at or comment.published_at),
    )
