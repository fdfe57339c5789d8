"""Remembers in which order a reader wants discussions, and puts long threads into finished pages.

It sets no cookie for anybody who did not choose an order.
"""

from collections.abc import Callable, Iterable
from itertools import chain

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from accounts import guests
from blog import page_cache
from blog.variants import ORDER_COOKIE, variant_of
from comments.thread import long_discussions
from web import compression
from web.compression import QUICK_QUALITY, CompressionMiddleware

A_YEAR = 365 * 24 * 3600


class OrderCookieMiddleware:
    """Set the cookie when somebody follows one of our own links to an order; the address alone is no choice.

    It runs around the page cache, whose pages are the same bytes for everyone. Others pay one look at the query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "order=" not in request.META.get("QUERY_STRING", "") or response.status_code != 200:
            return response
        # A script that fetches new comments sends the order of its page, which nobody may have chosen.
        if not response["Content-Type"].startswith("text/html"):
            return response
        asked = variant_of(request)
        is_new = asked.chose_order and asked.order != request.COOKIES.get(ORDER_COOKIE)
        if is_new and _was_chosen_here(request):
            response.set_cookie(
                ORDER_COOKIE,
                asked.order,
                max_age=A_YEAR,
                samesite="Lax",
                secure=settings.SECURE,
                httponly=True,
            )
            response["Cache-Control"] = "private, no-cache"
        return response


def _was_chosen_here(request: HttpRequest) -> bool:
    """Whether a person followed a link on our own page, by Sec-Fetch-Site or else by the referrer."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return f"{request.headers.get('Referer', '')}/".startswith(f"{settings.SITE_URL}/")


class LateContentMiddleware:
    """Put the bytes of threads where the template of a discussion left a mark.

    Django copies what a template prints some ten times on its way out, twice for every template within another. For
    5,000 comments (13 MB as text) that cost as much as making them. A page with more is compressed while it is made, so
    that it is never held whole.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        late: dict[bytes, bytes | Iterable[bytes]] = {}
        setattr(request, long_discussions.LATE_THREADS, late)
        with long_discussions.one_at_a_time():
            response = self.get_response(request)
            while late:
                mark, html = late.popitem()
                if isinstance(html, bytes):
                    response.content = response.content.replace(mark, html, 1)
                else:
                    _pack(request, response, mark, html)
        return response


def _pack(request: HttpRequest, response: HttpResponse, mark: bytes, parts: Iterable[bytes]) -> None:
    """Compress the page into the response, with the parts in place of the mark."""
    before, found, after = response.content.partition(mark)
    if not found:
        # Something went wrong after the comments were made, and this is the page that says so.
        return
    # Who asks for plain bytes gets them from gzip (blog/middleware.py).
    encoding = "br" if compression.encoding_of(request) == "br" else "gzip"
    is_personal = {settings.SESSION_COOKIE_NAME, guests.COOKIE} & request.COOKIES.keys()
    response.content = compression.compress(
        chain([before], parts, [after]),
        encoding,
        quality=QUICK_QUALITY if is_personal else page_cache.QUALITY,
        most_random=CompressionMiddleware.max_random_bytes if is_personal else 0,
    )
    response.headers["Content-Encoding"] = encoding
    patch_vary_headers(response, ["Accept-Encoding"])
