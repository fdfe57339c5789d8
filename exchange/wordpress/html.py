"""Converts the HTML of WordPress posts to ours: pictures to figures, lead-ins to quoted sources, frames to links.

What it returns is still somebody's HTML: it is sanitised when the post is saved, like everything else.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from lxml import html as lxml_html
from lxml.etree import Comment, Element, ProcessingInstruction, SubElement
from lxml.html import HtmlElement

from blog.markup import elements_only, plain_text
from blog.markup.addresses import safe_address
from exchange.wordpress.blocks import plain_html
from exchange.wordpress.clippings import mark_clippings
from exchange.wordpress.films import address_in, frame_of
from exchange.wordpress.footnotes import fill_footnotes
from exchange.wordpress.links import settle_links
from exchange.wordpress.report import Kind, Note
from exchange.wordpress.shortcodes import WHOLE_GALLERY

log = logging.getLogger(__name__)

_PAGE_TAGS = re.compile(r"</?(?:html|head|body)\b[^<>]*>", re.I)
_TAG = re.compile(r"<[^<>]*>")
_ATTACHMENT = re.compile(r"\bwp-image-(\d{1,18})\b")
# `rel="attachment wp-att-12"`, or the address of that page.
_ATTACHMENT_PAGE = re.compile(r"\bwp-att-\d|\battachment\b|[?&]attachment_id=\d", re.I)
_OUTER_TAGS = re.compile(r"\A<[^<>]*>|</[^<>]*>\Z")
_ONLY_AN_ADDRESS = re.compile(r"https?://\S+")
_WHOLE_PLACE = re.compile(r'<figure class="plate" data-picture="\d+"></figure>')
_PLACE = re.compile(r'data-picture="(\d+)"')
# They run something or fetch something from elsewhere; renderers drop them, and the report says so.
_FOREIGN = ("script", "style", "form", "object", "embed", "applet")
_NAMES_TODAY = {"strike": "s", "acronym": "abbr", "tt": "code", "kbd": "code", "samp": "code", "xmp": "pre"}
# Where scripts that load pictures late keep their address.
_LATE_ADDRESSES = ("data-orig-file", "data-lazy-src", "data-src", "data-original")
_BACKGROUND = re.compile(r"background(?:-image)?\s*:\s*url\(\s*[\"']?([^\"')]+)", re.I)
# Less than this share of the letters left means that the parser gave up somewhere.
_KEPT_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a text shows, as the text names it: by address, by attachment, or both."""

    src: str = ""
    attachment: int = 0
    alt: str = ""
    caption: str = ""
    # The caption with its links and emphasis, where it has any.
    caption_html: str = ""
    # Where pressing it led, and whether that was WordPress' page about it.
    link: str = ""
    links_to_its_page: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted body, in which `data-picture="n"` marks the place of the n-th picture."""

    html: str
    pictures: tuple[Picture, ...]
    clippings: int
    notes: tuple[Note, ...]
    shows_whole_gallery: bool = False

    def with_figures(self, figure_id: Callable[[Picture], int]) -> str:
        """Return the body with the ids of our figures in the pictures' places."""
        return _PLACE.sub(
            lambda place: f'data-figure="{figure_id(self.pictures[int(place.group(1))])}"', self.html
        )

    def with_lines_for_pictures(self) -> str:
        """Return the body with a line in each picture's place, for whoever wants to read its words only."""
        return _WHOLE_PLACE.sub("<hr>", self.html)


def convert(
    content: str,
    *,
    gallery: Sequence[int] = (),
    featured: int = 0,
    footnotes: str = "",
    shared: Mapping[int, str] | None = None,
    base: str = "",
) -> Converted:
    """Return a post's content as our HTML. `gallery` are the pictures attached to it, for a bare [gallery].

    `featured` is the picture that themes show above a text; it is put there when the text has none of its own.
    `footnotes` and `shared` blocks are kept beside the text by WordPress. `base` is where relative links led.
    What nobody foresaw is in the log, and the text is kept as it was written.
    """
    try:
        return _converted(
            content, gallery=gallery, featured=featured, footnotes=footnotes, shared=shared, base=base
        )
    except Exception:  # Whatever a parser does, the words of a person are kept and everybody else's come.
        log.exception("a text could not be converted")
        note = Note(Kind.UNREADABLE, content[:60])
        return Converted(html=content, pictures=(), clippings=0, notes=(note,))


def _converted(
    content: str,
    *,
    gallery: Sequence[int],
    featured: int,
    footnotes: str,
    shared: Mapping[int, str] | None,
    base: str,
) -> Converted:
    html, notes = plain_html(content, shared=shared)
    # Words in angle brackets would become elements that end with the text.
    html = elements_only(_PAGE_TAGS.sub("", html))
    root = lxml_html.document_fromstring(f"<!DOCTYPE html><html><body>{html}</body></html>").find("body")
    if _letters(root.text_content()) < _KEPT_SHARE * _letters(unescape(_TAG.sub("", html))):
        return Converted(
            html=html, pictures=(), clippings=0, notes=(*notes, Note(Kind.UNREADABLE, html[:60]))
        )
    shows_gallery = _unfold_gallery(root, gallery)
    if featured and root.find(".//img") is None:
        root.insert(0, Element("img", {"class": f"wp-image-{featured}"}))
        root[0].tail, root.text = root.text, None
    fill_footnotes(root, footnotes)
    _drop_machinery(root, notes)
    _rename(root)
    pictures = _take_pictures(root, notes)
    _lift_from_headings(root)
    _unwrap(root)
    _link_addresses(root)
    settle_links(root, notes, base=base)
    clippings = mark_clippings(root)
    return Converted(
        html=_inner(root).strip(),
        pictures=tuple(pictures),
        clippings=clippings,
        notes=tuple(notes),
        shows_whole_gallery=shows_gallery,
    )


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _inner(root: HtmlElement) -> str:
    root.tag = "div"
    root.attrib.clear()
    return (
        str(lxml_html.tostring(root, encoding="unicode")).strip().removeprefix("<div>").removesuffix("</div>")
    )


def _classes(element: HtmlElement) -> set[str]:
    return set((element.get("class") or "").split())


def _swap(old: HtmlElement, new: HtmlElement) -> None:
    new.tail, old.tail = old.tail, None
    old.getparent().replace(old, new)


# --- what is not text -----------------------------------------------------------------------------------------


def _drop_machinery(root: HtmlElement, notes: list[Note]) -> None:
    for element in list(root.iter(Comment, ProcessingInstruction)):
        element.drop_tree() if hasattr(element, "drop_tree") else element.getparent().remove(element)
    for element in list(root.iter()):
        for name in ("data-figure", "data-picture"):
            element.attrib.pop(name, None)
    for element in list(root.iter("object", "embed")):
        if frame := frame_of(address_in(element)):
            _swap(element, Element("iframe", {"src": frame}))
    for element in list(root.iter(*_FOREIGN)):
        notes.append(
            Note(Kind.FOREIGN, f"<{element.tag}> {element.get('src') or element.get('action') or ''}")
        )
        element.drop_tag() if element.tag == "form" else element.drop_tree()
    for element in list(root.iter("iframe", "video", "audio")):
        _link_instead(element, notes)


def _link_instead(element: HtmlElement, notes: list[Note]) -> None:
    """Frames of known film hosts are the renderer's; other frames, films and sounds become a link to them."""
    src = address_in(element)
    frame = frame_of(src) if element.tag == "iframe" else ""
    if frame:
        element.set("src", frame)
        return
    notes.append(Note(Kind.FOREIGN, f"<{element.tag}> {src}"))
    address = safe_address(f"https:{src}" if src.startswith("//") else src)
    if not address:
        element.drop_tree()
        return
    paragraph = Element("p")
    SubElement(paragraph, "a", {"href": address}).text = address
    _swap(element, paragraph)


def _rename(root: HtmlElement) -> None:
    """Give elements that are no longer written the names they have today."""
    for element in root.iter(*_NAMES_TODAY):
        element.tag = _NAMES_TODAY[element.tag]
    for button in root.find_class("wp-block-file__button"):
        button.drop_tree()


def _unwrap(root: HtmlElement) -> None:
    """Take away the frames that the block editor draws round quotations, galleries and embedded pages."""
    for element in list(root.iter("figure", "ul", "li")):
        classes = _classes(element)
        if classes & {"wp-block-gallery", "blocks-gallery-grid", "blocks-gallery-item", "wp-block-pullquote"}:
            _caption_to_paragraph(element)
            element.drop_tag()
        elif "wp-block-embed" in classes:
            _unwrap_embed(element)


def _caption_to_paragraph(figure: HtmlElement) -> None:
    for caption in figure.findall("figcaption"):
        caption.tag = "p"
        caption.attrib.clear()


def _unwrap_embed(figure: HtmlElement) -> None:
    _caption_to_paragraph(figure)
    for wrapper in figure.findall("div"):
        wrapper.tag = "p"
        wrapper.attrib.clear()
    figure.drop_tag()


def _link_addresses(root: HtmlElement) -> None:
    """A line with nothing but an address was a preview of that page; it becomes a film or a link."""
    for paragraph in list(root.iter("p")):
        words = (paragraph.text or "").strip()
        address = safe_address(words) if len(paragraph) == 0 and _ONLY_AN_ADDRESS.fullmatch(words) else ""
        if frame := frame_of(address):
            _swap(paragraph, Element("iframe", {"src": frame}))
        elif address:
            paragraph.text = None
            SubElement(paragraph, "a", {"href": address}).text = words


# --- pictures -------------------------------------------------------------------------------------------------


def _unfold_gallery(root: HtmlElement, attached: Sequence[int]) -> bool:
    places = [image for image in root.iter("img") if image.get("class") == WHOLE_GALLERY]
    for image in places:
        figure = image.getparent()
        for number in attached:
            figure.addprevious(Element("img", {"class": f"wp-image-{number}"}))
        figure.drop_tree()
    return bool(places)


def _take_pictures(root: HtmlElement, notes: list[Note]) -> list[Picture]:
    pictures: list[Picture] = []
    _settle_backgrounds(root)
    _settle_unscripted(root)
    for image in list(root.iter("img")):
        if _classes(image) & {"wp-smiley", "emoji"}:
            _words_instead(image)
        elif {image.get("width"), image.get("height")} & {"0", "1"}:
            notes.append(Note(Kind.FOREIGN, f"<img> {image.get('src')}"))
            image.drop_tree()
        else:
            holder = _holder_of(image)
            place = Element("figure", {"class": "plate", "data-picture": str(len(pictures))})
            pictures.append(_picture(image, holder))
            _swap(holder, place)
    return pictures


def _lift_from_headings(root: HtmlElement) -> None:
    """A heading cannot hold a figure; its picture stands above it."""
    for heading in root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        for place in heading.findall(".//figure[@data-picture]"):
            place.drop_tree()
            place.tail = None
            heading.addprevious(place)


def _settle_backgrounds(root: HtmlElement) -> None:
    """Early covers of the block editor showed their picture by a style alone."""
    for cover in root.find_class("wp-block-cover") + root.find_class("wp-block-cover-image"):
        found = _BACKGROUND.search(cover.get("style", ""))
        if found and cover.find(".//img") is None:
            cover.addprevious(Element("img", {"src": found.group(1).strip()}))


def _settle_unscripted(root: HtmlElement) -> None:
    """What browsers without scripts show instead of a picture that is loaded late is the same picture."""
    late = {_source_of(image) for image in root.iter("img") if image.getparent().tag != "noscript"}
    for unscripted in list(root.iter("noscript")):
        image = unscripted.find(".//img")
        unscripted.drop_tree() if image is not None and image.get("src") in late else unscripted.drop_tag()


def _words_instead(image: HtmlElement) -> None:
    image.tail = (image.get("alt") or "") + (image.tail or "")
    image.drop_tree()


def _holder_of(image: HtmlElement) -> HtmlElement:
    """Return what the picture stands in with its caption and its link, and nothing else."""
    for outer in image.iterancestors("figure", "div"):
        is_frame = outer.tag == "figure" or "wp-caption" in _classes(outer)
        if is_frame and len(outer.findall(".//img")) == 1 and outer.find(".//blockquote") is None:
            return _with_link(outer)
    return _with_link(image)


def _with_link(element: HtmlElement) -> HtmlElement:
    link = element.getparent()
    if link is not None and link.tag == "a" and len(link) == 1 and not link.text_content().replace(
        element.text_content(), ""
    ).strip():  # fmt: skip
        return link
    return element


def _picture(image: HtmlElement, holder: HtmlElement) -> Picture:
    found = _ATTACHMENT.search(image.get("class") or "")
    captions = [
        element
        for element in holder.iter("figcaption", "p", "dd")
        if element.tag == "figcaption" or "wp-caption-text" in _classes(element)
    ]
    written = _inline_html(captions[0]) if captions else ""
    words = captions[0].text_content() if captions else ""
    caption = plain_text(written) if written else " ".join(words.split())
    link = next(image.iterancestors("a"), None)
    href, rel = ("", "") if link is None else (link.get("href", ""), link.get("rel", ""))
    href = " ".join(href.split())
    return Picture(
        src=_source_of(image),
        attachment=int(found.group(1)) if found else 0,
        alt=" ".join((image.get("alt") or "").split()),
        caption=caption,
        caption_html=written if caption else "",
        link=href,
        links_to_its_page=bool(href and _ATTACHMENT_PAGE.search(f"{rel} {href}")),
    )


def _inline_html(caption: HtmlElement) -> str:
    """Return what stands in a caption as HTML, or "" when it is words only."""
    if len(caption) == 0:
        return ""
    written = str(lxml_html.tostring(caption, encoding="unicode", with_tail=False))
    return " ".join(_OUTER_TAGS.sub("", written).split())


def _source_of(image: HtmlElement) -> str:
    src = image.get("src", "").strip()
    if src and not src.lower().startswith("data:"):
        return src
    return next((image.get(name, "").strip() for name in _LATE_ADDRESSES if image.get(name)), src)
