"""Recognises addresses of videos on hosts that posts may embed; contacts none of them."""

import re
from urllib.parse import parse_qs, urlsplit

from lxml.html import HtmlElement

from blog.markup import host_of

_ID = re.compile(r"[\w-]{6,20}")
_YOUTUBE = frozenset({"youtube.com", "youtube-nocookie.com"})
_VIMEO = re.compile(r"(?:/video)?/(\d{1,15})(?:/[\w-]*)?")


def frame_of(address: str) -> str:
    """Return the address of the frame for a video, from any form of the video's address, or ""."""
    try:
        parts = urlsplit(f"https:{address}" if address.startswith("//") else address)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"}:
        return ""
    host = host_of(parts.geturl()).removeprefix("player.")
    if host in _YOUTUBE or host == "youtu.be":
        film = _youtube_id(host, parts.path, parts.query)
        return f"https://www.youtube.com/embed/{film}" if film else ""
    found = _VIMEO.fullmatch(parts.path.rstrip("/")) if host == "vimeo.com" else None
    return f"https://player.vimeo.com/video/{found.group(1)}" if found else ""


def _youtube_id(host: str, path: str, query: str) -> str:
    if host == "youtu.be":
        film = path.strip("/")
    elif path.rstrip("/") == "/watch":
        film = parse_qs(query).get("v", [""])[0]
    else:
        found = re.match(r"/(?:embed|v|shorts|live)/([\w-]+)", path)
        film = found.group(1) if found and found.group(1) != "videoseries" else ""
    return film if _ID.fullmatch(film) else ""


def address_in(element: HtmlElement) -> str:
    """Return where a frame, film, sound or one of their forerunners (object, embed) gets what it shows."""
    inner = [element, *element.iter("source", "embed")]
    written = [part.get(name) for part in inner for name in ("src", "data")]
    written += [
        part.get("value")
        for part in element.iter("param")
        if part.get("name", "").lower() in {"movie", "src"}
    ]
    return next((address.strip() for address in written if address and address.strip()), "")
