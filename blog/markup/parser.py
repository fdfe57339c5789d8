"""The standard library's reader of tags, made to refuse nothing; it builds no tree, so depth costs it nothing."""

from html.parser import HTMLParser
from typing import Any

from blog.markup.vocabulary import SILENT


class Parser(HTMLParser):
    """Reads whatever stands there; character references come resolved."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def parse_marked_section(self, start: int, report: int = 1) -> int:
        """Read `<![anything` as browsers do, as a comment; the standard library raises at words it does not know."""
        end = self.rawdata.find(">", start + 3)
        return end + 1 if end >= 0 else -1

    def set_cdata_mode(self, elem: str, **more: Any) -> None:
        """Read tags in scripts and styles as their words, and nowhere else: versions of the library differ there."""
        if elem in SILENT:
            super().set_cdata_mode(elem, **more)
