"""Finds who quotes whom among the comments of a page, and which quotations are not in their source any more.

Pure: rows in, findings out. Nothing is stored, so the result is right again once a source is edited or restored.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from accounts.spelling import MARKS
from blog.markup import plain_text
from comments.thread.long_discussions import CITED
from comments.thread.rows import PUBLIC, WAITING, Row
from comments.thread.viewer import Viewer, is_readable

_TAG = re.compile(r'<blockquote(?: cite="([^"]*)")?>|</blockquote>')
_COMMENT = re.compile(r"/comments/(\d+)/")
_WORD = re.compile(rf"[\w{MARKS}]+")
# "[…]" and "…", once NFKC has made three dots of the one sign.
_ELISION = re.compile(r"\[?\s*\.{3,}\s*\]?")
# Characters shown of a quotation that was not found.
LETTERS = 60


class Quotation(NamedTuple):
    """A quotation in a comment: the HTML of its words, without the line about the source, and the source's address."""

    address: str
    html: str

    @property
    def comment_id(self) -> int | None:
        """The comment quoted, or None for the post."""
        found = _COMMENT.fullmatch(self.address)
        return int(found.group(1)) if found else None


class BrokenQuotation(NamedTuple):
    """A quotation whose words are not in its source, or whose source the reader cannot read."""

    # None for the post.
    source: Row | None
    # The first words; "" where the source cannot be read.
    words: str = ""


class QuotationNotes(NamedTuple):
    """What a comment says about quotations: who quotes it, and which of its own quotations are broken."""

    by: Sequence[Row] = ()
    lost: Sequence[BrokenQuotation] = ()


class QuotedPost(NamedTuple):
    """The post that comments may quote; its HTML is asked for only when one does."""

    address: str
    html: Callable[[], str]


def mark_of(comment_id: int) -> str:
    """Return a piece of HTML that every comment quoting this one contains."""
    return f'{CITED}/comments/{comment_id}/"'


def quotations(html: str) -> Iterator[Quotation]:
    """Yield the quotations of a text that name their source, from the outermost in."""
    if CITED not in html:
        return
    opened: list[tuple[str | None, int]] = []
    for tag in _TAG.finditer(html):
        if tag.group() != "</blockquote>":
            opened.append((tag.group(1), tag.end()))
        elif opened:
            address, start = opened.pop()
            # The last paragraph names the source.
            end = html.rfind("<p>", start, tag.start())
            if address and end > 0:
                yield Quotation(address, html[start:end])


def cited(texts: Iterable[str]) -> set[int]:
    """Return the ids of the comments that these texts quote."""
    found = (quote.comment_id for html in texts if CITED in html for quote in quotations(html))
    return {pk for pk in found if pk is not None}


def find(
    rows: Sequence[Row], viewer: Viewer, post: QuotedPost, *, shown: Container[int] | None = None
) -> dict[int, QuotationNotes]:
    """Return the notes about quotations, by the ids of the comments that have any.

    Only quotations in and of the comments `shown` (None: all) are compared with their sources, which takes most of the
    time. A comment that misquotes another is not listed under it as quoting it.
    """
    quoting = [row for row in rows if CITED in row.html]
    if not quoting:
        return {}
    by_id = {row.id: row for row in rows}
    by: dict[int, dict[int, Row]] = defaultdict(dict)
    lost: dict[int, list[BrokenQuotation]] = {}
    for row in quoting:
        if shown is None or row.id in shown:
            lost[row.id] = broken_in(row.html, by_id, viewer, post)
        if row.state == PUBLIC:
            for pk in _truly_quoted(row, by_id, viewer, shown):
                by[pk][row.id] = row
    concerned = by.keys() | {pk for pk, found in lost.items() if found}
    return {pk: QuotationNotes(_in_order(by.get(pk, {})), lost.get(pk, ())) for pk in concerned}


def _truly_quoted(
    row: Row, rows: Mapping[int, Row], viewer: Viewer, shown: Container[int] | None
) -> Iterator[int]:
    """Yield the ids of shown comments that this one quotes correctly, or whose text the reader cannot compare."""
    for quote in quotations(row.html):
        source = rows.get(quote.comment_id or 0)
        if source is None or source.id == row.id or not (shown is None or source.id in shown):
            continue
        if not is_readable(source, viewer) or stands_in(quote.html, source.html):
            yield source.id


def broken_in(html: str, rows: Mapping[int, Row], viewer: Viewer, post: QuotedPost) -> list[BrokenQuotation]:
    """Return the broken quotations of a text; sources that are not among the rows are skipped."""
    return [found for quote in quotations(html) if (found := _lost(quote, rows, viewer, post))]


def _in_order(rows: Mapping[int, Row]) -> list[Row]:
    return sorted(rows.values(), key=lambda row: row.number or 0)


def _lost(
    quote: Quotation, rows: Mapping[int, Row], viewer: Viewer, post: QuotedPost
) -> BrokenQuotation | None:
    """Return the quotation if it is broken; None if it is not, or if its source is not among the rows."""
    pk = quote.comment_id
    if pk is None:
        html = post.html() if quote.address == post.address else ""
        return (
            BrokenQuotation(None, _first_words(quote.html))
            if html and not stands_in(quote.html, html)
            else None
        )
    source = rows.get(pk)
    if source is None or (source.state in WAITING and not is_readable(source, viewer)):
        # For others a held comment does not exist.
        return None
    if not is_readable(source, viewer):
        return BrokenQuotation(source)
    return None if stands_in(quote.html, source.html) else BrokenQuotation(source, _first_words(quote.html))


@lru_cache(maxsize=4096)
def stands_in(quote: str, source: str) -> bool:
    """Whether the words of a quotation occur in its source; parts between […] must come in the same order.

    Case, spaces and punctuation do not count: they change when people copy and retype.
    """
    words = _folded(source)
    place = 0
    for part in _ELISION.split(_normal(quote)):
        wanted = " ".join(_WORD.findall(part))
        found = words.find(wanted, place)
        if found < 0:
            return False
        place = found + len(wanted)
    return True


@lru_cache(maxsize=256)
def _folded(html: str) -> str:
    return " ".join(_WORD.findall(_normal(html)))


def _normal(html: str) -> str:
    return unicodedata.normalize("NFKC", plain_text(html)).casefold()


def _first_words(html: str) -> str:
    words = plain_text(html)
    if len(words) <= LETTERS:
        return words
    return f"{words[:LETTERS].rsplit(' ', 1)[0]}…"
