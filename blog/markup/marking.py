"""Marks words in HTML that is stored already; what comes out is as safe as what went in."""

import html
import re
from collections.abc import Callable, Iterable

from django.utils.safestring import SafeString

from blog.markup.sanitiser import trusted

# Of sanitised HTML: there a tag ends at the first ">" outside quotes, and a text holds neither "<" nor ">".
_TAG = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')

Spans = Iterable[tuple[int, int]]


def mark(stored_html: str, spans_in: Callable[[str], Spans]) -> SafeString:
    """Return stored HTML with `<mark>` around what `spans_in` finds in each of its texts.

    A word that is cut by a tag (`<em>un</em>able`) is two texts, and is left as it is.
    """
    pieces = _TAG.split(stored_html)
    # Every other piece is a tag.
    pieces[::2] = [_marked(text, spans_in) for text in pieces[::2]]
    return trusted("".join(pieces))


def _marked(escaped: str, spans_in: Callable[[str], Spans]) -> str:
    text = html.unescape(escaped)
    marked, done = "", 0
    # Of two that begin together the longer one.
    for start, end in sorted(spans_in(text), key=lambda span: (span[0], -span[1])):
        if start < done:
            continue
        marked += f"{_escape(text[done:start])}<mark>{_escape(text[start:end])}</mark>"
        done = end
    return marked + _escape(text[done:])


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
