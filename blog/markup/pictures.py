"""Figures and pictures in posts: only our own files are shown, and everything else becomes a link."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext
from lxml.etree import Element, SubElement
from lxml.html import HtmlElement

from blog.markup.addresses import host_of, link_address, own_picture, safe_address
from blog.markup.tree import parsed


@dataclass(frozen=True)
class FigureData:
    """A figure as the renderer needs it: file, size and words."""

    pk: int
    src: str
    width: int
    height: int
    alt: str
    # Sanitised HTML of one line (`render_caption`).
    caption: str = ""
    credit: str = ""
    description: str = ""
    # Other renditions as (srcset, type), the one to be preferred first.
    sources: tuple[tuple[str, str], ...] = ()
    # Of a picture that moves, one that does not, for readers who asked for that.
    still: str = ""
    # The whole picture, where more can be seen in it than in what is shown.
    full: str = ""
    # Where pressing the picture leads, if anywhere else.
    link: str = ""
    # Where an import's picture stood whose file did not come.
    old_address: str = ""


# Gives what is known of the figures with these numbers; one that does not exist is left out.
FiguresByNumber = Callable[[Collection[int]], Mapping[int, FigureData]]


@dataclass(frozen=True)
class Plates:
    """The figures of a body: those shown, in order; missing ones; blocks without a number."""

    shown: tuple[int, ...]
    missing: tuple[int, ...]
    nameless: int


def settle_pictures(root: HtmlElement, figures: FiguresByNumber) -> Plates:
    """Fill the plates, turn foreign pictures into links, and say which picture is loaded first."""
    for image in list(root.iter("img")):
        _settle_image(image)
    plates = _fill_plates(root, figures)
    for number, image in enumerate(root.iter("img")):
        if number:
            image.set("loading", "lazy")
            image.set("decoding", "async")
        else:
            image.set("loading", "eager")
            image.set("fetchpriority", "high")
    return plates


def _settle_image(image: HtmlElement) -> None:
    """Keep our own pictures; turn pictures of other hosts into links."""
    address = own_picture(image.get("src", ""))
    if address:
        image.set("src", address)
        image.set("alt", image.get("alt", ""))
        return
    address, words = safe_address(image.get("src", "")), image.get("alt", "").strip()
    is_linked = any(outer.tag == "a" for outer in image.iterancestors())
    link = Element("a", {"href": address}) if address and not is_linked else Element("span")
    link.text, link.tail = words or address, image.tail
    image.getparent().replace(image, link)


def _fill_plates(root: HtmlElement, figures: FiguresByNumber) -> Plates:
    """Put the picture into every block that names a figure."""
    numbers = {place: _number_of(place) for place in root.iter("figure")}
    asked = sorted({number for number in numbers.values() if number is not None})
    known = figures(asked) if asked else {}
    shown: list[int] = []
    nameless = 0
    for place, number in numbers.items():
        is_empty_plate = place.get("class") == "plate" and place.find(".//img") is None
        for name in ("data-figure", "data-date"):
            place.attrib.pop(name, None)
        if number is not None and number in known:
            _write_plate(place, known[number])
            shown.append(number)
        elif number is not None or is_empty_plate:
            nameless += number is None
            place.drop_tree() if not "".join(place.itertext()).strip() else place.attrib.clear()
        elif not place.get("class") and place.find(".//img") is not None:
            place.set("class", "plate")
    return Plates(tuple(shown), tuple(number for number in asked if number not in known), nameless)


def _number_of(place: HtmlElement) -> int | None:
    """Return the number that a plate asks for."""
    written = place.get("data-figure", "")
    return int(written) if written and place.get("class") == "plate" else None


def _write_plate(figure: HtmlElement, data: FigureData) -> None:
    tail = figure.tail
    figure.clear()
    figure.tail = tail
    figure.set("class", "plate")
    _write_image(figure, data)
    if data.caption or data.credit or data.description:
        _write_caption(SubElement(figure, "figcaption"), data)


def _write_image(figure: HtmlElement, data: FigureData) -> None:
    if not data.src:
        _write_words_for(figure, data)
        return
    place = _linked(figure, data)
    holder = SubElement(place, "picture") if data.sources or data.still else place
    if data.still:
        media = "(prefers-reduced-motion: reduce)"
        SubElement(holder, "source", {"srcset": data.still, "type": "image/webp", "media": media})
    for srcset, kind in data.sources:
        SubElement(holder, "source", {"srcset": srcset, "type": kind})
    size = {"width": str(data.width), "height": str(data.height)}
    SubElement(holder, "img", {"src": data.src, "alt": data.alt, **size})


def _linked(figure: HtmlElement, data: FigureData) -> HtmlElement:
    """Return the link that the picture stands in, or the figure where it leads nowhere."""
    if link := link_address(data.link):
        return SubElement(figure, "a", {"href": link})
    if not data.full:
        return figure
    size = {"width": f"{data.width:,}", "height": f"{data.height:,}"}
    title = gettext("Open in full size (%(width)s × %(height)s pixels)") % size
    return SubElement(figure, "a", {"href": data.full, "title": title})


def _write_words_for(figure: HtmlElement, data: FigureData) -> None:
    """Show the words and old links of a figure without a file, as imports may leave one."""
    places = [place for place in map(link_address, (data.old_address, data.link)) if place]
    words = SubElement(figure, "p")
    if not places:
        words.text = data.alt
        return
    link = SubElement(words, "a", {"href": places[0]})
    link.text = data.alt
    for other in places[1:]:
        if other != places[0]:
            link.tail = " ("
            further = SubElement(words, "a", {"href": other})
            further.text, further.tail = host_of(other) or other, ")"


def _write_caption(caption: HtmlElement, data: FigureData) -> None:
    if data.caption:
        written = parsed(data.caption)
        caption.text = written.text
        caption.extend(list(written))
        _add_space(caption)
    if data.credit:
        credit = SubElement(caption, "span", {"class": "credit"})
        credit.text = data.credit
    if data.description:
        details = SubElement(caption, "details")
        SubElement(details, "summary").text = gettext("Describe this picture")
        for words in filter(None, (part.strip() for part in data.description.split("\n\n"))):
            SubElement(details, "p").text = words


def _add_space(caption: HtmlElement) -> None:
    if len(caption):
        caption[-1].tail = f"{caption[-1].tail or ''} "
    else:
        caption.text = f"{caption.text or ''} "
