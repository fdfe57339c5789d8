"""What every request that is not answered from a kept page needs: the site's settings, its zone, old addresses."""

import re
import secrets
from collections.abc import Callable
from urllib.parse import unquote

import brotli
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from blog.kept import encoding_of
from blog.models import OldAddress, SiteSettings

# How WordPress knows a post by its number.
_NUMBER = re.compile(r"p=[1-9][0-9]{0,17}")
# What it puts after the address of a page: pages of comments, feeds, other forms of the same page.
_FORM = re.compile(r"(?P<page>/.+/)(?P<form>comment-page-[0-9]{1,5}|feed|amp|embed|trackback)/?")
_POST = re.compile(r"/[0-9]{4}/[0-9]{2}/[^/]+/")
# These tell whether the database answers, so they must not need it themselves.
FRAMELESS = frozenset({"/healthz", "/readyz"})


# A member's page of 500 comments: 5 ms of CPU and 156 KB, where gzip as Django has it takes 17 ms for 164 KB.
QUALITY = 3
# What is shorter gains nothing (as Django sees it too).
SHORTEST = 200


class Packed(GZipMiddleware):
    """Pack what is not kept, as Django does, and with brotli for who can unpack it: a quarter of gzip's work.

    It asks for no encoding that a client has refused (`gzip;q=0`).
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        encoding = encoding_of(request)
        if encoding == "identity":
            return response
        if encoding == "gzip" or response.streaming or response.has_header("Content-Encoding"):
            return super().process_response(request, response)
        if len(response.content) >= SHORTEST:
            response.content = packed(response.content, most_random=self.max_random_bytes)
            response.headers["Content-Length"] = str(len(response.content))
            response.headers["Content-Encoding"] = "br"
            patch_vary_headers(response, ["Accept-Encoding"])
            # The bytes differ each time.
            if response.headers.get("ETag", "").startswith('"'):
                response.headers["ETag"] = f"W/{response.headers['ETag']}"
        return response


def packed(content: bytes, *, most_random: int) -> bytes:
    """Return the content as brotli whose length says little of it (BREACH): 1 to `most_random` bytes mean nothing.

    They stand in a block of metadata (RFC 7932, section 9.2), which may stand wherever the stream is at a whole byte.
    """
    brotli_stream = brotli.Compressor(quality=QUALITY)
    begin = brotli_stream.process(content) + brotli_stream.flush()
    noise = secrets.token_bytes(secrets.randbelow(most_random) + 1)
    # From the lowest bit: not the last block (0), no size (11), reserved (0), one byte of length (01), length less one.
    head = (0b01_0_11_0 | (len(noise) - 1) << 6).to_bytes(2, "little")
    return begin + head + noise + brotli_stream.finish()


class SiteFrame:
    """Put the site's settings on the request and tell times in the site's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in FRAMELESS:
            return self.get_response(request)
        if error := getattr(request, "outage", None):
            # The kept pages have found out already that the database cannot be reached.
            raise error
        request.site = SiteSettings.load()
        with timezone.override(request.site.zone):
            return self.get_response(request)


class OldAddresses:
    """Answer 301 where something used to be: a path that is not found now, or a post known by its number (`/?p=12`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        query = request.META.get("QUERY_STRING", "")
        numbered = f"{request.path}?{query}" if _NUMBER.fullmatch(query) else ""
        # The front page answers whatever is asked of it, so a number is looked up before it does.
        target = _target(numbered) if numbered and request.path == "/" else ""
        if target:
            return HttpResponsePermanentRedirect(target)
        response = self.get_response(request)
        if response.status_code == 404:
            target = _target(numbered) or _target_of_path(request.path)
        return HttpResponsePermanentRedirect(target) if target else response


def _target_of_path(path: str) -> str:
    """Return where the path leads, or the page that it is a part or another form of; "" when it never was."""
    if target := _target(path):
        return target
    found = _FORM.fullmatch(path)
    if found is None:
        return ""
    target = _target(found["page"]) or (found["page"] if _POST.fullmatch(found["page"]) else "")
    if found["form"] == "feed":
        # A post's own feed is where it was, so it is not found only when the post is not.
        return f"{target}feed/" if target.endswith("/") and target != found["page"] else ""
    return target


def _target(path: str) -> str:
    """Return where an old path leads, whether it was kept with a slash at its end or without; "" for nowhere."""
    if not path or "\0" in path:
        # PostgreSQL looks for no NUL: it raises.
        return ""
    forms = [path[:500], path.rstrip("/")[:500], f"{path.rstrip('/')}/"[:500]]
    found = dict(OldAddress.objects.filter(path__in=forms).values_list("path", "target"))
    target = next((found[form] for form in forms if form in found), "")
    return target if unquote(target) != path else ""
