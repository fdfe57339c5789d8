"""The front page, and what all lists of posts share."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from blog import permissions, post_lists
from blog.models import Post
from blog.models.posts import PostQuerySet
from web import pagination


def page_or_404(
    request: HttpRequest, posts: PostQuerySet, *, may_be_empty: bool = True
) -> post_lists.StreamPage:
    """Return the page for `?before=`. Raises 404 for a wrong cursor, and for no posts unless `may_be_empty`."""
    try:
        page = post_lists.page_of(posts, before=request.GET.get("before", ""))
    except pagination.BadCursor as error:
        raise Http404 from error
    if not may_be_empty and not page.entries and not posts.exists():
        raise Http404
    return page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    page = page_or_404(request, Post.objects.listed())
    # Only a site without posts has a first run, so only then is it asked who is looking.
    may_write = not page.entries and permissions.may_write(request.user)
    return render(request, "blog/home.html", {"page": page, "may_write": may_write})
