"""Text in all scripts: one spelling (NFC), slugs, and cuts that keep letters whole. No database.

Marks are letters. In सीता, น้ำ and が they tell one word from another, so nothing that is stored or compared goes
without them, and no text is cut between a letter and its marks.
"""

import re
import unicodedata
from functools import cache
from itertools import chain

# Letters that NFKC would split, changing what was typed: am of Thai and of Lao.
_LEFT_WHOLE = re.compile("([\u0e33\u0eb3])")
_SPACES = re.compile(r"[-\s]+")
# All marks are in the first two planes and among the selectors; to look at every code would take a quarter of a second.
_PLACES_OF_MARKS = (range(0x300, 0x20000), range(0xE0100, 0xE01F0))


def _ranges_of_marks() -> str:
    """Return all marks (Mn, Mc, Me) as ranges for the inside of a character class."""
    codes = [code for code in chain(*_PLACES_OF_MARKS) if unicodedata.category(chr(code))[0] == "M"]
    starts = [code for code, before in zip(codes, [None, *codes], strict=False) if before != code - 1]
    ends = [code for code, after in zip(codes, [*codes[1:], None], strict=False) if after != code + 1]
    return "".join(rf"\U{start:08x}-\U{end:08x}" for start, end in zip(starts, ends, strict=True))


# For patterns: `[\w{MARKS}]` is what a word is made of in any script, where `\w` alone leaves the marks out.
MARKS = _ranges_of_marks()
_NOT_IN_A_SLUG = re.compile(rf"[^\w{MARKS}\s-]")
# A mark needs a letter to stand on.
_STRAY_MARKS = re.compile(rf"(?<![\w{MARKS}])[{MARKS}]+")
IS_SLUG = re.compile(rf"[-\w{MARKS}]+")


def nfc(text: str) -> str:
    """Return the text in NFC, as everything is stored: é is one character, not e and an accent."""
    return unicodedata.normalize("NFC", text)


def is_mark(character: str) -> bool:
    """Whether a character is a mark on the letter before it."""
    return unicodedata.category(character)[0] == "M"


def cut(text: str, most: int) -> str:
    """Return the first `most` characters, or fewer where the cut would fall between a letter and its marks."""
    if len(text) <= most:
        return text
    end = most
    while end > 0 and is_mark(text[end]):
        end -= 1
    return text[:end] if end > 0 else text[:most]


def slugify(text: str, *, most: int = 190) -> str:
    """Return the slug of a text: its letters, marks and digits in lower case, joined by hyphens; at most `most` long.

    Empty if the text has none of these.
    """
    kept = _NOT_IN_A_SLUG.sub("", lowered(_compatible(text)))
    joined = _SPACES.sub("-", _STRAY_MARKS.sub("", kept)).strip("-_")
    return cut(nfc(joined), most).rstrip("-_")


def lowered(text: str) -> str:
    """Return the text in lower case; İ becomes a plain i, without a separate dot."""
    return nfc(text).replace("İ", "i").lower()


def _compatible(text: str) -> str:
    """Return the text in NFKC (wide, circled and joined letters become plain ones), except letters it would break."""
    return "".join(
        part if _LEFT_WHOLE.match(part) else unicodedata.normalize("NFKC", part)
        for part in _LEFT_WHOLE.split(text)
    )


def folded(text: str) -> str:
    """Return a tag's or category's name for comparing: case, width and white space do not count, marks do."""
    return nfc(" ".join(unicodedata.normalize("NFKC", text.replace("İ", "i")).casefold().split()))


@cache
def is_accented(letter: str) -> bool:
    """Whether marks on a letter are accents, which people leave out: in Latin, Greek and Cyrillic."""
    return unicodedata.name(letter, "").startswith(("LATIN ", "GREEK ", "CYRILLIC "))
