"""Says of each block of a post which way it runs, where that is not the way of what is around it."""

import unicodedata

from lxml.html import HtmlElement

from blog.markup.vocabulary import DIRECTED

_RIGHT = frozenset({"R", "AL"})
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = "ltr", "rtl"


def settle_directions(root: HtmlElement) -> None:
    """Set `dir` by the first letter that has a direction, as a browser does for `dir=auto`.

    What runs as its surroundings do gets nothing, so a text from the left stays as it is. Every reader of the HTML,
    a feed's too, shows it right without our styles.
    """
    for block in root.iter(*DIRECTED):
        own = _direction(block)
        if own and own != _inherited(block):
            block.set("dir", own)


def _inherited(block: HtmlElement) -> str:
    for outer in block.iterancestors():
        if found := outer.get("dir"):
            return str(found)
    return _LEFT_TO_RIGHT


def _direction(block: HtmlElement) -> str:
    """Return the direction of the first letter that has one, or ""."""
    for words in block.itertext():
        for letter in words:
            kind = unicodedata.bidirectional(letter)
            if kind == "L":
                return _LEFT_TO_RIGHT
            if kind in _RIGHT:
                return _RIGHT_TO_LEFT
    return ""
