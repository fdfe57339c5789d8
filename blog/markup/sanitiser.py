"""The two sanitisers and the one door to trusted HTML: bleach in the middle of the chain, nh3 at its end."""

import html
import re
import threading
from collections.abc import Callable

import nh3
from bleach.sanitizer import Cleaner
from django.utils.safestring import SafeString, mark_safe

from blog.markup.vocabulary import INLINE, SCHEMES, SILENT, Vocabulary

_IDS = re.compile(r"s-\d{1,4}|(h|to)-[\w-]{1,80}|fn(ref)?\d{1,4}(:\d{1,3})?")
_NUMBER = re.compile(r"\d{1,5}")
# What an attribute's value must look like; those not named here are words or addresses.
VALUES = {
    "id": _IDS,
    "start": re.compile(r"-?\d{1,9}"),
    "value": re.compile(r"-?\d{1,9}"),
    "type": re.compile(r"[1aAiI]|image/[a-z]{3,8}"),
    "reversed": re.compile(r"(reversed)?"),
    "colspan": re.compile(r"\d{1,3}"),
    "rowspan": re.compile(r"\d{1,3}"),
    "scope": re.compile(r"(row|col)(group)?"),
    "width": _NUMBER,
    "height": _NUMBER,
    "datetime": re.compile(r"[\dTZ:+. -]{4,40}"),
    "data-date": re.compile(r"[\dTZ:+. -]{4,40}"),
    "data-figure": re.compile(r"\d{1,18}"),
    "open": re.compile(r"(open)?"),
    "loading": re.compile(r"lazy|eager"),
    "decoding": re.compile(r"async"),
    "fetchpriority": re.compile(r"high"),
    "dir": re.compile(r"ltr|rtl"),
    "rel": re.compile(r"ugc nofollow"),
}


# Stands for an ampersand between tags on its way through bleach, which takes a hundred times as long for a reference
# as for a letter. No text holds it: what people send and what files hold is cleaned of it (accounts/characters.py).
AMPERSAND = "\ufdd0"


def trusted(stored_html: str) -> SafeString:
    """Say that a string may stand in a page as it is.

    Only two kinds of strings may be given: HTML that this package made and that was stored as it came, and pages
    that the thread builder joined from such HTML and from escaped names and dates. Never anything else.
    """
    return mark_safe(stored_html)  # noqa: S308 - the one door, see above


def filtered(markup: str, vocabulary: Vocabulary) -> str:
    """Keep what the vocabulary allows, by bleach; the rest vanishes and leaves its words."""
    return _cleaner(vocabulary).clean(markup).replace(AMPERSAND, "&amp;")


def sealed(markup: str, vocabulary: Vocabulary) -> str:
    """Keep what the vocabulary allows, by nh3. The last step of every chain: what it returns is stored untouched."""
    return _seal(vocabulary).clean(markup)


def plain_text(markup: str) -> str:
    """Return the words only, whitespace folded; for sanitised HTML, where tags are regular.

    Of marks that are piled on a letter four stay, more than any script needs: they are drawn over the lines above.
    """
    text = " ".join(bare_text(_said(markup)).split())
    return text if text.isascii() else _PILE.sub(r"\1", text)


def _said(markup: str) -> str:
    """Write what some elements say as signs: without them "10<sup>6</sup>" is another number, and a denial is none."""
    if "<s" not in markup and "<del>" not in markup:
        return markup
    markup = _STRUCK.sub("~~", markup)
    return _RAISED.sub(lambda found: found.group(2).translate(_RAISED_SIGNS[found.group(1)]), markup)


def bare_text(markup: str) -> str:
    """Return sanitised HTML without its tags, whitespace as it comes: a third of the work, where nobody reads it."""
    return html.unescape(_TAG.sub(" ", _TAG_IN_WORDS.sub("", markup)))


# The blocks of combining diacritical marks of Unicode.
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STRUCK = re.compile("</?(?:s|del)>")
_RAISED = re.compile(r"<(sup|sub)>([0-9+\-−=()]{1,12})</\1>")
_RAISED_SIGNS = {
    "sup": str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾"),
    "sub": str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"),
}
_PILE = re.compile(f"({_MARK}{{4}}){_MARK}+")
_REST_OF_TAG = """(?![a-z0-9])[^<>"]*(?:"[^"]*"[^<>"]*)*>"""
_TAG = re.compile(f"</?[a-z][a-z0-9]*{_REST_OF_TAG}", re.I)
# Those before and after which a word goes on.
_TAG_IN_WORDS = re.compile(f"</?(?:{'|'.join(sorted(INLINE - {'br', 'img'}))}){_REST_OF_TAG}", re.I)


class _Tools(threading.local):
    """One set per thread: bleach's parser keeps its state in itself."""

    def __init__(self) -> None:
        self.cleaners: dict[Vocabulary, Cleaner] = {}
        self.seals: dict[Vocabulary, nh3.Cleaner] = {}


_tools = _Tools()


def _cleaner(vocabulary: Vocabulary) -> Cleaner:
    if vocabulary not in _tools.cleaners:
        _tools.cleaners[vocabulary] = Cleaner(
            tags=vocabulary.tags,
            attributes=_attribute_rule(vocabulary),
            protocols=SCHEMES,
            strip=True,
            strip_comments=True,
        )
    return _tools.cleaners[vocabulary]


def _attribute_rule(vocabulary: Vocabulary) -> Callable[[str, str, str], bool]:
    def is_allowed(tag: str, name: str, value: str) -> bool:
        if name == "class":
            return value in vocabulary.classes.get(tag, ())
        return name in vocabulary.attributes.get(tag, ()) and has_right_form(name, value)

    return is_allowed


def has_right_form(name: str, value: str) -> bool:
    """Whether the value of an attribute is of the one form it may have."""
    form = VALUES.get(name)
    return form is None or form.fullmatch(value) is not None


def _seal(vocabulary: Vocabulary) -> nh3.Cleaner:
    if vocabulary not in _tools.seals:
        _tools.seals[vocabulary] = nh3.Cleaner(
            tags=set(vocabulary.tags),
            attributes={tag: set(names) for tag, names in vocabulary.attributes.items()},
            allowed_classes={tag: set(names) for tag, names in vocabulary.classes.items()},
            clean_content_tags=set(SILENT),
            url_schemes=set(SCHEMES),
            link_rel=None,
        )
    return _tools.seals[vocabulary]
