"""Versions of pages: ordered by time and never repeated, so that no old page passes for the current one."""

import secrets
import time
from typing import Any

from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Greatest

# A version is the moment in microseconds since 1970 with random bits below it: 63 bits until the year 2112.
RANDOM_BITS = 11
# Where the clock was set back, versions go on in random steps of up to half a second, so that they cannot be guessed
# or met again after a restore either.
LONGEST_STEP = 500_000 << RANDOM_BITS


def new_version() -> int:
    """Return a version greater than all earlier ones by this clock; its random bits make it unrepeatable."""
    return (time.time_ns() // 1000 << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)


def raised(column: str) -> Greatest:
    """Return the SQL expression for a row's next version: the current moment, or a step above the previous one."""
    step = 1 + secrets.randbelow(LONGEST_STEP)
    return Greatest(F(column) + Value(step), Value(new_version()), output_field=models.BigIntegerField())


class NewVersion(Func):
    """The database's own `new_version()`, for rows inserted by other programs or older releases."""

    output_field = models.BigIntegerField()
    arity = 0

    def as_sqlite(self, compiler, connection, **extra_context) -> tuple[str, Any]:
        # The most exact clock that SQLite has counts days.
        moment = "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"
        return f"(({moment} << {RANDOM_BITS}) | (random() & {2**RANDOM_BITS - 1}))", []

    def as_postgresql(self, compiler, connection, **extra_context) -> tuple[str, Any]:
        moment = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        return f"(({moment} << {RANDOM_BITS}) | floor(random() * {2**RANDOM_BITS})::bigint)", []
