"""Waits for SQLite's one write lock so that nobody waits for ever; everything else is Django's backend.

SQLite's own busy handler asks less and less often the longer it has waited (up to every 100 ms), so that among many
writers the newest win and the oldest give up: of 31,825 operations of 16 processes, 16 did after 20 seconds. Asking
every few milliseconds, however long one has waited, gives every writer the same chance.
"""

import random
import time

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.base import Database

# Seconds between two questions: short beside a write (some milliseconds), long beside the question itself.
PAUSE = (0.001, 0.004)


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self) -> None:
        """Begin a transaction that holds the write lock, waiting at most OPTIONS["timeout"] seconds.

        Raises OperationalError (database is locked) after that.
        """
        patience = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        with self.wrap_database_errors:
            # Only the wait for the lock is ours: statements outside a transaction keep SQLite's own.
            self.connection.execute("PRAGMA busy_timeout = 0")
            try:
                self._begin(until=time.monotonic() + patience)
            finally:
                self.connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")

    def _begin(self, *, until: float) -> None:
        while True:
            try:
                self.connection.execute("BEGIN IMMEDIATE")
            except Database.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() >= until:
                    raise
                time.sleep(random.uniform(*PAUSE))  # noqa: S311 — so that two do not ask in step
            else:
                return
