"""Names people go by: cleaning them and telling look-alikes apart; knows nothing of the database."""

import re
import unicodedata

from django.utils.text import slugify

NAME_LENGTH = 60

# Letters of other scripts (and digits) that a reader takes for a Latin letter in running text: a subset of the
# Unicode confusables table (UTS #39), kept to what appears in names.
_LOOK_ALIKES = str.maketrans(
    {
        "а": "a", "ɑ": "a", "α": "a", "ạ": "a", "в": "b", "β": "b", "с": "c", "ϲ": "c", "ԁ": "d", "е": "e",
        "ё": "e", "є": "e", "ε": "e", "ɡ": "g", "ց": "g", "һ": "h", "հ": "h", "н": "h", "і": "i", "ї": "i",
        "ı": "i", "ι": "i", "ɩ": "i", "l": "i", "ӏ": "i", "ǀ": "i", "|": "i", "1": "i", "!": "i", "ј": "j",
        "к": "k", "κ": "k", "м": "m", "μ": "m", "п": "n", "η": "n", "ո": "n", "о": "o", "ο": "o", "σ": "o",
        "օ": "o", "0": "o", "ө": "o", "р": "p", "ρ": "p", "ԛ": "q", "г": "r", "ѕ": "s", "5": "s", "$": "s",
        "т": "t", "τ": "t", "υ": "u", "ս": "u", "и": "u", "ν": "v", "ѵ": "v", "ω": "w", "ԝ": "w", "ш": "w",
        "х": "x", "χ": "x", "у": "y", "γ": "y", "ү": "y", "ʏ": "y", "з": "z", "ᴢ": "z", "@": "a", "3": "e",
        "ь": "b", "đ": "d", "ħ": "h", "ł": "i", "ø": "o", "ŧ": "t",
        # Small capitals.
        "ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ɢ": "g", "ʜ": "h", "ɪ": "i", "ʟ": "i", "ᴊ": "j",
        "ᴋ": "k", "ᴍ": "m", "ɴ": "n", "ᴏ": "o", "ᴘ": "p", "ʀ": "r", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v",
        "ᴡ": "w",
        # Cherokee.
        "Ꭺ": "a", "Ᏼ": "b", "Ꮯ": "c", "Ꭰ": "d", "Ꭼ": "e", "Ꮐ": "g", "Ꮋ": "h", "Ꭵ": "i", "Ꮮ": "i", "Ꭻ": "j",
        "Ꮶ": "k", "Ꮇ": "m", "Ꮲ": "p", "Ꮢ": "r", "Ꮪ": "s", "Ꭲ": "t", "Ꮩ": "v", "Ꮃ": "w", "Ꮓ": "z",
    }
)  # fmt: skip
# Greek capitals whose small letters look like others: they are read by their own shape. Small ones are above.
_CAPITALS = str.maketrans({"Η": "h", "Ν": "n", "Υ": "y", "Ζ": "z"})
_NOT_VISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
# Letters by their category, and drawn as nothing: fillers of Hangul, and a sign of Braille without dots.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# More marks on one letter than any script has would be drawn over the lines above and below.
_MOST_MARKS = 4


def clean_name(name: str) -> str:
    """Return a display name without invisible or direction-changing characters, white space folded.

    Two zero-width joiners are legitimate in some scripts, but a name that reads differently from how it is stored
    is worse than a name that is drawn a little wrong, so they go too.
    """
    visible = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", name)
        if character.isspace() or _is_visible(character)
    )
    return " ".join(_without_stacks(visible).split())


def _is_visible(character: str) -> bool:
    return character not in _BLANK and unicodedata.category(character) not in _NOT_VISIBLE


def _without_stacks(text: str) -> str:
    """Leave out the marks on a letter beyond those that some script needs."""
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def name_key(name: str) -> str:
    """Return the skeleton that two names share when a reader would take one for the other.

    NFKC, case folded, accents dropped, look-alike letters mapped (after Unicode UTS #39), `rn` read as `m` and
    `vv` as `w`, and everything but letters and digits left out.
    """
    folded = unicodedata.normalize("NFKC", clean_name(name)).casefold()
    bare = "".join(
        character
        for character in unicodedata.normalize("NFD", folded)
        if not unicodedata.combining(character)
    )
    mapped = unicodedata.normalize("NFC", bare).translate(_LOOK_ALIKES)
    joined = "".join(character for character in mapped if character.isalnum())
    return joined.replace("rn", "m").replace("vv", "w")


def keys_of(name: str) -> set[str]:
    """Return the key of a name, and the one that its Greek capitals have by their own shape: “ΑDΜΙΝ” is Admin."""
    return {name_key(name), name_key(clean_name(name).translate(_CAPITALS))}


# What the page itself says of people: whoever is called so would be believed.
RESERVED = frozenset(
    {
        "admin", "administrator", "author", "editor", "guest", "member", "moderator", "mod", "owner", "staff",
        "support", "system", "webmaster", "deleted", "former reader", "a former reader",
    }
)  # fmt: skip


# No badge, but nobody's own name either: it speaks for the site, or for no one.
ALSO_RESERVED = frozenset(
    {
        "admins", "administration", "administrators", "anonymous", "authors", "commonplace", "editorial", "editors",
        "everyone", "guests", "members", "moderation", "moderators", "mods", "nobody", "official", "owners",
        "postmaster", "security", "site", "sysadmin", "team", "the author", "the editor", "the editors",
        "the moderator", "the moderators", "the owner", "the staff",
    }
)  # fmt: skip


def reserved_name(name: str) -> bool:
    """Whether a name says what somebody is here, and not who: "M0derator", but not "Mo Derator Jr"."""
    return not keys_of(name).isdisjoint(_RESERVED_KEYS | _ALSO_RESERVED_KEYS)


def likenesses(name: str) -> set[str]:
    """Return the keys of all names that this one may be taken for: its own, and without a badge set beside it.

    "Ada (Author)" reads as Ada with the badge that the page gives to authors.
    """
    found = keys_of(name)
    for key in keys_of(name):
        for badge in _RESERVED_KEYS:
            found |= {key.removesuffix(badge), key.removeprefix(badge)}
    return found - {""}


def name_slug(name: str) -> str:
    """Return the part of an address for a name, Unicode kept, never empty."""
    return slugify(clean_name(name), allow_unicode=True)[:60] or "reader"


def next_free(slug: str, taken: set[str]) -> str:
    """Return `slug`, or the first of `slug-2`, `slug-3` … that is not in `taken`."""
    if slug not in taken:
        return slug
    base = re.sub(r"-\d+$", "", slug)[:56]
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


_RESERVED_KEYS = frozenset(map(name_key, RESERVED))
_ALSO_RESERVED_KEYS = frozenset(map(name_key, ALSO_RESERVED))
