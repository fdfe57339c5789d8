"""Reads our style sheets for tests: which rule stands where, and what its selectors begin with; not a full parser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

COMMENT = re.compile(r"/\*.*?\*/", re.S)
STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_PIECE = re.compile(r"[^{};]*[{};]")
# What holds rules and is no selector.
_AT = re.compile(r"@(media|supports|container|layer|view-transition|font-face)\b")


@dataclass(frozen=True)
class Rule:
    """One selector of a rule that is not nested in another, and the layer in which it stands."""

    selector: str
    layer: str

    @property
    def subject(self) -> str:
        """Return the first compound: what the rest of the selector is inside of, or follows."""
        return _compounds(self.selector)[0]


def rules_of(source: str) -> Iterator[Rule]:
    """Yield every selector that stands outside other rules; at-rules are looked into."""
    code = STRING.sub('""', COMMENT.sub("", source))
    open_rules: list[str] = []
    for found in _PIECE.finditer(code):
        words, end = found.group()[:-1].strip(), found.group()[-1]
        if end == "}":
            open_rules.pop()
        elif end == "{":
            is_outermost = all(_AT.match(outer) for outer in open_rules)
            if is_outermost and not words.startswith("@"):
                layer = next((outer.split()[1] for outer in open_rules if outer.startswith("@layer")), "")
                yield from (Rule(part, layer) for part in selectors_in(words))
            open_rules.append(words)


def selectors_in(words: str) -> list[str]:
    """Split a list of selectors at the commas that stand in no brackets; unfold `:is()` and `:where()` at its head."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(words):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            parts.append(words[start:place])
            start = place + 1
    parts.append(words[start:])
    return [unfolded for part in parts for unfolded in _unfolded(part.strip())]


def _unfolded(selector: str) -> list[str]:
    found = re.match(r":(?:is|where)\(", selector)
    if not found:
        return [selector]
    depths = accumulate((letter == "(") - (letter == ")") for letter in selector)
    end = next(place for place, depth in enumerate(depths) if place > found.end() - 1 and not depth)
    inner, rest = selector[found.end() : end], selector[end + 1 :]
    return [one + rest for one in selectors_in(inner)]


def _compounds(selector: str) -> list[str]:
    """Split a selector at its combinators, those in brackets apart."""
    parts, depth = [""], 0
    for letter in re.sub(r"\s*([>+~])\s*", r" \1 ", selector):
        depth += (letter in "([") - (letter in ")]")
        if letter in " >+~" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part for part in parts if part]
