"""The words under a picture to HTML: one line with links and emphasis, and nothing that starts a block."""

import logging
from html import escape

from accounts.characters import readable
from blog.markup import markdown
from blog.markup.addresses import link_address, said_address
from blog.markup.sanitiser import filtered, sealed
from blog.markup.tidy import tidied
from blog.markup.tree import drop_empty, parsed, say_instead, written
from blog.markup.vocabulary import CAPTION

log = logging.getLogger(__name__)


def render_caption(text: str, *, text_format: str) -> str:
    """Return a caption's sanitised HTML; `text_format` is plain, markdown or html."""
    if text_format not in {"plain", "markdown", "html"}:
        raise ValueError(f"unknown format of a caption: {text_format!r}")
    text = readable(text)
    if text_format == "plain":
        return escape(text, quote=False)
    try:
        return _rendered(text, is_html=text_format == "html")
    except Exception:  # Whatever a parser does, the words of a person are kept and shown.
        log.warning("a caption was shown as plain text because it could not be parsed", exc_info=True)
        return escape(text, quote=False)


def _rendered(text: str, *, is_html: bool) -> str:
    markup = tidied(text if is_html else markdown.caption_html(text), CAPTION, carry=is_html)
    # What would be paragraphs are words one after the other.
    root = parsed(filtered(markup.replace("</p>", "</p> "), CAPTION))
    for link in list(root.iter("a")):
        written_address = link.get("href", "")
        if address := link_address(written_address):
            link.set("href", address)
        else:
            say_instead(link, said_address(written_address))
    drop_empty(root)
    return sealed(written(root), CAPTION).strip()
