"""Tell which scripts a name mixes, after Unicode's UTS #39. No database.

A word that mixes scripts hides a look-alike letter: no language mixes Cyrillic and Latin in one word.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

TABLES = Path(__file__).resolve().parent / "unicode"

Scripts = frozenset[str]

# Languages that are written in several scripts at once, and these also take Latin into a word: “DJ太郎”.
_TOGETHER = {
    "Hani": {"Jpan", "Kore", "Hanb"},
    "Hira": {"Jpan"},
    "Kana": {"Jpan"},
    "Hang": {"Kore"},
    "Bopo": {"Hanb"},
}
_TAKE_LATIN = frozenset({"Jpan", "Kore", "Hanb"})
_LATIN: Scripts = frozenset({"Latn"})
# What sets words apart: spaces, dashes, brackets and the signs that stand between two names.
_APART = re.compile(r"[\s._\-‐-―/\\|()\[\]{}<>«»“”„&+,;:·・•=＝]+")


def is_mixed(name: str) -> bool:
    """Whether a word of the name mixes scripts, or its words use more than Latin and one other script."""
    others: list[Scripts] = []
    for word in _APART.split(unicodedata.normalize("NFC", name)):
        letters = [scripts for letter in word if (scripts := scripts_of(letter))]
        if _shared(letters):
            others += [scripts for scripts in letters if not scripts & _LATIN]
            continue
        beside_latin = [scripts for scripts in letters if not scripts & _LATIN]
        if not _shared(beside_latin) & _TAKE_LATIN:
            return True
        others += beside_latin
    return bool(others) and not _shared(others) or _has_two_kinds_of_digits(name)


def _shared(letters: Iterable[Scripts]) -> Scripts:
    """Return the scripts that all the letters share; every script if there are no letters."""
    found = list(letters)
    return frozenset.intersection(*found) if found else frozenset({*_TAKE_LATIN, "Latn"})


def _has_two_kinds_of_digits(name: str) -> bool:
    zeros = {ord(sign) - int(sign) for sign in name if unicodedata.category(sign) == "Nd"}
    return len(zeros) > 1


@lru_cache(maxsize=4096)
def scripts_of(letter: str) -> Scripts:
    """Return the scripts that a letter is used in, with the languages that mix them; none for what is common to all."""
    starts, ends, scripts = _ranges()
    place = bisect_right(starts, ord(letter)) - 1
    if place < 0 or ord(letter) > ends[place] or not _counts(letter):
        return frozenset()
    return scripts[place]


def _counts(letter: str) -> bool:
    """Whether it is a letter, a mark or a digit: signs and emoji are of no script that matters."""
    return unicodedata.category(letter)[0] in "LMN"


@cache
def _ranges() -> tuple[list[int], list[int], list[Scripts]]:
    """Read the table: first codes, last codes and scripts of ranges in order."""
    starts, ends, scripts = [], [], []
    for line in (TABLES / "scripts.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        first, last, *names = line.split()
        starts.append(int(first, 16))
        ends.append(int(last, 16))
        scripts.append(frozenset(names).union(*(_TOGETHER.get(name, set()) for name in names)))
    return starts, ends, scripts
