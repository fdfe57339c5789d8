"""Dumps and restores PostgreSQL with pg_dump and pg_restore; dump and row counts are from the same snapshot."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from exchange.backup import tables
from exchange.backup.errors import BackupError, DamagedBackup
from exchange.backup.moves import Moves

# How many connections load data and build indexes at once.
JOBS = 2
# The comment that marks the schema with the previous tables until the restore has succeeded.
UNFINISHED = "restore not finished"
ASIDE = "before_restore_"


def dump(path: Path) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Write the database as of one moment to a new file; return its rows by table and its migrations by app."""
    program = _program("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # This transaction holds the snapshot, and is idle while pg_dump works.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot(), current_schema()")
        moment, schema = cursor.fetchone()
        counted = tables.count_rows(cursor), tables.applied_migrations(cursor)
        # Packed here, so that the copy needs little room until it is in the backup.
        options = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges"]
        options += [f"--snapshot={moment}", f"--schema={schema}", f"--file={path}"]
        with _address() as address:
            _run([program, *options, f"--dbname={address}"])
    return counted


def check(path: Path) -> None:
    """Refuse a file that pg_restore cannot read. Raises DamagedBackup."""
    try:
        _run([_program("pg_restore"), "--list", str(path)])
    except _ProgramFailed as error:
        raise DamagedBackup(_("The database dump in the backup can’t be read. %s") % error) from error


def exists() -> bool:
    with connection.cursor() as cursor:
        return bool(tables.table_names(cursor))


def refuse_in_use() -> None:
    """Refuse while others are connected to the database. Raises BackupError."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
        )
        (others,) = cursor.fetchone()
    if others:
        raise BackupError(
            _(
                "%d other programs are connected to the database. Stop the site, and close every shell"
                " and command that uses it."
            )
            % others
        )
    _put_back_what_was_left()


@contextmanager
def installed(unpacked: Path, *, aside: Path, moves: Moves) -> Iterator[str | None]:
    """Move the present tables to a schema of their own, load the dump, and let the body work on it.

    Gives the name of that schema, or None where there were no tables. If anything fails, the tables of the dump
    are dropped and the former ones are put back.
    """
    former = aside.name.replace("-", "_")
    was_filled = _put_aside(former)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            (schema,) = cursor.fetchone()
        # pg_restore has connections of its own.
        connection.close()
        options = ["--exit-on-error", "--no-owner", "--no-privileges", f"--jobs={JOBS}", f"--schema={schema}"]
        with _address() as address:
            _run([_program("pg_restore"), *options, f"--dbname={address}", str(unpacked)])
        yield former if was_filled else None
        if was_filled:
            with connection.cursor() as cursor:
                cursor.execute(f'COMMENT ON SCHEMA "{former}" IS %s', ["Commonplace before a restore"])
    except BaseException:
        _put_back(former)
        raise


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def lift_time_limit() -> None:
    """Remove the time limit for this connection's statements."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


# --- the former tables ----------------------------------------------------------------------------------------


def _put_aside(former: str) -> bool:
    """Move all tables to a new schema; return whether there were any."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if not (present := tables.table_names(cursor)):
                return False
            cursor.execute(f'CREATE SCHEMA "{former}"')
            cursor.execute(f'COMMENT ON SCHEMA "{former}" IS %s', [UNFINISHED])
            for table in present:
                cursor.execute(f'ALTER TABLE {connection.ops.quote_name(table)} SET SCHEMA "{former}"')
        return True
    except DatabaseError as error:
        raise BackupError(_("The current tables can’t be moved aside: %s") % str(error).strip()) from error


def _put_back(former: str) -> None:
    """Drop the loaded tables, and move the previous ones back from their schema."""
    connection.close()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables.table_names(cursor):
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
        if not _is_schema(cursor, former):
            return
        cursor.execute("SELECT current_schema()")
        (schema,) = cursor.fetchone()
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [former])
        for (table,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{former}".{connection.ops.quote_name(table)} SET SCHEMA "{schema}"')
        cursor.execute(f'DROP SCHEMA "{former}"')


def _put_back_what_was_left() -> None:
    """Undo a restore that was killed: its schema still has the mark."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s AND obj_description(oid, 'pg_namespace') = %s",
            [ASIDE + "%", UNFINISHED],
        )
        left = cursor.fetchall()
    for (former,) in left:
        _put_back(former)


def _is_schema(cursor, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [name])
    return cursor.fetchone() is not None


# --- programs of PostgreSQL -----------------------------------------------------------------------------------


class _ProgramFailed(BackupError):
    pass


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise BackupError(
            _(
                "The program %s is missing: install PostgreSQL’s client programs (Debian: postgresql-client), of the "
                "server's version or newer."
            )
            % name
        )
    return path


@contextmanager
def _address() -> Iterator[str]:
    """Return the database's address for a command line, without password, since every user can read command lines.

    Only what the settings say, because PostgreSQL's programs may be older than the library that psycopg carries and
    not know all its words. What the settings leave out they find as psycopg does.
    """
    words = {option.keyword.decode() for option in Conninfo.get_defaults()}
    parameters = {name: value for name, value in connection.get_connection_params().items() if name in words}
    password = parameters.pop("password", None)
    with TemporaryDirectory(prefix="commonplace-") as folder:
        if password:
            file = Path(folder) / "password"
            file.touch(mode=0o600)
            escaped = password.replace("\\", "\\\\").replace(":", "\\:")
            file.write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
            parameters["passfile"] = str(file)
        yield make_conninfo(**parameters)


def _run(command: list[str]) -> None:
    """Run a program to its end. Raises BackupError with its message if it fails."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:  # noqa: S603
        try:
            _out, said = process.communicate()
        except BaseException:
            # Not killed: pg_restore tells its own helpers to stop, which would go on loading otherwise.
            process.terminate()
            process.wait()
            raise
    if process.returncode:
        lines = said.decode("utf-8", "replace").strip().splitlines()
        why = " ".join(lines[-3:]) or _("it exited with code %d") % process.returncode
        raise _ProgramFailed(f"{Path(command[0]).name}: {why.rstrip('.')}.")
