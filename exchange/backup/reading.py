"""Reads a backup file: first its seal, then its members, none of which is trusted."""

import hashlib
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from exchange.backup import archive
from exchange.backup.archive import CHECKSUMS, CHUNK, DATABASES, MANIFEST, MEDIA, SECRET_KEY
from exchange.backup.errors import BackupError, DamagedBackup
from exchange.backup.manifest import Manifest

# Bytes. What is read into memory as a whole is no longer: the names and checksums of two million files.
LONGEST_JSON = 256 << 20
LONGEST_KEY = 64 << 10
# Bytes that are left free on the disk: the database that is loaded there needs some to work with.
KEPT_FREE = 64 << 20
# Whatever a tar or gzip that was made by hand can make the libraries raise.
MALFORMED = (
    tarfile.TarError,
    zlib.error,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
)


def check_seal(path: Path) -> None:
    """Check that a file is, byte for byte, what was written. Raises DamagedBackup."""
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        left = path.stat().st_size - archive.SEAL_LENGTH
        while left > 0 and (data := file.read(min(CHUNK, left))):
            hashed.update(data)
            left -= len(data)
        seal = file.read()
    if left < 0 or not seal.startswith(archive.SEAL_HEAD):
        raise DamagedBackup(_("%s is not a backup, or its end has been cut off.") % path)
    if seal != archive.seal_of(hashed.hexdigest()):
        raise DamagedBackup(_("%s is damaged: its content doesn’t match its checksum.") % path)


class Unpacker:
    """Decompresses consecutive gzip members in large pieces, as a file that tarfile can read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._inflate: Any = zlib.decompressobj(31)
        self._packed = b""

    def read(self, size: int) -> bytes:
        parts: list[bytes] = []
        while size > 0 and (data := self._some(size)):
            parts.append(data)
            size -= len(data)
        return b"".join(parts)

    def _some(self, most: int) -> bytes:
        """Return between 1 and `most` bytes, or none at the end of the file."""
        while True:
            if self._inflate.eof:
                self._packed = self._inflate.unused_data
                self._inflate = zlib.decompressobj(31)
            self._packed = self._packed or self._file.read(CHUNK >> 2)
            if not self._packed:
                return b""
            data = self._inflate.decompress(self._packed, most)
            self._packed = self._inflate.unconsumed_tail
            if data:
                return data


class Member:
    """A member that is read once, from its first byte to its last."""

    def __init__(self, header: tarfile.TarInfo, stream: IO[bytes]) -> None:
        self.name, self.size = header.name, header.size
        # Seconds. What no file system could store is not worth an error.
        self.modified = min(max(0, int(header.mtime)), 1 << 33)
        self._stream = stream
        self._hash = hashlib.sha256()

    def chunks(self) -> Iterator[bytes]:
        left = self.size
        while left > 0:
            data = self._stream.read(min(CHUNK, left))
            if not data:
                raise DamagedBackup(_("The backup ends in the middle of %s.") % shown(self.name))
            self._hash.update(data)
            left -= len(data)
            yield data

    def content(self, *, most: int) -> bytes:
        if self.size > most:
            raise DamagedBackup(_("The backup is damaged: %s is far too long.") % shown(self.name))
        return b"".join(self.chunks())

    def write_to(self, path: Path, *, mode: int) -> None:
        """Write the content to a new file. Raises BackupError when the disk has no room for it."""
        if shutil.disk_usage(path.parent).free < self.size + KEPT_FREE:
            raise BackupError(
                _("Not enough space in %(folder)s for %(name)s (%(size)d MB).")
                % {"folder": path.parent, "name": shown(self.name), "size": self.size >> 20}
            )
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            # Whatever the mask of this process takes away.
            os.fchmod(file.fileno(), mode)
            for data in self.chunks():
                file.write(data)
        os.utime(path, (self.modified, self.modified))

    def skip(self) -> None:
        for _data in self.chunks():
            pass

    def checksum(self) -> str:
        """Return the SHA-256 of what was read."""
        return self._hash.hexdigest()


def members(file: BinaryIO) -> Iterator[Member]:
    """Yield every member in order; the caller reads each to its end. Raises DamagedBackup for unexpected members."""
    seen: set[str] = set()
    folders: set[str] = set()
    with tarfile.open(fileobj=Unpacker(file), mode="r|", bufsize=CHUNK) as tar:  # type: ignore[call-overload]
        for header in tar:
            _judge(header, seen)
            above = {str(folder) for folder in PurePosixPath(header.name).parents}
            if header.name in folders or above & seen:
                raise DamagedBackup(
                    _("The backup contains %s both as a file and as a folder.") % shown(header.name)
                )
            seen.add(header.name)
            folders |= above
            yield Member(header, tar.extractfile(header))


def _judge(header: tarfile.TarInfo, seen: set[str]) -> None:
    """Raise DamagedBackup if a member is not a regular file, is repeated, or has a name outside the media."""
    name = header.name
    if header.type not in {tarfile.REGTYPE, tarfile.AREGTYPE} or header.sparse is not None:
        raise DamagedBackup(_("The backup contains something other than a regular file: %s.") % shown(name))
    if name in seen:
        raise DamagedBackup(_("The backup contains %s twice.") % shown(name))
    parts = name.split("/")
    is_media = parts[0] == MEDIA and len(parts) > 1 and not {"", ".", ".."} & set(parts) and "\0" not in name
    if not is_media and name not in archive.FIXED_NAMES:
        raise DamagedBackup(_("The backup contains an unexpected file: %s.") % shown(name))
    if (not seen) != (name == MANIFEST) or CHECKSUMS in seen:
        raise DamagedBackup(_("The backup is damaged: %s is in the wrong position.") % shown(name))


def shown(name: str) -> str:
    """Return a member's name as one printable line."""
    return name if name.isprintable() else ascii(name)


# --- a whole backup -------------------------------------------------------------------------------------------


class Unpacked:
    """A backup that has been read: its manifest, and files in a folder."""

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        self.manifest, self.folder = manifest, folder
        self.secret_key: str | None = None
        self.media_files = 0
        # Names of media that were removed from the site while the backup was made.
        self.gone: list[str] = []

    @property
    def database(self) -> Path:
        return self.folder / DATABASES[self.manifest.database]

    @property
    def media(self) -> Path:
        return self.folder / MEDIA


def unpack(path: Path, folder: Path, *, with_media: bool) -> Unpacked:
    """Verify a backup and unpack its database, and the media if wanted, into a folder.

    Every byte and every checksum is compared. Raises DamagedBackup, BackupError where this program cannot read it.
    """
    check_seal(path)
    try:
        with path.open("rb") as file:
            return _unpack(file, folder, with_media=with_media)
    except MALFORMED as error:
        raise DamagedBackup(
            _("%(path)s can’t be read: %(error)s.") % {"path": path, "error": error}
        ) from error


def _unpack(file: BinaryIO, folder: Path, *, with_media: bool) -> Unpacked:
    found: Unpacked | None = None
    checksums: dict[str, str] = {}
    is_complete = False
    for member in members(file):
        if found is None:
            found = Unpacked(Manifest.read(member.content(most=LONGEST_JSON)), folder)
        elif member.name == CHECKSUMS:
            _compare(json.loads(member.content(most=LONGEST_JSON)), checksums, found)
            is_complete = True
        else:
            _take(member, found, with_media=with_media)
        checksums[member.name] = member.checksum()
    if found is None or not is_complete or not found.database.exists():
        raise DamagedBackup(_("The backup is incomplete: its database or its checksums are missing."))
    return found


def _take(member: Member, found: Unpacked, *, with_media: bool) -> None:
    if member.name == SECRET_KEY:
        found.secret_key = member.content(most=LONGEST_KEY).decode("utf-8")
    elif not member.name.startswith(f"{MEDIA}/"):
        member.write_to(found.folder / member.name, mode=0o600)
    elif with_media:
        place = found.folder / member.name
        # As uploads are: the web server in front reads them.
        _open_folders(place.parent, found.folder)
        member.write_to(place, mode=settings.FILE_UPLOAD_PERMISSIONS)
        found.media_files += 1
    else:
        member.skip()
        found.media_files += 1


def _open_folders(folder: Path, root: Path) -> None:
    """Make a folder of media under `root` and those above it, as uploads do, whatever the mask of this process."""
    if folder != root and not folder.is_dir():
        _open_folders(folder.parent, root)
        folder.mkdir()
        folder.chmod(settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS)


def _compare(last: dict[str, Any], checksums: dict[str, str], found: Unpacked) -> None:
    """Raise DamagedBackup unless the members are exactly those in the list of checksums, with the same content."""
    listed = last["sha256"]
    different = sorted(name for name in listed.keys() | checksums if listed.get(name) != checksums.get(name))
    if different:
        raise DamagedBackup(_("The backup is damaged: %s differs from what was saved.") % shown(different[0]))
    found.gone = [str(name) for name in last["gone"]]
