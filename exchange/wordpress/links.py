"""Resolves links of imported texts: relative ones to the old site; kinds not allowed here become text."""

import re
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from blog.markup.addresses import own_path, safe_address, with_scheme
from exchange.wordpress.report import Kind, Note

# Somebody wrote www.example.org where an address was asked for.
_BARE_HOST = re.compile(r"(?:www\.[\w-]+\.|(?:[\w-]+\.)+(?:com|org|net|edu|gov|info)(?=[/:?#]|\Z))", re.I)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d)")
# They run something, or hold what they lead to: no words of anybody.
_MACHINERY = {"javascript", "vbscript", "data", "about", "blob"}
_IGNORED_BY_BROWSERS = re.compile(r"[\t\n\r]")
LONGEST_WORDS = 300


def settle_links(root: HtmlElement, notes: list[Note], *, base: str) -> None:
    """Make links absolute that were relative to the old site, and write beside its words where another one led."""
    for link in root.iter("a"):
        written = _IGNORED_BY_BROWSERS.sub("", link.get("href", "")).strip()
        if not written or written.startswith("#"):
            continue
        address = leads_to(written, base=base)
        if address:
            link.set("href", address)
        else:
            _keep_as_words(link, written, notes)


def leads_to(written: str, *, base: str) -> str:
    """Return where a link of the old site leads, or "" when no page can link there."""
    if safe_address(with_scheme(written)) or own_path(written):
        return written
    if _BARE_HOST.match(written):
        return safe_address(f"http://{written}")
    if _SCHEME.match(written):
        return ""
    try:
        joined = urljoin(f"{base.rstrip('/')}/", written) if urlsplit(base).netloc else ""
    except ValueError:
        return ""
    return safe_address(joined)


def _keep_as_words(link: HtmlElement, written: str, notes: list[Note]) -> None:
    scheme = _SCHEME.match(written)
    del link.attrib["href"]
    words = link.text_content()
    notes.append(Note(Kind.LINK, written))
    if scheme and scheme.group(1).lower() in _MACHINERY:
        return
    shown = (
        written.partition(":")[2]
        if scheme and scheme.group(1).lower() in {"tel", "sms", "callto"}
        else written
    )
    if shown.strip("/") in words or not words.strip():
        shown = "" if words.strip() else shown
    if shown and len(shown) <= LONGEST_WORDS:
        link.tail = f" ({shown}){link.tail or ''}" if words.strip() else f"{shown}{link.tail or ''}"
