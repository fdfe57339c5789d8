"""Keeps whole pages of posts for readers who have no session and have not written, and answers them with one query.

Such a page is the same bytes for everyone. It is kept compressed, in this process, under everything that could
change it: host, path, order, page, theme, encoding, and the versions of the post's page and of the site. Versions
are read from the database at every request, so text, names and states are never stale, whichever process wrote
them; scores may lag ten seconds. What the clock changes (closing, a scheduled post, the turn of the year) bounds how
long a page is kept. While the database cannot be reached nobody can change a page, so what is kept is given out.
"""

import gzip
import re
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import brotli
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from accounts.guests import COOKIE as WRITER_COOKIE
from blog import outage
from blog.context import THEME_COOKIE, theme_of
from blog.models import Post, SiteSettings

ORDER_COOKIE = "order"
# They say how a page is shown, and not to whom.
SHARED_COOKIES = frozenset({ORDER_COOKIE, THEME_COOKIE})
ORDERS = ("oldest", "newest", "best", "flat")

MOST_BYTES = 32 * 1024 * 1024
# Scores on other people's pages may be this old, in seconds.
SCORE_LAG = 10.0

_POST_PATH = re.compile(r"^/\d{4}/\d{2}/([-\w]+)/$")
_PAGE = re.compile(r"^[1-9]\d{0,3}$")
# What other rooms keep of a post by its number (`keep_also`): patterns whose first group is that number.
_ALSO_KEPT: list[re.Pattern[str]] = []
_VERSIONS = """
SELECT p.state, s.version, v.version, v.scores FROM blog_post p
LEFT JOIN blog_pagestate v ON v.post_id = p.id LEFT JOIN blog_sitesettings s ON s.id = 1
WHERE p.{column} = %s
"""
_OF_SLUG, _OF_ID = (_VERSIONS.format(column=column) for column in ("slug", "id"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it went out: its bytes, its headers, and how long it may be given out again."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str
    version: tuple
    scores: int
    made_at: float  # seconds since the epoch
    valid_until: float  # seconds since the epoch

    @property
    def size(self) -> int:
        return len(self.body)


class Sized(Protocol):
    @property
    def size(self) -> int: ...


T = TypeVar("T", bound=Sized)


@dataclass
class Shelf(Generic[T]):
    """What this process keeps, the least recently asked for leaving first when all exceed `most_bytes`."""

    most_bytes: int = MOST_BYTES
    _pages: OrderedDict[tuple, T] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _rendering: dict[tuple, threading.Lock] = field(default_factory=dict)

    def get(self, key: tuple) -> T | None:
        with self._lock:
            kept = self._pages.get(key)
            if kept is not None:
                self._pages.move_to_end(key)
            return kept

    def put(self, key: tuple, kept: T) -> None:
        with self._lock:
            former = self._pages.pop(key, None)
            self._bytes += kept.size - (former.size if former else 0)
            self._pages[key] = kept
            while self._bytes > self.most_bytes and self._pages:
                _key, evicted = self._pages.popitem(last=False)
                self._bytes -= evicted.size

    def drop(self, key: tuple) -> None:
        with self._lock:
            former = self._pages.pop(key, None)
            self._bytes -= former.size if former else 0

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def renderer(self, key: tuple) -> threading.Lock:
        """Return the lock under which this page is rendered: one renderer at a time, the others wait for its page."""
        with self._lock:
            return self._rendering.setdefault(key, threading.Lock())

    def done(self, key: tuple) -> None:
        with self._lock:
            self._rendering.pop(key, None)


shelf: Shelf[Kept] = Shelf()


def keep_also(pattern: str) -> None:
    """Keep answers at these paths too: about one post, whose number is the pattern's first group, and for everyone."""
    _ALSO_KEPT.append(re.compile(pattern))


def keep_until(request: HttpRequest, moment: datetime | None) -> None:
    """Say, while a page is made, that the clock changes it at `moment`."""
    if moment is not None:
        request.kept_until = min(moment, getattr(request, "kept_until", moment))


class KeptPages:
    """The first middleware: answers from the shelf, or keeps what the long road gives."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._page(request)
        return _without_body(response) if request.method == "HEAD" else response

    def _page(self, request: HttpRequest) -> HttpResponse:
        found = _post_at(request.path_info)
        key = _key(request) if found and _is_for_everyone(request) else None
        try:
            versions = _versions(found) if found and key else None
        except Error as error:
            return self._without_database(request, key, error)
        if found is None or key is None or versions is None:
            return _marked(request, self.get_response(request))
        kept = shelf.get(key)
        if kept is not None and _is_good(kept, versions):
            return _answer(request, kept)
        return self._render(request, key, found)

    def _without_database(self, request: HttpRequest, key: tuple | None, error: Error) -> HttpResponse:
        """Give out what is kept, however old; else let the long road say that the database cannot be reached."""
        if not outage.is_outage(error):
            raise error
        kept = shelf.get(key) if key else None
        if kept is not None:
            return _answer(request, kept)
        # So that it is not waited for twice.
        request.outage = error
        return _marked(request, self.get_response(request))

    def _render(self, request: HttpRequest, key: tuple, found: tuple[str, str]) -> HttpResponse:
        with shelf.renderer(key):
            # Read again: while this one waited, another may have kept the page, or a comment may have come.
            versions = _versions(found)
            kept = shelf.get(key)
            if versions is not None and kept is not None and _is_good(kept, versions):
                return _answer(request, kept)
            # Known to be old, so it is not given out either when the database fails from now on.
            shelf.drop(key)
            try:
                # Before the page is made: a post whose minute comes meanwhile may not be on it.
                began = timezone.now()
                response = self.get_response(request)
                if versions is None or not _may_be_kept(response):
                    return _marked(request, response)
                keep_until(request, next_change(request.site, now=began))
                kept = _keep(request, response, versions, encoding=key[-1])
                shelf.put(key, kept)
                return _answer(request, kept)
            finally:
                shelf.done(key)


def _is_for_everyone(request: HttpRequest) -> bool:
    cookies = request.COOKIES
    if settings.SECURE and not request.is_secure():
        return False
    return (
        request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in cookies
        and WRITER_COOKIE not in cookies
    )


def _key(request: HttpRequest) -> tuple | None:
    """Return all that makes one page of a post differ from another, the encoding last; None: not to be kept.

    Unknown query keys share the page.
    """
    page = order = ""
    whole = printed = False
    if request.META.get("QUERY_STRING"):
        query = request.GET
        page, whole, printed = query.get("page", ""), "all" in query, query.get("print") == "all"
        if page and not _PAGE.match(page):
            return None
        order = query.get("order", "")
        if order and order not in ORDERS:
            return None
    if not order and (remembered := request.COOKIES.get(ORDER_COOKIE)) in ORDERS:
        order = remembered
    try:
        host = request.get_host()
    except DisallowedHost:
        # The long road refuses it too, with all the headers that every answer has.
        return None
    return (
        host,
        request.path_info,
        page,
        whole,
        printed,
        order,
        theme_of(request),
        encoding_of(request),
    )


def encoding_of(request: HttpRequest) -> str:
    """Return the encoding in which this client is answered: "br", "gzip" or "identity"."""
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    for encoding in ("br", "gzip"):
        if re.search(rf"(^|[\s,]){encoding}\s*(?!\s*;\s*q=0(?:\.0*)?\s*(,|$))(;|,|$)", accepted):
            return encoding
    return "identity"


def _post_at(path: str) -> tuple[str, str] | None:
    """Return the question that finds the post of a kept address, and what it is asked with; None for others."""
    if found := _POST_PATH.match(path):
        return _OF_SLUG, found[1]
    return next(((_OF_ID, found[1]) for pattern in _ALSO_KEPT if (found := pattern.match(path))), None)


def _versions(found: tuple[str, str]) -> tuple | None:
    """Return (state, site version, page version, scores) of the post, or None: the one query of a kept page."""
    question, post = found
    with connection.cursor() as cursor:
        cursor.execute(question, [post])
        return cursor.fetchone()


def _is_good(kept: Kept, versions: tuple) -> bool:
    if kept.version != versions[:3] or time.time() >= kept.valid_until:
        return False
    return kept.scores == versions[3] or time.time() - kept.made_at < SCORE_LAG


def _may_be_kept(response: HttpResponse) -> bool:
    return response.status_code == 200 and not response.cookies and not response.streaming


def _keep(request: HttpRequest, response: HttpResponse, versions: tuple, *, encoding: str) -> Kept:
    body = response.content
    if encoding == "br":
        body = brotli.compress(body, quality=5)
    elif encoding == "gzip":
        body = gzip.compress(body, compresslevel=5, mtime=0)
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    # Also of the bytes themselves, so that a new release of the templates is a new page too. Nobody gains by two that
    # are alike, so the quickest sum does: a better one takes 7 ms more for the 8 MB of 5,000 comments.
    _state, site_version, page_version = versions[:3]
    etag = f'"{site_version}.{page_version or 0}.{zlib.crc32(body):08x}{len(body):x}.{encoding}"'
    response.headers["ETag"] = etag
    response.headers["Content-Length"] = str(len(body))
    response.headers["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    return Kept(
        body=body,
        headers=tuple(response.headers.items()),
        etag=etag,
        version=versions[:3],
        scores=versions[3],
        made_at=time.time(),
        valid_until=request.kept_until.timestamp(),
    )


def next_change(site: SiteSettings, *, now: datetime) -> datetime:
    """Return when, after `now`, the clock alone changes pages next: a scheduled post, or the turn of the year."""
    # Dates of this year are written without the year.
    zone = site.zone
    new_year = datetime(now.astimezone(zone).year + 1, 1, 1, tzinfo=zone)
    moments = Post.objects.filter(published_at__gt=now).order_by("published_at")
    scheduled = moments.values_list("published_at", flat=True).first()
    return min(scheduled, new_year) if scheduled else new_year


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    if kept.etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
        wanted = {"ETag", "Cache-Control", "Vary", "Content-Security-Policy"}
        for name, value in kept.headers:
            if name in wanted:
                response.headers[name] = value
        return response
    response = HttpResponse(kept.body)
    for name, value in kept.headers:
        response.headers[name] = value
    return response


def _without_body(response: HttpResponse) -> HttpResponse:
    """Leave out what an answer to HEAD must not carry, else the server does and complains each time."""
    if response.streaming:
        response.streaming_content = ()
    else:
        response.content = b""
    return response


def _marked(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say of every page that is not kept that nobody may keep it, and of a personal one that nobody may share it."""
    if response.has_header("Cache-Control"):
        return response
    # What came with the address alone is nobody's: a form brings what somebody typed, a cookie what a device remembers.
    is_address_only = request.method in {"GET", "HEAD"} and request.COOKIES.keys() <= SHARED_COOKIES
    if response.cookies or not is_address_only:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, no_cache=True)
    # At many addresses a script gets a piece of the page (answers.py), which a browser going back must not show as one.
    patch_vary_headers(response, ["Cookie", "X-Fragment"])
    return response
