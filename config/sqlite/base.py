"""Waits fairly for SQLite's write lock and keeps its statistics up to date; the rest is Django's backend.

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

# Seconds between two tries: shorter than a write (some milliseconds), much longer than a try.
PAUSE = (0.001, 0.004)
# Rows of each index to sample for statistics: enough to choose between indexes, read in milliseconds.
ANALYSIS_LIMIT = 400
# Arguments of PRAGMA optimize: refresh statistics of the tables this connection has queried, or of all tables.
ASKED_TABLES, ALL_TABLES = 0x00002, 0x10002
# For the write lock only, in processes that serve readers; reading never waits for it. A command may hold the lock for
# a second or two.
breaker = Breaker(slow=3.0, longest=serving.LONGEST_WAIT)


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def patience(self) -> float:
        """Return how many seconds to wait for the write lock."""
        wanted = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        return min(wanted, serving.LONGEST_WAIT) if serving.serves() else wanted

    def get_connection_params(self) -> dict[str, Any]:
        return super().get_connection_params() | {"timeout": self.patience}

    def _start_transaction_under_autocommit(self) -> None:
        """Begin a transaction that holds the write lock, waiting at most `patience` seconds.

        Raises OperationalError (database is locked) after that, and at once where others have waited too long.
        """
        with self.wrap_database_errors:
            # Only this wait is ours; statements outside a transaction use SQLite's own.
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
        """Wait like other threads of this process; fail at once if the lock has been held for too long."""
        try:
            with breaker.asking() as question:
                while not self._begin():
                    question.give_up_if_hopeless()
        except NoAnswer as error:
            raise sqlite3.OperationalError("database is locked") from error

    def _begin(self, *, is_last: bool = False) -> bool:
        """Try once to begin and return whether that worked; if not, sleep for a moment, or raise if `is_last`."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or is_last:
                raise
            time.sleep(random.uniform(*PAUSE))  # noqa: S311 — so that two do not ask in step
            return False
        return True

    def _close(self) -> None:
        """Refresh the statistics of the tables this connection has queried, before it closes.

        Without statistics SQLite guesses which index to use, and guesses wrong for lists of large tables. A connection
        lives for CONN_MAX_AGE, so that one answer in ten minutes pays for this, after it was sent.
        """
        if self.connection is not None and not self.connection.in_transaction:
            # If the file is locked or damaged, skip it: the next close tries again.
            with suppress(sqlite3.Error):
                self.connection.execute("PRAGMA busy_timeout = 0")
                self.optimize()
        # Django's stubs leave out this method of every wrapper.
        super()._close()  # type: ignore[misc]

    def optimize(self, *, all_tables: bool = False) -> None:
        """Let SQLite refresh outdated statistics, of the tables this connection has queried or of all tables."""
        self.connection.execute(f"PRAGMA analysis_limit = {ANALYSIS_LIMIT}")
        self.connection.execute(f"PRAGMA optimize({ALL_TABLES if all_tables else ASKED_TABLES})")
