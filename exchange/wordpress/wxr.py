"""Reads a WordPress export as a stream of plain values; it refuses entities and broken files and knows no database."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from exchange.wordpress.cleaning import Clean, Malformed

WXR_NAMESPACE = "http://wordpress.org/export/"
LARGEST_ID = 2**63 - 1
# Zeros in the year, month or day, and what PHP makes of them.
_NO_DATE = re.compile(r"0000|-|\d{4}-(?:00|\d{2}-00)")

# WordPress writes the year -0001 where it has no date.
_FEED_DATE = re.compile(r"(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} (?:19(?:7[1-9]|[89]\d)|20\d\d)\b")
# The elements whose beginning or end means something here; their children are read with them.
_TAGS = (
    "rss", "item", "{*}comment", "{*}author", "{*}category", "{*}tag", "{*}term",
    "title", "link", "description", "{*}base_site_url", "{*}base_blog_url",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """What the export says about the blog."""

    title: str = ""
    description: str = ""
    link: str = ""
    base_url: str = ""


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

    def meta_value(self, key: str) -> str:
        return next((value for name, value in self.meta if name == key), "")


Entry = Head | Writer | Term | Item


def read(path: Path, *, progress: Callable[[int], Any] | None = None) -> Iterator[Entry]:
    """Yield what the file holds, one item with its comments at a time; the head comes before the first item.

    `progress` is told how many bytes were read. Raises Malformed at the first place that cannot be read.
    """
    with path.open("rb") as file:
        yield from _Reader(Clean(file, progress)).entries()


class _Reader:
    def __init__(self, file: Clean) -> None:
        # Without huge_tree libxml2 refuses a single text over 10 MB, nesting over 256 and runaway entities.
        self._events = etree.iterparse(
            file, events=("start", "end"), tag=_TAGS, resolve_entities=False, no_network=True, load_dtd=False,
            dtd_validation=False, huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        # The item that is being read, else the last one that was.
        self._item: etree._Element | None = None
        self._is_inside = False
        self._last_title = ""
        self._head: dict[str, str] = {}
        self._comments: list[OldComment] = []

    def entries(self) -> Iterator[Entry]:
        try:
            yield from self._entries()
        except etree.XMLSyntaxError as error:
            # Where lxml has lost the place, its log has it; the log is the whole program's.
            last = None if error.lineno else error.error_log.last_error
            why, line = (last.message, last.line) if last else (str(error.msg), error.lineno or 0)
            raise self._malformed(_in_words(why), line=line) from error
        except UnicodeError as error:
            raise self._malformed(str(error), line=0) from error

    def _entries(self) -> Iterator[Entry]:
        is_head_told = False
        is_checked = False
        for event, element in self._events:
            if not is_checked:
                self._check_root(element.getroottree().getroot())
                is_checked = True
            if event == "start":
                if element.tag == "item":
                    self._item, self._is_inside, self._comments = element, True, []
                continue
            parent = element.getparent()
            if parent is not None and parent.tag == "item" and _local(element) == "comment":
                self._take_comment(element)
            elif parent is not None and parent.tag == "channel":
                if element.tag == "item" and not is_head_told:
                    is_head_told = True
                    yield self._told_head()
                entry = self._channel_child(element)
                if entry is not None:
                    yield entry
                if element.tag == "item":
                    self._is_inside, self._last_title = False, self._title()
                _forget(element)
        self._check_root(self._events.root)
        if not is_head_told:
            yield self._told_head()

    def _check_root(self, root: etree._Element) -> None:
        document = root.getroottree().docinfo
        if document.internalDTD is not None:
            raise Malformed(
                _(
                    "Line 1: this file declares a document type. An export has none, and its entities are not read."
                )
            )
        if root.tag != "rss" or not any(uri.startswith(WXR_NAMESPACE) for uri in root.nsmap.values()):
            raise Malformed(_("Line %d: this is not a WordPress export (WXR).") % (root.sourceline or 1))

    def _told_head(self) -> Head:
        base = (
            self._head.get("base_blog_url") or self._head.get("base_site_url") or self._head.get("link", "")
        )
        return Head(
            title=self._head.get("title", ""),
            description=self._head.get("description", ""),
            link=self._head.get("link", ""),
            base_url=base,
        )

    def _channel_child(self, element: etree._Element) -> Entry | None:
        name = _local(element)
        if element.tag == "item":
            return self._read_item(element)
        if name == "author":
            return self._read_writer(_fields(element))
        if name in {"category", "tag", "term"} and element.tag != name:
            return _read_term(name, _fields(element))
        if len(element) == 0:
            self._head.setdefault(name, (element.text or "").strip())
        return None

    def _read_writer(self, fields: dict[str, str]) -> Writer | None:
        login = fields.get("author_login", "").strip()
        if not login:
            return None
        number = fields.get("author_id", "").strip()
        return Writer(
            login=login,
            user_id=int(number) if number.isdecimal() else 0,
            email=fields.get("author_email", "").strip(),
            # WordPress keeps this name escaped.
            name=unescape(fields.get("author_display_name", "")).strip() or login,
        )

    def _take_comment(self, element: etree._Element) -> None:
        self._comments.append(self._read_comment(element))
        element.clear()
        before = element.getprevious()
        if before is not None and before.tag == element.tag:
            before.getparent().remove(before)

    def _read_comment(self, element: etree._Element) -> OldComment:
        fields = _fields(element)
        line = element.sourceline or 0
        return OldComment(
            id=self._id(fields, "comment_id", line),
            parent=self._id(fields, "comment_parent", line, default=0),
            line=line,
            name=fields.get("comment_author", ""),
            email=fields.get("comment_author_email", "").strip(),
            website=fields.get("comment_author_url", "").strip(),
            address=fields.get("comment_author_IP", "").strip(),
            date=self._date(fields, "comment_date", line),
            date_gmt=self._date(fields, "comment_date_gmt", line),
            content=fields.get("comment_content", ""),
            approved=fields.get("comment_approved", "").strip(),
            type=fields.get("comment_type", "").strip(),
            user_id=self._id(fields, "comment_user_id", line, default=0),
            meta=_meta(element, "commentmeta"),
        )

    def _read_item(self, element: etree._Element) -> Item:
        fields = _fields(element)
        line = element.sourceline or 0
        return Item(
            id=self._id(fields, "post_id", line),
            type=fields.get("post_type", "").strip() or "post",
            status=fields.get("status", "").strip(),
            line=line,
            title=fields.get("title", ""),
            link=fields.get("link", "").strip(),
            slug=fields.get("post_name", "").strip(),
            creator=fields.get("creator", "").strip(),
            content=fields.get("content:encoded", ""),
            excerpt=fields.get("excerpt:encoded", ""),
            date=self._date(fields, "post_date", line),
            date_gmt=self._date(fields, "post_date_gmt", line) or _feed_date(fields),
            modified_gmt=self._date(fields, "post_modified_gmt", line),
            parent=self._id(fields, "post_parent", line, default=0),
            password=fields.get("post_password", ""),
            comment_status=fields.get("comment_status", "").strip(),
            is_sticky=fields.get("is_sticky", "").strip() == "1",
            attachment_url=fields.get("attachment_url", "").strip(),
            terms=_terms_of(element),
            meta=_meta(element, "postmeta"),
            comments=tuple(self._comments),
        )

    def _id(self, fields: dict[str, str], name: str, line: int, *, default: int | None = None) -> int:
        written = fields.get(name, "").strip()
        if not written and default is not None:
            return default
        least = 1 if default is None else 0
        if re.fullmatch(r"[0-9]{1,19}", written) and least <= int(written) <= LARGEST_ID:
            return int(written)
        raise self._malformed(
            _("%(name)s is “%(written)s”, not a number") % {"name": name, "written": written[:40]}, line
        )

    def _date(self, fields: dict[str, str], name: str, line: int) -> datetime | None:
        """Read a date; WordPress writes zeros where it has none, and years before 1971 are no dates of a blog."""
        written = fields.get(name, "").strip()
        if not written or _NO_DATE.match(written):
            return None
        try:
            date = datetime.fromisoformat(written)
        except ValueError:
            raise self._malformed(
                _("%(name)s is “%(written)s”, not a date") % {"name": name, "written": written[:40]}, line
            ) from None
        date = date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date
        return date if 1971 <= date.year <= 9000 else None

    def _malformed(self, why: str, line: int) -> Malformed:
        if self._item is None:
            return Malformed(_("Line %(line)d, before the first item: %(why)s.") % {"line": line, "why": why})
        if not self._is_inside:
            return Malformed(
                _("Line %(line)d, after the item “%(title)s”: %(why)s.")
                % {"line": line, "title": self._last_title, "why": why}
            )
        return Malformed(
            _("Line %(line)d, in the item “%(title)s” that begins at line %(start)d: %(why)s.")
            % {"line": line, "title": self._title(), "start": self._item.sourceline or 0, "why": why}
        )

    def _title(self) -> str:
        title = self._item.findtext("title") if self._item is not None else ""
        return (title or "").strip()[:80] or _("without a title")


def _in_words(message: str) -> str:
    if "too big" in message:
        return _("one text is larger than 10 MB, as when a picture is written into it")
    return message.rsplit(", line ", 1)[0]


def _forget(element: etree._Element) -> None:
    """Free what has been read, so that the memory needed is that of the largest item."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2]


def _fields(element: etree._Element) -> dict[str, str]:
    """Texts of the children by name; the first wins, as in a feed. The two `encoded` are told apart."""
    fields: dict[str, str] = {}
    for child in element:
        name = _local(child)
        if name == "encoded":
            name = "excerpt:encoded" if "excerpt" in child.tag else "content:encoded"
        fields.setdefault(name, child.text or "")
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
    pairs = (_fields(child) for child in element if _local(child) == name)
    return tuple((pair.get("meta_key", ""), pair.get("meta_value", "")) for pair in pairs)


def _terms_of(element: etree._Element) -> tuple[Term, ...]:
    return tuple(
        Term(
            # Exports of the first version say "tag".
            domain={"tag": "post_tag"}.get(child.get("domain", ""), child.get("domain", "category")),
            key=child.get("nicename", ""),
            name=(child.text or "").strip(),
        )
        for child in element.iterchildren("category")
    )


def _read_term(kind: str, fields: dict[str, str]) -> Term:
    if kind == "category":
        return Term(
            domain="category",
            key=fields.get("category_nicename", "").strip(),
            name=fields.get("cat_name", "").strip(),
            parent=fields.get("category_parent", "").strip(),
            description=fields.get("category_description", "").strip(),
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
