"""Moves files, and moves them back if anything goes wrong before the end."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Errors of a rename to another disk.
OTHER_DISK = {errno.EXDEV, errno.EBUSY}


class Moves:
    """Files and folders that were moved, in order."""

    def __init__(self) -> None:
        self._done: list[tuple[Path, Path]] = []
        self._made: list[Path] = []

    def move(self, source: Path, target: Path) -> None:
        """Move a file or folder to a place that is free. Raises FileExistsError."""
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "already exists", str(target))
        self._make(target.parent)
        try:
            os.rename(source, target)
        except OSError as error:
            if error.errno not in OTHER_DISK:
                raise
            self._copy(source, target)
        else:
            self._done.append((source, target))

    def move_content(self, source: Path, target: Path) -> None:
        """Move the contents of a folder; the folder itself may be a mount point."""
        for path in sorted(source.iterdir()) if source.is_dir() else []:
            self.move(path, target / path.name)

    def undo(self) -> None:
        """Move everything back in reverse order, and remove folders that are empty then."""
        while self._done:
            source, target = self._done.pop()
            if os.path.lexists(source) or os.stat(source.parent).st_dev != os.lstat(target).st_dev:
                _copied(target, source)
                _remove(target)
            else:
                os.rename(target, source)
        while self._made:
            with suppress(OSError):
                self._made.pop().rmdir()

    def _copy(self, source: Path, target: Path) -> None:
        """Copy to another disk, and remove the source only when all of it is there."""
        try:
            _copied(source, target)
        except BaseException:
            _remove(target)
            raise
        self._done.append((source, target))
        _remove(source)

    def _make(self, folder: Path) -> None:
        """Make a folder, and those above it, for its owner only."""
        if not folder.exists():
            self._make(folder.parent)
            folder.mkdir(mode=0o700)
            self._made.append(folder)


def _copied(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target, follow_symlinks=False)


def _remove(path: Path) -> None:
    """Remove a copy that is not needed; leave what cannot be removed, such as a mount point."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def undone_on_failure() -> Iterator[Moves]:
    """Yield moves that are undone if the body raises anything, including an interruption."""
    moves = Moves()
    try:
        yield moves
    except BaseException:
        moves.undo()
        raise
