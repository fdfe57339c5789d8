"""Search posts and pages for words and “phrases”, straight from the database, without an index.

Other apps register more kinds of results with `register`, in their AppConfig.ready.
"""

import heapq
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.spelling import MARKS, cut, nfc
from blog import markup
from blog.models import Author, Post
from blog.models.posts import PostQuerySet
from web.pagination import BadCursor, Cursor

PAGE = 20
# Characters. A search is a few words; a pasted page would only cost time.
LONGEST_QUESTION = 200
MOST_NEEDLES = 8
SHORTEST = 2
# Rows looked at for one page: words that are common apart and never together must not read the whole site.
MOST_LOOKED_AT = 1000
# Rows read at a time, so that a page of finds asks the database a few times at most.
CHUNK = 100
# Characters each side of the first match that an excerpt may show.
REACH = 160

_TOKEN = re.compile(r'["“”„«]([^"“”„«»]+)["“”»]|(\S+)')
_LETTER = rf"[\w{MARKS}]"
_WORD = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*")
_BETWEEN = rf"[^\w{MARKS}]+"
_SENTENCE_END = re.compile(r"[.!?…][”’\"')\]]*\s+|\n+")
_BLOCK_END = re.compile(r"</(?:p|h[1-6]|li|blockquote|figcaption|pre|td|th)>")

Rows = TypeVar("Rows", bound=QuerySet)
# Text in pieces, each with whether it was asked for.
Marked = list[tuple[str, bool]]


@dataclass(frozen=True)
class Question:
    """A search: every needle must be found, and each needle is a run of consecutive words."""

    text: str = ""
    needles: tuple[tuple[str, ...], ...] = ()
    author: Author | None = None
    year: int | None = None
    kind: str = ""

    @classmethod
    def read(cls, text: str, **filters) -> "Question":
        text = nfc(" ".join(cut(text, LONGEST_QUESTION).replace("\0", " ").split()))
        runs = (tuple(_WORD.findall(quoted or bare)) for quoted, bare in _TOKEN.findall(text))
        return cls(text=text, needles=tuple(run for run in runs if run)[:MOST_NEEDLES], **filters)

    @property
    def is_too_short(self) -> bool:
        return sum(len(word) for run in self.needles for word in run) < SHORTEST

    @property
    def patterns(self) -> list[re.Pattern]:
        """One pattern for each needle: from the start of a word, in any case, with any signs between words."""
        runs = (_BETWEEN.join(re.escape(_straight(word)) for word in run) for run in self.needles)
        return [re.compile(rf"(?<!{_LETTER}){run}", re.IGNORECASE) for run in runs]

    def matches(self, text: str) -> bool:
        straight = _straight(text)
        return all(pattern.search(straight) for pattern in self.patterns)

    def narrow(self, rows: Rows, *fields: str) -> Rows:
        """Return the rows with all the words somewhere in `fields`; `matches` then checks precisely."""
        for word in dict.fromkeys(word for run in self.needles for word in run):
            for part in re.split("['’]", word):
                rows = rows.filter(_holds(part, fields))
        return rows


def _straight(text: str) -> str:
    return text.replace("’", "'")


def _holds(word: str, fields: tuple[str, ...]) -> Q:
    # SQLite's LIKE knows upper and lower case of ASCII letters only.
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return Q(
        *((f"{field}__icontains", spelling) for field in fields for spelling in spellings), _connector=Q.OR
    )


# --- what is shown of a find ----------------------------------------------------------------------------------


def marked(text: str, question: Question) -> Marked:
    """Return the text in pieces, each with whether it matches."""
    straight = _straight(text)
    spans = sorted(found.span() for pattern in question.patterns for found in pattern.finditer(straight))
    pieces, done = [], 0
    for start, end in _joined(spans):
        pieces += [(text[done:start], False), (text[start:end], True)]
        done = end
    return [piece for piece in [*pieces, (text[done:], False)] if piece[0]]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted spans with those that overlap made one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def excerpt(text: str, question: Question) -> Marked:
    """Return the sentence with the first match, shortened if very long; without a match, the beginning."""
    straight = _straight(text)
    found = min(
        (hit.span() for pattern in question.patterns if (hit := pattern.search(straight))), default=(0, 0)
    )
    return marked(_sentence_around(text, *found), question)


def lines(html: str) -> str:
    """Return the words of stored HTML, a line for each paragraph: a heading is no part of the next sentence."""
    return "\n".join(words for piece in _BLOCK_END.split(html) if (words := markup.plain_text(piece)))


def _sentence_around(text: str, start: int, end: int) -> str:
    lowest, highest = max(0, start - REACH), min(len(text), end + REACH)
    begins = [found.end() for found in _SENTENCE_END.finditer(text, lowest, start)]
    stop = _SENTENCE_END.search(text, end, highest)
    sentence = text[begins[-1] if begins else lowest : stop.end() if stop else highest].strip()
    cut_before, cut_after = not begins and lowest > 0, not stop and highest < len(text)
    return f"{'… ' * cut_before}{sentence}{' …' * cut_after}"


# --- kinds of things and their finds --------------------------------------------------------------------------


@dataclass(frozen=True)
class Hit:
    """One result of any kind. `post_id` is the post it is or belongs to."""

    kind: str
    pk: int
    at: datetime
    url: str
    post_id: int
    title: Marked
    text: Marked
    by: str = ""

    @property
    def place(self) -> tuple[datetime, str, int]:
        return self.at, self.kind, self.pk


@dataclass(frozen=True)
class SearchKind:
    """A kind of result: `find` yields hits newest first, starting at `until` (inclusive)."""

    name: str
    label: str | Promise
    find: Callable[[Question, datetime | None], Iterator[Hit]]


_kinds: dict[str, SearchKind] = {}


def register(kind: SearchKind) -> None:
    """Register a kind. Called from AppConfig.ready; registering twice changes nothing."""
    _kinds[kind.name] = kind


def kinds() -> list[SearchKind]:
    return list(_kinds.values())


@dataclass(frozen=True)
class Finds:
    hits: list[Hit]
    # `?before=` of the next page, or "".
    older: str = ""


def find(question: Question, *, before: str = "") -> Finds:
    """Return one page of results of the requested kinds, newest first. Raises BadCursor."""
    kind_name, _sign, cursor_text = before.partition(".")
    cursor = Cursor.read(cursor_text) if before else None
    if cursor and kind_name not in _kinds:
        raise BadCursor(before)
    asked = [kind for kind in kinds() if question.kind in ("", kind.name)]
    hits = heapq.merge(
        *(kind.find(question, cursor.at if cursor else None) for kind in asked),
        key=lambda hit: hit.place,
        reverse=True,
    )
    if cursor:
        last = (cursor.at, kind_name, cursor.pk)
        hits = (hit for hit in hits if hit.place < last)
    page = list(islice(hits, PAGE + 1))
    older = (
        f"{page[PAGE - 1].kind}.{Cursor(page[PAGE - 1].at, page[PAGE - 1].pk)}" if len(page) > PAGE else ""
    )
    return Finds(hits=page[:PAGE], older=older)


def find_posts(question: Question, until: datetime | None) -> Iterator[Hit]:
    """Yield public posts whose title, dek and text together match."""
    return _find("posts", Post.objects.listed(), question, until)


def find_pages(question: Question, until: datetime | None) -> Iterator[Hit]:
    """Yield public pages that match; pages belong to no year."""
    pages = Post.objects.pages().published()
    return _find("pages", pages.none() if question.year else pages, question, until)


def _find(kind: str, rows: PostQuerySet, question: Question, until: datetime | None) -> Iterator[Hit]:
    rows = question.narrow(rows, "title", "dek", "body_html")
    if question.author:
        rows = rows.filter(bylines__author=question.author)
    if question.year:
        rows = rows.filter(year=question.year)
    if until:
        rows = rows.filter(published_at__lte=until)
    rows = rows.newest_first().defer("body").prefetch_related("bylines__author")
    for post in islice(rows.iterator(chunk_size=CHUNK), MOST_LOOKED_AT):
        text = markup.plain_text(post.body_html)
        if question.matches(f"{post.title}\n{post.dek}\n{text}"):
            yield _post_hit(kind, post, question)


def _post_hit(kind: str, post: Post, question: Question) -> Hit:
    assert post.published_at is not None
    text = lines(post.body_html)
    in_text = any(pattern.search(_straight(text)) for pattern in question.patterns)
    return Hit(
        kind=kind,
        pk=post.pk,
        at=post.published_at,
        url=post.get_absolute_url(),
        post_id=post.pk,
        title=marked(post.title, question),
        text=excerpt(text if in_text or not post.dek else post.dek, question),
        by=", ".join(byline.author.name for byline in post.bylines.all()),
    )


register(SearchKind(name="posts", label=_("Posts"), find=find_posts))
register(SearchKind(name="pages", label=_("Pages"), find=find_pages))
