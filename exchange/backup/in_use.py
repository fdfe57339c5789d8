"""Says whether a server uses a data folder: it holds a lock as long as one of its processes lives."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOCK_FILE = "running.lock"


class InUse(Exception):
    """Another process is using this data folder."""


def hold(folder: Path) -> IO[str]:
    """Mark the folder as in use until the file returned is closed or all processes that inherited it have ended.

    Many may hold it at once. Raises InUse while somebody has it exclusively, which a restore does.
    """
    return _lock(folder, fcntl.LOCK_SH)


@contextmanager
def exclusively(folder: Path) -> Iterator[None]:
    """Keep every server and backup out of the folder. Raises InUse while one is there."""
    with _lock(folder, fcntl.LOCK_EX):
        yield


def _lock(folder: Path, kind: int) -> IO[str]:
    # Read only, so that it does not matter whether root or the service made it.
    file = os.fdopen(os.open(folder / LOCK_FILE, os.O_RDONLY | os.O_CREAT, 0o644))
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise InUse(str(folder)) from error
    except OSError:
        # This file system has no locks; that must not look like a folder in use.
        file.close()
        raise
    return file
