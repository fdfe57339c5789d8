"""Counts the marks that Markdown must match with each other, which is what makes it slow; those in code it does not."""

import re
from collections.abc import Iterator

MARKS = "*_`[]~"
# Keeps the slowest text that can be written near 60 ms of rendering; no honest comment comes near.
MOST_MARKS = 400

_FENCE = re.compile(r"[ >\t]*(`{3,}|~{3,})")
_TICKS = re.compile(r"(?<!\\)`+")
# Ticks in a tag or in the address of a link begin no code.
_NO_TICKS = re.compile(r"<[^<>`]*`[^<>]*>|\]\([^()`]*`")
# Of what stands in an address, the marks that are its own.
_ADDRESS = re.compile(r"https?://[\w-]+(?:\.[\w-]+)+(?::\d+)?[/?#][\w./?=&%#+,;:@~!$()-]*", re.I)


def marks_in_comment(text: str) -> int:
    """Return how many marks a comment has outside code and addresses."""
    return sum(map(marks_in_line, _lines_of_words(text)))


def marks_in_line(line: str, *, with_addresses: bool = False) -> int:
    """Return how many marks a line has outside its code and, unless they are no links, its addresses."""
    words = line
    if "`" in line and not _NO_TICKS.search(line):
        words = "".join(_outside_code(line))
    if "://" in words and not with_addresses:
        words = _ADDRESS.sub(lambda found: found.group()[len(found.group().rstrip(MARKS)) :], words)
    return sum(map(words.count, MARKS))


def _lines_of_words(text: str) -> Iterator[str]:
    fence = ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if not fence and not found:
            yield line
        elif not fence and found:
            fence = found.group(1)
        elif found and found.group(1).startswith(fence) and not line.strip(" >\t`~"):
            fence = ""


def _outside_code(line: str) -> Iterator[str]:
    """Yield the pieces of a line between its code: a row of ticks goes on to the next row as long."""
    runs = [found.span() for found in _TICKS.finditer(line)]
    done = place = 0
    while place < len(runs):
        start, end = runs[place]
        ends = (at for at in range(place + 1, len(runs)) if runs[at][1] - runs[at][0] == end - start)
        closer = next(ends, None)
        if closer is not None:
            yield line[done:start]
            done, place = runs[closer][1], closer
        place += 1
    yield line[done:]
