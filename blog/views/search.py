"""The search page."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import reads
from blog import archive, converters, directory
from blog import search as finding
from blog.rate_limit import limited
from web import pagination

# Those that addresses can name; a calendar ends soon after them.
_YEAR = re.compile(converters.Year.regex, re.ASCII)


@require_safe
@limited(reads.SEARCHES, when=lambda request: bool(request.GET))
def search(request: HttpRequest) -> HttpResponse:
    question = _question(request)
    try:
        finds = (
            finding.find(question, before=request.GET.get("before", "")) if _is_answerable(question) else None
        )
    except pagination.BadCursor as error:
        raise Http404 from error
    query = request.GET.copy()
    query.pop("before", None)
    first = f"?{query.urlencode()}"
    context = {
        "question": question,
        "finds": finds,
        "kinds": finding.kinds(),
        "authors": directory.signing_authors(),
        "years": archive.years_with_posts(),
        "newer_url": first if request.GET.get("before") else "",
        "older_url": f"{first}&before={finds.older}" if finds and finds.older else "",
    }
    return render(request, "blog/search.html", context)


def _is_answerable(question: finding.Question) -> bool:
    return bool(question.text) and not question.is_too_short


def _question(request: HttpRequest) -> finding.Question:
    """Return the search in the request; filters that name nothing are ignored."""
    year = request.GET.get("year", "")
    # No slug holds a NUL, and PostgreSQL would not even look.
    slug = (request.GET.get("author") or "-").replace("\0", "")
    author = directory.signing_authors().filter(slug=slug).first()
    kinds = {kind.name for kind in finding.kinds()}
    return finding.Question.read(
        request.GET.get("q", ""),
        author=author,
        year=int(year) if _YEAR.fullmatch(year) else None,
        kind=request.GET["kind"] if request.GET.get("kind") in kinds else "",
    )
