"""The log of what was taken away from readers, in a file that every process of this machine reads in an outage.

While the database answers nobody needs it: versions tell. Without the database it says which kept pages must not be
shown any more: no page of a post that was last compared with the database before the post's latest takedown.

A takedown is written down twice, before its transaction is committed ("begun") and after it ("done"). Moments are
seconds of the monotonic clock, which all processes of a machine share until it restarts, and which nobody can set.
Kept pages are lost at a restart too, so lines need not be flushed to the disk (no fsync).
"""

import fcntl
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import structlog
from django.conf import settings

# Instead of a post's id.
WHOLE_SITE = 0
# A line "begun" without its "done": the process died, or the transaction was rolled back. It is taken to have been
# committed at most this many seconds after "begun", so pages verified before then are not shown.
LONGEST_TRANSACTION = 60.0
# Seconds. Longer than any kept page is shown without the database (KEPT_WITHOUT_DATABASE): older lines can be dropped.
LONGEST_USE = 900.0
# Beyond this many bytes the file is shortened to what still says something, and to one line if that is as much.
MOST_BYTES = 64 * 1024

_told = structlog.get_logger()


@dataclass
class Takedowns:
    """The contents of the log: for each post, the moment before which its cached pages must not be shown."""

    done: dict[int, float] = field(default_factory=dict)
    # By their marks: post and moment.
    begun: dict[bytes, tuple[int, float]] = field(default_factory=dict)

    def read(self, line: bytes) -> None:
        """Add one line of the file. Raises ValueError if it is damaged."""
        step, moment, post_id, mark = line.split()
        if step == b"begun":
            self.begun[mark] = (int(post_id), float(moment))
        else:
            self.begun.pop(mark, None)
            self.done[int(post_id)] = max(float(moment), self.done.get(int(post_id), 0.0))

    def latest(self, post_id: int) -> float:
        """Return the moment before which cached pages of this post must not be shown, or 0."""
        wanted = {post_id, WHOLE_SITE}
        moments = [self.done.get(key, 0.0) for key in wanted]
        moments += [began + LONGEST_TRANSACTION for key, began in self.begun.values() if key in wanted]
        return max(moments)

    def lines(self, *, now: float) -> bytes:
        """Return the lines that are not outdated."""
        return b"".join(
            [
                _line(b"done", moment, key, b"-")
                for key, moment in self.done.items()
                if now - moment < LONGEST_USE
            ]
            + [
                _line(b"begun", moment, key, mark)
                for mark, (key, moment) in self.begun.items()
                if now - moment < LONGEST_USE
            ]
        )

    def forget_later_than(self, now: float) -> None:
        """Drop moments in the future: they are from before the machine's restart, which no cached page survives."""
        self.done = {key: moment for key, moment in self.done.items() if moment <= now}
        self.begun = {mark: (key, moment) for mark, (key, moment) in self.begun.items() if moment <= now}


def _line(step: bytes, moment: float, post_id: int, mark: bytes) -> bytes:
    return b"%b %.6f %d %b\n" % (step, moment, post_id, mark)


class TakedownLog:
    """The file, written and read under its own lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # What was read last, and which state of the file that was; None where it must be read again.
        self._known = Takedowns()
        self._read_at: tuple[int, int, int] | None = None
        # What this process could not write down, so that it does not show it again itself.
        self._unwritten: dict[int, float] = {}

    def begin(self, post_id: int) -> bytes:
        """Log that something of this post is about to be removed; return the mark for `done`."""
        mark = secrets.token_hex(6).encode()
        self._append(b"begun", post_id, mark)
        return mark

    def done(self, post_id: int, mark: bytes) -> None:
        """Log that it has been removed."""
        self._append(b"done", post_id, mark)

    def is_taken_down(self, post_id: int, *, since: float) -> bool:
        """Whether a page last verified at `since` (monotonic seconds) must not be served without the database.

        If the log cannot be read, nothing is served.
        """
        unwritten = [self._unwritten[key] for key in (post_id, WHOLE_SITE) if key in self._unwritten]
        if unwritten and max(unwritten) >= since:
            return True
        try:
            return self._read().latest(post_id) >= since
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as error:
            _told.error("takedowns cannot be read", error=str(error))
            return True

    def _append(self, step: bytes, post_id: int, mark: bytes) -> None:
        """Write one line.

        It never stops what it belongs to: a full disk is told in the log of the program. Then this process alone knows,
        and others may show in an outage what they kept, until its age forbids it.
        """
        try:
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(_line(step, time.monotonic(), post_id, mark))
                file.flush()
                if file.tell() > MOST_BYTES:
                    _shorten(file)
        except OSError as error:
            self._unwritten[post_id] = time.monotonic()
            _told.error("takedown not written down", post=post_id, error=str(error))

    def _read(self) -> Takedowns:
        state = self.path.stat()
        read_at = (state.st_ino, state.st_size, state.st_mtime_ns)
        if read_at != self._read_at:
            with self.path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                self._known = _takedowns_in(file)
            # Two changes within one tick of the file system's clock look alike.
            self._read_at = read_at if time.time_ns() - state.st_mtime_ns > 1_000_000_000 else None
        return self._known


def _takedowns_in(file: IO[bytes]) -> Takedowns:
    found = Takedowns()
    for line in file:
        found.read(line)
    # Asked after reading, so that no line of this run of the machine is later.
    found.forget_later_than(time.monotonic())
    return found


def _shorten(file: IO[bytes]) -> None:
    """Rewrite the file without outdated lines. Readers wait for the lock meanwhile."""
    now = time.monotonic()
    everything = _line(b"done", now, WHOLE_SITE, b"-") + _line(b"begun", now, WHOLE_SITE, b"shortened")
    file.seek(0)
    try:
        lines = _takedowns_in(file).lines(now=now)
    except ValueError:
        lines = everything
    os.ftruncate(file.fileno(), 0)
    file.write(lines if len(lines) < MOST_BYTES // 2 else everything)
    file.flush()


log = TakedownLog(settings.DATA_DIR / "takedowns.log")
