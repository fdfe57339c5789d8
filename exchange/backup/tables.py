"""What a database holds, asked in plain SQL: a backup may be of another version than the models of this program."""

from django.apps import apps
from django.db import DatabaseError, connection

from exchange.backup.errors import BackupError

# Without rows in these a site has nothing that anybody wrote or made.
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
    """Whether anybody has an account here or wrote something; a database that cannot be read counts as one that has."""
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
    """Return a sentence for each table that has another number of rows than it should."""
    names = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    return [f"{name}: {expected.get(name, 'no table')} → {found.get(name, 'no table')}" for name in names]
