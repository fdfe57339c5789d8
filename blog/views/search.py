"""Search of everything that readers may read."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from blog import search as finding
from blog import streams


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    question = _question(request)
    try:
        finds = (
            finding.find(question, before=request.GET.get("before", "")) if _is_answerable(question) else None
        )
    except streams.BadCursor as error:
        raise Http404 from error
    query = request.GET.copy()
    query.pop("before", None)
    first = f"?{query.urlencode()}"
    context = {
        "question": question,
        "finds": finds,
        "kinds": finding.kinds(),
        "authors": streams.signing_authors(),
        "years": streams.years_with_posts(),
        "newer_url": first if request.GET.get("before") else "",
        "older_url": f"{first}&before={finds.older}" if finds and finds.older else "",
    }
    return render(request, "blog/search.html", context)


def _is_answerable(question: finding.Question) -> bool:
    return bool(question.text) and not question.is_too_short


def _question(request: HttpRequest) -> finding.Question:
    """Read the filters kindly: one that names nothing is left out."""
    year = request.GET.get("year", "")
    author = streams.signing_authors().filter(slug=request.GET.get("author") or "-").first()
    kinds = {kind.name for kind in finding.kinds()}
    return finding.Question.read(
        request.GET.get("q", ""),
        author=author,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        kind=request.GET["kind"] if request.GET.get("kind") in kinds else "",
    )
