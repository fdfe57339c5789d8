"""Recognises `Publication (“headline”):` before a block quote and writes both as a clipping; all else stays."""

import re
from dataclasses import dataclass

from lxml.etree import Element, SubElement
from lxml.html import HtmlElement

from blog.markup.addresses import safe_address

# Any mark that somebody has quoted a headline with, the wrong way round included.
_MARKS = "“”„‟\"«»‹›‘’‚‛'`´「」『』＂″"
_LEAD_IN = re.compile(
    r"(?P<before>[^()\[\]]{1,120}?)\s*[(\[]\s*(?P<inside>.+)\s*[)\]]\s*(?P<after>[^()\[\]]{0,60})"
)
_INSIDE = re.compile(
    rf"(?:(?P<writer>[^{_MARKS}]{{2,60}}?)\s*[,:–—-]\s*)?[{_MARKS}]{{1,2}}(?P<headline>.+)[{_MARKS}]{{1,2}}"
    rf"(?P<rest>[^{_MARKS}]{{0,80}})"
)
_END = " :：.,;–—-"
_LONGEST_LEAD_IN = 600
_MOST_WORDS = 9

_SMALL_WORDS = re.compile(
    r"an?|the|of|and|for|in|on|at|&|de|la|le|les|el|der|die|das|des|du|di|da|del|y|et|und|van|von|writing",
    re.I,
)
# A sentence of the writer's own begins like this, not a publication.
_CONNECTIVE = re.compile(
    r"also|and|as|because|but|elsewhere|even|finally|first|here|if|indeed|later|meanwhile|moreover|next|now|related"
    r"|relatedly|second|see|similarly|so|still|then|this|that|third|today|when|while|yet|yesterday|he|she|i|we|they",
    re.I,
)
_VIA = re.compile(r"(?:From|Via|Per|Over at|Writing in|Writing for)\s+(?:the\s+)?", re.I)
# Words of which publications are named, and people are not.
_PAPER = re.compile(
    r"agency|associated|atlantic|bbc|blog|bulletin|chronicle|daily|dispatch|economist|financial|gazette|globe"
    r"|guardian|herald|independent|international|journal|magazine|mail|mirror|monitor|morning|national|new|news"
    r"|newspaper|observer|online|politics|post|press|public|radio|record|register|report|review|science|standard"
    r"|star|sun|sunday|telegraph|the|times|today|tribune|tv|washington|week|weekly|wire|world|york|zeitung",
    re.I,
)
_PERSON = r"(?P<person>[^\s,]+(?:\s+[^\s,]+){1,3})"
_WRITER_FIRST = re.compile(rf"{_PERSON}(?:,\s*|\s+|,?\s+writing\s+)(?:for|in|at)\s+(?:the\s+)?(?P<paper>.+)")
_WRITER_COMMA = re.compile(rf"{_PERSON},\s+(?P<paper>.+)")
_WRITER_AFTER = re.compile(rf"(?P<paper>.+?)[’']s?\s+{_PERSON}")


def mark_clippings(root: HtmlElement) -> int:
    """Write every lead-in with the block quote after it as <figure class="clip">; return how many there were."""
    marked = 0
    for quotation in list(root.iter("blockquote")):
        if any(outer.tag in {"blockquote", "figure"} for outer in quotation.iterancestors()):
            continue
        lead_in = _paragraph_before(quotation)
        caption = _read(lead_in, quotation) if lead_in is not None else None
        if lead_in is not None and caption is not None:
            _write(lead_in, quotation, caption)
            marked += 1
    return marked


def _paragraph_before(quotation: HtmlElement) -> HtmlElement | None:
    before = quotation.getprevious()
    if before is None or before.tag != "p" or (before.tail or "").strip():
        return None
    return None if before.find(".//img") is not None or before.find(".//figure") is not None else before


@dataclass(frozen=True, slots=True)
class Caption:
    """What a lead-in says: publication, headline, address, and writer or date in words."""

    publication: str
    headline: str
    url: str
    who: str


def _read(paragraph: HtmlElement, quotation: HtmlElement) -> Caption | None:
    text = " ".join(paragraph.text_content().split())
    found = _LEAD_IN.fullmatch(text) if len(text) <= _LONGEST_LEAD_IN else None
    inside = _INSIDE.fullmatch(found.group("inside")) if found else None
    if found is None or inside is None:
        return None
    headline = inside.group("headline").strip(" ,")
    publication, writer = _split_publication(found.group("before").strip(_END))
    closing = _closing_words(found.group("after"))
    if not publication or not headline or closing is None:
        return None
    who = [writer, (inside.group("writer") or "").strip(), _by(inside.group("rest")), closing]
    return Caption(
        publication=publication,
        headline=headline,
        url=_address(paragraph, headline) or safe_address(quotation.get("cite", "")),
        who=", ".join(dict.fromkeys(part for part in who if part)),
    )


def _closing_words(after: str) -> str | None:
    """After the bracket stands a colon, or who wrote it. None: the sentence goes on, so it is no lead-in."""
    words = after.strip(_END)
    if not words:
        return ""
    return _by(after) if re.match(r"\s*(?:[,–—-]|by\b)", after) else None


def _by(words: str) -> str:
    return re.sub(r"^by\s+", "", words.strip(" ,:;–—-"), flags=re.I)


def _split_publication(words: str) -> tuple[str, str]:
    """Return the publication and its writer, where one is named with it; ("", "") when it is neither."""
    words = _VIA.sub("", words, count=1) if _VIA.match(words) else words
    if not _is_named(words):
        return "", ""
    for form in (_WRITER_FIRST, _WRITER_COMMA, _WRITER_AFTER):
        found = form.fullmatch(words)
        if found and _is_person(found.group("person")) and found.group("paper").strip():
            return found.group("paper").strip(), found.group("person").strip()
    return words, ""


def _is_named(words: str) -> bool:
    """Whether these words are a name: no sentence, every word of weight with a capital, or one word alone."""
    parts = words.split()
    if not parts or len(parts) > _MOST_WORDS or _CONNECTIVE.fullmatch(parts[0].strip(",")):
        return False
    if len(parts) == 1:
        return any(character.isalnum() for character in words)
    return all(_has_weight(part) for part in parts if not _SMALL_WORDS.fullmatch(part.strip(",")))


def _has_weight(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    # Scripts without capitals have no lower case either.
    return not letters or "." in word.strip(".") or any(letter == letter.upper() for letter in letters)


def _is_person(words: str) -> bool:
    parts = words.split()
    return all(part[:1].isupper() and not _PAPER.fullmatch(part.strip(".")) for part in parts)


def _address(paragraph: HtmlElement, headline: str) -> str:
    """Return the address of the link that carries the headline, else of the first one."""
    first = ""
    for link in paragraph.iter("a"):
        address = safe_address(link.get("href", ""))
        words = " ".join(link.text_content().split())
        if not address.startswith("http") or not words:
            continue
        if headline in words or words.strip(_MARKS + " ,") in headline:
            return address
        first = first or address
    return first


def _write(lead_in: HtmlElement, quotation: HtmlElement, caption: Caption) -> None:
    figure = Element("figure", {"class": "clip"})
    above = SubElement(figure, "figcaption")
    publication = SubElement(above, "span", {"class": "pub"})
    publication.text, publication.tail = caption.publication, " "
    headline = SubElement(above, "cite")
    if caption.url:
        SubElement(headline, "a", {"href": caption.url}).text = caption.headline
    else:
        headline.text = caption.headline
    if caption.who:
        headline.tail = " "
        SubElement(above, "span", {"class": "who"}).text = caption.who
    lead_in.drop_tree()
    figure.tail, quotation.tail = quotation.tail, None
    quotation.getparent().replace(quotation, figure)
    quotation.attrib.clear()
    if caption.url:
        quotation.set("cite", caption.url)
    figure.append(quotation)
