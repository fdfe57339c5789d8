"""Writes different values to many rows in one statement: locks are held for that, not for a statement per row."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models

# Rows written by one statement: large enough for few statements, and a parameter of some hundred kilobytes at most.
ROWS_AT_ONCE = 5000

Item = TypeVar("Item")


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of `size`; the last may be shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def update_rows(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    unless_changed: Sequence[str] = (),
    using: str | None = None,
    at_once: int = ROWS_AT_ONCE,
) -> set[int]:
    """Write `rows`, each a primary key followed by the values of `fields`, and return the keys of those written.

    `unless_changed` names more fields, whose values follow in each row: a row in which one of them has another value
    by now is left alone. Values are numbers, text or None. The caller takes the locks.
    """
    connection = connections[using or DEFAULT_DB_ALIAS]
    names = ["pk", *fields, *unless_changed]
    columns = [model._meta.pk if name == "pk" else model._meta.get_field(name) for name in names]
    statement = _statement(connection, model, columns, written=len(fields))
    found: set[int] = set()
    with connection.cursor() as cursor:
        for batch in in_batches(rows, at_once):
            if connection.vendor == "postgresql":
                cursor.execute(statement, [list(values) for values in zip(*batch, strict=True)])
            else:
                cursor.execute(statement, [json.dumps([list(row) for row in batch])])
            found.update(row[0] for row in cursor.fetchall())
    return found


def _statement(connection: Any, model: type[models.Model], columns: Sequence[Any], *, written: int) -> str:
    """Return one UPDATE whose values come as arrays (PostgreSQL) or as a JSON array of rows (SQLite)."""
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), [quote(field.column) for field in columns]
    aliases = [f"value_{position}" for position in range(len(columns))]
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in columns)
        source = f"unnest({arrays}) AS given({', '.join(aliases)})"
    else:
        picked = ", ".join(
            f"json_extract(value, '$[{position}]') AS {alias}" for position, alias in enumerate(aliases)
        )
        source = f"(SELECT {picked} FROM json_each(%s)) AS given"  # noqa: S608 — counted aliases
    pairs = list(zip(names, aliases, strict=True))
    changes = ", ".join(f"{name} = given.{alias}" for name, alias in pairs[1 : written + 1])
    same = [f"{table}.{name} = given.{alias}" for name, alias in (pairs[0], *pairs[written + 1 :])]
    # Names of our own columns and counted aliases; every value is a parameter.
    return (
        f"UPDATE {table} SET {changes} FROM {source} WHERE {' AND '.join(same)} RETURNING {table}.{names[0]}"  # noqa: S608
    )
