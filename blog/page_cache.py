"""Keeps whole pages of posts for readers who have no session and have not written, and answers them with one query.

Such a page is the same bytes for everyone. It is kept compressed, in this process, under everything that could
change it: path, variant (blog/variants.py), encoding, and the versions of the post's page and of the site. Versions
are read from the database at every request, so text, names and states are never stale, whichever process wrote
them; scores may lag ten seconds. What the clock changes (closing, a scheduled post, the turn of the year) bounds how
long a page is kept.

While the database cannot be reached, what is kept is given out for some minutes, and says from when it is; but
nothing of which the log of takedowns says that something was taken away since.
"""

import re
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from accounts.guests import COOKIE as WRITER_COOKIE
from accounts.spelling import IS_SLUG
from blog import as_of, paths, takedowns
from blog.converters import PagePath
from blog.models import Post, SiteSettings
from blog.models.posts import LONGEST_PATH
from blog.requests import site_of
from blog.variants import SHARED_COOKIES, Variant, variant_of
from web import compression, db_errors
from web.compression import encoding_of
from web.lru_cache import LRUCache

MOST_BYTES = 32 * 1024 * 1024
# What a page takes besides its body, with its key and headers, in bytes: else short answers would seem to be free.
OVERHEAD = 2048
# Of gzip and brotli alike.
QUALITY = 5
# Scores on other people's pages may be this old, in seconds.
SCORE_LAG = 10.0

# Each page has one such path: others lead to it, or nowhere.
_POST_PATH = re.compile(rf"/[0-9]{{4}}/[0-9]{{2}}/({IS_SLUG.pattern})/")
_PAGE_PATH = re.compile(rf"/{PagePath.regex}/")
# What other rooms keep of a post by its number (`cache_also`): patterns whose first group is that number.
_ALSO_KEPT: list[re.Pattern[str]] = []
_VERSIONS = """
SELECT p.id, p.state, s.version, v.version, v.scores FROM blog_post p
LEFT JOIN blog_pagestate v ON v.post_id = p.id LEFT JOIN blog_sitesettings s ON s.id = 1
WHERE p.{column} = %s
"""
_OF_SLUG, _OF_PATH, _OF_ID = (_VERSIONS.format(column=column) for column in ("slug", "path", "id"))


class Versions(NamedTuple):
    """The post's state and versions in the database now; None for missing rows."""

    post_id: int
    state: str
    site: int | None
    page: int | None
    scores: int | None

    @property
    def of_text(self) -> tuple:
        """What must be equal for a cached page to be current, apart from scores."""
        return self.state, self.site, self.page

    @property
    def are_known(self) -> bool:
        """Whether there are versions to cache a page under."""
        return self.site is not None and self.page is not None


class Place(NamedTuple):
    """The key of a page in the cache, without its versions."""

    path: str
    # None for answers that have none.
    variant: Variant | None
    encoding: str


@dataclass(slots=True)
class CachedPage:
    """A cached page: its bytes, its headers, and how long it may be served."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str
    versions: Versions
    made_at: float  # seconds since the epoch
    valid_until: float  # seconds since the epoch
    zone: ZoneInfo
    # When the database last confirmed this page, in seconds of the monotonic clock.
    verified_at: float

    @property
    def size(self) -> int:
        return len(self.body) + OVERHEAD


cached_pages: LRUCache[CachedPage] = LRUCache(most_bytes=MOST_BYTES)


def cache_also(pattern: str) -> None:
    """Also cache responses at these paths; the pattern's first group is the number of the post they belong to.

    They must not depend on the query or on cookies.
    """
    _ALSO_KEPT.append(re.compile(pattern))


class CacheableRequest(HttpRequest):
    """A request with what views say about caching its page; each attribute is set only if needed."""

    is_kept: bool
    kept_until: datetime
    # Why the database could not be asked.
    outage: Error


def do_not_cache(request: HttpRequest) -> None:
    """Tell the cache not to keep the page being made, because another URL has the same one."""
    cast(CacheableRequest, request).is_kept = False


def expires_at(request: HttpRequest, moment: datetime | None) -> None:
    """Tell the cache that the page being made changes at `moment`, if that is not None."""
    if moment is not None:
        cast(CacheableRequest, request).kept_until = min(moment, getattr(request, "kept_until", moment))


class PageCacheMiddleware:
    """The first middleware: answer from the cache, or cache what the rest of the site returns."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._page(request)
        return _without_body(response) if request.method == "HEAD" else response

    def _page(self, request: HttpRequest) -> HttpResponse:
        found = _asked(request)
        if found is None:
            return _marked(request, self.get_response(request))
        place, question, post = found
        try:
            asked_at, versions = _versions(question, post)
        except Error as error:
            return self._without_database(request, place, error)
        if versions is None:
            # No such post, or not any more.
            cached_pages.drop(place)
            return _marked(request, self.get_response(request))
        kept = cached_pages.get(place)
        if kept is not None and _is_good(kept, versions):
            return _answer(request, kept, asked_at)
        return self._render(request, place, question, post)

    def _without_database(self, request: HttpRequest, place: Place, error: Error) -> HttpResponse:
        """Serve the cached page if it may still be shown; else pass the request on, which then answers 503."""
        if not db_errors.is_outage(error):
            raise error
        kept = cached_pages.get(place)
        if kept is not None and _may_be_shown(kept):
            return _answer_of_then(kept)
        # So that nobody waits for the database twice.
        cast(CacheableRequest, request).outage = error
        return _marked(request, self.get_response(request))

    def _render(self, request: HttpRequest, place: Place, question: str, post: str) -> HttpResponse:
        with cached_pages.renderer(place):
            try:
                # Read again: while this one waited, another may have kept the page, or a comment may have come.
                asked_at, versions = _versions(question, post)
            except Error as error:
                return self._without_database(request, place, error)
            kept = cached_pages.get(place)
            if kept is not None and _is_good(kept, versions):
                return _answer(request, kept, asked_at)
            # Known to be old, so it is not given out either when the database fails from now on.
            cached_pages.drop(place)
            # Taken before the page is made: a post that becomes due meanwhile may be missing.
            began = timezone.now()
            response = self.get_response(request)
            if versions is None or not versions.are_known or not _may_be_kept(request, response):
                return _marked(request, response)
            expires_at(request, next_change(site_of(request), now=began))
            kept = _keep(request, response, versions, place.encoding, asked_at)
            cached_pages.put(place, kept)
            return _answer(request, kept, asked_at)


def _asked(request: HttpRequest) -> tuple[Place, str, str] | None:
    """Return the key of the requested page, the SQL that finds its post, and that query's value.

    None if it is not cached: another path, or a request whose response is personal.
    """
    if not _is_for_everyone(request):
        return None
    path = request.path_info
    if found := _POST_PATH.fullmatch(path):
        return Place(path, variant_of(request), encoding_of(request)), _OF_SLUG, found[1]
    for pattern in _ALSO_KEPT:
        if found := pattern.fullmatch(path):
            return Place(path, None, encoding_of(request)), _OF_ID, found[1]
    if _PAGE_PATH.fullmatch(path) and len(path) <= LONGEST_PATH and not paths.is_ours(path):
        return Place(path, variant_of(request), encoding_of(request)), _OF_PATH, path
    return None


def _is_for_everyone(request: HttpRequest) -> bool:
    cookies = request.COOKIES
    return (
        request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in cookies
        and WRITER_COOKIE not in cookies
        # The other scheme is redirected, or has other headers.
        and request.is_secure() == settings.SECURE
        # Below a script name every link of the page would be another.
        and request.path == request.path_info
        and _is_host_ours(request)
    )


def _is_host_ours(request: HttpRequest) -> bool:
    """Whether the host is allowed; pages are the same for all hosts, since URLs are made from SITE_URL.

    Django refuses other hosts later, with all the usual headers.
    """
    # Django's own, which its stubs leave out: get_host() would raise where this only asks.
    host = request._get_raw_host()  # type: ignore[attr-defined]
    return _is_allowed(host, tuple(settings.ALLOWED_HOSTS))


@lru_cache(maxsize=64)
def _is_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    """Return whether Django allows a host; remembered, since asking takes a tenth of a cached page's time."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


def _versions(question: str, post: str) -> tuple[float, Versions | None]:
    """Return when the database was asked (monotonic seconds) and the versions, None without such a post; one query."""
    asked_at = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(question, [post])
        row = cursor.fetchone()
    return asked_at, Versions(*row) if row else None


def _is_good(kept: CachedPage, versions: Versions | None) -> bool:
    now = time.time()
    # A page from the future was made while the clock was ahead, and may show posts that are not due.
    if (
        versions is None
        or kept.versions.of_text != versions.of_text
        or not kept.made_at <= now < kept.valid_until
    ):
        return False
    return kept.versions.scores == versions.scores or now - kept.made_at < SCORE_LAG


def _may_be_shown(kept: CachedPage) -> bool:
    """Whether a page may be served without the database: for some minutes, unless something was removed since."""
    age = time.monotonic() - kept.verified_at
    if age > settings.KEPT_WITHOUT_DATABASE or not kept.made_at <= time.time() < kept.valid_until:
        return False
    return not takedowns.log.is_taken_down(kept.versions.post_id, since=kept.verified_at)


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    is_wanted = getattr(request, "is_kept", True)
    return is_wanted and response.status_code == 200 and not response.cookies and not response.streaming


def _keep(
    request: HttpRequest, response: HttpResponse, versions: Versions, encoding: str, asked_at: float
) -> CachedPage:
    body = response.content
    # The longest pages are packed already while they are made; who asked for plain bytes gets them from that.
    if encoding != "identity" and not response.has_header("Content-Encoding"):
        body = compression.compress([body], encoding, quality=QUALITY)
        response.headers["Content-Encoding"] = encoding
    # Also of the bytes themselves, so that a new release of the templates is a new page too. Nobody gains by two that
    # are alike, so the quickest sum does: a better one takes 7 ms more for the 8 MB of 5,000 comments.
    etag = f'"{versions.site:x}.{versions.page:x}.{zlib.crc32(body):08x}{len(body):x}.{encoding}"'
    response.headers["ETag"] = etag
    response.headers["Content-Length"] = str(len(body))
    response.headers["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    return CachedPage(
        body=body,
        headers=tuple(response.headers.items()),
        etag=etag,
        versions=versions,
        made_at=time.time(),
        valid_until=cast(CacheableRequest, request).kept_until.timestamp(),
        zone=site_of(request).zone,
        verified_at=asked_at,
    )


def next_change(site: SiteSettings, *, now: datetime) -> datetime:
    """Return when pages change next by the clock alone: at a scheduled post or at New Year."""
    # Dates of this year are written without the year.
    zone = site.zone
    new_year = datetime(now.astimezone(zone).year + 1, 1, 1, tzinfo=zone)
    moments = Post.objects.filter(published_at__gt=now).order_by("published_at")
    scheduled = moments.values_list("published_at", flat=True).first()
    return min(scheduled, new_year) if scheduled else new_year


def _answer(request: HttpRequest, kept: CachedPage, asked_at: float) -> HttpResponse:
    kept.verified_at = asked_at
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


def _answer_of_then(kept: CachedPage) -> HttpResponse:
    """Answer without the database: the page says how old it is, and browsers must not cache it."""
    age = timedelta(seconds=time.monotonic() - kept.verified_at)
    moment = datetime.now(UTC) - age
    headers = dict(kept.headers)
    encoding = headers.pop("Content-Encoding", "identity")
    body = as_of.said(kept.body, encoding=encoding, moment=moment.astimezone(kept.zone))
    response = HttpResponse(body)
    for name, value in headers.items():
        response.headers[name] = value
    del response.headers["ETag"]
    response.headers["Content-Length"] = str(len(body))
    response.headers["Cache-Control"] = "no-store"
    return response


def _without_body(response: HttpResponse) -> HttpResponse:
    """Remove the body, which a response to HEAD must not have; the server would log a complaint each time."""
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = ()
    else:
        response.content = b""
    return response


def _marked(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Set Cache-Control on responses that were not cached: always revalidate, and personal pages are private."""
    if response.has_header("Cache-Control"):
        return response
    # Without a form and personal cookies the response depends on the URL alone, so it is not personal.
    is_address_only = request.method in {"GET", "HEAD"} and request.COOKIES.keys() <= SHARED_COOKIES
    if response.cookies or not is_address_only:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, no_cache=True)
    # At many addresses a script gets a piece of the page (answers.py), which a browser going back must not show as one.
    patch_vary_headers(response, ["Cookie", "X-Fragment"])
    return response
