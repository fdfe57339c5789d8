"""Ids of comments: which ones a file uses, and which the database assigns next."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from comments.models import Comment

# Beyond it scripts cannot count, and the database's own numbers would soon run out.
HIGHEST_KEPT = 2**53 - 1

_BLOCK = 10


class IdSet:
    """A compact set of integers that are close together: one bit each."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}
        self.highest = 0

    def add(self, number: int) -> None:
        block, bit = number >> _BLOCK, 1 << (number & ((1 << _BLOCK) - 1))
        self._blocks[block] = self._blocks.get(block, 0) | bit
        self.highest = max(self.highest, number)

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        return bool(self._blocks.get(number >> _BLOCK, 0) >> (number & ((1 << _BLOCK) - 1)) & 1)


def first_taken(ids: Sequence[int]) -> int | None:
    """Return one of these ids that a comment of this site has, or None."""
    return Comment.objects.order_by("pk").filter(pk__in=ids).values_list("pk", flat=True).first()


def reserve(highest: int) -> None:
    """Make the database assign ids above `highest`, so that the imported ids stay free."""
    table = Comment._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(s, GREATEST(nextval(s), %s))"
                " FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass) AS q(s)",
                [highest, table],
            )
        else:
            _raise_on_sqlite(cursor, table, highest)


def allocate(count: int) -> Iterable[int]:
    """Take `count` ids that no other comment will get."""
    table = Comment._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
        _raise_on_sqlite(cursor, table, last + count)
        return range(last + 1, last + count + 1)


def _raise_on_sqlite(cursor, table: str, highest: int) -> None:
    cursor.execute("UPDATE sqlite_sequence SET seq = MAX(seq, %s) WHERE name = %s", [highest, table])
    if cursor.rowcount == 0:
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, highest])
