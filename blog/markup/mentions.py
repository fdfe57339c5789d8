"""Turns the words @Name and #12, and bare addresses, into links; it links nothing it was not given a target for."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml.etree import Element
from lxml.html import HtmlElement

from accounts.spelling import MARKS
from blog.markup.addresses import end_of_address, safe_address

_NOT_TOUCHED = ("a", "code", "pre")
# An address is found first, so that an @ or a # in it is part of it.
_MARK = re.compile(r"(?P<address>(?<![a-z0-9])https?://[^\s<>\"]+)|(?<![\w@#&/=?.+-])(?P<mark>[@#])", re.I)
# Nobody speaks to more people at once; it also bounds the work that a row of @s makes.
MOST_MENTIONS = 100
_LETTER = re.compile(rf"[\w{MARKS}]")
_NUMBER = re.compile(r"[0-9]{1,9}(?!\w)")


@dataclass(frozen=True)
class CommentLinks:
    """Where the words of a comment may lead, as ids of comments: chosen by the caller, who knows the thread."""

    # Display name → comment (its parent first, else the nearest earlier).
    names: Mapping[str, int] = field(default_factory=dict)
    # #12 → comment.
    numbers: Mapping[int, int] = field(default_factory=dict)
    # `#comment-<id>` of another site → comment, for imports.
    anchors: Mapping[int, int] = field(default_factory=dict)
    # The path of the post that the thread belongs to, for quotations from it.
    post: str = ""


Piece = tuple[str, str]  # words and the address they lead to, or ""


def link_words(root: HtmlElement, links: CommentLinks, *, addresses: bool) -> None:
    """Link mentions, numbers and, with `addresses`, bare URLs, outside links and code."""
    finder = _Finder(links, addresses=addresses)
    elements = list(root.iter())
    untouched = {inner for element in elements if element.tag in _NOT_TOUCHED for inner in element.iter()}
    for element in elements:
        if element not in untouched and element.text:
            _replace_text(element, list(finder.pieces(element.text)))
        if element.getparent() is not None and element.getparent() not in untouched and element.tail:
            _replace_tail(element, list(finder.pieces(element.tail)))


def comment_address(comment_id: int) -> str:
    return f"/comments/{int(comment_id)}/"


class _Finder:
    """Looks names up by their length, longest first, so that a thread of a thousand names costs no more than one."""

    def __init__(self, links: CommentLinks, *, addresses: bool) -> None:
        self.numbers = links.numbers
        self.mentions_left = MOST_MENTIONS
        self.addresses = addresses
        self.names = {_folded(name): comment for name, comment in links.names.items() if name.strip()}
        self.lengths: dict[str, list[int]] = {}
        for first in {name[0] for name in self.names}:
            lengths = {len(name) for name in self.names if name[0] == first}
            self.lengths[first] = sorted(lengths, reverse=True)

    def pieces(self, text: str) -> Iterator[Piece]:
        done, folded = 0, _folded(text)
        found = _MARK.search(text)
        while found:
            words, address = self.target(text, folded, found)
            if address:
                yield text[done : found.start()], ""
                yield words, address
                done = found.start() + len(words)
            # What follows an address without a space may be another one.
            found = _MARK.search(text, done if address else found.end())
        yield text[done:], ""

    def target(self, text: str, folded: str, found: re.Match[str]) -> Piece:
        if found.group("address"):
            words = end_of_address(found.group()) if self.addresses else ""
            return words, safe_address(words)
        if not self.mentions_left:
            return "", ""
        is_number = found.group() == "#"
        piece = self.numbered(text, found.start()) if is_number else self.named(text, folded, found.start())
        self.mentions_left -= bool(piece[1])
        return piece

    def numbered(self, text: str, start: int) -> Piece:
        found = _NUMBER.match(text, start + 1)
        comment = self.numbers.get(int(found.group())) if found else None
        return (f"#{found.group()}", comment_address(comment)) if found and comment else ("", "")

    def named(self, text: str, folded: str, start: int) -> Piece:
        start += 1
        for length in self.lengths.get(folded[start : start + 1], ()):
            comment = self.names.get(folded[start : start + length])
            words = text[start : start + length]
            if comment and not _goes_on(words, text[start + length : start + length + 1]):
                return f"@{words}", comment_address(comment)
        return "", ""


def _folded(words: str) -> str:
    """Fold case without changing the length; all spaces and apostrophes are alike."""
    lower = words.lower()
    if len(lower) != len(words):
        lower = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in words)
    return re.sub(r"\s", " ", lower).replace("’", "'")


def _goes_on(words: str, following: str) -> bool:
    return bool(_LETTER.match(words[-1:])) and bool(_LETTER.match(following))


def _replace_text(element: HtmlElement, pieces: list[Piece]) -> None:
    if len(pieces) > 1:
        element.text = pieces[0][0]
        for position, link in enumerate(_links(pieces)):
            element.insert(position, link)


def _replace_tail(element: HtmlElement, pieces: list[Piece]) -> None:
    if len(pieces) > 1:
        element.tail = pieces[0][0]
        parent = element.getparent()
        position = parent.index(element) + 1
        for offset, link in enumerate(_links(pieces)):
            parent.insert(position + offset, link)


def _links(pieces: Iterable[Piece]) -> Iterator[HtmlElement]:
    link = None
    for words, address in pieces:
        if address:
            if link is not None:
                yield link
            link = Element("a", {"href": address})
            link.text = words
        elif link is not None:
            link.tail = words
    if link is not None:
        yield link
