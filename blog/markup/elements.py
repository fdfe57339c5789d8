"""Tells tags from words in angle brackets: what is no element of HTML is escaped before any parser reads it."""

import re
from bisect import bisect_right

from blog.markup.vocabulary import (
    AFTER_WORDS,
    ATTRIBUTES,
    ELEMENTS,
    INLINE,
    NO_END,
    SAY_NOTHING_ALONE,
    SILENT,
    WHOLE_PAGE,
)

# A tag as browsers read it: a name, then attributes of any form. Possessive, so that no text makes it slow.
TAG = re.compile(
    r"""<(?P<close>/?)(?P<name>[a-z][a-z0-9:-]*+)(?=[\s/>])
        (?P<attributes>(?:[\s/]*+[^\s/>=<]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>][^\s<>]*+))?+)*+)
        [\s/]*+>""",
    re.I | re.X,
)
_ATTRIBUTE = re.compile(
    r"""([^\s/>=<]++)(?:\s*+(=)\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>][^\s<>]*+))?+""",
)
_CLOSER = re.compile(r"</([a-z][a-z0-9]*+)(?=[\s/>])[^<>]*+>", re.I)
_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.S)
# Where it says what follows; anywhere else it is named.
_DOCTYPE = re.compile(r"\A(?:\s|<p>)*+<!doctype\b[^<>]*+>(?=\s*+<(?:html|head|body)\b)", re.I)
# What word processors leave in the HTML that is pasted from them: their own elements, instructions and conditions.
_OFFICE = re.compile(
    r"</?(?:o|v|w|m|x|st\d|fb|g|xml)(?::[\w-]++)++(?=[\s/>])[^<>]*+>|<\?xml:[^<>]*+>|<!\[(?:if\b[^<>\]]*+|endif)\]>",
    re.I,
)
# They have elements of their own inside, which vanish with them.
_DRAWINGS = frozenset({"svg", "math"})
_MEANT = re.compile(r"data-|aria-|on[a-z]|xml", re.I)


def elements_only(markup: str) -> str:
    """Return the HTML with every `<` escaped that starts neither an HTML element nor a comment.

    `script` and `style` count only if they have an end tag. The function is idempotent.
    """
    if "<" not in markup:
        return markup
    return Reader(markup).result()


class Reader:
    """Goes from one `<` to the next, and knows the last end tag of each name."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self._closers: dict[str, list[int]] | None = None
        self._last_comment_end = -2

    def result(self) -> str:
        pieces, done, markup = [], 0, self.markup
        first = _DOCTYPE.match(markup)
        place = markup.find("<", first.end() if first else 0)
        while place >= 0:
            end = self.end_at(place)
            pieces.append(markup[done:place])
            pieces.append(markup[place:end] if end > place else "&lt;")
            done = max(end, place + 1)
            place = markup.find("<", done)
        pieces.append(markup[done:])
        return "".join(pieces)

    def begins_element(self, place: int) -> bool:
        """Whether an element begins or ends here, or a comment that has its end."""
        return self.end_at(place) > place

    def end_at(self, place: int) -> int:
        """Return where the element or comment that starts at this `<` ends, or the position itself if it is text."""
        found = TAG.match(self.markup, place)
        if found is not None and found.group("name").lower() in ELEMENTS:
            return self._end_of_element(found)
        if self.markup.startswith("<!--", place):
            return self._end_of_comment(place)
        found = _OFFICE.match(self.markup, place)
        return found.end() if found is not None else place

    def _end_of_element(self, tag: re.Match[str]) -> int:
        name = tag.group("name").lower()
        if tag.group("close"):
            # The openers of silent ones take them along; the others of a whole page stand in texts only by name.
            is_named = name in WHOLE_PAGE and self._is_amid_a_sentence(tag)
            return tag.start() if name in SILENT or is_named else tag.end()
        if name in SILENT:
            return self._after_closer(name, tag.end()) or tag.start()
        if not self._is_meant(tag, name):
            return tag.start()
        return (self._after_closer(name, tag.end()) if name in _DRAWINGS else 0) or tag.end()

    def _is_meant(self, tag: re.Match[str], name: str) -> bool:
        """Whether this was meant as a tag: `a<b and c>d` and `List<b>` are not bold words."""
        attributes = _ATTRIBUTE.findall(tag.group("attributes"))
        known = any(written.lower() in ATTRIBUTES or _MEANT.match(written) for written, _sign in attributes)
        if attributes and not known:
            return any(sign for _written, sign in attributes) and bool(self._after_closer(name, tag.end()))
        if attributes or tag.group().endswith("/>"):
            return True
        is_in_word = tag.start() > 0 and self.markup[tag.start() - 1].isalnum() and name not in AFTER_WORDS
        # "Use <b>, not <i>." Whoever forgets an end tag begins with a word all the same.
        is_named = name in INLINE - AFTER_WORDS and self._is_before_a_pause(tag)
        # "A <table> in a <form>." Blocks that somebody forgot to close begin a line, or follow another tag.
        is_named |= name not in INLINE | AFTER_WORDS | NO_END and self._is_amid_a_sentence(tag)
        is_doubtful = is_in_word or is_named or name in SAY_NOTHING_ALONE
        return not is_doubtful or bool(self._after_closer(name, tag.end()))

    def _is_before_a_pause(self, tag: re.Match[str]) -> bool:
        following = self.markup[tag.end() : tag.end() + 1]
        return following.isspace() or following in ",.;:!?)"

    def _is_amid_a_sentence(self, tag: re.Match[str]) -> bool:
        """Whether words stand before the tag on its line, and a space or a sign of punctuation after it."""
        before = tag.start() - 1
        while before >= 0 and self.markup[before] in " \t(":
            before -= 1
        return before >= 0 and self.markup[before] not in ">\n\r" and self._is_before_a_pause(tag)

    def _after_closer(self, name: str, place: int) -> int:
        """Return the end of the next end tag of this name, or 0."""
        if self._closers is None:
            self._closers = {}
            for found in _CLOSER.finditer(self.markup):
                self._closers.setdefault(found.group(1).lower(), []).extend((found.start(), found.end()))
        places = self._closers.get(name, [])
        at = bisect_right(places, place - 1)
        # Starts and ends alternate; no tag begins in the middle of another.
        return places[at + 1] if at < len(places) and at % 2 == 0 else 0

    def _end_of_comment(self, place: int) -> int:
        if self._last_comment_end == -2:
            self._last_comment_end = max(
                self.markup.rfind("->"), self.markup.rfind("--!>"), self.markup.rfind("<!-->")
            )
        if self._last_comment_end < place:
            return place
        found = _COMMENT.match(self.markup, place)
        return found.end() if found is not None else place
