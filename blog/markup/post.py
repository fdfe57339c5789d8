"""Turn a post's body into HTML and collect its sources: like a comment, with more elements allowed."""

import logging
from dataclasses import dataclass

from django.utils.text import slugify
from lxml.html import HtmlElement

from accounts.characters import readable
from blog.markup import markdown
from blog.markup.addresses import FILM_HOSTS, led_to, safe_address, said_address, web_address
from blog.markup.anchors import Anchors
from blog.markup.clippings import QuotedSource, settle_clippings
from blog.markup.comment import plain_paragraphs
from blog.markup.direction import settle_directions
from blog.markup.pictures import FiguresByNumber, settle_pictures
from blog.markup.sanitiser import filtered, plain_text, sealed
from blog.markup.tidy import tidied
from blog.markup.tree import drop_empty, parsed, say_instead, written
from blog.markup.vocabulary import POST

log = logging.getLogger(__name__)

_FORMATS = ("markdown", "html")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_LONGEST_ID = 60


@dataclass(frozen=True)
class RenderedPost:
    """What saving a post stores: its HTML, the sources quoted in it, its words for the reading time, its figures.

    The last three are what its author should hear of: figures that do not exist, figure blocks without a number,
    and sources that name nothing that could be looked up.
    """

    html: str
    sources: tuple[QuotedSource, ...] = ()
    words: int = 0
    # The figures that stand in the body, in order.
    figures: tuple[int, ...] = ()
    missing_figures: tuple[int, ...] = ()
    nameless_figures: int = 0
    plain_sources: int = 0


def render_post(body: str, *, body_format: str, figures: FiguresByNumber | None = None) -> RenderedPost:
    """Return the post's sanitised HTML, to be stored and shown as it is, and what was found in it.

    `figures` is called once with all numbers in the body; without it no figure is found.
    """
    if body_format not in _FORMATS:
        raise ValueError(f"unknown format of a post: {body_format!r}")
    body = readable(body)
    try:
        return _rendered(body, body_format=body_format, figures=figures or (lambda numbers: {}))
    except Exception:  # Whatever a parser does, the words of a person are kept and shown.
        log.warning("a post was shown as plain text because it could not be parsed", exc_info=True)
        markup = sealed(plain_paragraphs(body), POST)
        return RenderedPost(html=markup, words=len(plain_text(markup).split()))


def unusable_source_addresses(body: str) -> list[str]:
    """Return the addresses in :::source blocks of a Markdown body that are not valid web addresses."""
    try:
        return [written for written in markdown.source_addresses(readable(body)) if not web_address(written)]
    except Exception:  # As in render_post: the text is kept, and there is nothing to say of its parts.
        log.warning("the sources of a post could not be read", exc_info=True)
        return []


def _rendered(body: str, *, body_format: str, figures: FiguresByNumber) -> RenderedPost:
    is_html = body_format == "html"
    written_html = body if is_html else markdown.post_html(body)
    anchors = Anchors(written_html)
    markup = tidied(written_html, POST, carry=is_html, anchors=anchors)
    root = parsed(filtered(markup, POST))
    _settle_links(root)
    sources, plain_sources = settle_clippings(root)
    _settle_films(root)
    plates = settle_pictures(root, figures)
    anchors.settle(root, _settle_headings(root))
    _drop_bare_spans(root)
    drop_empty(root)
    settle_directions(root)
    markup = sealed(written(root), POST)
    return RenderedPost(
        html=markup,
        sources=sources,
        words=len(plain_text(markup).split()),
        figures=plates.shown,
        missing_figures=plates.missing,
        nameless_figures=plates.nameless,
        plain_sources=plain_sources,
    )


def _settle_links(root: HtmlElement) -> None:
    """Links and quotations name safe addresses or places on our own site; else a link is its words and its address."""
    for link in list(root.iter("a")):
        href = link.get("href", "")
        address = led_to(href)
        if address:
            link.set("href", address)
        elif not link.get("id") or href:
            say_instead(link, said_address(href))
    for quotation in root.iter("blockquote", "q"):
        address = safe_address(quotation.attrib.pop("cite", ""))
        if address:
            quotation.set("cite", address)


def _settle_films(root: HtmlElement) -> None:
    """Keep embedded videos only if their single link is to a known host."""
    for figure in root.iterfind(".//figure[@class='embed']"):
        links = figure.findall(".//a")
        places = tuple(f"https://{host}/" for host in FILM_HOSTS)
        if len(links) != 1 or not links[0].get("href", "").startswith(places):
            del figure.attrib["class"]


def _settle_headings(root: HtmlElement) -> dict[str, str]:
    """Give headings ids that collide with none on the page, and close gaps between levels.

    Returns the new ids by those that the headings had for links to them.
    """
    renamed: dict[str, str] = {}
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
        if former := heading.get("id"):
            renamed[former] = name
        heading.set("id", name)
    return renamed


def _drop_bare_spans(root: HtmlElement) -> None:
    for span in list(root.iter("span")):
        if not span.attrib:
            span.drop_tag()
