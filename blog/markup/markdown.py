"""Markdown to HTML with markdown-it, with blocks for quoted sources and figures; what it returns is not yet safe."""

import re
import threading
from collections.abc import Callable, Sequence
from html import escape, unescape
from typing import Any

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, html_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from blog.markup.addresses import end_of_address
from blog.markup.clippings import clipping_opening
from blog.markup.definitions import show_unused
from blog.markup.elements import Reader
from blog.markup.emphasis import emphasise_cjk
from blog.markup.marks import MOST_MARKS, marks_in_line

# The linkifier looks at every colon, slowly, and the parser reads on from every `](` to the next space, or from `](<`
# to the end of the line. A comment over these bounds keeps its links as words; ten links of 500 characters are 5,000
# steps.
MOST_COLONS = 150
MOST_STEPS_TO_ADDRESSES = 40_000

_TAG_OR_CODE = re.compile(
    r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
    r"|<(?P<close>/?)(?P<name>blockquote|pre|ul|ol|dl|table|figure|details|div)\b[^<>]*>",
    re.I,
)
_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})")
_QUOTED = re.compile(r"[ ]{0,3}(?:>[ ]?)*")
_LISTS = frozenset({"ul", "ol", "dl", "table"})

# As quotes.py reads it.
_SOURCE_LINE = re.compile(r"(?:—|–|--)\s*\S.*,\s*#(?:[0-9]{1,9}|post)")
_OLD_REFERENCE = re.compile(r"&#(?:1[2-5][0-9]|x[89][0-9a-f]);", re.I)
_ARMS = re.compile(r"\\_\([^()\n]{1,3}\)_/¯")

_BLOCK = re.compile(r":::[ \t]*(source|figure)[ \t]*")
_BLOCK_END = re.compile(r":{3,}[ \t]*")
_FIELD = re.compile(r"(publication|headline|url|writer|date|id)[ \t]*:[ \t]*(.*)", re.I)


def comment_html(text: str) -> str:
    """Return the HTML of a comment written in Markdown, as its writer meant it and not yet filtered."""
    renderer = _renderers.unlinked if _links_are_slow(text) else _renderers.comment
    return str(renderer.render(spaced_blocks(text, has_indented_code=False)))


def post_html(text: str) -> str:
    """Return the HTML of a post written in Markdown, sources and figures as figures without their contents."""
    return str(_renderers.post.render(spaced_blocks(text)))


def caption_html(text: str) -> str:
    """Return the HTML of one line of Markdown, not yet filtered."""
    renderer = _renderers.unlinked if _links_are_slow(text) else _renderers.comment
    return str(renderer.renderInline(text))


def source_addresses(text: str) -> list[str]:
    """Return the addresses that the :::source blocks of a post name, in order, as they were typed."""
    tokens = _renderers.post.parse(spaced_blocks(text))
    return [token.meta["url"] for token in tokens if token.type == "clipping_open" and token.meta.get("url")]


def _links_are_slow(text: str) -> bool:
    longest_word = max(map(len, text.split()), default=0)
    longest_line = max(map(len, text.split("\n")))
    steps = text.count("](") * longest_word + text.count("](<") * longest_line
    return text.count(":") > MOST_COLONS or steps > MOST_STEPS_TO_ADDRESSES


class _Linkify(LinkifyIt):
    """Finds bare addresses, and ends them where a sentence goes on in signs beyond ASCII."""

    def test_schema_at(self, text: str, name: str, position: int) -> int:
        length = int(super().test_schema_at(text, name, position))
        address = text[position : position + length]
        if address.isascii():
            return length
        address = end_of_address(address)
        return len(address) if address.strip("/") else 0


class _Renderers(threading.local):
    """One set per thread: the linkifier keeps the place where it is in itself."""

    def __init__(self) -> None:
        self.comment = _markdown(_bounded, _without_indented_code)
        self.unlinked = _markdown(_bounded, _without_indented_code).disable(["linkify", "link", "image"])
        self.post = _markdown(footnote_plugin).enable("table").use(_clippings_and_figures)


def _markdown(*plugins: Callable[[MarkdownIt], None]) -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True, "breaks": True, "linkify": True})
    markdown.enable(["linkify", "strikethrough"])
    markdown.block.ruler.push("end_of_quote", _end_of_quote, {"alt": ["blockquote"]})
    markdown.block.ruler.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    # Only what begins with http:// or https:// is an address: "e.g.this" is two words without a space.
    markdown.linkify = _Linkify(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "//", "mailto:"):
        markdown.linkify.add(scheme, None)
    markdown.inline.ruler.before("escape", "shrug", _shrug)
    markdown.inline.ruler.before("entity", "old_reference", _old_reference)
    for plugin in (*plugins, emphasise_cjk, show_unused):
        markdown.use(plugin)
    return markdown


class TooManyMarks(Exception):
    """A comment has more marks to be matched than one may have, whatever they looked like when it was taken."""


def _bounded(markdown: MarkdownIt) -> None:
    markdown.core.ruler.before("inline", "marks", _count_marks)


def _without_indented_code(markdown: MarkdownIt) -> None:
    """Let lines that begin with spaces be paragraphs: in a comment they hardly ever are code, which has its fences."""
    markdown.disable("code")


def _count_marks(state: StateCore) -> None:
    """Count once more what the blocks have left, where nothing only looks like code."""
    are_words = "linkify" not in state.md.get_active_rules()["inline"]
    lines = (line for token in state.tokens if token.type == "inline" for line in token.content.split("\n"))
    if sum(marks_in_line(line, with_addresses=are_words) for line in lines) > MOST_MARKS:
        raise TooManyMarks


def _shrug(state: StateInline, silent: bool) -> bool:
    """Leave ¯\\_(ツ)_/¯ as it is: nobody escapes a line, or begins emphasis, at its arms."""
    place = state.pos
    found = _ARMS.match(state.src, place) if place and state.src[place - 1] == "¯" else None
    if found is None:
        return False
    if not silent:
        state.push("text_special", "", 0).content = found.group()
    state.pos = found.end()
    return True


def _old_reference(state: StateInline, silent: bool) -> bool:
    """Read `&#147;` as browsers do: as the quotation mark that it was in Windows' texts."""
    found = _OLD_REFERENCE.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("text_special", "", 0).content = unescape(found.group())
    state.pos = found.end()
    return True


def _end_of_quote(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """End a quotation at the first line without its sign: what stands there is the answer, in nobody else's mouth.

    CommonMark takes such a line as more of the quotation. Tables ask the same rules what ends them. A line that names
    the source (`— Ann, #12`) says nothing else, and belongs to what it is the source of.
    """
    if not silent or state.parentType != "blockquote":
        return False
    return _SOURCE_LINE.fullmatch(_line(state, start_line)) is None


# --- HTML blocks inside Markdown ---


def _html_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Begin a block of HTML only at an element, or it would take all that follows out of Markdown."""
    place = state.bMarks[start_line] + state.tShift[start_line]
    if not state.src.startswith("<", place) or not _document(state).begins_element(place):
        return False
    return html_block(state, start_line, end_line, silent)


def _document(state: StateBlock) -> Reader:
    """Return the reader of this text, which looks for its end tags once."""
    if "reader" not in state.env:
        state.env["reader"] = Reader(state.src)
    reader: Reader = state.env["reader"]
    return reader


def spaced_blocks(text: str, *, has_indented_code: bool = True) -> str:
    """Put blank lines round HTML quotations and after HTML lists and the like, outside code.

    Markdown takes everything up to the next blank line as HTML; people who write a <blockquote> expect emphasis and
    paragraphs to work inside it and after it.
    """
    if "</" not in text and "<blockquote" not in text.lower():
        return text
    spacer = _Spacer(has_indented_code=has_indented_code)
    return "\n".join(spacer.spaced(line) for line in text.split("\n"))


class _Spacer:
    """Goes from line to line and knows whether it is in code and how deep in lists."""

    def __init__(self, *, has_indented_code: bool) -> None:
        self.has_indented_code = has_indented_code
        self.fence = ""
        self.in_pre = False
        self.depth = 0

    def spaced(self, line: str) -> str:
        is_indented = self.has_indented_code and line.startswith(("    ", "\t"))
        if self.is_fenced(line) or (is_indented and not self.in_pre and not self.depth):
            return line
        quoted = _QUOTED.match(line)
        gap = "\n" + (quoted.group().rstrip() if quoted else "") + "\n" + (quoted.group() if quoted else "")
        return _TAG_OR_CODE.sub(lambda found: self.spaced_tag(found, gap), line)

    def is_fenced(self, line: str) -> bool:
        found = _FENCE.match(line)
        marks = found.group("marks") if found else ""
        if self.fence:
            if marks.startswith(self.fence) and not line.strip(" `~"):
                self.fence = ""
            return True
        if marks and not self.in_pre:
            self.fence = marks
        return bool(self.fence)

    def spaced_tag(self, found: re.Match[str], gap: str) -> str:
        tag, name = found.group(), (found.group("name") or "").lower()
        if not name or (self.in_pre and name != "pre"):
            return tag
        closes = bool(found.group("close"))
        if name == "pre":
            self.in_pre = not closes
            return tag + gap if closes else tag
        if name in _LISTS:
            self.depth = max(0, self.depth - 1) if closes else self.depth + 1
            return tag + gap if closes and not self.depth else tag
        if name == "blockquote":
            return gap + tag + gap
        return tag + gap if closes else tag


# --- :::source and :::figure ---


def _clippings_and_figures(markdown: MarkdownIt) -> None:
    markdown.block.ruler.before(
        "fence", "clipping", _block_rule, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    markdown.add_render_rule("clipping_open", _render_opening)
    markdown.add_render_rule("clipping_close", _render_closing)
    markdown.add_render_rule("plate", _render_plate)


def _block_rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    found = _BLOCK.fullmatch(_line(state, start_line)) if not state.is_code_block(start_line) else None
    if found is None:
        return False
    if silent:
        return True
    last = start_line + 1
    while last < end_line and not _BLOCK_END.fullmatch(_line(state, last)):
        last += 1
    fields, body = _fields(state, start_line + 1, last)
    if found.group(1) == "source":
        _push_clipping(state, fields, body, last)
    else:
        state.push("plate", "", 0).meta = fields
    state.line = min(last + 1, end_line)
    return True


def _push_clipping(state: StateBlock, fields: dict[str, str], body: int, last: int) -> None:
    state.push("clipping_open", "", 1).meta = fields
    outer_parent, outer_end = state.parentType, state.lineMax
    state.parentType, state.lineMax = "clipping", last
    state.md.block.tokenize(state, body, last)
    state.parentType, state.lineMax = outer_parent, outer_end
    state.push("clipping_close", "", -1).meta = fields


def _fields(state: StateBlock, line: int, last: int) -> tuple[dict[str, str], int]:
    """Read `name: value` lines up to the first that is none; return them and where the words begin."""
    fields: dict[str, str] = {}
    while line < last and (found := _FIELD.fullmatch(_line(state, line))):
        fields.setdefault(found.group(1).lower(), found.group(2).strip())
        line += 1
    return fields, line


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip()


def _render_opening(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return clipping_opening(tokens[index].meta)


def _render_closing(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return "</blockquote></figure>\n"


def _render_plate(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    number = escape(tokens[index].meta.get("id", "").lstrip("# \t"))
    return f'<figure class="plate" data-figure="{number}"></figure>\n'


_renderers = _Renderers()
