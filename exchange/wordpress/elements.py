"""Tells elements of HTML from words in angle brackets that somebody wrote."""

import re

from blog.markup.vocabulary import ELEMENTS


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Elements that stand in a line of words, as browsers show them. Everything else ends the line.
INLINE = _names(
    """a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd label mark nobr q rb
    ruby s samp small span strike strong sub sup time tt u var wbr"""
)
# Old blogs have two more, which were never part of HTML for long.
BLOCKS = (ELEMENTS | {"command", "spacer"}) - INLINE
# Plugins and word processors write elements of their own, with a colon or a hyphen in the name.
_NAMES = "|".join(sorted(INLINE | BLOCKS, key=len, reverse=True))
_NO_ELEMENT = re.compile(
    rf"<(?=!\[CDATA\[|\?(?!xml))|<(?=/?[A-Za-z])(?!/?(?:(?:{_NAMES})(?=[\s/>])|[A-Za-z][\w.]*[:-][\w:.-]*[\s/>]))",
    re.I,
)
# What stands in drawings and formulas has names of its own.
_DRAWING = re.compile(r"(<(svg|math)\b.*?</\2\s*>)", re.S | re.I)


def with_words_kept(text: str) -> str:
    """Return the text with `<` escaped where no element begins, as in `Map<String, Int>`."""
    if "<svg" not in text and "<math" not in text:
        return _NO_ELEMENT.sub("&lt;", text)
    pieces = _DRAWING.split(text)
    # Of each three, the second is a drawing and the third its name.
    return "".join(
        _NO_ELEMENT.sub("&lt;", piece) if number % 3 == 0 else piece
        for number, piece in enumerate(pieces)
        if number % 3 != 2
    )


_OWN = re.compile(r"<(/?)([a-z][\w.]*[:-][\w:.-]*)(\s[^<>]*)?/?>", re.I)


def without_own_elements(html: str) -> str:
    """Return the HTML without the elements of plugins (`<amp-img src="…">`), but with their text.

    A name with a hyphen that has no attribute and no end is a word: “Dear <first-name>”.
    """
    ended = {name.lower() for slash, name, _rest in _OWN.findall(html) if slash}
    return _OWN.sub(lambda tag: "" if "=" in (tag[3] or "") or tag[2].lower() in ended else tag[0], html)
