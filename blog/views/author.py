"""Who signs posts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from blog import streams
from blog.models import Author
from blog.views.stream import page_or_404


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(
        Author.objects.select_related("portrait").prefetch_related("handles"), slug=slug
    )
    posts = streams.by_author(found)
    context = {"author": found, "page": page_or_404(request, posts), "post_count": streams.counted(posts)}
    return render(request, "blog/author.html", context)
