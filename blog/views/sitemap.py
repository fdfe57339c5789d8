"""The list of public pages for search engines: an index, one file of standing pages, one of posts per month."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from blog import streams
from blog.addresses import absolute
from blog.models import Category, Tag

XML = "application/xml; charset=utf-8"


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    months = [
        reverse("blog:sitemap_month", args=[year.year, month.month])
        for year in streams.years()
        for month in reversed(year.months)
        if month.posts
    ]
    paths = [reverse("blog:sitemap_pages"), *months]
    return render(request, "blog/sitemap_index.xml", {"addresses": map(absolute, paths)}, content_type=XML)


@require_safe
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    paths = [reverse(f"blog:{name}") for name in ("home", "archive", "tags", "about", "rules", "privacy")]
    things: Iterable = (
        *streams.topics(Category), *streams.topics(Tag), *streams.signing_authors(), *streams.publications()
    )  # fmt: skip
    paths += [thing.get_absolute_url() for thing in things]
    return _urls(request, [(absolute(path), None) for path in paths])


@require_safe
def sitemap_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    posts = streams.of_month(year, month).newest_first().only("slug", "year", "month", "state", "updated_at")
    urls = [(absolute(post.get_absolute_url()), post.updated_at) for post in posts]
    if not urls:
        raise Http404
    return _urls(request, urls)


def _urls(request: HttpRequest, urls: list) -> HttpResponse:
    return render(request, "blog/sitemap.xml", {"urls": urls}, content_type=XML)
