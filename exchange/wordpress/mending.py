"""Repairs a piece of an export that is not valid XML, and lists what was wrong as the parser found it; it loses no word
that it can keep."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5
from xml.sax.saxutils import quoteattr

from django.utils.translation import gettext as _
from lxml import etree

log = logging.getLogger(__name__)

# What WordPress declares, and what plugins write without declaring it.
STANDARD = {
    "wp": "http://wordpress.org/export/1.2/",
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "atom": "http://www.w3.org/2005/Atom",
}
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)
_NAME = r"[A-Za-z_][\w.-]*"
_PREFIX = re.compile(rf"</?({_NAME}):{_NAME}|[ \t\r\n]({_NAME}):{_NAME}\s*=\s*[\"']")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(r"&(?:#(\d{1,7}|[xX][0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{0,31}))?;?")
_PREDEFINED = {"amp", "lt", "gt", "quot", "apos"}
# Two halves of a character beyond U+FFFF, as some programs write an emoji.
_HALVES = re.compile(r"&#(5[56]\d{3});&#(5[67]\d{3});")
_NO_TAG = re.compile(rf"<(?!/?{_NAME}(?::{_NAME})?(?:[\s/>])|!--|\?)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_COMPLAINT = re.compile(
    r"(?:<br\s*/?>\s*)?<b>(?:Warning|Notice|Deprecated|Strict Standards|(?:Catchable )?(?:Fatal|Parse) error)</b>:"
    r"[^<]{0,2000}?(?:<a [^>]*>[^<]*</a>[^<]*)?<b>[^<]*</b> on line <b>\d+</b>(?:<br\s*/?>)?\n?"
)
# A section that has lost its end goes on into the next field.
_RUN_ON = re.compile(rf"<({_NAME}(?::{_NAME})?)(?:\s[^<>]*)?>[^<]*<!\[CDATA\[")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is no XML: its line within the piece, and what it is, in words."""

    line: int
    why: str


class Wrapper:
    """The root element that every piece is put into to be read, with the namespaces of the file and those it lacks."""

    def __init__(self, root_tag: str) -> None:
        """Take the namespaces of the file's root; `odd` are those that no parser accepts."""
        self.uris: dict[str, str] = {}
        self.odd: list[str] = []
        for name, double, single in _ATTRIBUTE.findall(root_tag):
            if name.startswith("xmlns:"):
                self._take(name.removeprefix("xmlns:"), double or single)
        self._missing: dict[str, str] = {}

    def _take(self, prefix: str, uri: str) -> None:
        if _is_accepted(prefix, uri):
            self.uris[prefix] = uri
        else:
            self.odd.append(uri)
            self.uris[prefix] = f"urn:unreadable:{prefix}"

    @property
    def is_wordpress(self) -> bool:
        """Whether one of the namespaces is that of exports, in whatever way it is written."""
        return any(
            "wordpress" in uri.casefold() and "export" in uri.casefold()
            for uri in [*self.uris.values(), *self.odd]
        )

    def start(self) -> bytes:
        declared = (
            f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in (self.uris | self._missing).items()
        )
        return f"<rss{''.join(declared)}><channel>".encode()

    def declare(self, prefix: str) -> None:
        """Declare a prefix that the file uses without saying what it means, from here on."""
        self._missing[prefix] = STANDARD.get(prefix, f"urn:undeclared:{prefix}")

    def knows(self, prefix: str) -> bool:
        return prefix in self.uris or prefix in self._missing or prefix in {"xml", "xmlns"}


END = b"</channel></rss>"
# Nothing outside of the file is read. Without huge_tree libxml2 refuses a text over 10 MB, and nesting over 256.
SAFE = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False, "huge_tree": False,
    "remove_comments": True, "remove_pis": True,
}  # fmt: skip


def _is_accepted(prefix: str, uri: str) -> bool:
    try:
        etree.fromstring(f"<a xmlns:{prefix}={quoteattr(uri)}/>".encode(), _parser(recover=False))
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(**SAFE, recover=recover)


def decoded(data: bytes, encoding: str) -> tuple[str, bool]:
    """Return a text and whether all its bytes were of one encoding: UTF-8 where it is that, else the one declared."""
    try:
        return data.decode(), True
    except UnicodeDecodeError:
        if encoding != "utf-8":
            text = data.decode(encoding, "replace")
            return text, "\ufffd" not in text
    return "".join(_in_two_encodings(data)), False


def _in_two_encodings(data: bytes) -> Iterator[str]:
    """Read as UTF-8 what is that, and the bytes in between as what Windows writes."""
    done = 0
    while True:
        try:
            yield data[done:].decode()
            return
        except UnicodeDecodeError as error:
            begin, end = done + error.start, done + error.end
            yield data[done:begin].decode()
            yield data[begin:end].decode("cp1252", "ignore")
            done = end


def read_mended(data: bytes, wrapper: Wrapper, *, encoding: str) -> tuple[etree._Element | None, list[Wrong]]:
    """Return the root of a piece that cannot be read as it stands, and what is wrong with it.

    The element is None where a parser gives up on it altogether.
    """
    text, is_clean = decoded(data, encoding)
    wrong = (
        [] if is_clean else [Wrong(_line_of_bytes(data), _("bytes that are not UTF-8, read as Windows-1252"))]
    )
    errors, is_too_large = _errors_in(text, wrapper)
    wrong += errors
    if is_too_large:
        return None, wrong
    text = _mended(text, wrapper)
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(wrapper.start() + text.encode() + END, parser)
    except etree.XMLSyntaxError:
        return None, wrong
    if root is None or any(_is_limit(entry) for entry in parser.error_log):
        return None, wrong
    _flatten(root)
    return root, wrong


def _line_of_bytes(data: bytes) -> int:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 1


# --- what the parser finds --------------------------------------------------------------------------------------


def _errors_in(text: str, wrapper: Wrapper) -> tuple[list[Wrong], bool]:
    """Return the parser's list of errors, the first of each kind, and whether a text is too large for any parser."""
    parser = _parser(recover=True)
    try:
        etree.fromstring(wrapper.start() + text.encode("utf-8", "replace") + END, parser)
    except etree.XMLSyntaxError as error:
        log.debug("a parser gave up on a piece of an export: %s", error)
    found: dict[str, Wrong] = {}
    for entry in parser.error_log:
        if _is_limit(entry):
            why = _(
                "a text is larger than 10 MB (perhaps it contains an embedded picture) or nested too deeply"
            )
            return [Wrong(entry.line, why)], True
        why = _in_words(entry)
        found.setdefault(why, Wrong(entry.line, why))
    return list(found.values()), False


def _is_limit(entry: etree._LogEntry) -> bool:
    return entry.type_name == "ERR_RESOURCE_LIMIT" or "HUGE" in entry.message or "too big" in entry.message


def _in_words(entry: etree._LogEntry) -> str:
    kind, message = entry.type_name, " ".join(entry.message.split())
    quoted = re.search(r"'([^']{1,40})'", message)
    if kind == "NS_ERR_UNDEFINED_NAMESPACE":
        prefix = re.search(r"Namespace prefix (\S{1,40})", message)
        return _("the prefix “%s” is used but not declared") % (prefix.group(1) if prefix else "?")
    if kind in {"ERR_UNDECLARED_ENTITY", "WAR_UNDECLARED_ENTITY"}:
        return _("“&%s;” is not defined in XML") % (quoted.group(1) if quoted else "?")
    return _words_of(kind) or _("not well-formed XML")


def _words_of(kind: str) -> str:
    ampersand = _("an unescaped “&”")
    return {
        "ERR_TAG_NAME_MISMATCH": _("an end tag doesn’t match its start tag"),
        "ERR_TAG_NOT_FINISHED": _("an unfinished tag"),
        "ERR_MISPLACED_CDATA_END": _("“]]>” inside a text"),
        "ERR_CDATA_NOT_FINISHED": _(
            "an unfinished CDATA section, or one with characters that XML doesn’t allow"
        ),
        "ERR_INVALID_CHAR": _("a character that XML doesn’t allow"),
        "ERR_INVALID_ENCODING": _("bytes that are not UTF-8, read as Windows-1252"),
        "ERR_NAME_REQUIRED": _("an unescaped “&” or “<”"),
        "ERR_ENTITYREF_SEMICOL_MISSING": ampersand,
        "ERR_ENTITYREF_NO_NAME": ampersand,
        "ERR_ATTRIBUTE_REDEFINED": _("a repeated attribute"),
        "WAR_NS_URI": _("a namespace is not a web address"),
    }.get(kind, "")


# --- mending ----------------------------------------------------------------------------------------------------


def _mended(text: str, wrapper: Wrapper) -> str:
    text = _FORBIDDEN.sub("", _ended_sections(text))
    pieces: list[str] = []
    done = 0
    for section in _CDATA.finditer(text):
        pieces += [_mended_markup(text[done : section.start()], wrapper), section.group()]
        done = section.end()
    pieces.append(_mended_markup(text[done:], wrapper))
    return "".join(pieces)


def _ended_sections(text: str) -> str:
    """Give CDATA sections that swallow the end of their own field their end before it."""
    pieces: list[str] = []
    done = 0
    while opening := _RUN_ON.search(text, done):
        end = text.find("]]>", opening.end())
        closer = text.find(f"</{opening.group(1)}>", opening.end(), end if end >= 0 else len(text))
        if closer >= 0:
            pieces.append(text[done:closer] + "]]>")
            done = closer
        elif end < 0:
            pieces.append(text[done:] + "]]>")
            return "".join(pieces)
        else:
            pieces.append(text[done : end + 3])
            done = end + 3
    return "".join([*pieces, text[done:]])


def _mended_markup(text: str, wrapper: Wrapper) -> str:
    """Mend what stands outside of CDATA: complaints of PHP, entities, stray signs, prefixes without meaning."""
    text = _COMPLAINT.sub(lambda found: "\n" * found.group().count("\n"), text)
    text = _HALVES.sub(_whole_character, text)
    text = _REFERENCE.sub(_reference, text).replace("]]>", "]]&gt;").replace("<![CDATA[", "&lt;![CDATA[")
    text = _NO_TAG.sub("&lt;", text)
    for first, second in _PREFIX.findall(text):
        if not wrapper.knows(first or second):
            wrapper.declare(first or second)
    return text


def _whole_character(found: re.Match[str]) -> str:
    halves = (int(half).to_bytes(2, "little") for half in found.groups())
    return b"".join(halves).decode("utf-16-le", "ignore")


def _reference(found: re.Match[str]) -> str:
    written, number, name = found.group(), found.group(1), found.group(2)
    if number:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        is_character = code < 0x110000 and not _FORBIDDEN.match(chr(code))
        return f"&#{code};" if is_character else ""
    if name and written.endswith(";"):
        if name in _PREDEFINED:
            return written
        if characters := html5.get(f"{name};"):
            return "".join(f"&#{ord(character)};" for character in characters)
    return f"&amp;{written[1:]}"


# --- what a parser that goes on makes of it -----------------------------------------------------------------------

_HOLDERS = {"rss", "channel", "item", "comment", "postmeta", "commentmeta", "termmeta"}
# They hold fields where they stand in the channel; in an item they are words.
_TOPICS_AND_PEOPLE = {"author", "category", "tag", "term"}
_PLACES = {"comment": "item", "postmeta": "item", "commentmeta": "comment"}
_FIELDS_WITHOUT_PREFIX = {"title", "link", "pubDate", "guid", "description", "category"}


def _flatten(root: etree._Element) -> None:
    """Put fields that slid into the field before them, because that had lost its end, back after it."""
    # From the last to the first, so that they keep their order.
    for element in reversed(list(root.iterdescendants())):
        parent = element.getparent()
        while parent is not None and not _may_hold(parent, element):
            parent.addnext(element)
            parent = element.getparent()


def _may_hold(parent: etree._Element, element: etree._Element) -> bool:
    name, outer = local(element), local(parent)
    if outer in {"rss", "channel"} or outer == _PLACES.get(name):
        return True
    if name in _PLACES:
        return False
    is_field = _has_prefix(element) or name in _FIELDS_WITHOUT_PREFIX
    return (
        not is_field
        or outer in _HOLDERS
        or (outer in _TOPICS_AND_PEOPLE and local(parent.getparent()) == "channel")
    )


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace, or the prefix that stands for none."""
    return _local(element.tag)


@lru_cache(maxsize=1000)
def _local(tag: str) -> str:
    return str(tag).rpartition("}")[2].rpartition(":")[2]


def _has_prefix(element: etree._Element) -> bool:
    """Whether the name has a prefix, as what WordPress writes has; what people write has none."""
    return bool(element.prefix) or ":" in str(element.tag)
