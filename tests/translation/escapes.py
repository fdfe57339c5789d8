"""Finds words on a page, in a feed or in a mail that no translation has touched: Latin letters without a mark."""

import json
import re
from collections.abc import Iterator

from lxml import etree, html

# What people read of an element besides its text.
READ_ALOUD = (
    "title",
    "placeholder",
    "alt",
    "label",
    "aria-label",
    "aria-description",
    "aria-roledescription",
)
BUTTONS = {"submit", "button", "reset"}
# What stands in a box was typed by a person; the others are code and keys.
NO_WORDS = {"script", "style", "code", "kbd", "pre", "samp", "textarea"}
# Addresses are the same in every language.
ADDRESSES = re.compile(r"https?://[^\s”\")>]*|[\w.+-]+@[\w-]+\.[\w.-]+|[\w-]+\.example\b|(?<!\w)/[\w%./-]*/")
# Names that stay as they are, and why.
NAMES = {
    "Commonplace": "the name of the program, and of a site that has no other yet",
    "UTC": "a zone as the world writes it",
    "RSS": "a format",
    "Atom": "a format",
    "JPEG": "a format",
    "True": "Django's icon for yes has this alternative text in every language",
    "False": "the same for no",
    "Moderators": "a group, which has its name in the database",
    "Limited moderators": "a group, which has its name in the database",
    "TOTAL_FORMS": "a field of Django's that is missing only where somebody has tampered with a form",
    "INITIAL_FORMS": "the same",
    "handles-": "the same",
    "aliases-": "the same",
}
WORD = re.compile(r"[A-Za-z]{2,}")
_NAMES = re.compile("|".join(rf"(?<![A-Za-z]){name}" for name in sorted(NAMES, key=len, reverse=True)))
# A sentence, not a list of addresses or codes.
SENTENCE = re.compile(r"[A-Za-z]{2,}[,.…]? [A-Za-z]|^[A-Z][a-z]+$")


def words_left(text: str) -> bool:
    """Whether a text has a word that no translation has touched."""
    return bool(WORD.search(_NAMES.sub(" ", ADDRESSES.sub(" ", text))))


def escapes_of_page(source: str) -> list[str]:
    """Return what a page shows, or reads out, without having asked for a translation."""
    page = html.fromstring(source)
    return list(dict.fromkeys(_squeezed(text) for text in _texts_of(page) if words_left(text)))


def escapes_of_xml(source: bytes) -> list[str]:
    """Return the untranslated words of a feed; the HTML in it counts as what it shows."""
    found = []
    for element in etree.fromstring(source).iter():
        text = element.text or ""
        # The program that made it is named, not said.
        if not isinstance(element.tag, str) or element.tag.endswith(("}generator", "}id", "}uri", "}loc")):
            continue
        if "<" in text:
            found += escapes_of_page(f"<div>{text}</div>")
        elif words_left(text) and not re.fullmatch(r"[\d:TZ+-]+", text.strip()):
            found.append(_squeezed(text))
    return found


def escapes_of_text(source: str) -> list[str]:
    """Return the untranslated lines of a mail or of an answer to a script."""
    return [_squeezed(line) for line in source.splitlines() if words_left(line)]


def _texts_of(page: html.HtmlElement) -> Iterator[str]:
    for element in page.iter():
        if not isinstance(element.tag, str):
            yield element.tail or ""
            continue
        if not _is_for_programs(element):
            yield element.text or ""
            yield from _attributes_of(element)
        if (parent := element.getparent()) is not None and not _is_for_programs(parent):
            yield element.tail or ""
        if element.tag == "script" and element.get("type") == "application/json":
            yield from _sentences_in(json.loads(element.text or "null"))


def _is_for_programs(element: html.HtmlElement) -> bool:
    return any(
        it.tag in NO_WORDS or it.get("translate") == "no" for it in (element, *element.iterancestors())
    )


def _attributes_of(element: html.HtmlElement) -> Iterator[str]:
    yield from (element.get(name, "") for name in READ_ALOUD)
    if element.tag == "input" and element.get("type") in BUTTONS:
        yield element.get("value", "")
    if element.tag == "meta" and element.get("name") == "description":
        yield element.get("content", "")
    # What a script says stands in these; most hold addresses and codes.
    yield from (
        value for name, value in element.items() if name.startswith("data-") and SENTENCE.search(value)
    )


def _sentences_in(value: object) -> Iterator[str]:
    if isinstance(value, str) and " " in value:
        yield value
    elif isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _sentences_in(each)


def _squeezed(text: str) -> str:
    return " ".join(text.split())
