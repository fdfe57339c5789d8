"""Write the blocks of a post's body, quoted sources and figures, as an author would type them."""

import re
from collections.abc import Mapping
from html import escape

SOURCE_FIELDS = ("publication", "headline", "url", "writer", "date")
# A line that would end the block it stands in.
_BLOCK_END = re.compile(r"^(\s*)(:{3,}[ \t]*)$", re.MULTILINE)


def source_block(fields: Mapping[str, str], *, text: str, body_format: str) -> str:
    """Return a quoted source: a `:::source` block in Markdown, a clipping in HTML."""
    words = {name: " ".join(str(fields.get(name) or "").split()) for name in SOURCE_FIELDS}
    text = with_plain_ends(text).strip()
    return _html_source(words, text) if body_format == "html" else _markdown_source(words, text)


def _markdown_source(fields: Mapping[str, str], text: str) -> str:
    lines = "\n".join(f"{name}: {fields[name]}".rstrip() for name in SOURCE_FIELDS)
    quoted = _BLOCK_END.sub(r"\1\\\2", text)
    return f":::source\n{lines}\n\n{quoted}\n:::"


def _html_source(fields: Mapping[str, str], text: str) -> str:
    safe = {name: escape(value) for name, value in fields.items()}
    who = ", ".join(part for part in (safe["writer"], _html_date(safe["date"])) if part)
    paragraphs = "\n".join(
        f"<p>{escape(part.strip())}</p>" for part in re.split(r"\n\s*\n", text) if part.strip()
    )
    return (
        f'<figure class="clip"><figcaption><span class="pub">{safe["publication"]}</span>\n'
        f'<cite><a href="{safe["url"]}">{safe["headline"] or safe["url"]}</a></cite>\n'
        f'<span class="who">{who}</span></figcaption>\n'
        f'<blockquote cite="{safe["url"]}">\n{paragraphs}\n</blockquote></figure>'
    )


def _html_date(date: str) -> str:
    return f"<time>{date}</time>" if date else ""


def figure_block(number: int, *, body_format: str) -> str:
    """Return the block that shows figure `number`."""
    if body_format == "html":
        return f'<figure class="plate" data-figure="{number}"></figure>'
    return f":::figure\nid: {number}\n:::"


def inserted(body: str, block: str, *, caret: str = "") -> str:
    """Return the body with `block` as a paragraph of its own after the line of the caret, or at the end.

    `caret` is the position from the browser: UTF-16 units, with line ends as one; anything else means the end.
    """
    body = with_plain_ends(body)
    place = _place_of(body, caret)
    line_end = body.find("\n", place)
    place = len(body) if line_end < 0 else line_end
    before, after = body[:place].rstrip(), body[place:].strip("\n")
    return "\n\n".join(part for part in (before, block, after) if part)


def _place_of(body: str, caret: str) -> int:
    if not (caret.isascii() and caret.isdigit()):
        return len(body)
    return len(body.encode("utf-16-le")[: 2 * int(caret)].decode("utf-16-le", "ignore"))


def with_plain_ends(text: str) -> str:
    """Return the text with `\\n` as line end; browsers send `\\r\\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
