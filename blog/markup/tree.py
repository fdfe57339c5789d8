"""Reads sanitised HTML as a tree and writes it back, for the steps that stand between bleach and nh3."""

from lxml import html as lxml_html
from lxml.html import HtmlElement


def parsed(markup: str) -> HtmlElement:
    """Return the HTML under one <div>."""
    return lxml_html.fragment_fromstring(f"<div>{markup}</div>")


def written(root: HtmlElement) -> str:
    """Return what stands under the <div>."""
    return str(lxml_html.tostring(root, encoding="unicode")).removeprefix("<div>").removesuffix("</div>")


def say_instead(link: HtmlElement, address: str) -> None:
    """Take a link away and leave its words, and the address beside them unless they say it."""
    words = link.text_content()
    if address and words.strip() and address not in words:
        link.tail = f" ({address}){link.tail or ''}"
    link.drop_tag()


def drop_empty(root: HtmlElement) -> None:
    """Remove paragraphs and links that other steps left without words or pictures."""
    for element in list(root.iter("a", "p", "span", "cite")):
        if len(element) == 0 and not (element.text or "").strip():
            element.drop_tree()
