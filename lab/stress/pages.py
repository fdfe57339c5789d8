"""Parses a post's page as readers see it, and finds contradictions on it; pure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html

_PARENT = re.compile(r"/comments/(\d+)/")
_NUMBER = re.compile(r"#(\d+)")
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
_ID = re.compile(rb'id="comment-(\d+)"')


@dataclass(frozen=True)
class Seen:
    """A comment as it stands on a page. `is_public`: neither a tombstone nor shown to its writer alone."""

    id: int
    parent: int | None
    number: int | None
    is_gone: bool
    is_public: bool


@dataclass(frozen=True)
class Fold:
    """The list under a comment: how many comments it says to hold, and how many it does."""

    under: int
    said: int
    held: int


@dataclass(frozen=True)
class Page:
    """What a whole discussion's page shows, in reading order."""

    count: int | None
    comments: list[Seen]
    folds: list[Fold]


def ids_on(html: bytes) -> list[int]:
    """Return the ids of the comments on a page, at a glance."""
    return [int(found) for found in _ID.findall(html)]


def token_of(html: bytes) -> str:
    """Return the token of a member's forms, or ""."""
    found = _TOKEN.search(html)
    return found[1].decode() if found else ""


def read(html: bytes) -> Page:
    """Return what a page shows; `count` is None where it has no discussion."""
    document = lxml.html.document_fromstring(html)
    articles = document.xpath("//article[starts-with(@id, 'comment-')]")
    heading = document.xpath("string(//section[@id='discussion']/h2/span)")
    return Page(
        count=_first_number(heading),
        comments=[_seen(article) for article in articles],
        folds=[_fold(details) for details in document.xpath("//details[contains(@class, 'replies')]")],
    )


def _seen(article) -> Seen:
    is_gone = "gone" in article.get("class", "").split()
    parents = article.xpath(".//a[contains(@class, 'comment-parent')]/@href")
    when = article.xpath("string(.//a[contains(@class, 'comment-when')])")
    number = _NUMBER.search(when)
    return Seen(
        id=int(article.get("id").removeprefix("comment-")),
        parent=_parent(parents[0]) if parents else None,
        number=int(number[1]) if number else None,
        is_gone=is_gone,
        is_public=not is_gone and not article.xpath("./p[@class='note']"),
    )


def _parent(address: str) -> int:
    found = _PARENT.search(address)
    if found is None:
        raise ValueError(f"“{address}” is not the anchor of a comment.")
    return int(found[1])


def _fold(details) -> Fold:
    above = details.xpath("./preceding-sibling::article")
    inside = details.xpath(".//article[starts-with(@id, 'comment-')]")
    return Fold(
        under=_seen(above[0]).id if above else 0,
        said=_first_number(details.xpath("string(./summary)")) or 0,
        held=sum("gone" not in article.get("class", "").split() for article in inside),
    )


def _first_number(text: str) -> int | None:
    found = re.search(r"\d+", text)
    return int(found[0]) if found else None


def findings(page: Page, *, in_threads: bool = True) -> Iterator[str]:
    """Give one sentence for everything on a whole page that cannot be; `in_threads`: not in the flat order."""
    if page.count is None:
        yield "it says no number of comments"
        return
    places = {seen.id: place for place, seen in enumerate(page.comments)}
    yield from (f"comment {pk} stands on it twice" for pk in _twice(seen.id for seen in page.comments))
    yield from (f"#{number} stands on it twice" for number in _twice(seen.number for seen in page.comments))
    for seen in page.comments:
        if seen.parent is not None and seen.parent not in places:
            yield f"comment {seen.id} answers {seen.parent}, which is not on it"
        elif in_threads and seen.parent is not None and places[seen.parent] > places[seen.id]:
            yield f"comment {seen.id} stands before {seen.parent}, which it answers"
    public = sum(seen.is_public for seen in page.comments)
    if public != page.count:
        yield f"it says {page.count} comments and shows {public}"
    for fold in page.folds:
        if fold.said != fold.held:
            yield f"the fold under comment {fold.under} says {fold.said} and holds {fold.held}"


def _twice(values) -> list:
    counted = Counter(value for value in values if value is not None)
    return sorted(value for value, times in counted.items() if times > 1)
