"""Variants of a post's page: everything in a request that may change the page for people who are not signed in."""

from typing import NamedTuple

from django.http import HttpRequest

from blog.context import THEME_COOKIE, theme_of

ORDER_COOKIE = "order"
# They say how a page is shown, and not to whom.
SHARED_COOKIES = frozenset({ORDER_COOKIE, THEME_COOKIE})
OLDEST = "oldest"
ORDERS = (OLDEST, "newest", "best", "flat")
# A number with more digits is no page of ours.
LONGEST_PAGE = 4


class Variant(NamedTuple):
    """What a reader asked for, read once from the URL and cookies.

    It is part of the cache key, and the discussion is built from it alone: requests with equal variants get equal
    bytes.
    """

    page: int = 1
    whole: bool = False
    printed: bool = False
    order: str = OLDEST
    # Whether the address itself says the order; links to other pages then say it too.
    chose_order: bool = False
    theme: str = ""


def variant_of(request: HttpRequest) -> Variant:
    """Return the variant that this request asks for; invalid values count as missing."""
    page, whole, printed, chosen = 1, False, False, None
    if request.META.get("QUERY_STRING"):
        query = request.GET
        whole, printed = "all" in query, query.get("print") == "all"
        # Everything on one page is no page of many.
        page = 1 if whole else _page_in(query.get("page", ""))
        chosen = _order_in(query.get("order"))
    return Variant(
        page=page,
        whole=whole,
        printed=printed,
        order=chosen or _order_in(request.COOKIES.get(ORDER_COOKIE)) or OLDEST,
        chose_order=chosen is not None,
        theme=theme_of(request),
    )


def _page_in(words: str) -> int:
    is_page = words.isascii() and words.isdecimal() and len(words) <= LONGEST_PAGE
    return max(int(words), 1) if is_page else 1


def _order_in(words: str | None) -> str | None:
    return words if words in ORDERS else None
