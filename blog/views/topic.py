"""Categories and tags, and the index of both."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from blog import directory
from blog.models import Category, Post, Tag
from blog.views.stream import page_or_404
from web import pagination


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a category with public posts; 404 without any, and likewise for tags."""
    found = get_object_or_404(Category, slug=slug)
    posts = Post.objects.listed().in_category(found)
    page = page_or_404(request, posts, may_be_empty=False)
    context = {"category": found, "page": page, "post_count": pagination.counted(posts)}
    return render(request, "blog/category.html", context)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag, slug=slug)
    posts = Post.objects.listed().with_tag(found)
    page = page_or_404(request, posts, may_be_empty=False)
    return render(
        request, "blog/tag.html", {"tag": found, "page": page, "post_count": pagination.counted(posts)}
    )


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    letters = directory.by_letter(directory.topics(Tag))
    return render(request, "blog/tags.html", {"categories": directory.topics(Category), "letters": letters})
