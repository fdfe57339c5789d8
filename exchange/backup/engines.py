"""Says which of the two databases this site uses."""

from types import ModuleType

from django.db import connection


def current() -> ModuleType:
    """Return the module that dumps, checks and installs databases of the site's kind."""
    if connection.vendor == "postgresql":
        # psycopg is only needed where PostgreSQL is.
        from exchange.backup import postgresql

        return postgresql
    from exchange.backup import sqlite

    return sqlite
