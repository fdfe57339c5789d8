"""Which letters readers take for one another: the whole table of Unicode's UTS #39, and ours on top of it.

It knows letters only; accounts/names.py knows what a name is.
"""

import unicodedata
from functools import cache

from accounts.scripts import TABLES
from accounts.spelling import is_accented, is_mark, nfc

# What the table of Unicode leaves apart, and a reader in a hurry does not: letters of one shape in running text whose
# sizes differ, signs typed for letters, small capitals, and what later versions of the table have.
_OURS = str.maketrans(
    {
        "ɑ": "a", "α": "a", "в": "b", "β": "b", "ԁ": "d", "є": "e", "ε": "e", "ց": "g", "н": "h", "ı": "i",
        "ι": "i", "ɩ": "i", "l": "i", "1": "i", "!": "i", "|": "i", "к": "k", "κ": "k", "м": "m", "μ": "m",
        "п": "n", "η": "n", "ո": "n", "ŋ": "n", "0": "o", "ө": "o", "σ": "o", "þ": "p", "ƿ": "p", "г": "r",
        "5": "s", "$": "s", "т": "t", "τ": "t", "и": "u", "ш": "w", "ω": "w", "χ": "x", "з": "z", "@": "a",
        "3": "e", "ь": "b", "đ": "d", "ħ": "h", "ł": "i", "ø": "o", "ŧ": "t",
        "ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ɢ": "g", "ʜ": "h", "ɪ": "i", "ʟ": "i", "ᴊ": "j",
        "ᴋ": "k", "ᴍ": "m", "ɴ": "n", "ᴏ": "o", "ᴘ": "p", "ʀ": "r", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v",
        "ᴡ": "w", "ʏ": "y", "ᴢ": "z",
        # Of scripts that take Latin into a word.
        "丨": "i", "〇": "o", "ᄋ": "o", "ᆼ": "o",
        # Of phonetic writing, and signs of the shape of a letter.
        "ɛ": "e", "ə": "e", "ɾ": "r", "ʌ": "a", "¡": "i", "○": "o", "◯": "o", "†": "t", "€": "e",
    }
    | {chr(first + place): chr(ord("a") + place) for first in (0x1F150, 0x1F170) for place in range(26)}
)  # fmt: skip
# Points over and under Hebrew and Arabic letters are written in some texts and left out in most.
_POINTED = ("HEBREW ", "ARABIC ", "SYRIAC ")
# Marks of no script, which can be set over letters of any and tell no name from another; those of Kana do.
_OF_NO_SCRIPT = ("COMBINING ", "VARIATION SELECTOR", "MONGOLIAN FREE VARIATION", "VEDIC ", "MUSICAL ")
_OF_KANA = frozenset("\u3099\u309a")
# Vowels of Khmer that are drawn as nothing.
_UNSEEN = frozenset("\u17b4\u17b5")


def without_accents(text: str) -> str:
    """Return the text taken apart (NFD), without the marks that people leave out: accents of Latin, Greek and
    Cyrillic, points of Hebrew and Arabic. The marks of all other scripts are letters, where they stand on one."""
    kept: list[str] = []
    drops = True
    for character in unicodedata.normalize("NFD", text):
        if not is_mark(character):
            bare = not character.isalnum()
            drops = bare or is_accented(character) or unicodedata.name(character, "").startswith(_POINTED)
        elif drops or _says_nothing(character):
            continue
        kept.append(character)
    return "".join(kept)


@cache
def _says_nothing(mark: str) -> bool:
    """Whether a mark belongs to no script, or is not drawn at all."""
    return mark in _UNSEEN or mark not in _OF_KANA and unicodedata.name(mark, "").startswith(_OF_NO_SCRIPT)


def skeleton(text: str) -> str:
    """Return what is left of a text when every letter is put as the one it may be taken for, in small letters."""
    once = _taken(unicodedata.normalize("NFD", text))
    return nfc(_taken(once.casefold()))


def _taken(text: str) -> str:
    """Put letters as those they look like; ours come first, since their place in the table may be another."""
    return text.translate(_OURS).translate(_table()).translate(_OURS)


@cache
def _table() -> dict[int, str]:
    """Read the table; what a letter is taken for comes small and without accents."""
    table: dict[int, str] = {}
    for line in (TABLES / "confusables.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, *others = (int(word, 16) for word in line.split())
            table[code] = without_accents("".join(map(chr, others)).casefold())
    # Twice, since a small letter may be taken for another again.
    twice = {code: without_accents(taken.translate(_OURS).translate(table)) for code, taken in table.items()}
    return {code: taken for code, taken in twice.items() if _counts(chr(code), taken)}


def _counts(sign: str, taken: str) -> bool:
    """Whether it makes a name another: signs do where they stand for a letter of Latin, and else set words apart."""
    return unicodedata.category(sign)[0] in "LMN" or (taken.isascii() and any(map(str.isalnum, taken)))
