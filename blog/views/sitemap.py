"""The list of public pages for search engines: an index, one file of standing pages, one of posts per month."""

from collections.abc import Iterable
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from blog import archive, directory, seen
from blog.models import Category, Post, Tag
from web.absolute_urls import absolute

XML = "application/xml; charset=utf-8"
# What `seen.changed_at` reads.
CHANGED = ("updated_at", "changed_at")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    months = [
        reverse("blog:sitemap_month", args=[year.year, month.month])
        for year in archive.years()
        for month in reversed(year.months)
        if month.posts
    ]
    paths = [reverse("blog:sitemap_pages"), *months]
    return render(request, "blog/sitemap_index.xml", {"addresses": map(absolute, paths)}, content_type=XML)


@require_safe
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    paths = [reverse(f"blog:{name}") for name in ("home", "archive", "tags")]
    things: Iterable = (
        *directory.topics(Category), *directory.topics(Tag), *directory.signing_authors(), *directory.publications()
    )  # fmt: skip
    paths += [thing.get_absolute_url() for thing in things]
    pages = Post.objects.pages().published().order_by("path").only(*Post.ADDRESS, *CHANGED)
    urls: list[tuple[str, datetime | None]] = [(absolute(path), None) for path in paths]
    urls += [(absolute(page.get_absolute_url()), seen.changed_at(page)) for page in pages]
    return _urls(request, urls)


@require_safe
def sitemap_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    posts = archive.of_month(year, month).newest_first().only(*Post.ADDRESS, *CHANGED)
    urls = [(absolute(post.get_absolute_url()), seen.changed_at(post)) for post in posts]
    if not urls:
        raise Http404
    return _urls(request, urls)


def _urls(request: HttpRequest, urls: list) -> HttpResponse:
    return render(request, "blog/sitemap.xml", {"urls": urls}, content_type=XML)
