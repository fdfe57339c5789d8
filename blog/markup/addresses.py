"""Decides by a URL parser which addresses a text may lead to; it never fetches one."""

import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from blog.markup.vocabulary import SCHEMES

# Longer ones are not addresses that people read; the limit also keeps the parser's work small.
LONGEST_ADDRESS = 2000

_EDGES = "".join(map(chr, range(0x21)))
_IGNORED_BY_BROWSERS = re.compile(r"[\t\n\r]")
_NEVER_IN_AN_ADDRESS = re.compile(r"[\x00-\x1f\x7f-\x9f\\\u2028\u2029\ufffd]")
_HOST = re.compile(r"[^\s<>\"'`%/?#@\\^|{}]+")
_MAIL = re.compile(r"[^\s<>\"'@?&,;:/\\]+@[^\s<>\"'@?&,;:/\\]+")
# Everything that needs no escape in an address; other characters, letters of all scripts apart, are escaped.
_PLAIN = "%/?#[]@!$&'()*+,;=:-._~"

_OWN_COMMENT = re.compile(r"/comments/[0-9]{1,18}/")
_OLD_ANCHOR = re.compile(r"comment-([0-9]{1,18})")

# Where embedded films may come from. Exact names: a subdomain or another port is another host.
FILM_HOSTS = {
    "www.youtube-nocookie.com": "YouTube",
    "www.youtube.com": "YouTube",
    "player.vimeo.com": "Vimeo",
}
# Where our own pictures are.
OWN_FILES = ("/media/", "/static/")


def safe_address(written: str) -> str:
    """Return the absolute address in a form that every browser reads alike, or "" when there is none."""
    parts = _parts(written)
    if parts is None or parts.scheme not in SCHEMES:
        return ""
    if parts.scheme == "mailto":
        return f"mailto:{parts.path}" if _MAIL.fullmatch(parts.path) else ""
    if not parts.netloc or not _HOST.fullmatch(parts.netloc):
        return ""
    return urlunsplit(parts._replace(path=_quoted(parts.path or "/"), query=_quoted(parts.query),
                                     fragment=_quoted(parts.fragment)))  # fmt: skip


def own_path(written: str) -> str:
    """Return a path on our own site (`/2024/12/…`) or an anchor (`#…`), or "" for anything else."""
    parts = _parts(written)
    if parts is None or parts.scheme or parts.netloc:
        return ""
    if parts.path.startswith("//") or not (parts.path.startswith("/") or (parts.fragment and not parts.path)):
        return ""
    if parts.query and not parts.path:
        return ""
    return urlunsplit(parts._replace(path=_quoted(parts.path), query=_quoted(parts.query),
                                     fragment=_quoted(parts.fragment)))  # fmt: skip


def own_comment(written: str) -> str:
    """Return the address of one of our comments, or ""."""
    return written if _OWN_COMMENT.fullmatch(written) else ""


def old_comment_id(written: str) -> int | None:
    """The number in `#comment-123`, whatever page it is on."""
    parts = _parts(written)
    found = _OLD_ANCHOR.fullmatch(parts.fragment) if parts else None
    return int(found.group(1)) if found else None


def host_of(address: str) -> str:
    """The host without www, as a name for a publication that has none."""
    parts = _parts(address)
    return (parts.hostname or "").removeprefix("www.") if parts else ""


def own_picture(written: str) -> str:
    """Return the address of a picture of our own, or "": nobody's reading is told to another host."""
    address = own_path(written)
    return address if address.startswith(OWN_FILES) and ".." not in address else ""


def film(written: str) -> tuple[str, str]:
    """Return where an embedded film can be watched, and the name of that place; ("", "") for other frames."""
    address = safe_address(
        written.strip().replace("//", "https://", 1) if written.strip()[:2] == "//" else written
    )
    parts = urlsplit(address)
    if parts.scheme != "https" or parts.netloc not in FILM_HOSTS:
        return "", ""
    found = re.fullmatch(r"/embed/([\w-]{6,20})", parts.path)
    if found and FILM_HOSTS[parts.netloc] == "YouTube":
        return f"https://www.youtube.com/watch?v={found.group(1)}", "YouTube"
    return address, FILM_HOSTS[parts.netloc]


def _parts(written: str) -> SplitResult | None:
    """Split as a browser would: spaces around it and line ends in it do not count. None when it cannot be one."""
    address = _IGNORED_BY_BROWSERS.sub("", written.strip(_EDGES))
    if not address or len(address) > LONGEST_ADDRESS or _NEVER_IN_AN_ADDRESS.search(address):
        return None
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - reading it is the check: it raises on anything but a number
    except ValueError:
        return None
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower())


def _quoted(text: str) -> str:
    return quote(text, safe=_PLAIN)
