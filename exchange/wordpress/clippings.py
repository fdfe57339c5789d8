"""Writes a lead-in such as `Publication (“headline”):` and its block quote as a clipping; all else stays."""

from copy import deepcopy
from dataclasses import replace

from lxml.etree import Element, SubElement
from lxml.html import HtmlElement

from blog.markup.addresses import safe_address
from exchange.wordpress.leadins import Caption, Link, read, read_linked

# A paragraph that holds one of these says more than who is quoted.
_MORE_THAN_WORDS = frozenset(
    {"img", "figure", "iframe", "table", "ul", "ol", "dl", "blockquote", "pre", "p", "div", "hr"}
)
_DASHES = "—–-―~ "


def mark_clippings(root: HtmlElement) -> int:
    """Write every lead-in with the block quote after it as <figure class="clip">; return how many there were."""
    marked = 0
    for quotation in list(root.iter("blockquote")):
        if any(outer.tag in {"blockquote", "figure"} for outer in quotation.iterancestors()):
            continue
        caption = _take_lead_in(quotation) or _take_attribution(quotation)
        if caption is not None:
            _write(quotation, caption)
            marked += 1
    return marked


# --- before the quotation -------------------------------------------------------------------------------------


def _take_lead_in(quotation: HtmlElement) -> Caption | None:
    """Read and remove the lead-in: the paragraph before the quotation, or its last line."""
    paragraph = _paragraph_before(quotation)
    if paragraph is None:
        return None
    for line in (_last_line(paragraph), paragraph):
        caption = read(_words(line), _links(line)) if line is not None else None
        if caption is None or line is None:
            continue
        if line is paragraph:
            paragraph.drop_tree()
        else:
            _cut_last_line(paragraph)
        return replace(caption, url=caption.url or safe_address(quotation.get("cite", "")))
    return None


def _paragraph_before(quotation: HtmlElement) -> HtmlElement | None:
    before = quotation.getprevious()
    while before is not None and _is_empty(before) and not (before.tail or "").strip():
        before = before.getprevious()
    while before is not None and before.tag == "div" and len(before) and before[-1].tag in {"p", "div"} \
            and not (before.tail or "").strip():  # fmt: skip
        before = before[-1]
    if before is None or before.tag not in {"p", "div"} or (before.tail or "").strip():
        return None
    return None if any(inner.tag in _MORE_THAN_WORDS for inner in before.iterdescendants()) else before


def _is_empty(element: HtmlElement) -> bool:
    return element.tag in {"p", "div", "br"} and not _words(element) and element.find(".//*[@src]") is None \
        and "data-picture" not in element.attrib and element.find(".//figure") is None  # fmt: skip


def _last_break(paragraph: HtmlElement) -> HtmlElement | None:
    """Return the last line end that has words after it."""
    breaks = [child for child in paragraph if child.tag == "br"]
    with_words = [
        end for end in breaks if (end.tail or "").strip() or any(_words(s) for s in end.itersiblings())
    ]
    return with_words[-1] if with_words else None


def _last_line(paragraph: HtmlElement) -> HtmlElement | None:
    end = _last_break(paragraph)
    if end is None:
        return None
    line = Element("p")
    line.text = end.tail
    line.extend(deepcopy(sibling) for sibling in end.itersiblings())
    return line


def _cut_last_line(paragraph: HtmlElement) -> None:
    end = _last_break(paragraph)
    if end is None:
        return
    for sibling in list(end.itersiblings()):
        paragraph.remove(sibling)
    end.tail = None
    _drop_last_breaks(paragraph)


def _drop_last_breaks(element: HtmlElement) -> None:
    while len(element) and element[-1].tag == "br" and not (element[-1].tail or "").strip():
        element.remove(element[-1])


# --- under the quotation --------------------------------------------------------------------------------------


def _take_attribution(quotation: HtmlElement) -> Caption | None:
    """Read and remove `— Publication` at the end of a quotation, when a link says that it is one."""
    line = _attribution(quotation)
    caption = read_linked(_words(line).strip(_DASHES), _links(line)) if line is not None else None
    if caption is None or line is None:
        return None
    holder = line.getparent()
    line.drop_tree()
    _drop_last_breaks(holder)
    if holder is not quotation and not _words(holder):
        holder.drop_tree()
    return caption


def _attribution(quotation: HtmlElement) -> HtmlElement | None:
    cites = list(quotation.iter("cite", "footer"))
    if cites and not (cites[-1].tail or "").strip() and len(cites) == 1:
        return cites[-1]
    last = quotation[-1] if len(quotation) > 1 else None
    is_line = last is not None and last.tag == "p" and not (last.tail or "").strip()
    return last if is_line and last is not None and _words(last)[:1] in set(_DASHES.strip()) else None


# --- what both need -------------------------------------------------------------------------------------------


def _words(element: HtmlElement) -> str:
    """Return an element's words; a line end is a space."""
    pieces = element.xpath("descendant::text() | descendant::br")
    return " ".join("".join(piece if isinstance(piece, str) else " " for piece in pieces).split())


def _links(element: HtmlElement) -> list[Link]:
    links = (
        Link(words=_words(link), address=safe_address(link.get("href", ""))) for link in element.iter("a")
    )
    return [link for link in links if link.words and link.address.startswith("http")]


def _write(quotation: HtmlElement, caption: Caption) -> None:
    figure = Element("figure", {"class": "clip"})
    above = SubElement(figure, "figcaption")
    publication = SubElement(above, "span", {"class": "pub"})
    publication.text, publication.tail = caption.publication, " "
    headline = SubElement(above, "cite")
    if caption.url:
        SubElement(headline, "a", {"href": caption.url}).text = caption.headline or caption.url
    else:
        headline.text = caption.headline
    if caption.who:
        headline.tail = " "
        SubElement(above, "span", {"class": "who"}).text = caption.who
    figure.tail, quotation.tail = quotation.tail, None
    quotation.getparent().replace(quotation, figure)
    quotation.attrib.clear()
    if caption.url:
        quotation.set("cite", caption.url)
    figure.append(quotation)
