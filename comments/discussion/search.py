"""Searches one discussion: by words, by person, or the post author's comments only. Only `find` starts queries."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.spelling import MARKS, cut, is_accented, nfc
from blog import markup, search
from blog.models import Post
from comments import thread
from comments.fragments import Fragments
from comments.thread import Person, PlacedComment, Row, Viewer
from comments.thread.texts import text_reader, with_texts

PAGE = 50
# Characters shown of the comment replied to, enough to say what it was about.
LETTERS_ABOVE = 200
# The longest useful list of names; others can still be typed into the address.
MOST_WRITERS = 300

# What may stand between two words.
_BETWEEN = rf"[^\w{MARKS}]+"


class _Letters(dict[int, str]):
    """Maps letters to the form in which they are compared: in lower case, and without the accents of Latin, Greek and
    Cyrillic, which people leave out. One letter for one, so that positions in a text stay the same."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        parts = unicodedata.normalize("NFD", letter)
        first, marks = parts[0], parts[1:]
        plain = (first if not marks or is_accented(first) else letter).lower()
        self[code] = plain if len(plain) == 1 else letter
        return self[code]


_letters = _Letters({ord("’"): "'"})


def plainly(text: str) -> str:
    """Return the text in the form in which it is compared, letter for letter."""
    return text.lower() if text.isascii() else text.translate(_letters)


@cache
def _spellings() -> Mapping[str, str]:
    """Map each compared letter to its other spellings. Beyond these three planes of Unicode there are none."""
    spellings: dict[str, str] = defaultdict(str, {"'": "’"})
    for letter in map(chr, range(0x30000)):
        if letter.lower() != letter or unicodedata.decomposition(letter):
            spellings[plainly(letter)] += letter
    return dict(spellings)


def _pattern(run: Sequence[str]) -> re.Pattern:
    """Return a pattern that finds a run of plain words, from the beginning of the first, in a text as it was written.

    Making the texts of 5,000 comments plain would cost 100 ms if they have letters beyond ASCII. The lookbehind stands
    after the first letter, because Python then finds candidates three times as fast.
    """
    first, *others = (_spelled(letter) for letter in run[0])
    words = ("".join(map(_spelled, word)) for word in run[1:])
    return re.compile(_BETWEEN.join([rf"{first}(?<![\w{MARKS}].){''.join(others)}", *words]))


def _spelled(letter: str) -> str:
    other_case = letter.upper() if plainly(letter.upper()) == letter else ""
    spellings = {letter, *other_case, *_spellings().get(letter, "")}
    return f"[{''.join(map(re.escape, sorted(spellings)))}]"


@dataclass(frozen=True)
class ThreadQuery:
    """A search in a discussion: all of the words, by this person, by the post's author."""

    words: str = ""
    by: str = ""
    by_author: bool = False
    # None if the search has no words.
    question: search.Question | None = None

    @classmethod
    def read(cls, words: str, *, by: str = "", by_author: bool = False) -> "ThreadQuery":
        """Read what was typed; too long a text is cut."""
        typed = search.Question.read(words)
        question = search.Question.read(plainly(typed.text)) if typed.text else None
        return cls(typed.text, nfc(" ".join(cut(by, search.LONGEST_QUESTION).split())), by_author, question)

    @property
    def is_too_short(self) -> bool:
        return self.question is not None and self.question.is_too_short

    @property
    def is_empty(self) -> bool:
        """Whether the search asks for nothing."""
        return self.question is None and not self.by and not self.by_author

    @cached_property
    def patterns(self) -> list[re.Pattern]:
        """The patterns of the words. Cached, because making eight long ones takes longer than searching a text."""
        return [_pattern(run) for run in self.question.needles] if self.question is not None else []


@dataclass(frozen=True)
class FoundComment:
    """One comment that was found, and the one it replies to."""

    row: Row
    comment: SafeString
    above: Row | None
    above_name: str
    above_text: str


@dataclass(frozen=True)
class FindPage:
    """One page of results; `count` is the number on all pages."""

    count: int
    found: list[FoundComment]
    number: int
    last: int
    # The names in the list of people.
    writers: list[str]

    @property
    def earlier(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def later(self) -> int | None:
        return self.number + 1 if self.number < self.last else None


def find(post: Post, query: ThreadQuery, viewer: Viewer, *, page: int = 1) -> FindPage:
    """Return what this reader finds in the discussion of a post, in reading order.

    Comments that they cannot read or have muted are not found. Two queries, more in a long discussion, whose texts are
    read some hundred at a time.
    """
    rows = thread.load(post.pk, viewer=viewer)
    people, own = thread.load_around(post.pk, rows, viewer)
    shown = [
        item for item in thread.arrange(rows, viewer=viewer, mutes=own.mutes) if not (item.gone or item.muted)
    ]
    in_full = text_reader(post.pk, viewer)
    hits = [] if query.is_empty or query.is_too_short else matching(shown, people, query, in_full)
    last = max(1, -(-len(hits) // PAGE))
    number = min(max(page, 1), last)
    fragments = Fragments(rows, people, now=timezone.now(), viewer=viewer, mutes=own.mutes)
    readable = {item.row.id: item.row for item in shown}
    here = list(in_full(hits[(number - 1) * PAGE : number * PAGE]))
    above = [readable[item.row.parent_id] for item in here if item.row.parent_id in readable]
    readable |= {row.id: row for row in with_texts(post.pk, above, readable.keys(), viewer)}
    found = [_found(item, query, fragments, readable, people) for item in here if not item.gone]
    return FindPage(len(hits), found, number, last, writers_of(shown, people))


def matching(
    shown: Iterable[PlacedComment],
    people: Mapping[int, Person],
    query: ThreadQuery,
    in_full: Callable[[Sequence[PlacedComment]], Iterable[PlacedComment]] = iter,
) -> list[PlacedComment]:
    """Return the comments that match the search, in their order.

    `in_full` yields them with their texts, one by one, so that memory does not hold all texts of a long discussion.
    """
    hits = list(shown)
    if query.by_author:
        hits = [item for item in hits if _is_author(item.row, people)]
    if query.by:
        hits = _by(query.by, hits, people)
    if query.question is None:
        return hits
    patterns = query.patterns
    return [item for item, full in zip(hits, in_full(hits), strict=True) if _holds(full.row, patterns)]


def _is_author(row: Row, people: Mapping[int, Person]) -> bool:
    person = people.get(row.user_id) if row.user_id is not None else None
    return person is not None and person.is_author


def _by(name: str, shown: Sequence[PlacedComment], people: Mapping[int, Person]) -> list[PlacedComment]:
    """Return the comments of people with this name; if there are none, of people whose names contain it."""
    asked = plainly(name)
    names = [name_of(item.row, people) for item in shown]
    # Most have written more than once.
    plain = {name: plainly(name) for name in set(names)}
    is_whole = asked in plain.values()
    wanted = {name for name, letters in plain.items() if (letters == asked if is_whole else asked in letters)}
    return [item for item, name in zip(shown, names, strict=True) if name in wanted]


def _holds(row: Row, patterns: Sequence[re.Pattern]) -> bool:
    text = markup.bare_text(row.html)
    return all(pattern.search(text) for pattern in patterns)


def name_of(row: Row, people: Mapping[int, Person]) -> str:
    """Return the name that readers see, "" if there is none any more."""
    person = people.get(row.user_id) if row.user_id is not None else None
    return person.name if person is not None else row.guest_name


def writers_of(shown: Iterable[PlacedComment], people: Mapping[int, Person]) -> list[str]:
    """Return the names of those who wrote most, sorted alphabetically."""
    counts = Counter(name for item in shown if (name := name_of(item.row, people)))
    return sorted((name for name, _count in counts.most_common(MOST_WRITERS)), key=plainly)


def _found(
    item: PlacedComment,
    query: ThreadQuery,
    fragments: Fragments,
    readable: Mapping[int, Row],
    people: Mapping[int, Person],
) -> FoundComment:
    patterns = query.patterns

    def spans_in(text: str) -> list[tuple[int, int]]:
        return [hit.span() for pattern in patterns for hit in pattern.finditer(text)]

    row = item.row._replace(html=markup.mark(item.row.html, spans_in)) if patterns else item.row
    above = readable.get(row.parent_id) if row.parent_id is not None else None
    text = markup.plain_text(above.html) if above else ""
    return FoundComment(
        row=row,
        comment=fragments.comment(
            PlacedComment(row, lane=0, run=False, deep=False, gone=False, below=0), parent=not above
        ),
        above=above,
        above_name=name_of(above, people) if above else "",
        above_text=f"{text[:LETTERS_ABOVE].rsplit(' ', 1)[0]}…" if len(text) > LETTERS_ABOVE else text,
    )
