"""Compares the words of a text before and after its import, to report what was lost; changes nothing."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape

from django.utils.translation import gettext as _

from blog.markup import elements_only
from exchange.wordpress.code import codes_in
from exchange.wordpress.elements import BLOCKS, INLINE, without_own_elements

# If more than this share of the words is lost, somebody should check the post.
MOST_LOST = 0.02
MOST_NAMED = 12

_REST = r"""(?=[\s/>])(?:[^<>"']|"[^"<]*"|'[^'<]*'|["'])*>"""
_CUT = re.compile(r"<!--\s*(?:more\b.*?|nextpage|noteaser)\s*-->", re.S)
_REMARK = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
# They are no words of the text; the report names them elsewhere.
_SILENT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.S | re.I)
_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(INLINE)}){_REST}", re.I)
# What has a colon or a hyphen in its name is an element of somebody's own.
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(BLOCKS)}|[a-z][\w.]*[:-][\w:.-]*){_REST}", re.I)
# A second link to the same file.
_BUTTON = re.compile(r"<a\b[^<>]*wp-block-file__button[^<>]*>.*?</a>", re.S | re.I)
_DRAWING = re.compile(r"<(svg|math)\b.*?</\1\s*>", re.S | re.I)
_SHORTCODE = re.compile(
    r"\[/?(?:caption|wp_caption|gallery|embed|audio|video|playlist|youtube|vimeo|gist)\b[^\[\]]*\]", re.I
)
_CAPTION = re.compile(r"\[(?:wp_)?caption\b[^\[\]]*?\bcaption=(?:\"([^\"]*)\"|'([^']*)')[^\[\]]*\]", re.I)
_ADDRESS = re.compile(r"(?:https?:)?//[^\s<>\"\[\]]+", re.I)
_EITHER = re.compile(r"</?(?:p|br)\b[^<>]*>", re.I)
_WORD = re.compile(r"\w+")
# They join a publication to its headline where a lead-in becomes a quoted source, which says so by its form.
_JOINTS = Counter({"by": 9, "for": 9, "from": 9, "in": 9, "the": 9, "of": 9, "s": 9, "at": 9, "via": 9})


@dataclass(frozen=True, slots=True)
class Loss:
    """How many words a text had, and those that are not there any more."""

    words: int
    lost: tuple[str, ...]

    @property
    def is_large(self) -> bool:
        return len(self.lost) > MOST_LOST * self.words

    def __str__(self) -> str:
        some = dict.fromkeys(self.lost)
        named = ", ".join(list(some)[:MOST_NAMED]) + (" …" if len(some) > MOST_NAMED else "")
        numbers = {"lost": len(self.lost), "words": self.words, "named": named}
        return _("%(lost)d of %(words)d words: %(named)s") % numbers


def loss(source: str, html: str, *, beside: Iterable[str] = (), clippings: int = 0) -> Loss:
    """Return what a text of WordPress has lost as our HTML; `beside` are words kept elsewhere, as those of pictures."""
    before = words_of_source(source)
    after = Counter(_words(html)) + Counter(word for text in beside for word in _words(text))
    lost = Counter(before) - after
    if clippings:
        lost -= _JOINTS
    in_order = []
    for word in before:
        if lost[word] > 0:
            lost[word] -= 1
            in_order.append(word)
    return Loss(words=len(before), lost=tuple(in_order))


def words_of_source(source: str) -> list[str]:
    """Return the words that readers of the old blog saw: those of code as they were typed, no tags, no addresses."""
    pieces: list[str] = []
    done = 0
    for code in codes_in(source):
        border = "\n" if code.is_block else ""
        pieces += [_text_of(_prepared(source[done : code.start])), border, _text_of_code(code.typed), border]
        done = code.end
    return _split("".join([*pieces, _text_of(_prepared(source[done:]))]))


def _prepared(source: str) -> str:
    """Take away what WordPress reads before a browser does, and what shows no words."""
    captions = "".join(f" {unescape(found[1] or found[2])} " for found in _CAPTION.finditer(source))
    source = elements_only(without_own_elements(_REMARK.sub("", _CUT.sub(" ", source))))
    for form in (_SILENT, _DRAWING, _BUTTON, _SHORTCODE):
        source = form.sub(" ", source)
    return source + captions


def _text_of_code(typed: str) -> str:
    # The elements that may be either, markup or code, are no loss in either case.
    return unescape(_EITHER.sub(" ", _INLINE_TAG.sub("", typed)))


def _text_of(html: str) -> str:
    return unescape(_BLOCK_TAG.sub(" ", _INLINE_TAG.sub("", html)))


def _words(html: str) -> list[str]:
    return _split(_text_of(html))


def _split(text: str) -> list[str]:
    return _WORD.findall(_ADDRESS.sub(" ", text).casefold())
