"""A language that nobody speaks: every message with marks on its letters, so that what was never translated shows.

It stands in for Django's catalogues, so that it speaks for Python, templates, Django and allauth alike.
"""

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import translation
from django.utils.translation import trans_real

LANGUAGE = "xx"
PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MARKED = "ÀƁĆĎÉƑĜĤÎĴĶĻṀÑÔÞǪŔŠŢÛṼŴẊÝŽàƀćďéƒĝĥîĵķļṁñôþǫŕšţûṽŵẋýž"
MARKS = str.maketrans(PLAIN, MARKED)
# Placeholders, tags and references are for programs; they stay as they are.
FOR_PROGRAMS = re.compile(r"%\(\w+\)[-+ #0-9.]*[a-z]|%[-+ #0-9.]*[sdrif%]|\{\w*\}|<[^<>]*>|&#?\w+;")
# Messages of these contexts are formats of dates: their letters are codes, which no reader sees.
FORMATS = re.compile(r"(?:moment|clock|day|date)\b")


def marked(message: str) -> str:
    """Return a message with a mark on every letter that a person reads."""
    kept = FOR_PROGRAMS.findall(message)
    words = [part.translate(MARKS) for part in FOR_PROGRAMS.split(message)]
    return words[0] + "".join(f"{code}{word}" for code, word in zip(kept, words[1:], strict=True))


class PseudoCatalogue(gettext.NullTranslations):
    """Translates whatever it is asked for, and remembers what that was."""

    domain = "django"

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()
        # What the catalogue for scripts is made from (/admin/jsi18n/).
        self._catalog: dict = {}

    def language(self) -> str:
        return LANGUAGE

    to_language = language

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        context, separator, words = message.rpartition(trans_real.CONTEXT_SEPARATOR)
        return words if separator and FORMATS.match(context) else marked(words)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.asked.add(msgid1)
        return marked((msgid1 if n == 1 else msgid2).rpartition(trans_real.CONTEXT_SEPARATOR)[2])


@contextmanager
def pseudo_language() -> Iterator[PseudoCatalogue]:
    """Speak the pseudo-language inside, and give its catalogue."""
    catalogue = PseudoCatalogue()
    trans_real._translations[LANGUAGE] = catalogue
    try:
        with translation.override(LANGUAGE):
            yield catalogue
    finally:
        del trans_real._translations[LANGUAGE]
