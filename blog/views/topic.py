"""Categories and tags, and the index of both."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from blog import streams
from blog.models import Category, Tag
from blog.views.stream import page_or_404


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Category, slug=slug)
    posts = streams.in_category(found)
    context = {"category": found, "page": page_or_404(request, posts), "post_count": streams.counted(posts)}
    return render(request, "blog/category.html", context)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """A tag that only drafts carry is not told of."""
    found = get_object_or_404(Tag, slug=slug)
    posts = streams.with_tag(found)
    page = page_or_404(request, posts, may_be_empty=False)
    return render(
        request, "blog/tag.html", {"tag": found, "page": page, "post_count": streams.counted(posts)}
    )


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    letters = streams.by_letter(streams.topics(Tag))
    return render(request, "blog/tags.html", {"categories": streams.topics(Category), "letters": letters})
