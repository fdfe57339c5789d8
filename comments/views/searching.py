"""Searching one discussion: a page of its own, whose address holds the query."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import reads
from blog.models import Post
from blog.rate_limit import limited
from comments.discussion import search
from comments.thread import viewer_of
from web import responses
from web.params import int_param

# No discussion has so many pages.
LAST_PAGE = 99_999_999


@require_safe
@limited(reads.SEARCHES)
def find(request: HttpRequest, post_id: int) -> HttpResponse:
    post = Post.objects.visible_to(request.user).filter(pk=post_id).defer("body", "body_html").first()
    if post is None:
        raise Http404
    asked = request.GET
    wanted = search.ThreadQuery.read(
        asked.get("q", ""), by=asked.get("by", "").replace("\0", ""), by_author="author" in asked
    )
    page = int_param(asked.get("page", ""), most=LAST_PAGE)
    query = asked.copy()
    query.pop("page", None)
    context = {
        "on": post,
        "wish": wanted,
        "page": search.find(post, wanted, viewer_of(request, post), page=page if page is not None else 1),
        "query": query.urlencode(),
    }
    return responses.never_indexed(render(request, "comments/find.html", context))
