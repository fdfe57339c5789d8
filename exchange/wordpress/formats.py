"""Recognises files that people mistake for a WordPress export, and says what each is and what to do."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What a file begins with, and what it is then; the first that fits. Texts are looked for in lower case.
_BYTES = (
    (rb"PK\x03\x04|Rar!|7z\xbc\xaf|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd", "packed"),
    (rb"SQLite format 3", "database"),
    (rb"%PDF|\xff\xd8\xff|\x89PNG|GIF8|RIFF|\xd0\xcf\x11\xe0|\x7fELF|MZ\x90", "document"),
)
_TEXTS = (
    (rb"(?:<!--.*?-->\s*)*<!doctype\s+html|(?:<!--.*?-->\s*)*<(?:html|head|body)\b", "web_page"),
    (rb"\{|\[\s*[\{\[\]]", "json"),
    (rb"(?:--|/\*)[^\n]*(?:dump|sql|database|table)|(?:create|drop)\s+(?:table|database)\b", "database"),
    (rb"insert\s+into\b|set\s+(?:names|sql_mode|foreign_key)", "database"),
    (rb"(?:author|title|basename|status|allow comments|date): [^\n]*\n(?:[a-z ]+:[^\n]*\n|-----|\n)", "movable_type"),
    (rb"<\?php", "program"),
)  # fmt: skip
_ROOTS = (
    (rb"<disqus\b", "disqus"),
    (rb"<tumblr\b", "tumblr"),
    (rb"<livejournal\b", "livejournal"),
    (rb"<blog\b[^>]*blogml", "blogml"),
    (rb"<opml\b", "opml"),
    (rb"<(?:urlset|sitemapindex)\b", "sitemap"),
    (rb"<feed\b(?=.*(?:blogger\.com|>blogger<|schemas\.google\.com/blogger))", "blogger"),
    (rb"<feed\b", "feed"),
    (rb"<(?:rdf:rdf|channel)\b", "feed"),
    (rb"<mysqldump\b|<pma_xml_export\b", "database"),
    (rb"<html\b", "web_page"),
)

_WANTED = gettext_lazy(
    "Commonplace reads WordPress exports (WXR): in WordPress, choose Tools → Export → All content."
)
_NAMES = {
    "disqus": gettext_lazy(
        "this is a Disqus export, which contains comments only. If the blog ran on WordPress, use the "
        "Disqus plugin to bring them back into WordPress, and export from there."
    ),
    "blogger": gettext_lazy(
        "this is a Blogger export. Import it into a WordPress site first (Tools → Import → Blogger) and "
        "export from there."
    ),
    "tumblr": gettext_lazy(
        "this is a Tumblr export. Import it into a WordPress site first (Tools → Import → Tumblr) and "
        "export from there."
    ),
    "movable_type": gettext_lazy(
        "this is a Movable Type or TypePad export. Import it into a WordPress site first (Tools → "
        "Import → Movable Type) and export from there."
    ),
    "livejournal": gettext_lazy(
        "this is a LiveJournal export. Import it into a WordPress site first (Tools → Import → "
        "LiveJournal) and export from there."
    ),
    "blogml": gettext_lazy(
        "this is a BlogML file. Import it into a WordPress site first and export from there."
    ),
    "ghost": gettext_lazy(
        "this is a Ghost export (JSON). Import it into a WordPress site first and export from there."
    ),
    "json": gettext_lazy("this is JSON, not a WordPress export."),
    "feed": gettext_lazy(
        "this is a feed (RSS or Atom): it contains only the latest posts, and not their original text."
    ),
    "opml": gettext_lazy("this is a list of feeds or links (OPML), without posts."),
    "sitemap": gettext_lazy("this is a sitemap: a list of web addresses, without posts."),
    "database": gettext_lazy(
        "this is a database dump, not an export. Commonplace can’t read it; load it into a WordPress "
        "site and export from there."
    ),
    "packed": gettext_lazy(
        "this file is compressed. Unpack it and import the XML file inside; if there are several, one "
        "after the other."
    ),
    "web_page": gettext_lazy(
        "this is a web page, not an export. Perhaps your WordPress session had expired: sign in and "
        "export again."
    ),
    "document": gettext_lazy("this is a picture, a document or a program, not an export."),
    "program": gettext_lazy("this is a PHP program, not an export."),
    "empty": gettext_lazy("this file is empty. Perhaps the export was interrupted: export again."),
    "unknown": gettext_lazy("this is not XML, so it is no WordPress export."),
    "other_xml": gettext_lazy("this is XML, but not a WordPress export."),
}
# These already say what to do.
_COMPLETE = {"packed", "web_page", "empty"}
_PROLOGUE = re.compile(rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!doctype\b[^>]*>\s*)*", re.I | re.S)
# Error messages of PHP, or a few words, may precede an export.
_LATE_START = re.compile(rb"<\?xml\b|<rss\b", re.I)
_LONGEST_SNIFF = 2**16


def refusal_of_bytes(chunk: bytes) -> str | None:
    """Return what a file is, by its first bytes, if it is not text; None for a text."""
    return next((_sentence(kind) for form, kind in _BYTES if re.match(form, chunk)), None)


def refusal_of_opening(chunk: bytes) -> str | None:
    """Return why a text that begins like this is not an export, or None if it may be one."""
    kind = _kind_of_text(chunk[:_LONGEST_SNIFF])
    return _sentence(kind) if kind else None


def refusal_of_root(opening: bytes) -> str:
    """Return what an XML file is whose root is not that of an export."""
    start = _PROLOGUE.match(opening)
    root = opening[start.end() if start else 0 :][:_LONGEST_SNIFF].lower()
    kind = next((kind for form, kind in _ROOTS if re.match(form, root, re.S)), None)
    if kind is None:
        kind = "feed" if root.startswith(b"<rss") else "other_xml"
    return _sentence(kind)


def _kind_of_text(chunk: bytes) -> str | None:
    text = chunk.strip().lower()
    if not text:
        return "empty"
    for form, kind in _TEXTS:
        if re.match(form, text, re.S):
            return "ghost" if kind == "json" and b'"db"' in text[:200] and b'"meta"' in text[:400] else kind
    return None if text.startswith(b"<") or _LATE_START.search(chunk) else "unknown"


def _sentence(kind: str) -> str:
    sentence = _("Line 1: %s") % _NAMES[kind]
    return sentence if kind in _COMPLETE else f"{sentence} {_WANTED}"


def cut_off(line: int, item: str = "") -> str:
    """Return what to do about a file that ends before the export does, in an item or between two."""
    where = _("in the item “%s”") % item if item else _("before the export does")
    return _(
        "Line %(line)d: the file ends here, %(where)s. Perhaps the download was interrupted. Export again, or "
        "import what there is with --partial."
    ) % {"line": line, "where": where}  # fmt: skip
