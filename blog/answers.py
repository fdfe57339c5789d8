"""Answers that are not the page asked for: refused, gone, too many. Each says in words what happened."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def gone(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 410: it was public here and is not any more."""
    return render(request, "410.html", {"reason": reason}, status=410)


def form_refused(request: HttpRequest, typed_text: str = "") -> HttpResponse:
    """Answer 403 to a form of which we cannot tell that our page sent it, and give back what was typed."""
    return render(request, "403_csrf.html", {"typed_text": typed_text}, status=403)


def too_many(request: HttpRequest, *, seconds: int, wait: str = "", typed_text: str = "") -> HttpResponse:
    """Answer 429 with when to try again (`wait` is that in words), and give back what was typed."""
    response = render(request, "429.html", {"wait": wait, "typed_text": typed_text}, status=429)
    response["Retry-After"] = str(seconds)
    return response
