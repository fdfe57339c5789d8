"""Finding comments in one thread; a page by itself, whose address says what was asked."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from blog.models import Post
from comments import finding
from comments.thread import viewer_of


@require_safe
def find(request: HttpRequest, post_id: int) -> HttpResponse:
    post = Post.objects.visible_to(request.user).filter(pk=post_id).defer("body", "body_html").first()
    if post is None:
        raise Http404
    asked = request.GET
    wish = finding.Wish.read(
        asked.get("q", ""), by=asked.get("by", "").replace("\0", ""), by_author="author" in asked
    )
    number = asked.get("page", "")
    page = int(number) if number.isascii() and number.isdecimal() and len(number) < 9 else 1
    query = asked.copy()
    query.pop("page", None)
    context = {
        "on": post,
        "wish": wish,
        "page": finding.find(post, wish, viewer_of(request, post), page=page),
        "query": query.urlencode(),
    }
    response = render(request, "comments/find.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response
