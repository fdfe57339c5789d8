"""Years and months, and the index of both."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from blog import archive as archives
from blog.views.stream import page_or_404
from web import pagination


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    return render(request, "blog/archive.html", {"years": archives.years()})


@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    page = page_or_404(request, archives.of_year(year), may_be_empty=False)
    return render(request, "blog/year.html", {"year": archives.year_count(year), "page": page})


@require_safe
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    posts = archives.of_month(year, month)
    page = page_or_404(request, posts, may_be_empty=False)
    context = {"year": year, "month": month, "page": page, "post_count": pagination.counted(posts)}
    return render(request, "blog/month.html", context)
