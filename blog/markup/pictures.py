"""Figures and pictures in posts: only our own files are shown, and everything else becomes a link."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext
from lxml.etree import Element, SubElement
from lxml.html import HtmlElement

from blog.markup.addresses import own_picture, safe_address


@dataclass(frozen=True)
class FigureData:
    """What is known of a figure: its file, its size, and the words that belong to it."""

    pk: int
    src: str
    width: int
    height: int
    alt: str
    caption: str = ""
    credit: str = ""
    description: str = ""
    # Other renditions as (srcset, type), the one to be preferred first.
    sources: tuple[tuple[str, str], ...] = ()


def settle_pictures(root: HtmlElement, figures: Mapping[int, FigureData]) -> tuple[int, ...]:
    """Fill the plates, turn foreign pictures into links, and say which picture is loaded first."""
    for image in list(root.iter("img")):
        _settle_image(image)
    shown = _fill_plates(root, figures)
    for number, image in enumerate(root.iter("img")):
        if number:
            image.set("loading", "lazy")
            image.set("decoding", "async")
        else:
            image.set("loading", "eager")
            image.set("fetchpriority", "high")
    return shown


def _settle_image(image: HtmlElement) -> None:
    """Keep a picture of our own; another host is asked for one only when a reader follows the link."""
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


def _fill_plates(root: HtmlElement, figures: Mapping[int, FigureData]) -> tuple[int, ...]:
    shown: list[int] = []
    for figure in list(root.iter("figure")):
        number = figure.attrib.pop("data-figure", "")
        data = figures.get(int(number)) if number and figure.get("class") == "plate" else None
        figure.attrib.pop("data-date", None)
        if data:
            _write_plate(figure, data)
            shown.append(data.pk)
        elif number or (figure.get("class") == "plate" and figure.find(".//img") is None):
            figure.drop_tree() if not "".join(figure.itertext()).strip() else figure.attrib.clear()
        elif not figure.get("class") and figure.find(".//img") is not None:
            figure.set("class", "plate")
    return tuple(shown)


def _write_plate(figure: HtmlElement, data: FigureData) -> None:
    tail = figure.tail
    figure.clear()
    figure.tail = tail
    figure.set("class", "plate")
    _write_image(figure, data)
    if data.caption or data.credit or data.description:
        _write_caption(SubElement(figure, "figcaption"), data)


def _write_image(figure: HtmlElement, data: FigureData) -> None:
    """A figure whose file is lost, as imports may leave it, shows the words that stand for the picture."""
    if not data.src:
        SubElement(figure, "p").text = data.alt
        return
    holder = SubElement(figure, "picture") if data.sources else figure
    for srcset, kind in data.sources:
        SubElement(holder, "source", {"srcset": srcset, "type": kind})
    size = {"width": str(data.width), "height": str(data.height)}
    SubElement(holder, "img", {"src": data.src, "alt": data.alt, **size})


def _write_caption(caption: HtmlElement, data: FigureData) -> None:
    caption.text = f"{data.caption} " if data.caption else ""
    if data.credit:
        credit = SubElement(caption, "span", {"class": "credit"})
        credit.text = data.credit
    if data.description:
        details = SubElement(caption, "details")
        SubElement(details, "summary").text = gettext("Describe this picture")
        for words in filter(None, (part.strip() for part in data.description.split("\n\n"))):
            SubElement(details, "p").text = words
