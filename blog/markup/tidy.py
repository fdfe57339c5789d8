"""Writes any HTML anew in one pass, balanced and shallow, so that no parser after it can be made slow; it judges no
address.

A parser that follows the HTML standard opens unclosed <b>, <i> … again in every later paragraph: a few kilobytes can
become a page of several hundred thousand elements. Here what is open is closed at the end of its block, bare words get
their paragraph, and what nobody may write vanishes.
"""

import re
from collections import Counter
from collections.abc import Iterable
from html import escape

from django.utils.translation import gettext

from blog.markup.addresses import film
from blog.markup.parser import Parser
from blog.markup.sanitiser import has_right_form
from blog.markup.vocabulary import (
    BREAKING,
    FILLED_BY,
    FLOW,
    HEADINGS,
    INLINE,
    LEAVES,
    PARENTS,
    SILENT,
    Vocabulary,
)

# Nobody reads an answer to an answer deeper than this inside one text; browsers stop at 512 elements.
DEEPEST = 24
# Emphasis that people leave open over several paragraphs.
CARRIED = frozenset({"b", "strong", "i", "em", "s", "u"})

# Characters that no text needs, that parsers disagree about and that XML refuses.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")

# What spaces after it do not separate words.
_BLOCK_TAG = re.compile(
    r"</?(?:li|ul|ol|dl|dd|dt|p|blockquote|figure|figcaption|details|table|td|th|pre)\b[^<>]*>"
)

Attributes = Iterable[tuple[str, str | None]]


def normalised(text: str) -> str:
    """Fold line ends and drop control characters."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def tidied(markup: str, vocabulary: Vocabulary, *, carry: bool = False) -> str:
    """Return the same words with the vocabulary's tags only, every one closed in the block where it was opened.

    With `carry`, emphasis that is closed further down goes on in the next paragraph.
    """
    tidy = Tidy(vocabulary, carry=carry)
    tidy.expect_closers_of(markup)
    tidy.feed(markup)
    tidy.close()
    return tidy.result()


class Tidy(Parser):
    """Reads tags and words as they come; keeps what is open in `stack` and inline tags without words in `pending`."""

    def __init__(self, vocabulary: Vocabulary, *, carry: bool) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.carry = carry
        self.closers: Counter[str] = Counter()
        self.out: list[str] = []
        self.stack: list[str] = []
        self.starts: list[int] = []
        self.pending: list[tuple[str, str]] = []
        self.silenced = ""
        self.paragraph_wanted = False

    def expect_closers_of(self, markup: str) -> None:
        if self.carry:
            self.closers.update(name.lower() for name in re.findall(r"</([a-z]+)", markup, re.I))

    def result(self) -> str:
        self.pop_to(0)
        return "".join(self.out)

    # --- what the parser tells ---

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.silenced:
            return
        if tag in SILENT:
            self.silenced = tag
        elif tag == "p":
            self.break_line(paragraph_wanted=True)
        elif tag in HEADINGS:
            self.start_heading(tag)
        elif tag == "img":
            self.write_image(attrs)
        elif tag == "iframe" and self.vocabulary.has("figure"):
            self.write_film(attrs)
        elif not self.vocabulary.has(tag):
            self.leave_words_of(tag)
        elif tag in INLINE:
            self.start_inline(tag, attrs)
        else:
            self.start_block(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.silenced:
            self.silenced = "" if tag == self.silenced else self.silenced
            return
        self.closers[tag] -= 1
        tag = self.heading_here(tag)
        if tag in INLINE:
            self.end_inline(tag)
        elif tag != "p" and self.vocabulary.has(tag) and tag in self.stack:
            self.break_line()
            self.pop_to(len(self.stack) - 1 - self.stack[::-1].index(tag))
        elif tag == "p" or tag in BREAKING:
            self.break_line()

    def handle_data(self, data: str) -> None:
        if self.silenced:
            return
        data = CONTROLS.sub("", data)
        if "pre" in self.stack:
            self.write_code(data)
        elif data.strip(" \t\n"):
            self.open_for_words()
            self.out.append(escape(data, quote=False))
        elif self.top in INLINE | {"p"} or (self.is_in_words() and not _BLOCK_TAG.fullmatch(self.out[-1])):
            self.out.append(data)

    # --- inline ---

    def start_inline(self, tag: str, attrs: Attributes) -> None:
        if tag == "br":
            if self.is_in_words() and "pre" not in self.stack:
                self.out.append("<br>")
            return
        if len(self.stack) + len(self.pending) >= DEEPEST:
            return
        if tag == "a":
            self.end_inline("a")
        self.pending.append((tag, self.start_tag(tag, attrs)))

    def end_inline(self, tag: str) -> None:
        for position in range(len(self.pending) - 1, -1, -1):
            if self.pending[position][0] == tag:
                del self.pending[position]
                return
        for position in range(len(self.stack) - 1, -1, -1):
            if self.stack[position] == tag:
                self.pop_to(position)
                return
            if self.stack[position] not in INLINE:
                return

    def open_for_words(self) -> None:
        """Open all that words need here: a paragraph, a list item, a cell, and the inline tags waiting for words."""
        while self.top in FILLED_BY:
            self.push(FILLED_BY[self.top])
        if self.top in FLOW or (self.paragraph_wanted and self.top not in INLINE | LEAVES | {"p", "pre"}):
            self.push("p")
        self.paragraph_wanted = False
        for tag, start in self.pending:
            self.push(tag, start)
        self.pending = []

    def is_in_words(self) -> bool:
        return self.top not in FLOW and self.top not in FILLED_BY

    def write_image(self, attrs: Attributes) -> None:
        """Posts keep images for the step that knows our own; comments get a link with its words."""
        if self.vocabulary.has("img"):
            self.open_for_words()
            self.out.append(self.start_tag("img", attrs))
            return
        values = dict(attrs)
        address = (values.get("src") or "").strip()
        words = (values.get("alt") or "").strip() or address
        is_linked = "a" in self.stack or any(tag == "a" for tag, _start in self.pending)
        if not is_linked:
            self.start_inline("a", [("href", address)])
        self.handle_data(words)
        if not is_linked:
            self.end_inline("a")

    # --- blocks ---

    def start_block(self, tag: str, attrs: Attributes) -> None:
        if "pre" in self.stack:
            return
        self.break_line()
        if self.top in LEAVES:
            self.pop_to(len(self.stack) - 1)
        if len(self.stack) >= DEEPEST or not self.find_place_for(tag):
            return
        if tag == "hr":
            self.out.append("<hr>")
            return
        self.push(tag, self.start_tag(tag, attrs))

    def find_place_for(self, tag: str) -> bool:
        """Close what stands between a list item, a cell, a caption and the element it belongs to."""
        parents = PARENTS.get(tag)
        if parents is None:
            return True
        nearly = parents | {outer for outer, inner in FILLED_BY.items() if inner in parents}
        for position in range(len(self.stack) - 1, -1, -1):
            if self.stack[position] in nearly:
                self.pop_to(position + 1)
                while self.top not in parents:
                    self.push(FILLED_BY[self.top])
                return True
        return False

    def start_heading(self, tag: str) -> None:
        """Posts start at h2, under their title; in a comment a heading is a strong paragraph."""
        if "pre" in self.stack:
            return
        if self.vocabulary.has(self.heading_here(tag)):
            self.start_block(self.heading_here(tag), ())
        else:
            self.break_line(paragraph_wanted=True)
            self.pending = [("strong", "<strong>")]

    def heading_here(self, tag: str) -> str:
        return "h2" if tag == "h1" and self.vocabulary.has("h2") else tag

    def leave_words_of(self, tag: str) -> None:
        if tag in BREAKING:
            self.break_line()

    def break_line(self, *, paragraph_wanted: bool = False) -> None:
        """End the paragraph, if one is open, and all inline tags in it."""
        if "pre" in self.stack:
            return
        position = len(self.stack)
        while position and (self.stack[position - 1] in INLINE or self.stack[position - 1] == "p"):
            position -= 1
        open_tags = [*self.stack[position:], *(tag for tag, _start in self.pending)]
        self.pop_to(position)
        self.paragraph_wanted = paragraph_wanted
        carried = dict.fromkeys(tag for tag in open_tags if tag in CARRIED and self.closers[tag] > 0)
        self.pending = [(tag, f"<{tag}>") for tag in carried]

    def write_code(self, data: str) -> None:
        # Parsers drop one line end after <pre>, each time they parse; none is left for the next one.
        if self.out[-1] == "<pre>":
            data = data.lstrip("\n")
        for tag, start in self.pending:
            self.push(tag, start)
        self.pending = []
        if data:
            self.out.append(escape(data, quote=False))

    def write_film(self, attrs: Attributes) -> None:
        """A film becomes a link: nothing is loaded from its host until a reader asks for it."""
        address, place = film(dict(attrs).get("src") or "")
        self.break_line()
        if not address:
            return
        words = gettext("Watch on %(place)s") % {"place": place}
        self.start_block("figure", [("class", "embed")])
        self.start_inline("a", [("href", address)])
        self.handle_data(words)
        self.handle_endtag("figure")

    # --- writing ---

    @property
    def top(self) -> str:
        return self.stack[-1] if self.stack else ""

    def push(self, tag: str, start: str = "") -> None:
        self.starts.append(len(self.out))
        self.stack.append(tag)
        self.out.append(start or f"<{tag}>")

    def pop_to(self, length: int) -> None:
        """Close everything above this depth; what held nothing vanishes."""
        while len(self.stack) > length:
            tag, start = self.stack.pop(), self.starts.pop()
            if tag in {"td", "th", "figure"} or any(piece.strip() for piece in self.out[start + 1 :][:2]):
                self.out.append(f"</{tag}>")
            else:
                del self.out[start:]

    def start_tag(self, tag: str, attrs: Attributes) -> str:
        kept: dict[str, str] = {}
        for name, value in attrs:
            value = CONTROLS.sub("", value or "").strip()
            if name == "class":
                value = next(
                    (word for word in value.split() if word in self.vocabulary.classes.get(tag, ())), ""
                )
            is_kept = self.vocabulary.has_attribute(tag, name) and has_right_form(name, value)
            if is_kept and (value or name in {"alt", "open"}):
                kept.setdefault(name, value)
        return "<" + " ".join([tag, *(f'{name}="{escape(value)}"' for name, value in kept.items())]) + ">"
