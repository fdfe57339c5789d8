"""Tell an outage of the database, which passes, from an error in our own statements."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, OperationalError, connection

# SQLite has no kind of its own for a wrong statement: it is an OperationalError with this code.
WRONG_STATEMENT = 1
# PostgreSQL's read_only_sql_transaction: a standby, or a server that was told to write nothing more.
READ_ONLY = "25006"
# Errors are raised while others are handled; more of them in a row are not looked at.
DEEPEST = 10
# Milliseconds.
MOMENT = 100


def is_outage(error: BaseException | None) -> bool:
    """Whether this error, or one that caused it, means that the database cannot be reached or cannot write for now."""
    for _step in range(DEEPEST):
        if error is None:
            return False
        if _says_so(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _says_so(error: BaseException) -> bool:
    driver_error = error.__cause__
    if isinstance(error, OperationalError | InterfaceError):
        return getattr(driver_error, "sqlite_errorcode", None) != WRONG_STATEMENT
    return isinstance(error, DatabaseError) and getattr(driver_error, "sqlstate", None) == READ_ONLY


@contextmanager
def short_lock_timeout() -> Iterator[None]:
    """Wait only briefly for SQLite's write lock, for statements that no reader should wait for."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    patience = connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.connection.execute(f"PRAGMA busy_timeout = {MOMENT}")
    try:
        yield
    finally:
        connection.connection.execute(f"PRAGMA busy_timeout = {patience}")
