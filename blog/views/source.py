"""Pages of quoted publications and articles, each with the posts that quote it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from blog import directory, post_lists
from blog.models import Article, Publication
from blog.views.stream import page_or_404
from web import pagination


@require_safe
def publication(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Publication, slug=slug)
    posts = post_lists.quoting(found)
    context = {
        "publication": found,
        "page": page_or_404(request, posts, may_be_empty=False),
        "post_count": pagination.counted(posts),
        "articles": directory.quoted_articles(found),
    }
    return render(request, "blog/publication.html", context)


@require_safe
def article(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Article.objects.select_related("publication"), pk=pk)
    posts = post_lists.quoting(found)
    page = page_or_404(request, posts, may_be_empty=False)
    if found.publication.slug != slug:
        return redirect(found, permanent=True)
    context = {"article": found, "page": page, "post_count": pagination.counted(posts)}
    return render(request, "blog/article.html", context)
