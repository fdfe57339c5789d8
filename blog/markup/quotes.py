"""Mark block quotes in comments whose last line names their source: "— Ann, #12"."""

import re
from collections.abc import Sequence

from lxml.etree import Element
from lxml.html import HtmlElement

from blog.markup.mentions import CommentLinks, comment_address

# How the post itself is named where a comment has its number.
THE_POST = "#post"

# What stands before the number: a dash and a name.
_NAMES = re.compile(r"\s*(?:—|–|--)\s*\S.*,\s*", re.S)
_NUMBER = re.compile(r"#([0-9]{1,9})")


def cite_quotes(root: HtmlElement, links: CommentLinks) -> None:
    """Give every block quote whose last line names a comment or the post that address in `cite`.

    The line becomes a paragraph of its own, with its link. Numbers are linked already (`mentions.link_words`).
    """
    for quote in root.iter("blockquote"):
        paragraph = quote[-1] if len(quote) else None
        if paragraph is None or paragraph.tag != "p":
            continue
        line = _last_line(paragraph)
        has_words = line[0] is not paragraph or len(quote) > 1 or bool((quote.text or "").strip())
        address = _address(line, links) if has_words else ""
        if not address:
            continue
        quote.set("cite", address)
        if line[0] is not paragraph:
            quote.append(_paragraph_of(paragraph, line))


def _last_line(paragraph: HtmlElement) -> Sequence[HtmlElement]:
    """Return what the last line begins after, a <br> or the paragraph itself, and the elements in it."""
    children = list(paragraph)
    breaks = [place for place, child in enumerate(children) if child.tag == "br"]
    return children[breaks[-1] :] if breaks else [paragraph, *children]


def _address(line: Sequence[HtmlElement], links: CommentLinks) -> str:
    """Return the address that a last line names, or "" for a line of another kind; `#post` gets its link."""
    last = line[-1]
    found = _NUMBER.fullmatch(last.text or "") if last.tag == "a" and len(line) > 1 else None
    if found and not (last.tail or "").strip():
        address = comment_address(links.numbers.get(int(found.group(1)), 0))
        return address if last.get("href") == address and _NAMES.fullmatch(_words(line[:-1])) else ""
    words = _words(line)
    is_post = bool(links.post) and words.rstrip().endswith(THE_POST)
    if not is_post or not _NAMES.fullmatch(words.rstrip().removesuffix(THE_POST)):
        return ""
    return links.post if _link_post(line, links.post) else ""


def _words(line: Sequence[HtmlElement]) -> str:
    """Return the words of a line, the marks of emphasis in it apart."""
    start, *elements = line
    first = (start.text if start.tag == "p" else start.tail) or ""
    return first + "".join(element.text_content() + (element.tail or "") for element in elements)


def _link_post(line: Sequence[HtmlElement], address: str) -> bool:
    """Turn the `#post` at the end of a line into a link; False where it stands in another element."""
    last = line[-1]
    is_text = last.tag == "p"
    words = ((last.text if is_text else last.tail) or "").rstrip()
    if not words.endswith(THE_POST):
        return False
    link = Element("a", href=address)
    link.text = THE_POST
    if is_text:
        last.text = words.removesuffix(THE_POST)
        last.insert(0, link)
    else:
        last.tail = words.removesuffix(THE_POST)
        parent = last.getparent()
        parent.insert(parent.index(last) + 1, link)
    return True


def _paragraph_of(paragraph: HtmlElement, line: Sequence[HtmlElement]) -> HtmlElement:
    """Cut the last line off its paragraph and return it as one of its own."""
    start = line[0]
    own = Element("p")
    own.text = (start.tail or "").lstrip()
    own.extend(list(paragraph)[paragraph.index(start) + 1 :])
    paragraph.remove(start)
    return own
