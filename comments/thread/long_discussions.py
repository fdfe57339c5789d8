"""Makes pages of very long discussions in little memory: one page at a time, some hundred texts at a time.

A discussion of 25,000 comments is 40 MB of HTML. Its rows are read without their texts, arranged, and the texts read
while the page is packed, so that what is held is the rows, a piece of the page and the packed part.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice

from django.db import connection
from django.db.models import Case, F, Q, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThan

from comments.models import Discussion

# A discussion with more comments than this is long. Up to here one query for all texts is quickest (decision 14).
LONG = 5000
# How many texts are read, joined and packed together.
AT_ONCE = 500
# Stands in for a text that was not read. Stored HTML never contains HTML comments, so no text can hold it.
NOT_READ = "<!--not read-->"
# Only quotations that name their source have it (blog/markup/quotes.py); all of a post are compared with it.
CITED = '<blockquote cite="'

# The attribute of a request that holds, by the mark each has in the page, what the middleware puts in at last.
LATE_THREADS = "late_threads"
# Held by the request whose long discussion is being read and packed.
_turn = threading.Lock()
_work: ContextVar[list | None] = ContextVar("long_work", default=None)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Within this, whoever reads a long discussion waits until no other thread of this process is at one."""
    work: list = []
    token = _work.set(work)
    try:
        yield
    finally:
        _work.reset(token)
        if work:
            try:
                _forget_pages()
            finally:
                _turn.release()


def wait_for_turn() -> None:
    """Wait, before a long discussion is read; nobody does outside a request."""
    work = _work.get()
    if work is not None and not work:
        _turn.acquire()
        work.append(True)


def in_parts(pieces: Iterable[str]) -> Iterator[bytes]:
    """Yield the pieces of a page joined, so many at a time that no more than a part of it is held."""
    left = iter(pieces)
    while part := [piece.encode() for piece in islice(left, AT_ONCE)]:
        yield b"".join(part)


def _forget_pages() -> None:
    """Have SQLite give back what it keeps of the file for this thread, up to 16 MB nobody asks for again."""
    if connection.vendor == "sqlite" and connection.connection is not None:
        connection.connection.execute("PRAGMA shrink_memory").close()


def text_unless_long(post_id: int) -> Combinable:
    """Return the text of a comment for a query; of a long discussion, of those that quote only."""
    last = Discussion.objects.filter(pk=post_id).values("last_number")
    is_left_out = Q(GreaterThan(Subquery(last), LONG)) & ~Q(body_html__contains=CITED)
    left_out = When(is_left_out, then=Value(NOT_READ))
    return Case(left_out, default=F("body_html"), output_field=TextField())
