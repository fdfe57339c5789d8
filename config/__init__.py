"""Settings and entry points of the site; this file replaces a SQLite that has the WAL corruption bug."""

import sys


def _use_newer_sqlite() -> None:
    """Use the pysqlite3 wheel instead of the interpreter's own sqlite3, where the wheel is installed.

    SQLite before 3.51.3 can corrupt a database in WAL mode, and many systems carry an older one. Where there is
    no wheel, `config.checks` warns instead.
    """
    try:
        import pysqlite3
        from pysqlite3 import dbapi2
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = dbapi2


_use_newer_sqlite()
