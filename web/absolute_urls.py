"""Absolute URLs, built from SITE_URL and never from the Host header."""

import re
from functools import lru_cache

from django.conf import settings
from django.urls import reverse

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_TAG = re.compile(r"<[a-z][^>]*>", re.IGNORECASE)
# Addresses in the attributes of stored HTML, which its serialiser always writes in double quotes.
_ADDRESS = re.compile(r'(\s(?:href|src|cite|poster)=")([/#](?!/)[^"]*)')
_SET = re.compile(r'(\ssrcset=")([^"]*)')
_SET_ENTRY = re.compile(r"(^|,\s*)(/(?!/))")


@lru_cache(maxsize=10_000)
def path(name: str, *args: int | str) -> str:
    """Return `reverse(name, args=args)`, cached: lists link to the same pages all day."""
    return reverse(name, args=args)


def absolute(path: str) -> str:
    """Return `path` under SITE_URL; a URL with a scheme is returned unchanged."""
    return path if _SCHEME.match(path) else settings.SITE_URL + path


def absolute_html(html: str, *, page: str) -> str:
    """Return stored HTML with absolute URLs, for feeds; anchors (`#…`) refer to the path `page`."""
    return _TAG.sub(lambda tag: _absolute_tag(tag.group(), page), html)


def _absolute_tag(tag: str, page: str) -> str:
    def whole(found: re.Match) -> str:
        path = found.group(2)
        return found.group(1) + absolute(page + path if path.startswith("#") else path)

    tag = _ADDRESS.sub(whole, tag)
    return _SET.sub(lambda found: found.group(1) + _SET_ENTRY.sub(_absolute_entry, found.group(2)), tag)


def _absolute_entry(found: re.Match) -> str:
    return f"{found.group(1)}{settings.SITE_URL}{found.group(2)}"
