"""Decide, with a URL parser, which addresses a text may link to. None is ever fetched."""

import re
import unicodedata
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from linkify_it.tlds import TLDS

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

# An address without its scheme, as people type it: "example.org/x". A name that ends as files do is one of a file.
_BARE_HOST = re.compile(
    r"(?P<host>(?:[\w-]{1,63}\.)+(?P<last>[\w-]{2,24}))(?P<rest>(?::\d{1,5})?(?:[/?#].*)?)"
)
_NAMES_OF_HOSTS = frozenset(map(str.lower, TLDS))
_ENDS_OF_FILES = frozenset({"md", "mov", "pl", "ps", "py", "rs", "sh", "zip"})
# What they lead to runs, or is all in the address: nothing that a reader could look up.
_RUNS = re.compile(r"(?:javascript|vbscript|livescript|mocha|data|blob|filesystem|feed|jar|view-source):")
# Pages that are about whoever reads them; no text sends people there.
_READERS_OWN = ("/accounts/", "/admin/")

# Signs beyond ASCII that stand within words, so that addresses in letters of all scripts may hold them.
_WITHIN_WORDS = frozenset("·・‐‑‧־׳״՚་\u200c\u200d")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_CLOSING = {")": "(", "]": "[", "}": "{"}
_TRAILING = ".,;:!?'\"*_"

# The same publication for telephones, in another edition, from another machine.
_SAME_SITE = re.compile(r"^(www\d?|m|amp|edition)\.")

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
    """Return the absolute address in a form that all browsers read alike, or "" if it is not safe."""
    parts = _parts(written)
    if parts is None or parts.scheme not in SCHEMES:
        return ""
    if parts.scheme == "mailto":
        return f"mailto:{parts.path}" if _MAIL.fullmatch(parts.path) else ""
    if not parts.netloc or not _HOST.fullmatch(parts.netloc):
        return ""
    return urlunsplit(parts._replace(path=_quoted(parts.path or "/"), query=_quoted(parts.query),
                                     fragment=_quoted(parts.fragment)))  # fmt: skip


def with_scheme(written: str) -> str:
    """Return a scheme-relative address (`//example.org/`) with https."""
    return f"https:{written.strip()}" if written.strip().startswith("//") else written


def guessed_address(written: str) -> str:
    """Return the address meant by one without a scheme (`example.org/x`, `a@example.org`), or ""."""
    written = written.strip()
    if _MAIL.fullmatch(written) and _BARE_HOST.fullmatch(written.rpartition("@")[2]):
        return safe_address(f"mailto:{written}")
    found = _BARE_HOST.fullmatch(written)
    if found is None or found["last"].lower() not in _NAMES_OF_HOSTS:
        return ""
    is_file = not found["rest"] and found["host"].count(".") == 1 and found["last"].lower() in _ENDS_OF_FILES
    return "" if is_file else safe_address(f"https://{written}")


def led_to(written: str) -> str:
    """Return the target of a link in a text, on another site or our own; "" if it is not allowed."""
    return safe_address(with_scheme(written)) or own_path(written) or guessed_address(written)


def reader_path(written: str) -> str:
    """Return a path on our own site that readers may link to, or ""."""
    path = own_path(written)
    return path if path.startswith("/") and not path.startswith(_READERS_OWN) else ""


def said_address(written: str) -> str:
    """Return the address to show beside the words of a refused link, or "" if it would run something."""
    address = " ".join(_NEVER_IN_AN_ADDRESS.sub("", written).split())
    letters = re.sub(r"[^a-z:-]", "", address.lower())
    if not address or address.startswith("#") or _RUNS.match(letters):
        return ""
    return address if len(address) <= LONGEST_ADDRESS else f"{address[:LONGEST_ADDRESS]}…"


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
    """Return the host of an address without "www.", "m." and the like, or "" when it names none."""
    parts = _parts(address)
    host = (parts.hostname or "").casefold() if parts else ""
    return _SAME_SITE.sub("", host).strip(".")


def web_address(written: str) -> str:
    """Return the address of a page on the web (http or https, with a host), or "": a mail address is none."""
    address = safe_address(with_scheme(written))
    return address if address.startswith(("https://", "http://")) and host_of(address) else ""


def link_address(written: str) -> str:
    """Return where a link in a post may lead: a place on our own site or an absolute address; "" for anything else."""
    return own_path(written) or safe_address(with_scheme(written))


def own_picture(written: str) -> str:
    """Return the address of one of our own pictures, or "": pictures are never loaded from other hosts."""
    address = own_path(written)
    return address if address.startswith(OWN_FILES) and ".." not in address else ""


def film(written: str) -> tuple[str, str]:
    """Return the page and the site's name of an embedded video; ("", "") for other frames."""
    address = safe_address(with_scheme(written))
    parts = urlsplit(address)
    if parts.scheme != "https" or parts.netloc not in FILM_HOSTS:
        return "", ""
    found = re.fullmatch(r"/embed/([\w-]{6,20})", parts.path)
    if found and FILM_HOSTS[parts.netloc] == "YouTube":
        return f"https://www.youtube.com/watch?v={found.group(1)}", "YouTube"
    return address, FILM_HOSTS[parts.netloc]


def end_of_address(written: str) -> str:
    """Return a bare address without what follows it: the first punctuation beyond ASCII, full-width signs, a full stop.

    A closing bracket belongs to it only if it was opened in it.
    """
    for found in _BEYOND_ASCII.finditer(written):
        if _ends_address(found.group()):
            written = written[: found.start()]
            break
    return _without_trailing(written)


def _ends_address(letter: str) -> bool:
    kind = unicodedata.category(letter)[0]
    is_full_width = kind == "S" and "\uff00" <= letter <= "\uffef"
    return letter not in _WITHIN_WORDS and (kind in "PZC" or is_full_width)


def _without_trailing(address: str) -> str:
    while address:
        last = address[-1]
        if last in _CLOSING and address.count(last) > address.count(_CLOSING[last]) or last in _TRAILING:
            address = address[:-1]
        else:
            return address
    return address


def _parts(written: str) -> SplitResult | None:
    """Split a URL as browsers do, ignoring spaces around it and line ends in it; None if it is not a URL."""
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
