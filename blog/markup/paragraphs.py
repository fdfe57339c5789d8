"""Makes paragraphs from blank lines, as WordPress does when it shows a text; it keeps every tag as it was written."""

import re
from html import escape

from blog.markup.elements import elements_only
from blog.markup.parser import Parser
from blog.markup.vocabulary import BREAKING

# Where WordPress' authors left the paragraphs to be found.
_HOLDS_PARAGRAPHS = frozenset(
    {
        "",
        "blockquote",
        "div",
        "section",
        "article",
        "aside",
        "main",
        "header",
        "footer",
        "details",
        "center",
        "form",
    }
)
# Their text is not touched at all.
_VERBATIM = frozenset(
    {
        "pre",
        "listing",
        "xmp",
        "script",
        "style",
        "textarea",
        "svg",
        "math",
        "select",
        "video",
        "audio",
        "object",
    }
)
_BLOCKS = (BREAKING | {"blockquote"} | _VERBATIM) - {"iframe", "canvas", "button", "title"}
_VOID = frozenset({"hr"})
# Deeper blocks are passed through uncounted, so that counting stays cheap.
_DEEPEST = 100
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")


def paragraphs_from_blank_lines(markup: str) -> str:
    """Return the HTML with <p> round what blank lines set apart and <br> for single line ends; blocks stay blocks."""
    writer = _Writer()
    writer.feed(elements_only(markup.replace("\r\n", "\n").replace("\r", "\n")))
    writer.close()
    return writer.result()


class _Writer(Parser):
    """Passes tags through as they are and counts only in which block the words stand."""

    def __init__(self) -> None:
        super().__init__()
        self.out: list[str] = []
        self.blocks: list[str] = []
        self.is_open = False
        # A line end becomes <br> only when more words follow in the same paragraph.
        self.owes_break = False
        self.after_break = False

    def result(self) -> str:
        self.end_paragraph()
        return "".join(self.out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = self.get_starttag_text() or ""
        if tag in _VERBATIM or (tag in _BLOCKS and not self.is_verbatim()):
            self.start_block(tag, written)
        elif self.is_verbatim():
            self.out.append(written)
        elif tag == "p":
            self.end_paragraph()
            self.start_paragraph(written)
        elif tag == "br":
            self.write_break(written)
        else:
            self.write(written)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.blocks[-1:] == [tag]:
            self.blocks.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.blocks:
            self.end_paragraph()
            del self.blocks[len(self.blocks) - 1 - self.blocks[::-1].index(tag) :]
        elif tag == "p" and not self.is_verbatim():
            self.end_paragraph()
            return
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        data = data if self.cdata_elem else escape(data, quote=False)
        if self.is_verbatim():
            self.out.append(data)
            return
        for number, chunk in enumerate(_BLANK_LINE.split(data)):
            if number:
                self.end_paragraph()
                self.out.append("\n")
            self.write_lines(chunk)

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")

    def start_block(self, tag: str, written: str) -> None:
        self.end_paragraph()
        if tag in {"li", "dt", "dd"} and self.blocks[-1:] == [tag]:
            self.blocks.pop()
        if tag not in _VOID and len(self.blocks) < _DEEPEST:
            self.blocks.append(tag)
        self.out.append(written)

    def start_paragraph(self, written: str) -> None:
        self.out.append(written)
        self.is_open, self.owes_break, self.after_break = True, False, False

    def write_lines(self, chunk: str) -> None:
        for number, line in enumerate(chunk.split("\n")):
            if number and self.is_open:
                self.owes_break = not self.after_break
            elif number:
                self.out.append("\n")
            if line.strip():
                self.write(line)
            elif line and (self.is_open or not self.makes_paragraphs()):
                self.out.append(line)

    def write(self, piece: str) -> None:
        """Write words or an inline tag, in a paragraph where one belongs."""
        if self.makes_paragraphs() and not self.is_open:
            self.start_paragraph("<p>")
            piece = piece.lstrip(" \t")
        if self.owes_break:
            self.out.append("<br>\n")
        self.owes_break = self.after_break = False
        self.out.append(piece)

    def write_break(self, written: str) -> None:
        self.owes_break = False
        if self.is_open or not self.makes_paragraphs():
            self.out.append(written)
        self.after_break = True

    def end_paragraph(self) -> None:
        if self.is_open:
            self.out.append("</p>\n")
        self.is_open = self.owes_break = self.after_break = False

    def makes_paragraphs(self) -> bool:
        return (self.blocks[-1] if self.blocks else "") in _HOLDS_PARAGRAPHS

    def is_verbatim(self) -> bool:
        return any(block in _VERBATIM for block in self.blocks)
