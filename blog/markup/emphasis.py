"""Emphasis beside the punctuation of Chinese, Japanese and Korean, which stands without spaces: `**「重要」**です`."""

import unicodedata
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token


def emphasise_cjk(markdown: MarkdownIt) -> None:
    """Let marks of emphasis open and close beside wide letters; every other text is read as CommonMark says."""
    parser = _Parser()
    parser.ruler, parser.ruler2 = markdown.inline.ruler, markdown.inline.ruler2
    markdown.inline = parser


class _State(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - markdown-it's names
        """Say whether a row of marks can open and close, as CommonMark's candidate for these scripts does."""
        mark, end = self.src[start], start
        while end < self.posMax and self.src[end] == mark:
            end += 1
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        opens = _touches(after, beside=before)
        closes = _touches(before, beside=after)
        can_open = opens and (canSplitWord or not closes or _is_punctuation(before))
        can_close = closes and (canSplitWord or not opens or _is_punctuation(after))
        return Scanned(can_open, can_close, end - start)


class _Parser(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _touches(inside: str, *, beside: str) -> bool:
    """Whether a mark belongs to the letter on its one side, whatever stands on the other."""
    if isWhiteSpace(ord(inside)):
        return False
    if not _is_punctuation(inside) or _is_wide(inside):
        return True
    return isWhiteSpace(ord(beside)) or _is_punctuation(beside) or _is_wide(beside)


def _is_punctuation(letter: str) -> bool:
    return isMdAsciiPunct(ord(letter)) or isPunctChar(letter)


@lru_cache(maxsize=4096)
def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WFH"
