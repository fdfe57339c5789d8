"""Writes any HTML anew in one pass, balanced and shallow, so that no parser after it can be made slow; it judges no
address.

A parser that follows the HTML standard opens unclosed <b>, <i> … again in every later paragraph: a few kilobytes can
become a page of several hundred thousand elements. Here what is open is closed at the end of its block, bare words get
their paragraph, and what nobody may write vanishes.
"""

import re
from collections import Counter
from collections.abc import Iterable
from html import escape, unescape

from django.utils.translation import gettext

from accounts.characters import readable
from blog.markup.addresses import film, led_to, said_address
from blog.markup.anchors import Anchors
from blog.markup.elements import elements_only
from blog.markup.parser import Parser
from blog.markup.sanitiser import AMPERSAND, has_right_form
from blog.markup.vocabulary import (
    BREAKING,
    FILLED_BY,
    FLOW,
    HEADINGS,
    INLINE,
    LEAVES,
    PARENTS,
    PLACES,
    RENAMED,
    SILENT,
    Vocabulary,
)

# Nobody reads an answer to an answer deeper than this inside one text; browsers stop at 512 elements.
DEEPEST = 24
# Emphasis that people leave open over several paragraphs.
CARRIED = frozenset({"b", "strong", "i", "em", "s", "u", "del", "ins"})
# These say that words no longer count, or are new, so they go on where Markdown makes paragraphs too.
EDITS = frozenset({"s", "del", "ins"})
# Words over others, which say how these are read: in brackets where they have none of their own.
READINGS = {"rt": ("(", ")")}

_ID = re.compile(r' id="([^"]*)"')

# What spaces after it do not separate words.
_BLOCK_TAG = re.compile(
    r"</?(?:li|ul|ol|dl|dd|dt|p|blockquote|figure|figcaption|details|table|td|th|pre)\b[^<>]*>"
)

Attributes = Iterable[tuple[str, str | None]]


def tidied(
    markup: str, vocabulary: Vocabulary, *, carry: bool = False, anchors: Anchors | None = None
) -> str:
    """Return the same words with the vocabulary's tags only, every one closed in the block where it was opened.

    With `carry`, emphasis that is closed further down goes on in the next paragraph; without it only what was struck
    out or put in does.
    """
    markup = elements_only(markup)
    tidy = Tidy(vocabulary, carry=carry, anchors=anchors)
    tidy.expect_closers_of(markup)
    tidy.feed(markup)
    tidy.close()
    return tidy.result()


def _words(data: str) -> str:
    return escape(data, quote=False).replace("&amp;", AMPERSAND)


class Tidy(Parser):
    """Reads tags and words as they come; keeps what is open in `stack` and inline tags without words in `pending`."""

    def __init__(self, vocabulary: Vocabulary, *, carry: bool, anchors: Anchors | None) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.carried = CARRIED if carry else EDITS
        self.readings = READINGS
        self.closers: Counter[str] = Counter()
        self.out: list[str] = []
        self.stack: list[str] = []
        self.starts: list[int] = []
        self.pending: list[tuple[str, str]] = []
        self.silenced = ""
        self.paragraph_wanted = False
        # Places that the text links to, and the names of those that have no element yet.
        self.anchors = anchors
        self.unplaced: list[str] = []
        # The address of an open link that no sanitiser would let pass, and where its words begin in `out`.
        self.unled: tuple[str, int] | None = None

    def expect_closers_of(self, markup: str) -> None:
        names = map(str.lower, re.findall(r"</([a-z]+)", markup, re.I))
        self.closers.update(RENAMED.get(name, name) for name in names)
        self.readings = {} if "<rp" in markup.lower() else READINGS

    def result(self) -> str:
        self.say_address()
        self.pop_to(0)
        return "".join(self.out)

    # --- what the parser tells ---

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.silenced:
            return
        tag = self.name_here(tag, attrs)
        if self.anchors is not None:
            self.unplaced += self.anchors.names(tag, dict(attrs))
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
        tag = self.heading_here(RENAMED.get(tag, tag))
        self.closers[tag] -= 1
        if tag in INLINE:
            self.end_inline(tag)
        elif tag != "p" and self.vocabulary.has(tag) and tag in self.stack:
            self.say_address() if tag == "pre" else self.break_line()
            self.pop_to(len(self.stack) - 1 - self.stack[::-1].index(tag))
        elif tag == "p" or tag in BREAKING:
            self.break_line()
        elif tag in self.readings:
            self.handle_data(self.readings[tag][1])

    def handle_data(self, data: str) -> None:
        if self.silenced:
            return
        data = readable(data)
        if "pre" in self.stack:
            self.write_code(data)
        elif data.strip(" \t\n"):
            self.open_for_words()
            self.place_here()
            self.out.append(_words(data))
        elif self.top in INLINE | {"p"} or (self.is_in_words() and not _BLOCK_TAG.fullmatch(self.out[-1])):
            self.out.append(data)

    # --- inline ---

    def start_inline(self, tag: str, attrs: Attributes) -> None:
        if tag == "br":
            if "pre" in self.stack:
                self.write_code("\n")
            elif self.is_in_words():
                self.out.append("<br>")
            return
        if len(self.stack) + len(self.pending) >= DEEPEST:
            return
        if tag == "a":
            self.end_inline("a")
            href = dict(attrs).get("href") or ""
            # Those that sanitisers let pass are judged after them, once.
            if href and not href.startswith(("https://", "http://", "/", "#")) and not led_to(href):
                self.unled = said_address(href), len(self.out)
                return
        start = self.start_tag(tag, attrs)
        self.pending.append((tag, self.as_place(start) if tag in PLACES else start))

    def end_inline(self, tag: str) -> None:
        if tag == "a" and self.unled is not None:
            self.say_address()
            return
        for position in range(len(self.pending) - 1, -1, -1):
            if self.pending[position][0] == tag:
                self.seek_place_of(self.pending.pop(position)[1])
                return
        for position in range(len(self.stack) - 1, -1, -1):
            if self.stack[position] == tag:
                self.pop_to(position)
                return
            if self.stack[position] not in INLINE:
                return

    def say_address(self) -> None:
        """Write the address of a link that leads nowhere beside its words, unless they say it."""
        if self.unled is None:
            return
        address, start = self.unled
        words = unescape("".join(piece for piece in self.out[start:] if not piece.startswith("<")))
        words = words.replace(AMPERSAND, "&")
        if not words.strip():
            return
        self.unled = None
        if address and address not in words:
            self.handle_data(f" ({address})")

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
        self.break_line()
        if "pre" in self.stack:
            return
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
            self.break_line()
        elif self.vocabulary.has(self.heading_here(tag)):
            self.start_block(self.heading_here(tag), ())
        else:
            self.break_line(paragraph_wanted=True)
            self.pending = [("strong", "<strong>")]

    def heading_here(self, tag: str) -> str:
        return "h2" if tag == "h1" and self.vocabulary.has("h2") else tag

    def name_here(self, tag: str, attrs: Attributes) -> str:
        """Return the name that is written for an element; the editor of WordPress colours words with <mark>."""
        if tag == "mark" and "has-inline-color" in (dict(attrs).get("class") or ""):
            return "span"
        return RENAMED.get(tag, tag)

    def leave_words_of(self, tag: str) -> None:
        if tag in BREAKING:
            self.break_line()
        elif tag in self.readings:
            self.handle_data(self.readings[tag][0])

    def break_line(self, *, paragraph_wanted: bool = False) -> None:
        """End the paragraph, if one is open, and all inline tags in it."""
        self.say_address()
        if "pre" in self.stack:
            self.end_line_of_code()
            return
        position = len(self.stack)
        while position and (self.stack[position - 1] in INLINE or self.stack[position - 1] == "p"):
            position -= 1
        open_tags = [*self.stack[position:], *(tag for tag, _start in self.pending)]
        self.pop_to(position)
        self.paragraph_wanted = paragraph_wanted
        for _tag, start in self.pending:
            self.seek_place_of(start)
        carried = dict.fromkeys(tag for tag in open_tags if tag in self.carried and self.closers[tag] > 0)
        self.pending = [(tag, f"<{tag}>") for tag in carried]

    def write_code(self, data: str) -> None:
        # Parsers drop one line end after <pre>, each time they parse; none is left for the next one.
        if self.out[-1] == "<pre>":
            data = data.lstrip("\n")
        for tag, start in self.pending:
            self.push(tag, start)
        self.pending = []
        if data:
            self.out.append(_words(data))

    def end_line_of_code(self) -> None:
        """End a line of code with each block that somebody set it in: a line is all that such a block is there."""
        if self.out[-1] != "<pre>" and not self.out[-1].endswith("\n"):
            self.write_code("\n")

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
        if self.unplaced and tag in PLACES:
            self.place_here()

    def place_here(self) -> None:
        """Let the places that are linked to be the element that is open here, the innermost that may be one."""
        if not self.unplaced:
            return
        for tag, place in zip(reversed(self.stack), reversed(self.starts), strict=True):
            if tag in PLACES:
                self.out[place] = self.as_place(self.out[place])
                return

    def as_place(self, start: str) -> str:
        """Return a start tag with the id that the places without an element lead to from now on."""
        if not self.unplaced or self.anchors is None:
            return start
        found = _ID.search(start)
        given = self.anchors.id_for(self.unplaced, standing=found.group(1) if found else "")
        self.unplaced = []
        return start if found else f'{start[:-1]} id="{given}">'

    def seek_place_of(self, start: str) -> None:
        """Let the places of an element that vanishes be the next one's."""
        found = _ID.search(start) if self.anchors is not None else None
        if found and self.anchors is not None:
            self.unplaced += self.anchors.forget(found.group(1))

    def pop_to(self, length: int) -> None:
        """Close everything above this depth; what held nothing vanishes."""
        while len(self.stack) > length:
            tag, start = self.stack.pop(), self.starts.pop()
            if tag in {"td", "th", "figure"} or any(piece.strip() for piece in self.out[start + 1 :][:2]):
                self.out.append(f"</{tag}>")
            else:
                self.seek_place_of(self.out[start])
                del self.out[start:]

    def start_tag(self, tag: str, attrs: Attributes) -> str:
        kept: dict[str, str] = {}
        for name, value in attrs:
            value = readable(value or "").strip()
            if name == "class":
                value = next(
                    (word for word in value.split() if word in self.vocabulary.classes.get(tag, ())), ""
                )
            is_kept = self.vocabulary.has_attribute(tag, name) and has_right_form(name, value)
            if is_kept and (value or name in {"alt", "open", "reversed"}):
                kept.setdefault(name, value)
        return "<" + " ".join([tag, *(f'{name}="{escape(value)}"' for name, value in kept.items())]) + ">"
