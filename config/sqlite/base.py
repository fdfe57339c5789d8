"""Waits for SQLite's one write lock so that nobody waits for ever, and keeps its statistics; the rest is Django's.

SQLite's own busy handler asks less and less often the longer it has waited (up to every 100 ms), so that among many
writers the newest win and the oldest give up: of 31,825 operations of 16 processes, 16 did after 20 seconds. Asking
every few milliseconds, however long one has waited, gives every writer the same chance.
"""

import random
import sqlite3
import time
from contextlib import suppress
from typing import Any

from django.db.backends.sqlite3 import base

from config import serving
from config.breaker import Breaker, NoAnswer

# Seconds between two questions: short beside a write (some milliseconds), long beside the question itself.
PAUSE = (0.001, 0.004)
# Rows of each index that are looked at for its statistics: enough to choose between indexes, milliseconds to read.
ANALYSIS_LIMIT = 400
# What PRAGMA optimize does: renew statistics, of tables that were asked since the connection was opened, or of all.
ASKED_TABLES, ALL_TABLES = 0x00002, 0x10002
# In processes that serve readers, for the write lock alone: whoever only reads never waits for it. A command may hold
# it for a second or two.
breaker = Breaker(slow=3.0, longest=serving.LONGEST_WAIT)


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def patience(self) -> float:
        """How many seconds anything waits for the write lock."""
        wanted = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        return min(wanted, serving.LONGEST_WAIT) if serving.serves() else wanted

    def get_connection_params(self) -> dict[str, Any]:
        return super().get_connection_params() | {"timeout": self.patience}

    def _start_transaction_under_autocommit(self) -> None:
        """Begin a transaction that holds the write lock, waiting at most `patience` seconds.

        Raises OperationalError (database is locked) after that, and at once where others have waited too long.
        """
        with self.wrap_database_errors:
            # Only the wait for the lock is ours: statements outside a transaction keep SQLite's own.
            self.connection.execute("PRAGMA busy_timeout = 0")
            try:
                if serving.serves():
                    self._begin_or_refuse()
                else:
                    until = time.monotonic() + self.patience
                    while not self._begin(is_last=time.monotonic() >= until):
                        pass
            finally:
                self.connection.execute(f"PRAGMA busy_timeout = {int(self.patience * 1000)}")

    def _begin_or_refuse(self) -> None:
        """Wait like everybody else in this process, and not at all where the lock is held for too long."""
        try:
            with breaker.asking() as question:
                while not self._begin():
                    question.give_up_if_hopeless()
        except NoAnswer as error:
            raise sqlite3.OperationalError("database is locked") from error

    def _begin(self, *, is_last: bool = False) -> bool:
        """Try once to begin, and return whether that went well; where not, a moment later. `is_last`: raise then."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or is_last:
                raise
            time.sleep(random.uniform(*PAUSE))  # noqa: S311 — so that two do not ask in step
            return False
        return True

    def _close(self) -> None:
        """Bring the statistics of the tables that were asked up to date before the connection goes.

        Without statistics SQLite guesses which index to use, and guesses wrong for lists of large tables. A connection
        lives for CONN_MAX_AGE, so that one answer in ten minutes pays for this, after it was sent.
        """
        if self.connection is not None and not self.connection.in_transaction:
            # Whoever holds the write lock, or whatever is wrong with the file, goes first: the next close tries again.
            with suppress(sqlite3.Error):
                self.connection.execute("PRAGMA busy_timeout = 0")
                self.optimize()
        # Django's stubs leave out this method of every wrapper.
        super()._close()  # type: ignore[misc]

    def optimize(self, *, all_tables: bool = False) -> None:
        """Let SQLite renew statistics that have become wrong, of tables asked since it was opened or of all tables."""
        self.connection.execute(f"PRAGMA analysis_limit = {ANALYSIS_LIMIT}")
        self.connection.execute(f"PRAGMA optimize({ALL_TABLES if all_tables else ASKED_TABLES})")
