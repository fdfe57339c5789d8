"""Markdown to HTML with markdown-it, with blocks for quoted sources and figures; what it returns is not yet safe."""

import re
import threading
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from blog.markup.clippings import clipping_opening

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

_BLOCK = re.compile(r":::[ \t]*(source|figure)[ \t]*")
_BLOCK_END = re.compile(r":{3,}[ \t]*")
_FIELD = re.compile(r"(publication|headline|url|writer|date|id)[ \t]*:[ \t]*(.*)", re.I)


def comment_html(text: str) -> str:
    """Return the HTML of a comment written in Markdown, as its writer meant it and not yet filtered."""
    renderer = _renderers.unlinked if _links_are_slow(text) else _renderers.comment
    return str(renderer.render(spaced_blocks(text)))


def post_html(text: str) -> str:
    """Return the HTML of a post written in Markdown, sources and figures as figures without their contents."""
    return str(_renderers.post.render(spaced_blocks(text)))


def _links_are_slow(text: str) -> bool:
    longest_word = max(map(len, text.split()), default=0)
    longest_line = max(map(len, text.split("\n")))
    steps = text.count("](") * longest_word + text.count("](<") * longest_line
    return text.count(":") > MOST_COLONS or steps > MOST_STEPS_TO_ADDRESSES


class _Renderers(threading.local):
    """One set per thread: the linkifier keeps the place where it is in itself."""

    def __init__(self) -> None:
        self.comment = _markdown()
        self.unlinked = _markdown().disable(["linkify", "link", "image"])
        self.post = _markdown().enable("table").use(footnote_plugin).use(_clippings_and_figures)


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True, "breaks": True, "linkify": True})
    markdown.enable(["linkify", "strikethrough"])
    if markdown.linkify is not None:
        # Only what begins with http:// or https:// is an address: "e.g.this" is two words without a space.
        markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
        for scheme in ("ftp:", "//", "mailto:"):
            markdown.linkify.add(scheme, None)
    return markdown


# --- HTML blocks inside Markdown ---


def spaced_blocks(text: str) -> str:
    """Put blank lines round HTML quotations and after HTML lists and the like, outside code.

    Markdown takes everything up to the next blank line as HTML; people who write a <blockquote> expect emphasis and
    paragraphs to work inside it and after it.
    """
    if "</" not in text and "<blockquote" not in text.lower():
        return text
    spacer = _Spacer()
    return "\n".join(spacer.spaced(line) for line in text.split("\n"))


class _Spacer:
    """Goes from line to line and knows whether it is in code and how deep in lists."""

    def __init__(self) -> None:
        self.fence = ""
        self.in_pre = False
        self.depth = 0

    def spaced(self, line: str) -> str:
        if self.is_fenced(line) or (line.startswith(("    ", "\t")) and not self.in_pre and not self.depth):
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
    return (
        "</blockquote>\n"
        if not clipping_opening(tokens[index].meta).startswith("<figure")
        else ("</blockquote></figure>\n")
    )


def _render_plate(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    number = escape(tokens[index].meta.get("id", "").removeprefix("#"))
    return f'<figure class="plate" data-figure="{number}"></figure>\n'


_renderers = _Renderers()
