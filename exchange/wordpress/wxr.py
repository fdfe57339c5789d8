"""Reads a WordPress export as a stream of plain values; refuses other files; does not use the database."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from accounts.characters import readable
from accounts.spelling import nfc
from exchange.wordpress import formats
from exchange.wordpress.cleaning import Clean, Malformed
from exchange.wordpress.mending import END, SAFE, Wrapper, Wrong, decoded, local, read_mended
from exchange.wordpress.pieces import Piece, Pieces
from exchange.wordpress.values import Fault, FaultKind, ItemIds, Values, invented_number
from web.params import int_param

# Elements whose text is an address or an id.
ADDRESSES = frozenset({"guid", "link", "attachment_url", "base_site_url", "base_blog_url"})
# What was an address stays as it was, byte for byte, and so do the values of options, which tell their lengths.
AS_THEY_ARE = ADDRESSES | {"meta_value"}
WXR_NAMESPACE = "http://wordpress.org/export/"

# WordPress writes the year -0001 where it has no date.
_FEED_DATE = re.compile(r"(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} (?:19(?:7[1-9]|[89]\d)|20\d\d)\b")
_ROOT = re.compile(rb"<rss\b[^>]*>", re.I)
_CHANNEL = re.compile(rb"<channel\b[^>]*>", re.I)
_CLOSERS = re.compile(rb"</channel\s*>\s*(?:</rss\s*>)?|<\?xml\b[^<>]*\?>|<rss\b[^>]*>|<channel\b[^>]*>")
_DOCTYPE = re.compile(rb"<!DOCTYPE\b", re.I)
_TITLE = re.compile(rb"<title>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</title>", re.S)
_COMPLAINT_OF_PHP = b"</b> on line <b>"
# As much of a file as may stand before its root element.
_LONGEST_OPENING = 2**16


@dataclass(frozen=True, slots=True)
class Head:
    """What the export says about the blog."""

    title: str = ""
    description: str = ""
    link: str = ""
    base_url: str = ""
    # When the export was made, by the clock of Greenwich.
    exported: datetime | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """A person who may write posts at the old site."""

    login: str
    user_id: int = 0
    email: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A category or tag: `domain` is "category" or "post_tag", `key` its nicename."""

    domain: str
    key: str
    name: str
    parent: str = ""
    description: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class OldComment:
    id: int
    parent: int
    line: int
    name: str
    email: str
    website: str
    address: str
    date: datetime | None
    date_gmt: datetime | None
    content: str
    approved: str
    type: str
    user_id: int
    meta: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A post, page, attachment or anything else that WordPress keeps as one."""

    id: int
    type: str
    status: str
    line: int
    title: str
    link: str
    slug: str
    creator: str
    content: str
    excerpt: str
    date: datetime | None
    date_gmt: datetime | None
    modified_gmt: datetime | None
    parent: int
    password: str
    comment_status: str
    is_sticky: bool
    attachment_url: str
    terms: tuple[Term, ...]
    meta: tuple[tuple[str, str], ...]
    comments: tuple[OldComment, ...] = field(repr=False)
    # What feed readers knew it by at the old site.
    guid: str = ""

    def meta_value(self, key: str) -> str:
        return next((value for name, value in self.meta if name == key), "")


Entry = Head | Writer | Term | Item | Fault


def read(
    path: Path, *, progress: Callable[[int], Any] | None = None, partial: bool = False
) -> Iterator[Entry]:
    """Yield what the file holds, one item with its comments at a time; the head comes before the first item.

    What cannot be read is left out, what is not quite right is taken without it, and a Fault says so each time.
    `progress` is told how many bytes were read. Raises Malformed when the file is no export, or, unless `partial`,
    when it ends before the export does.
    """
    with path.open("rb") as file:
        yield from _Reader(Clean(file, progress), partial=partial).entries()


class _Reader:
    """Reads piece by piece: as it stands where it is XML, mended where it is none."""

    def __init__(self, clean: Clean, *, partial: bool) -> None:
        self._clean = clean
        self._partial = partial
        self._pieces = Pieces(clean.chunks())
        self._wrapper = Wrapper("")
        self._ids = ItemIds()
        self._head: dict[str, str] = {}
        self._is_export = False
        self._opening = b""
        self._faults: list[Fault] = []
        # What is wrong with the whole file is said once.
        self._told: set[str] = set()

    def entries(self) -> Iterator[Entry]:
        is_begun = is_head_told = False
        for piece in self._pieces:
            if not is_begun:
                self._begin(piece)
                yield from self._channel_parts(replace(piece, data=self._body(piece.data)))
                is_begun = True
            elif piece.is_item:
                if not is_head_told:
                    self._refuse_feeds(piece.data)
                    yield self._told_head()
                    is_head_told = True
                yield from self._read_piece(piece)
            elif piece.data.strip():
                yield from self._channel_parts(piece)
        if not is_head_told:
            self._refuse_feeds(b"")
            yield self._told_head()
        if not self._pieces.has_end:
            yield from self._cut_off()

    def _refuse_feeds(self, first_item: bytes) -> None:
        if not self._is_export and b"<wp:" not in first_item:
            raise Malformed(formats.refusal_of_root(self._opening))

    def _take_faults(self) -> list[Fault]:
        faults, self._faults = self._faults, []
        return faults

    def _cut_off(self) -> Iterator[Entry]:
        if not self._partial:
            raise Malformed(formats.cut_off(self._pieces.line))
        yield Fault(FaultKind.TOLERATED, self._pieces.line, "", _("the file ends before the export does"))

    # --- the beginning ---

    def _begin(self, piece: Piece) -> None:
        """Read the root of the file, or say what the file is instead."""
        if _DOCTYPE.search(piece.data[:_LONGEST_OPENING]) and _ROOT.search(piece.data):
            raise Malformed(
                _(
                    "Line 1: this file declares a document type, which WordPress exports never do. It was not read."
                )
            )
        root = _ROOT.search(piece.data)
        self._wrapper = Wrapper(decoded(root.group(), self._clean.encoding)[0] if root else "")
        if root is None and b"<wp:" not in piece.data:
            raise Malformed(formats.refusal_of_root(piece.data))
        # One that has lost its namespaces is known by its fields, if not before the first item then in it.
        self._is_export = self._wrapper.is_wordpress or b"<wp:" in piece.data
        self._opening = piece.data[:_LONGEST_OPENING]
        line = piece.data.count(b"\n", 0, root.start() if root else 0) + 1
        if self._clean.passed_over:
            self._tolerate(1, _("text before the start of the export"))
        for uri in self._wrapper.odd:
            self._tolerate(line, _("the namespace “%s” is not a web address") % uri[:80])
        uris = [uri for prefix, uri in self._wrapper.uris.items() if prefix != "excerpt"]
        if self._wrapper.is_wordpress and not any(uri.startswith(WXR_NAMESPACE) for uri in uris):
            self._tolerate(line, _("the namespace of WordPress exports is written in an unusual way"))

    def _body(self, data: bytes) -> bytes:
        """Return what stands after the channel begins, every line with its number."""
        begin = _CHANNEL.search(data) or _ROOT.search(data)
        end = begin.end() if begin else 0
        return b"\n" * data.count(b"\n", 0, end) + data[end:]

    def _tolerate(self, line: int, why: str, *, item: str = "") -> None:
        if item or why not in self._told:
            self._told.add(why)
            self._faults.append(Fault(FaultKind.TOLERATED, line, item, why))

    # --- the channel ---

    def _channel_parts(self, piece: Piece) -> Iterator[Entry]:
        root, wrong = self._parsed(replace(piece, data=_CLOSERS.sub(b"", piece.data)))
        for error in wrong:
            self._tolerate(piece.line + error.line - 1, error.why)
        yield from self._take_faults()
        for element in root[0] if root is not None and len(root) else ():
            entry = self._channel_child(element)
            if entry is not None:
                yield entry

    def _told_head(self) -> Head:
        base = (
            self._head.get("base_blog_url") or self._head.get("base_site_url") or self._head.get("link", "")
        )
        return Head(
            title=self._head.get("title", ""),
            description=self._head.get("description", ""),
            link=self._head.get("link", ""),
            base_url=base,
            exported=_feed_date(self._head),
        )

    def _channel_child(self, element: etree._Element) -> Entry | None:
        name = local(element)
        if name == "author":
            return self._read_writer(_fields(element))
        if name in {"category", "tag", "term"} and element.tag != name:
            return _read_term(name, _fields(element))
        if len(element) == 0:
            text = (element.text or "").strip()
            self._head.setdefault(name, text if name in ADDRESSES else _typed(text))
        return None

    def _read_writer(self, fields: dict[str, str]) -> Writer | None:
        login = fields.get("author_login", "").strip()
        if not login:
            return None
        number = fields.get("author_id", "").strip()
        return Writer(
            login=login,
            user_id=int_param(number) or 0,
            email=fields.get("author_email", "").strip(),
            # WordPress keeps this name escaped.
            name=unescape(fields.get("author_display_name", "")).strip() or login,
        )

    # --- an item ---

    def _parsed(self, piece: Piece) -> tuple[etree._Element | None, list[Wrong]]:
        """Return the root that holds the piece; only what is no XML is mended, so that others cost nothing more."""
        data = piece.data
        if self._clean.encoding != "utf-8":
            text, is_declared = decoded(data, self._clean.encoding)
            data = text.encode()
        if _COMPLAINT_OF_PHP not in data:
            parser = etree.XMLParser(**SAFE, recover=False)
            try:
                return etree.fromstring(self._wrapper.start() + data + END, parser), []
            except etree.XMLSyntaxError:
                pass
        return read_mended(data, self._wrapper, encoding=self._clean.encoding)

    def _read_piece(self, piece: Piece) -> Iterator[Entry]:
        if piece.is_cut_off:
            if not self._partial:
                raise Malformed(formats.cut_off(self._pieces.line, _title_in(piece)))
            yield Fault(
                FaultKind.LEFT_OUT, piece.line, _title_in(piece), _("the file ends in the middle of it")
            )
            return
        root, wrong = self._parsed(piece)
        elements = root.findall("channel/item") if root is not None else []
        if not elements:
            why = wrong[-1].why if wrong else _("not well-formed XML")
            line = piece.line + (wrong[-1].line if wrong else 1) - 1
            yield Fault(FaultKind.LEFT_OUT, line, _title_in(piece), why)
            return
        for element in elements:
            yield from self._read_element(element, piece.line, wrong)

    def _read_element(self, element: etree._Element, first_line: int, wrong: list[Wrong]) -> Iterator[Entry]:
        title = (element.findtext("title") or "").strip()[:80] or _("without a title")
        values = Values(element, first_line=first_line, title=title)
        item = _item(element, values, self._ids)
        for error in wrong:
            self._tolerate(first_line + error.line - 1, error.why, item=title)
        yield from self._take_faults()
        yield from values.faults
        yield item


def _title_in(piece: Piece) -> str:
    found = _TITLE.search(piece.data)
    words = found.group(1).decode("utf-8", "replace").strip()[:80] if found else ""
    return words or _("without a title")


def _comment(element: etree._Element, values: "Values") -> OldComment:
    fields = _fields(element)
    line = values.line_of(element)
    content, name = fields.get("comment_content", ""), fields.get("comment_author", "")
    when = fields.get("comment_date_gmt", "") or fields.get("comment_date", "")
    values.of_comment(fields.get("comment_id", "").strip(), name)
    return OldComment(
        id=values.own_number(fields, "comment_id", line, instead=(when, name, content)),
        parent=values.number(fields, "comment_parent", line),
        line=line,
        name=name,
        email=fields.get("comment_author_email", "").strip(),
        website=fields.get("comment_author_url", "").strip(),
        address=fields.get("comment_author_IP", "").strip(),
        date=values.date(fields, "comment_date", line),
        date_gmt=values.date(fields, "comment_date_gmt", line),
        content=content,
        approved=fields.get("comment_approved", "").strip(),
        type=fields.get("comment_type", "").strip(),
        user_id=values.number(fields, "comment_user_id", line),
        meta=_meta(element, "commentmeta"),
    )


def _item(element: etree._Element, values: "Values", ids: "ItemIds") -> Item:
    fields = _fields(element)
    line = values.line_of(element)
    comments = tuple(_comment(child, values) for child in element if local(child) == "comment" and len(child))
    values.of_comment("", "")
    kind = fields.get("post_type", "").strip() or "post"
    # What tells two items apart that say they are the same one.
    address = fields.get("guid", "").strip() or fields.get("link", "").strip()
    identity = (kind, address) if address else (kind, fields.get("title", ""), fields.get("post_date", ""))
    number = values.own_number(fields, "post_id", line, instead=identity)
    if ids.are_taken(number, identity):
        values.complain("post_id", fields["post_id"], line, _("which another item already uses"))
        number = invented_number(*identity)
    return Item(
        id=number,
        type=kind,
        status=fields.get("status", "").strip(),
        line=line,
        title=fields.get("title", ""),
        link=fields.get("link", "").strip(),
        slug=fields.get("post_name", "").strip(),
        creator=fields.get("creator", "").strip(),
        content=fields.get("content:encoded", ""),
        excerpt=fields.get("excerpt:encoded", ""),
        date=values.date(fields, "post_date", line),
        date_gmt=values.date(fields, "post_date_gmt", line) or _feed_date(fields),
        modified_gmt=values.date(fields, "post_modified_gmt", line),
        parent=values.number(fields, "post_parent", line),
        password=fields.get("post_password", ""),
        comment_status=fields.get("comment_status", "").strip(),
        is_sticky=fields.get("is_sticky", "").strip() == "1",
        attachment_url=fields.get("attachment_url", "").strip(),
        terms=_terms_of(element),
        meta=_meta(element, "postmeta"),
        comments=comments,
        guid=fields.get("guid", "").strip(),
    )


def _typed(text: str) -> str:
    """Return what somebody typed: every sign one that can be read, in the one spelling that is stored."""
    return nfc(readable(text))


def _fields(element: etree._Element) -> dict[str, str]:
    """Texts of the children by name; the first wins, as in a feed. The two `encoded` are told apart."""
    fields: dict[str, str] = {}
    for child in element:
        name = local(child)
        if name == "encoded":
            is_excerpt = "excerpt" in child.tag or child.prefix == "excerpt"
            name = "excerpt:encoded" if is_excerpt else "content:encoded"
        text = child.text or ""
        fields.setdefault(name, text if name in AS_THEY_ARE else _typed(text))
    return fields


def _feed_date(fields: dict[str, str]) -> datetime | None:
    """Read the date that the item has as part of a feed, for exports by other programs than WordPress."""
    written = fields.get("pubDate", "").strip()
    if not _FEED_DATE.match(written):
        return None
    try:
        date = parsedate_to_datetime(written)
    except ValueError:
        return None
    return date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date


def _meta(element: etree._Element, name: str) -> tuple[tuple[str, str], ...]:
    pairs = (_fields(child) for child in element if local(child) == name)
    return tuple((pair.get("meta_key", ""), pair.get("meta_value", "")) for pair in pairs)


def _terms_of(element: etree._Element) -> tuple[Term, ...]:
    return tuple(
        Term(
            # Exports of the first version say "tag".
            domain={"tag": "post_tag"}.get(child.get("domain", ""), child.get("domain", "category")),
            key=child.get("nicename", ""),
            name=_typed((child.text or "").strip()),
        )
        for child in element.iterchildren("category")
    )


def _term_id(fields: dict[str, str]) -> int:
    return int_param(fields.get("term_id", "").strip()) or 0


def _read_term(kind: str, fields: dict[str, str]) -> Term:
    if kind == "category":
        return Term(
            domain="category",
            key=fields.get("category_nicename", "").strip(),
            name=fields.get("cat_name", "").strip(),
            parent=fields.get("category_parent", "").strip(),
            description=fields.get("category_description", "").strip(),
            id=_term_id(fields),
        )
    if kind == "tag":
        return Term(
            domain="post_tag",
            key=fields.get("tag_slug", "").strip(),
            name=fields.get("tag_name", "").strip(),
            description=fields.get("tag_description", "").strip(),
        )
    return Term(
        domain=fields.get("term_taxonomy", "").strip(),
        key=fields.get("term_slug", "").strip(),
        name=fields.get("term_name", "").strip(),
        parent=fields.get("term_parent", "").strip(),
        description=fields.get("term_description", "").strip(),
    )
