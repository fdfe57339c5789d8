"""Clean the names of people and detect look-alikes. No database."""

import re
import unicodedata

from accounts.characters import readable
from accounts.lookalikes import skeleton, without_accents
from accounts.spelling import cut, is_mark, slugify

NAME_LENGTH = 60
# Letters may come to several in a key.
KEY_LENGTH = NAME_LENGTH * 2
_ROOM_FOR_KEYS_BESIDE = KEY_LENGTH - 12

_NOT_VISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
# Letters by their category, and drawn as nothing: fillers of Hangul, and a sign of Braille without dots.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# As lookalikes.py reads them.
_AS_LETTERS = re.compile("[!|$@¡○◯†€]")
# More marks on one letter than any script has would be drawn over the lines above and below.
_MOST_MARKS = 4


def clean_name(name: str) -> str:
    """Return a display name without invisible or direction-changing characters, white space folded.

    Two zero-width joiners are legitimate in some scripts, but a name that reads differently from how it is stored
    is worse than a name that is drawn a little wrong, so they go too.
    """
    visible = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", readable(name))
        if character.isspace() or _is_visible(character)
    )
    return " ".join(_without_stacks(visible).split())


def _is_visible(character: str) -> bool:
    return character not in _BLANK and unicodedata.category(character) not in _NOT_VISIBLE


def _without_stacks(text: str) -> str:
    """Remove marks beyond the four per letter that any script needs."""
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def name_key(name: str) -> str:
    """Return the skeleton that two names share when a reader would take one for the other.

    NFKC, case folded, accents dropped where people leave them out, letters put as those they look like (UTS #39),
    `rn` read as `m` and `vv` as `w`, and everything but letters, their marks and digits left out.
    """
    return _key(unicodedata.normalize("NFKC", clean_name(name)).casefold())


def key_beside(key: str, number: int) -> str:
    """Return a key for a member whose name looks like an earlier member's: one that no name produces.

    For members who signed up when the two names still counted as different; both keep theirs.
    """
    return f"{cut(key, _ROOM_FOR_KEYS_BESIDE)} {number}"


def is_key_of(key: str, name: str) -> bool:
    """Whether this key belongs to this name, or to one that looks like it."""
    own = name_key(name)
    base, is_beside, _number = key.partition(" ")
    return key == own or bool(is_beside) and base == cut(own, _ROOM_FOR_KEYS_BESIDE)


def keys_of(name: str) -> set[str]:
    """Return the keys of a name, read with its letters as written and folded.

    In “ΑDΜΙΝ” the Greek Ν looks like N, while its small ν looks like v; ſ is an s but looks like f. Signs may stand
    for letters (“M@ren”) or be just signs (“Maren!”).
    """
    clean = clean_name(name)
    compatible = unicodedata.normalize("NFKC", clean)
    texts = (
        compatible.casefold(),
        compatible,
        clean.casefold(),
        clean,
        _AS_LETTERS.sub("", clean).casefold(),
    )
    return {_key(text) for text in texts}


def _key(text: str) -> str:
    letters = "".join(sign for sign in skeleton(without_accents(text)) if sign.isalnum() or is_mark(sign))
    return cut(letters.replace("rn", "m").replace("vv", "w"), KEY_LENGTH)


# What the page itself says of people: whoever is called so would be believed.
RESERVED = frozenset(
    {
        "admin", "administrator", "author", "editor", "guest", "member", "moderator", "mod", "owner", "staff",
        "support", "system", "webmaster", "deleted", "former reader", "a former reader",
    }
)  # fmt: skip


# Not shown as badges, but not names of persons either.
ALSO_RESERVED = frozenset(
    {
        "admins", "administration", "administrators", "anonymous", "authors", "commonplace", "editorial", "editors",
        "everyone", "guests", "members", "moderation", "moderators", "mods", "nobody", "official", "owners",
        "postmaster", "security", "site", "sysadmin", "team", "the author", "the editor", "the editors",
        "the moderator", "the moderators", "the owner", "the staff",
    }
)  # fmt: skip


def reserved_name(name: str) -> bool:
    """Whether a name claims a role on the site: "M0derator", but not "Mo Derator Jr"."""
    return not keys_of(name).isdisjoint(_RESERVED_KEYS | _ALSO_RESERVED_KEYS)


def likenesses(name: str) -> set[str]:
    """Return the keys of all names that this one may be taken for: its own, and those without a role beside it.

    "Ada (Author)" reads as Ada with the badge that the page gives to authors.
    """
    found = keys_of(name)
    for key in keys_of(name):
        for badge in _RESERVED_KEYS:
            found |= {key.removesuffix(badge), key.removeprefix(badge)}
    return found - {""}


def name_slug(name: str) -> str:
    """Return the slug for a name; letters of all scripts are kept, and it is never empty."""
    return slugify(clean_name(name), most=60) or "reader"


def next_free(slug: str, taken: set[str]) -> str:
    """Return `slug`, or the first of `slug-2`, `slug-3` … that is not in `taken`."""
    if slug not in taken:
        return slug
    base = cut(re.sub(r"-\d+$", "", slug), 56)
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


_RESERVED_KEYS = frozenset(map(name_key, RESERVED))
_ALSO_RESERVED_KEYS = frozenset(map(name_key, ALSO_RESERVED))
