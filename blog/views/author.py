"""The page of an author."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from blog.models import Author, Post
from blog.views.stream import page_or_404
from web import pagination


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(
        Author.objects.select_related("portrait").prefetch_related("handles"), slug=slug
    )
    posts = Post.objects.listed().by_author(found)
    # Authors of drafts only are not shown.
    page = page_or_404(request, posts, may_be_empty=False)
    context = {"author": found, "page": page, "post_count": pagination.counted(posts)}
    return render(request, "blog/author.html", context)
