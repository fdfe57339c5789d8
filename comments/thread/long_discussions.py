"""Makes pages of very long discussions in little memory: one page at a time, some hundred texts at a time.

A discussion of 25,000 comments is 40 MB of HTML. Its rows are read without their texts and arranged. The texts are read
while the page is compressed, so memory holds the rows, a piece of the page, and the compressed part.
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
# Texts that are read, joined and compressed together.
AT_ONCE = 500
# Stands in for a text that was not read. Stored HTML never contains HTML comments, so no text can hold it.
NOT_READ = "<!--not read-->"
# How a quotation that names its source begins (blog/markup/quotes.py).
CITED = '<blockquote cite="'

# The attribute of a request in which the middleware finds what to put into the page, by the marks in the template.
LATE_THREADS = "late_threads"
# Held by the request whose long discussion is being read and compressed.
_turn = threading.Lock()
_work: ContextVar[list | None] = ContextVar("long_work", default=None)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let one request of this process at a time read a long discussion; `wait_for_turn` takes the turn."""
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
    """Wait for the turn to read a long discussion; outside of `one_at_a_time` nobody waits."""
    work = _work.get()
    if work is not None and not work:
        _turn.acquire()
        work.append(True)


def in_parts(pieces: Iterable[str]) -> Iterator[bytes]:
    """Join the pieces of a page AT_ONCE at a time, so that memory holds only a part of it."""
    left = iter(pieces)
    while part := [piece.encode() for piece in islice(left, AT_ONCE)]:
        yield b"".join(part)


def _forget_pages() -> None:
    """Make SQLite give back this thread's cache of the file: up to 16 MB that are not needed again."""
    if connection.vendor == "sqlite" and connection.connection is not None:
        connection.connection.execute("PRAGMA shrink_memory").close()


def text_unless_long(post_id: int) -> Combinable:
    """Return the expression for a comment's text; in a long discussion NOT_READ, except for comments that quote."""
    last = Discussion.objects.filter(pk=post_id).values("last_number")
    is_left_out = Q(GreaterThan(Subquery(last), LONG)) & ~Q(body_html__contains=CITED)
    left_out = When(is_left_out, then=Value(NOT_READ))
    return Case(left_out, default=F("body_html"), output_field=TextField())
