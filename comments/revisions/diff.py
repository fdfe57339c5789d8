"""Shows what an edit changed, word by word; pure: texts in, differences out, at a bounded cost whatever the texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

# A word with the space before it, so that a sentence added at the end leaves the words before it alone; a line's end.
_WORDS = re.compile(r"[^\S\n]*[^\s]+|[^\S\n]+|\n")
_PARAGRAPHS = re.compile(r"[^\n]*\n|[^\n]+")
# The most words compared on a side, without what both texts begin and end with: a tenth of a second at worst, for
# texts made to be slow. Above this whole paragraphs are compared, which hardly any edit needs.
MOST_PIECES = 400
# Unchanged words shown before and after each change.
WORDS_AROUND = 12


class Kind(StrEnum):
    EQUAL = "equal"
    DELETED = "deleted"
    INSERTED = "inserted"


class Change(NamedTuple):
    kind: Kind
    words: str


class Version(NamedTuple):
    """What a comment said, and since when."""

    text: str
    since: datetime


@dataclass(frozen=True)
class Edit:
    """One edit as it is shown: when it was made, when the text before it was written, and what changed."""

    at: datetime
    before: datetime
    changes: list[Change]


def edits_between(versions: Sequence[Version]) -> list[Edit]:
    """Return the edits that led from each version to the next, the latest first."""
    pairs = zip(versions, versions[1:], strict=False)
    return [
        Edit(after.since, before.since, shortened(word_diff(before.text, after.text)))
        for before, after in pairs
    ][::-1]


def word_diff(before: str, after: str) -> list[Change]:
    """Return the differences in reading order, deleted words before the inserted ones.

    Equal and deleted parts joined are exactly `before`, equal and inserted parts exactly `after`.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    begin = _common(old, new)
    end = _common(old[begin:][::-1], new[begin:][::-1])
    middle = _compared(old[begin : len(old) - end], new[begin : len(new) - end])
    return _joined(
        [
            Change(Kind.EQUAL, "".join(old[:begin])),
            *middle,
            Change(Kind.EQUAL, "".join(old[len(old) - end :])),
        ]
    )


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many pieces both have in common at the beginning."""
    unlike = (place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other)
    return next(unlike, min(len(old), len(new)))


def _compared(old: list[str], new: list[str]) -> list[Change]:
    if max(len(old), len(new)) > MOST_PIECES:
        old, new = (_PARAGRAPHS.findall("".join(pieces)) for pieces in (old, new))
    if max(len(old), len(new)) > MOST_PIECES:
        return [Change(Kind.DELETED, "".join(old)), Change(Kind.INSERTED, "".join(new))]
    changes = []
    for tag, start, stop, new_start, new_stop in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            changes.append(Change(Kind.EQUAL, "".join(old[start:stop])))
        else:
            changes.append(Change(Kind.DELETED, "".join(old[start:stop])))
            changes.append(Change(Kind.INSERTED, "".join(new[new_start:new_stop])))
    return changes


def _joined(changes: Sequence[Change]) -> list[Change]:
    """Join neighbours of the same kind, and leave out empty parts."""
    joined: list[Change] = []
    for change in changes:
        if joined and joined[-1].kind == change.kind:
            joined[-1] = Change(change.kind, joined[-1].words + change.words)
        elif change.words:
            joined.append(change)
    return joined


def shortened(changes: Sequence[Change]) -> list[Change]:
    """Return the changes with long unchanged parts cut to the words beside a change."""
    last = len(changes) - 1
    return [
        change
        if change.kind != Kind.EQUAL
        else Change(change.kind, _cut(change.words, is_first=place == 0, is_last=place == last))
        for place, change in enumerate(changes)
    ]


def _cut(words: str, *, is_first: bool, is_last: bool) -> str:
    pieces = _WORDS.findall(words)
    before, after = (0 if is_first else WORDS_AROUND), (0 if is_last else WORDS_AROUND)
    if len(pieces) <= before + after + WORDS_AROUND:
        return words
    # pieces[-0:] would be all of them.
    return "".join([*pieces[:before], " … ", *pieces[len(pieces) - after :]])
