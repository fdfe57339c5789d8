"""Which paths pages may have: none that begins like one of the site's own URLs, read from the URL patterns."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from accounts.spelling import slugify

# The pattern of pages themselves, which matches anything.
_OF_PAGES = "<page_path:path>"
# What an old blog's addresses begin with, and clients of WordPress ask every site for.
_OF_WORDPRESS = frozenset({"page", "feed", "wp-admin", "wp-content", "wp-includes", "wp-json", "wp-login"})
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
LONGEST_SEGMENT = 100


def is_ours(path: str) -> bool:
    """Whether this path begins like one of the site's own URLs, in any case, or is that of a page's feed."""
    segments = path.strip("/").lower().split("/")
    return _begins_ours(segments[0]) or (len(segments) > 1 and segments[-1] == "feed")


@lru_cache(maxsize=10_000)
def _begins_ours(segment: str) -> bool:
    if segment in _OF_WORDPRESS or _YEAR.fullmatch(segment):
        return True
    return any(beginning.match(segment) for beginning in _beginnings())


@lru_cache(maxsize=1)
def _beginnings() -> tuple[RoutePattern, ...]:
    """Return patterns of the first segment of every URL, and of static and media files."""
    firsts = {route.partition("/")[0] for route in _routes(get_resolver())}
    firsts |= {url.strip("/").partition("/")[0] for url in (settings.STATIC_URL, settings.MEDIA_URL)}
    return tuple(RoutePattern(first, is_endpoint=True) for first in sorted(firsts - {"", _OF_PAGES}))


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver) and "/" not in route:
            yield from _routes(entry, route)
        elif isinstance(entry, URLPattern | URLResolver):
            yield route


def cleaned(text: str) -> str:
    """Return a typed or imported path in the form we store, such as “/about/team/”; "" if nothing is left."""
    parts = (slugify(part, most=LONGEST_SEGMENT) for part in text.split("/"))
    joined = "/".join(part for part in parts if part)
    return f"/{joined}/" if joined else ""


def free(wanted: str, taken: Iterable[str]) -> str:
    """Return the path, or the first one with a number that is neither the site's own nor in `taken`."""
    first, sign, rest = wanted.strip("/").partition("/")
    number, segment = 1, first
    while _begins_ours(segment.lower()):
        number += 1
        segment = f"{first}-{number}"
    path, number, others = f"/{segment}{sign}{rest}/", 1, set(taken)
    while path in others or is_ours(path):
        number += 1
        path = f"/{segment}{sign}{rest}-{number}/"
    return path
