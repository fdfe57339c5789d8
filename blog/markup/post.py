"""A post's body to HTML, with the sources it quotes: the same chain as a comment's with a wider list."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import slugify
from lxml.html import HtmlElement

from blog.markup import markdown
from blog.markup.addresses import FILM_HOSTS, own_path, safe_address
from blog.markup.clippings import QuotedSource, settle_clippings
from blog.markup.comment import plain_paragraphs
from blog.markup.pictures import FigureData, settle_pictures
from blog.markup.sanitiser import filtered, plain_text, sealed
from blog.markup.tidy import normalised, tidied
from blog.markup.tree import drop_empty, parsed, written
from blog.markup.vocabulary import POST

log = logging.getLogger(__name__)

_FORMATS = ("markdown", "html")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_LONGEST_ID = 60


@dataclass(frozen=True)
class RenderedPost:
    """What saving a post stores: its HTML, the sources quoted in it, its words for the reading time, its figures."""

    html: str
    sources: tuple[QuotedSource, ...] = ()
    words: int = 0
    # The figures that stand in the body, in order.
    figures: tuple[int, ...] = ()


def render_post(
    body: str, *, body_format: str, figures: Mapping[int, FigureData] | None = None
) -> RenderedPost:
    """Return the post's sanitised HTML, to be stored and shown as it is, and what was found in it."""
    if body_format not in _FORMATS:
        raise ValueError(f"unknown format of a post: {body_format!r}")
    body = normalised(body)
    try:
        return _rendered(body, body_format=body_format, figures=figures or {})
    except Exception:  # Whatever a parser does, the words of a person are kept and shown.
        log.warning("a post was shown as plain text because it could not be parsed", exc_info=True)
        markup = sealed(plain_paragraphs(body), POST)
        return RenderedPost(html=markup, words=len(plain_text(markup).split()))


def _rendered(body: str, *, body_format: str, figures: Mapping[int, FigureData]) -> RenderedPost:
    is_html = body_format == "html"
    markup = tidied(body if is_html else markdown.post_html(body), POST, carry=is_html)
    root = parsed(filtered(markup, POST))
    _settle_links(root)
    sources = settle_clippings(root)
    _settle_films(root)
    shown = settle_pictures(root, figures)
    _settle_headings(root)
    _drop_bare_spans(root)
    drop_empty(root)
    markup = sealed(written(root), POST)
    return RenderedPost(html=markup, sources=sources, words=len(plain_text(markup).split()), figures=shown)


def _settle_links(root: HtmlElement) -> None:
    """Links and quotations name safe addresses or places on our own site; else they vanish and leave their words."""
    for link in list(root.iter("a")):
        href = link.get("href", "")
        address = own_path(href) or safe_address(f"https:{href}" if href.strip().startswith("//") else href)
        if address:
            link.set("href", address)
        else:
            link.drop_tag()
    for quotation in root.iter("blockquote", "q"):
        address = safe_address(quotation.attrib.pop("cite", ""))
        if address:
            quotation.set("cite", address)


def _settle_films(root: HtmlElement) -> None:
    """A figure is an embedded film only if its one link leads to a host that we know."""
    for figure in root.iterfind(".//figure[@class='embed']"):
        links = figure.findall(".//a")
        places = tuple(f"https://{host}/" for host in FILM_HOSTS)
        if len(links) != 1 or not links[0].get("href", "").startswith(places):
            del figure.attrib["class"]


def _settle_headings(root: HtmlElement) -> None:
    """Give headings ids of their own kind, which meet no id of the page, and leave no step out."""
    taken: set[str] = set()
    level = 1
    for heading in root.iter(*_HEADINGS):
        level = min(int(heading.tag[1]), level + 1)
        heading.tag = f"h{level}"
        words = "".join(heading.itertext())
        wanted = slugify(words)[:_LONGEST_ID].strip("-") or "part"
        number = 1
        while (name := f"h-{wanted}" if number == 1 else f"h-{wanted}-{number}") in taken:
            number += 1
        taken.add(name)
        heading.set("id", name)


def _drop_bare_spans(root: HtmlElement) -> None:
    for span in list(root.iter("span")):
        if not span.attrib:
            span.drop_tag()
