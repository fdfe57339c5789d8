"""Turn a comment's text into HTML: cap, render, bleach, addresses, nh3. No text makes it raise."""

import logging
import re
from html import escape

from django.utils.translation import gettext, ngettext
from lxml.html import HtmlElement

from accounts.characters import readable
from blog.markup import markdown, mentions, quotes
from blog.markup.addresses import (
    guessed_address,
    old_comment_id,
    own_comment,
    reader_path,
    safe_address,
    said_address,
    with_scheme,
)
from blog.markup.marks import MARKS, MOST_MARKS, marks_in_comment
from blog.markup.mentions import CommentLinks
from blog.markup.paragraphs import paragraphs_from_blank_lines
from blog.markup.sanitiser import filtered, sealed
from blog.markup.tidy import tidied
from blog.markup.tree import drop_empty, parsed, say_instead, written
from blog.markup.vocabulary import COMMENT

log = logging.getLogger(__name__)

# A long comment of the sample has 1,900 characters; what is longer is a post.
MOST_CHARACTERS = 5000
# As for marks: it keeps the slowest text near 60 ms of rendering, and no honest comment comes near.
MOST_TAGS = 200

# A text with more lines than one for ten characters, or more rendered tags than one for five, is made to be slow, not
# to be read: 1,250 headings of one letter take three times as long as any essay. It is shown as it was typed. Short
# texts may be as they like.
CHARACTERS_PER_LINE = 10
CHARACTERS_PER_TAG = 5

REL = "ugc nofollow"

_FORMATS = ("markdown", "wordpress")
_NO_LINKS = CommentLinks()


class TextRefused(ValueError):
    """A refused text; the message is a sentence for its writer."""


def check_comment_text(text: str) -> None:
    """Refuse texts that are too long or have too much markup. Imports skip this check."""
    if len(text) > MOST_CHARACTERS:
        raise TextRefused(
            ngettext(
                "A comment may have %(most)s characters; this one is %(over)s too long.",
                "A comment may have %(most)s characters; this one is %(over)s too long.",
                len(text) - MOST_CHARACTERS,
            )
            % {"most": f"{MOST_CHARACTERS:,}", "over": f"{len(text) - MOST_CHARACTERS:,}"}
        )
    if text.count("<") > MOST_TAGS:
        raise TextRefused(
            gettext("A comment may have %(most)s “<” signs; please use fewer tags.") % {"most": MOST_TAGS}
        )
    if marks_in_comment(text) > MOST_MARKS:
        raise TextRefused(
            gettext(
                "A comment may have %(most)s of the signs %(marks)s together, code apart; please use fewer, "
                "or put code between lines of ```."
            )
            % {"most": MOST_MARKS, "marks": " ".join(MARKS)}
        )


def render_comment(text: str, *, body_format: str = "markdown", links: CommentLinks = _NO_LINKS) -> str:
    """Return the comment's sanitised HTML, to be stored and shown as it is."""
    if body_format not in _FORMATS:
        raise ValueError(f"unknown format of a comment: {body_format!r}")
    text = readable(text)
    try:
        return _rendered(text, body_format=body_format, links=links)
    except Exception:  # Whatever a parser does, the words of a person are kept and shown.
        log.warning("a comment was shown as plain text because it could not be parsed", exc_info=True)
        return sealed(plain_paragraphs(text), COMMENT)


def _rendered(text: str, *, body_format: str, links: CommentLinks) -> str:
    is_wordpress = body_format == "wordpress"
    length = max(len(text), MOST_CHARACTERS)
    if text.count("\n") > length // CHARACTERS_PER_LINE:
        return sealed(plain_paragraphs(text), COMMENT)
    try:
        markup = paragraphs_from_blank_lines(text) if is_wordpress else markdown.comment_html(text)
    except markdown.TooManyMarks:
        return sealed(plain_paragraphs(text), COMMENT)
    if markup.count("<") > length // CHARACTERS_PER_TAG:
        return sealed(plain_paragraphs(text), COMMENT)
    markup = filtered(tidied(markup, COMMENT, carry=is_wordpress), COMMENT)
    if any(sign in markup for sign in ("<a", "@", "#", "://")):
        root = parsed(markup)
        _settle_links(root, links)
        mentions.link_words(root, links, addresses=is_wordpress)
        quotes.cite_quotes(root, links)
        _mark_links(root, links)
        drop_empty(root)
        markup = written(root)
    return sealed(markup, COMMENT)


def _settle_links(root: HtmlElement, links: CommentLinks) -> None:
    """Give every link a safe address, or replace it by its words and address as text."""
    for link in list(root.iter("a")):
        written = link.get("href", "")
        address = _settled(written, links)
        if address:
            link.attrib.clear()
            link.set("href", address)
        else:
            say_instead(link, said_address(written))


def _settled(address: str, links: CommentLinks) -> str:
    old_id = old_comment_id(address)
    if old_id is not None and old_id in links.anchors:
        return mentions.comment_address(links.anchors[old_id])
    elsewhere = safe_address(with_scheme(address)) or guessed_address(address)
    return own_comment(address) or elsewhere or reader_path(address)


def _mark_links(root: HtmlElement, links: CommentLinks) -> None:
    """Tell search engines that the readers, not the site, wrote these links."""
    for link in root.iter("a"):
        address = link.get("href", "")
        if not own_comment(address) and address != links.post:
            link.set("rel", REL)


def plain_paragraphs(text: str) -> str:
    """Return the text as typed, fully escaped, in paragraphs."""
    paragraphs = (part.strip() for part in re.split(r"\n[ \t]*\n", text))
    lines = (escape(part, quote=False).replace("\n", "<br>") for part in paragraphs if part)
    return "".join(f"<p>{part}</p>" for part in lines)
