"""Pagination by cursor for lists ordered by time; rows are not all counted."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

Rows = TypeVar("Rows", bound=QuerySet)

# One screen of a phone is three entries, and a day of a busy blog has ten.
PAGE = 20
# Past this many a number in a header says nothing more, and counting on costs more than the page.
MOST_COUNTED = 1000


class BadCursor(ValueError):
    """A `?before=` that is not one of our cursors."""


@dataclass(frozen=True)
class Cursor:
    """A position in a list: everything older than the row `pk` of the moment `at`. `str()` gives its form in URLs."""

    at: datetime
    pk: int

    @classmethod
    def read(cls, text: str) -> "Cursor":
        found = re.fullmatch(r"(\d{8}T\d{12})-(\d{1,18})", text, re.ASCII)
        if not found:
            raise BadCursor(text)
        try:
            at = datetime.strptime(found.group(1), "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
        except ValueError as error:
            raise BadCursor(text) from error
        return cls(at=at, pk=int(found.group(2)))

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{self.pk}"


def below(rows: Rows, cursor: Cursor) -> Rows:
    """Return the rows older than the cursor; the model must have a column `published_at`."""
    # A range and an exception rather than OR, so that the index is walked from the right place on.
    return rows.filter(published_at__lte=cursor.at).exclude(published_at=cursor.at, pk__gte=cursor.pk)


def newer(rows: QuerySet, cursor: Cursor) -> str:
    """Return the query string of the page with newer rows; its cursor is the first row that does not fit."""
    above = rows.filter(published_at__gte=cursor.at).exclude(published_at=cursor.at, pk__lt=cursor.pk)
    ends = above.order_by("published_at", "pk").values_list("published_at", "pk")[PAGE : PAGE + 1]
    return next((f"?before={Cursor(at, pk)}" for at, pk in ends), "./")


def query_before(row: Any) -> str:
    """Return the query string of the page below this row."""
    assert row.published_at is not None
    return f"?before={Cursor(row.published_at, row.pk)}"


def counted(rows: QuerySet) -> int:
    """Return the number of rows, or MOST_COUNTED + 1 if there are more."""
    return rows.order_by()[: MOST_COUNTED + 1].count()
