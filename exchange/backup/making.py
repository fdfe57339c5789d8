"""Makes a backup while the site is written to: a snapshot of the database, then the media, then a verification."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from exchange.backup import archive, engines, in_use, reading
from exchange.backup.archive import AS_IT_IS, MANIFEST, MEDIA, PACKED, SECRET_KEY
from exchange.backup.errors import BackupError
from exchange.backup.manifest import Manifest, describe

# Prefix of the working folder beside the backup file, by which the next backup recognises one that was left behind.
WORK = ".commonplace-backup-"
# Seconds.
YOUNG = 60


@dataclass
class Made:
    """What a backup contains; `left_out` are media that are not regular files, `gone` were deleted meanwhile."""

    path: Path
    size: int
    manifest: Manifest
    media_files: int
    left_out: list[str]
    gone: list[str]


def make_backup(path: Path, *, with_key: bool) -> Made:
    """Write a new backup file and prove that it can be read.

    Raises BackupError; then there is no file at `path` that was not there before.
    """
    if os.path.lexists(path):
        raise BackupError(
            _("%s already exists, and a backup never overwrites a file. Choose another name.") % path
        )
    if not path.parent.is_dir():
        raise BackupError(_("Folder %s doesn’t exist.") % path.parent)
    engine = engines.current()
    with _marked_in_use(), work_folder(path.parent) as work:
        database = work / "snapshot"
        rows, migrations = engine.dump(database)
        manifest = describe(rows, migrations, with_key=with_key)
        unfinished = work / "backup"
        made = _write(unfinished, manifest, database)
        database.unlink()
        _prove(unfinished, work, made)
        _publish(unfinished, path)
    made.path, made.size = path, path.stat().st_size
    return made


def _write(target: Path, manifest: Manifest, database: Path) -> Made:
    """Write all members; the database was copied before any of the media, so what it names is there already."""
    made = Made(target, 0, manifest, 0, [], [])
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        writer = archive.Writer(file)
        writer.add_bytes(MANIFEST, manifest.as_bytes())
        # A dump of PostgreSQL is packed already.
        level = PACKED if manifest.database == "sqlite" else AS_IT_IS
        writer.add_file(archive.DATABASES[manifest.database], database, level=level)
        if manifest.holds_secret_key:
            writer.add_bytes(SECRET_KEY, settings.SECRET_KEY.encode("utf-8"))
        _add_media(writer, made)
        writer.finish(gone=made.gone)
        file.flush()
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):
            # So that the verification reads what is really on the disk.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return made


def _add_media(writer: archive.Writer, made: Made) -> None:
    root = Path(settings.MEDIA_ROOT).resolve()
    for path, name in media_files(root):
        if path.is_symlink() or not path.is_file():
            # A link may lead out of the media folder, and anywhere at all on another machine.
            (made.left_out if os.path.lexists(path) else made.gone).append(name)
            continue
        try:
            writer.add_file(f"{MEDIA}/{name}", path, level=AS_IT_IS)
        except FileNotFoundError:
            made.gone.append(name)
        else:
            made.media_files += 1


def media_files(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield path and name of everything in the media folder except folders; links to folders are not followed."""
    for folder, folders, names in os.walk(root, onerror=_refuse_unreadable):
        folders.sort()
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in sorted(names) + links:
            path = Path(folder) / name
            yield path, path.relative_to(root).as_posix()


def _refuse_unreadable(error: OSError) -> None:
    """Raise the error unless it is that the media folder does not exist: no other folder may be left out."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _prove(unfinished: Path, work: Path, made: Made) -> None:
    """Read the backup as a restore would, and raise BackupError unless all of it is as it was written."""
    found = reading.unpack(unfinished, work, with_media=False)
    engines.current().check(found.database)
    if found.manifest != made.manifest or found.media_files != made.media_files:
        raise BackupError(_("The backup could not be read back as it was written. The disk may be damaged."))


def _publish(unfinished: Path, path: Path) -> None:
    """Give the verified file its name without overwriting a file created meanwhile."""
    try:
        os.link(unfinished, path)
    except FileExistsError as error:
        raise BackupError(
            _("%s was created by someone else in the meantime, and a backup never overwrites a file.") % path
        ) from error
    except OSError:
        # Some file systems (network, memory cards) have no hard links.
        if os.path.lexists(path):
            raise
        unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _marked_in_use() -> Iterator[None]:
    try:
        held = in_use.hold(settings.DATA_DIR)
    except in_use.InUse as error:
        raise BackupError(
            _("This site is being restored. Make the backup when that has finished.")
        ) from error
    with held:
        yield
        connection.close()


@contextmanager
def work_folder(place: Path) -> Iterator[Path]:
    """Yield a private folder and remove it afterwards, together with any that killed processes left behind."""
    for left in place.glob(f"{WORK}*"):
        with suppress(in_use.InUse, OSError):
            # A young one may be about to be marked.
            if time.time() - left.stat().st_mtime > YOUNG:
                with in_use.exclusively(left):
                    shutil.rmtree(left)
    work = Path(mkdtemp(prefix=WORK, dir=place))
    try:
        with in_use.hold(work):
            yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
