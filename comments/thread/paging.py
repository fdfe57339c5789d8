"""Cuts a long discussion into pages between its threads, and finds a comment among them; pure."""

from collections.abc import Sequence

from comments.thread.rows import PlacedComment, Row

# More than this on one page and phones begin to stutter; whole threads go to the next page.
PAGE_SIZE = 1000


def page_starts(shown: Sequence[PlacedComment], *, size: int = PAGE_SIZE) -> list[int]:
    """Return where each page begins: cut between threads, so that a page has at most `size` comments.

    A thread longer than that has a page of its own, whole. There is always a first page.
    """
    openers = [index for index, item in enumerate(shown) if item.lane == 0]
    starts = [0]
    for opener, end in zip(openers, [*openers[1:], len(shown)], strict=False):
        if end - starts[-1] > size and opener > starts[-1]:
            starts.append(opener)
    return starts


def page_of(comment_id: int, shown: Sequence[PlacedComment], *, size: int = PAGE_SIZE) -> int | None:
    """Return the number of the page, from 1, on which a comment stands, or None where it is not shown."""
    for index, item in enumerate(shown):
        if item.row.id == comment_id:
            return sum(start <= index for start in page_starts(shown, size=size))
    return None


def ancestors(rows: Sequence[Row], comment_id: int) -> list[Row]:
    """Return the comments above one, from the opener down."""
    by_id = {row.id: row for row in rows}
    above: list[Row] = []
    row = by_id.get(comment_id)
    while row is not None and row.parent_id is not None and len(above) < len(rows):
        row = by_id.get(row.parent_id)
        if row is not None:
            above.append(row)
    return above[::-1]
