"""Copies and restores SQLite: VACUUM INTO makes a consistent copy that writers do not disturb."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from exchange.backup import tables
from exchange.backup.errors import BackupError, DamagedBackup
from exchange.backup.moves import Moves

# A database in WAL mode is up to three files.
ENDINGS = ("", "-wal", "-shm")


def dump(path: Path) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Write the database as of one moment to a new file; return its rows by table and its migrations by app."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    with closing(_opened(path)) as copy:
        looking = copy.cursor()
        return tables.count_rows(looking), tables.applied_migrations(looking)


def check(path: Path) -> None:
    """Check a database file with SQLite. Raises DamagedBackup."""
    try:
        with closing(_opened(path)) as copy:
            faults = [fault for (fault,) in copy.execute("PRAGMA quick_check(3)") if fault != "ok"]
    except sqlite3.DatabaseError as error:
        faults = [str(error)]
    if faults:
        raise DamagedBackup(_("SQLite finds the database of the backup damaged: %s.") % "; ".join(faults))


def _opened(path: Path) -> sqlite3.Connection:
    """Open an existing database that nobody writes to, read-only."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def place() -> Path:
    return Path(connection.settings_dict["NAME"]).resolve()


def exists() -> bool:
    return place().exists()


def refuse_in_use() -> None:
    """Refuse while another process has the database open. Raises BackupError."""
    connection.close()
    if not exists():
        return
    try:
        with closing(sqlite3.connect(str(place()), timeout=0, isolation_level=None)) as probe:
            # Exclusive mode locks the whole file, which fails while others have it open in WAL mode.
            probe.execute("PRAGMA locking_mode = EXCLUSIVE")
            probe.execute("BEGIN IMMEDIATE")
            probe.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise BackupError(
                _(
                    "Another program has the database %s open. Stop the site, and close every shell and"
                    " command that uses it."
                )
                % place()
            ) from error
    except sqlite3.DatabaseError:
        # A file that SQLite cannot read is a reason to restore, and nobody can be using it.
        return


@contextmanager
def installed(unpacked: Path, *, aside: Path, moves: Moves) -> Iterator[str | None]:
    """Let the body work on the unpacked database, then move the current one aside and this one into its place.

    Nothing is changed in its place when the body raises.
    """
    home = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(unpacked)
    try:
        yield None
        with connection.cursor() as cursor:
            # Write everything into the one file that is moved.
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = home
    for ending in ENDINGS:
        present = place().with_name(place().name + ending)
        if present.exists():
            moves.move(present, aside / present.name)
    moves.move(unpacked, place())


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def lift_time_limit() -> None:
    """Do nothing: SQLite has no time limit for statements."""
