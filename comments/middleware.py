"""Remembers in which order a reader wants discussions, and puts long threads into finished pages.

It sets no cookie for anybody who did not choose an order.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from blog.kept import ORDER_COOKIE, ORDERS

A_YEAR = 365 * 24 * 3600


class RememberOrder:
    """Set the cookie when somebody follows one of our own links to an order; the address alone is no choice.

    It stands before the kept pages, which are the same bytes for everyone, and costs others one look at the query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "order=" not in request.META.get("QUERY_STRING", "") or response.status_code != 200:
            return response
        # A script that asks for what has come says the order of its page, which nobody may have chosen.
        if not response["Content-Type"].startswith("text/html"):
            return response
        order = request.GET.get("order")
        if order in ORDERS and order != request.COOKIES.get(ORDER_COOKIE) and _was_chosen_here(request):
            response.set_cookie(
                ORDER_COOKIE, order, max_age=A_YEAR, samesite="Lax", secure=settings.SECURE, httponly=True
            )
            response["Cache-Control"] = "private, no-cache"
        return response


def _was_chosen_here(request: HttpRequest) -> bool:
    """Whether a person followed a link on our own page: what browsers say of it, else where they come from."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return f"{request.headers.get('Referer', '')}/".startswith(f"{settings.SITE_URL}/")


class ThreadsInPlace:
    """Put the bytes of threads where the template of a discussion left a mark.

    Django copies what a template prints some ten times on its way out, twice for every template within another. For
    5,000 comments (13 MB as text) that cost as much as making them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.late_threads = {}
        response = self.get_response(request)
        for mark, html in request.late_threads.items():
            response.content = response.content.replace(mark, html, 1)
        return response
