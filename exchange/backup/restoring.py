"""Restores a backup: loads and verifies everything beside the current site, and swaps them only if all is well."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import gettempdir
from types import ModuleType

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from comments.integrity import audit
from exchange.backup import engines, in_use, making, reading, secret_key, tables
from exchange.backup.errors import BackupError
from exchange.backup.manifest import Manifest, fingerprint_of, refuse_foreign
from exchange.backup.moves import Moves, undone_on_failure
from exchange.backup.reading import Unpacked

# Folder in DATA_DIR for what a restore has unpacked, until it is moved into place.
STAGE = "restore-unfinished"
LOCAL_SETTINGS = "local.env"
# How many findings are printed; `check_trees` prints all of them.
MOST_TOLD = 20


@dataclass
class Restored:
    """What a restore did; `findings` are sentences about damaged comment trees."""

    manifest: Manifest
    media_files: int
    gone: list[str]
    # Where the previous site is now: a folder, and for PostgreSQL a schema.
    former: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    more_findings: int = 0
    # One of "same", "restored", "elsewhere" (it comes from the environment and differs), "missing" (and differs).
    key: str = "same"


def verify(path: Path) -> Unpacked:
    """Verify a whole backup as a restore would, without changing anything. Raises BackupError."""
    with making.work_folder(_where_to_verify(path)) as folder:
        found = reading.unpack(path, folder, with_media=False)
        if found.manifest.database == connection.vendor:
            engines.current().check(found.database)
    return found


def restore(path: Path, *, replace: bool) -> Restored:
    """Put the site of a backup in the place of this one, which must be stopped, and empty unless `replace` is given.

    Raises BackupError, and then this site is as it was.
    """
    try:
        with in_use.exclusively(settings.DATA_DIR), _stage() as stage:
            engine = engines.current()
            engine.refuse_in_use()
            if not replace:
                _refuse_overwriting(engine)
            found = reading.unpack(path, stage, with_media=True)
            refuse_foreign(found.manifest)
            engine.check(found.database)
            return _put_in_place(found, engine)
    except in_use.InUse as error:
        raise BackupError(
            _("The site is running, or a backup of it is being made. Stop it, restore, and start it again.")
        ) from error


def _refuse_overwriting(engine: ModuleType) -> None:
    if engine.exists() and tables.has_content():
        raise BackupError(
            _("This database already contains a site. Use --replace to move it aside; nothing is deleted.")
        )
    if next(making.media_files(Path(settings.MEDIA_ROOT)), None):
        raise BackupError(
            _("%s already contains files. Use --replace to move them aside; nothing is deleted.")
            % settings.MEDIA_ROOT
        )


# --- putting it in place --------------------------------------------------------------------------------------


def _put_in_place(found: Unpacked, engine: ModuleType) -> Restored:
    aside = settings.DATA_DIR / timezone.now().strftime("before-restore-%Y%m%d-%H%M%S")
    restored = Restored(found.manifest, found.media_files, found.gone)
    with undone_on_failure() as moves:
        _give_to_owner_of_site(found.folder)
        with engine.installed(found.database, aside=aside, moves=moves) as schema:
            _prove(restored, engine)
            media = _media_folder()
            moves.move_content(media, aside / "media")
            moves.move_content(found.media, media)
            restored.key = _put_key_in_place(found, aside, moves)
            # Files must be on the disk before they are renamed below.
            os.sync()
    restored.former = [str(place) for place in (aside if aside.exists() else None, schema) if place]
    return restored


def _media_folder() -> Path:
    media = Path(settings.MEDIA_ROOT)
    if not media.is_dir():
        media.mkdir(parents=True)
        media.chmod(settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS)
        _give_to_owner_of_site(media)
    return media


def _prove(restored: Restored, engine: ModuleType) -> None:
    """Compare the loaded database with the manifest, migrate it, and check every comment tree.

    Raises BackupError when rows are missing. A tree that was broken when the backup was made is told, not refused:
    otherwise nobody could restore, and then repair, it.
    """
    engine.lift_time_limit()
    with connection.cursor() as cursor:
        different = tables.differences(restored.manifest.rows, tables.count_rows(cursor))
    if different:
        raise BackupError(
            _("The restored database differs from the one that was saved: %s.")
            % "; ".join(different[:MOST_TOLD])
        )
    call_command("migrate", interactive=False, verbosity=0)
    # Without statistics the check below, and many pages, take many times as long.
    engine.analyze()
    findings = audit.findings()
    restored.findings = list(islice(findings, MOST_TOLD))
    restored.more_findings = sum(1 for _finding in findings)


def _put_key_in_place(found: Unpacked, aside: Path, moves: Moves) -> str:
    """Write the backup's key to local.env, if that is where this site has its own from; the former file goes aside.

    Returns what became of the key, as in Restored.key.
    """
    if found.manifest.key_fingerprint == fingerprint_of(settings.SECRET_KEY):
        return "same"
    if found.secret_key is None:
        return "missing"
    present = settings.DATA_DIR / LOCAL_SETTINGS
    text = secret_key.with_key(secret_key.read(present), found.secret_key)
    if text is None:
        return "elsewhere"
    staged = found.folder / LOCAL_SETTINGS
    with open(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    _give_to_owner_of_site(staged)
    moves.move(present, aside / LOCAL_SETTINGS)
    moves.move(staged, present)
    return "restored"


def _give_to_owner_of_site(top: Path) -> None:
    """Give files that root created to the owner of the data folder, since the service does not run as root."""
    if os.geteuid() != 0:
        return
    owner = settings.DATA_DIR.stat()
    for path in [top, *top.rglob("*")]:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


@contextmanager
def _stage() -> Iterator[Path]:
    """Yield an empty folder in DATA_DIR, from which files can be renamed into place; remove it afterwards."""
    stage = settings.DATA_DIR / STAGE
    # Left behind by a killed restore: the lock says that nobody else is restoring.
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _where_to_verify(path: Path) -> Path:
    """Return the folder of the backup, where there was room for as much, or the system's own for such things."""
    return path.parent if os.access(path.parent, os.W_OK) else Path(gettempdir())
