"""Counts rows and reads migrations in plain SQL, since a backup may have another schema than this version's models."""

from django.apps import apps
from django.db import DatabaseError, connection

from exchange.backup.errors import BackupError

# If these tables are empty, nobody has written anything on the site.
CONTENT = ("accounts.User", "blog.Post", "comments.Comment")


def count_rows(cursor) -> dict[str, int]:
    """Return how many rows each table has."""
    rows = {}
    for table in table_names(cursor):
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 — a table's own name
        rows[table] = cursor.fetchone()[0]
    return rows


def table_names(cursor) -> list[str]:
    if connection.vendor == "sqlite":
        cursor.execute(
            "SELECT name FROM sqlite_master "
            "WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
        )
    else:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        )
    return [name for (name,) in cursor.fetchall()]


def applied_migrations(cursor) -> dict[str, list[str]]:
    """Return the names of the migrations that were applied, by app. Raises BackupError where none ever was."""
    if "django_migrations" not in table_names(cursor):
        raise BackupError("This database doesn’t contain a site: no migrations have been applied.")
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    found: dict[str, list[str]] = {}
    for app, name in cursor.fetchall():
        found.setdefault(app, []).append(name)
    return found


def has_content() -> bool:
    """Return whether anybody has an account here or wrote something; True for a database that cannot be read."""
    try:
        with connection.cursor() as cursor:
            tables = set(table_names(cursor)) & {apps.get_model(name)._meta.db_table for name in CONTENT}
            for table in tables:
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
                if cursor.fetchone():
                    return True
    except DatabaseError:
        return True
    finally:
        connection.close()
    return False


def differences(expected: dict[str, int], found: dict[str, int]) -> list[str]:
    """Return a sentence for each table with the wrong number of rows."""
    names = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    return [f"{name}: {expected.get(name, 'no table')} → {found.get(name, 'no table')}" for name in names]
