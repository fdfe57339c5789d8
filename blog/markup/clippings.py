"""Clippings: the quoted sources of a post, read from its HTML and written back in one form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape

from lxml.etree import SubElement
from lxml.html import HtmlElement

from blog.markup.addresses import host_of, web_address
from web.dates import source_day

# Elisions as writers type them.
_ELISION = re.compile(r"[\[(]\s*(…|\.\s?\.\s?\.)\s*[\])]")
_ELIDED = "[…]"
_PARAGRAPHS = ("p", "li", "pre", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "td", "th", "figcaption")

_FORMATS = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d.%m.%Y", "%Y/%m/%d")
_DAY_AND_MONTH = re.compile(
    r"\d{1,2}(st|nd|rd|th)? [A-Z][a-z]{2,8}\.?|[A-Z][a-z]{2,8}\.? \d{1,2}(st|nd|rd|th)?"
)


@dataclass(frozen=True)
class QuotedSource:
    """A quotation in a post: its source, writer, date (ISO text) and words."""

    publication: str
    headline: str = ""
    url: str = ""
    writer: str = ""
    date: str = ""
    text: str = ""
    position: int = 0


@dataclass(frozen=True)
class _Caption:
    publication: str
    headline: str
    url: str
    writer: str
    # ISO text where the date was understood, and the date as it is shown.
    date: str
    shown_date: str


def clipping_opening(fields: Mapping[str, str]) -> str:
    """Return the HTML before the quoted words of a :::source block, with everything that its writer typed."""
    publication, url = fields.get("publication", ""), fields.get("url", "")
    written = fields.get("date", "")
    known = iso_date(written)
    when = (
        f'<time datetime="{known}">{shown_date(known)}</time>' if known else f"<time>{escape(written)}</time>"
    )
    who = ", ".join(part for part in (escape(fields.get("writer", "")), when if written else "") if part)
    return (
        f'<figure class="clip"><figcaption><span class="pub">{escape(publication)}</span> '
        f'<cite><a href="{escape(url)}">{escape(fields.get("headline", "") or url)}</a></cite> '
        f'<span class="who">{who}</span></figcaption><blockquote cite="{escape(url)}">\n'
    )


def settle_clippings(root: HtmlElement) -> tuple[tuple[QuotedSource, ...], int]:
    """Write every clipping of a post in its one form and number them.

    Returns what they quote, in order, and how many name neither a publication nor a page: plain quotations now.
    """
    sources: list[QuotedSource] = []
    plain = 0
    for figure in list(root.iterfind(".//figure[@class='clip']")):
        quotation = figure.find(".//blockquote")
        caption = _read_caption(figure)
        if quotation is None or caption is None:
            _make_plain(figure, quotation)
            plain += 1
            continue
        _mark_elisions(quotation)
        position = len(sources) + 1
        _write(figure, quotation, caption, position)
        sources.append(
            QuotedSource(
                publication=caption.publication,
                headline=caption.headline,
                url=caption.url,
                writer=caption.writer,
                date=caption.date,
                text=quoted_text(quotation),
                position=position,
            )
        )
    return tuple(sources), plain


def _read_caption(figure: HtmlElement) -> _Caption | None:
    """Read the source from the caption. None if it has neither publication nor URL."""
    caption = figure.find("figcaption")
    if caption is None:
        return None
    publication = _words(caption.find(".//span[@class='pub']"))
    link = caption.find(".//a[@href]")
    quotation = figure.find(".//blockquote")
    typed = link.get("href", "") if link is not None else ""
    url = web_address(typed)
    if not url and quotation is not None:
        url = web_address(quotation.get("cite", ""))
    cite = caption.find(".//cite")
    headline = _words(cite if cite is not None else link)
    if not publication and not url:
        return None
    writer, known, shown = _who(caption.find(".//span[@class='who']"), figure.get("data-date", ""))
    return _Caption(
        publication=publication or host_of(url),
        # An address is no headline where it is linked; where it cannot be, its words are all there is of it.
        headline="" if url and headline in {url, typed} else headline,
        url=url,
        writer=writer,
        date=known,
        shown_date=shown,
    )


def _who(who: HtmlElement | None, stated: str) -> tuple[str, str, str]:
    """Split `Name, 2 March 2024` into the writer, the date as ISO text and the date as it is shown."""
    words = _words(who)
    time = who.find(".//time") if who is not None else None
    if time is not None and _words(time):
        shown = _words(time)
        known = iso_date(time.get("datetime", "")) or iso_date(stated) or iso_date(shown)
        writer = words.replace(shown, "", 1) if words.count(shown) == 1 else words.rpartition(shown)[0]
    else:
        writer, shown = _split_date(words)
        known = iso_date(stated) or iso_date(shown)
    return writer.strip(" ,·–—"), known, shown_date(known) if known else shown


def _split_date(words: str) -> tuple[str, str]:
    """Cut a date off the end; one that was written with a comma (`March 2, 2024`) has two parts."""
    parts = [part.strip() for part in words.split(",")]
    for length in (2, 1):
        last = " ".join(parts[-length:])
        if len(parts) >= length and (iso_date(last) or (length == 1 and _DAY_AND_MONTH.fullmatch(last))):
            return ", ".join(parts[:-length]), last
    return words, ""


def iso_date(written: str) -> str:
    """Return the date as ISO text, or "" when it is not one."""
    words = " ".join(written.replace(",", " ").split())
    try:
        return datetime.fromisoformat(words).date().isoformat()
    except ValueError:
        pass
    words = re.sub(
        r"\b(\d{1,2})(st|nd|rd|th)\b", r"\1", words.replace(".", "") if words[:1].isalpha() else words
    )
    for form in _FORMATS:
        try:
            return datetime.strptime(words, form).date().isoformat()
        except ValueError:
            continue
    return ""


def shown_date(known: str) -> str:
    """`2024-03-02` → `2 March 2024`, in the language of the site when it is rendered."""
    return source_day(known)


def _write(figure: HtmlElement, quotation: HtmlElement, caption: _Caption, position: int) -> None:
    tail = figure.tail
    figure.clear()
    figure.tail = tail
    figure.set("class", "clip")
    figure.set("id", f"s-{position}")
    above = SubElement(figure, "figcaption")
    publication = SubElement(above, "span", {"class": "pub"})
    publication.text, publication.tail = caption.publication, " "
    _write_headline(above, caption)
    _write_who(above, caption)
    quotation.attrib.clear()
    quotation.tail = None
    if caption.url:
        quotation.set("cite", caption.url)
    figure.append(quotation)


def _write_headline(above: HtmlElement, caption: _Caption) -> None:
    if not caption.headline and not caption.url:
        return
    holder = SubElement(above, "cite")
    holder.tail = " "
    if caption.url:
        link = SubElement(holder, "a", {"href": caption.url})
        link.text = caption.headline or host_of(caption.url)
    else:
        holder.text = caption.headline


def _write_who(above: HtmlElement, caption: _Caption) -> None:
    if not caption.writer and not caption.shown_date:
        return
    who = SubElement(above, "span", {"class": "who"})
    who.text = f"{caption.writer}, " if caption.writer and caption.shown_date else caption.writer
    if caption.shown_date:
        time = SubElement(who, "time", {"datetime": caption.date} if caption.date else {})
        time.text = caption.shown_date


def _make_plain(figure: HtmlElement, quotation: HtmlElement | None) -> None:
    """Turn a clipping without a source into a plain quotation; its caption becomes a paragraph."""
    figure.attrib.clear()
    if quotation is None:
        return
    for caption in figure.findall("figcaption"):
        if _words(caption):
            caption.tag = "p"
        else:
            caption.drop_tree()
    figure.drop_tag()


def _mark_elisions(quotation: HtmlElement) -> None:
    for paragraph in quotation.iter("p"):
        if _ELISION.fullmatch(_words(paragraph)):
            tail = paragraph.tail
            paragraph.clear()
            paragraph.tail, paragraph.text = tail, _ELIDED
            paragraph.set("class", "elision")


def quoted_text(quotation: HtmlElement) -> str:
    """Return the words of a quotation, paragraphs separated by blank lines."""
    paragraphs = [
        _words(block)
        for block in quotation.iter(*_PARAGRAPHS)
        if not any(True for _inner in block.iterdescendants(*_PARAGRAPHS))
    ]
    return "\n\n".join(words for words in paragraphs if words)


def _words(element: HtmlElement | None) -> str:
    """Return the words of an element with white space folded."""
    if element is None:
        return ""
    pieces = element.xpath("descendant::text() | descendant::br")
    return " ".join("".join(piece if isinstance(piece, str) else " " for piece in pieces).split())
