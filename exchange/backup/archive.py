"""The file of a backup: a tar file compressed with gzip, readable by any tar, with a seal that detects all damage.

The last bytes are an empty gzip member whose comment is the SHA-256 of all bytes before it. Other programs skip
it. A flipped or missing byte anywhere, the headers of tar and gzip included, breaks the seal before anything of the
content is looked at. Damage is what the seal is for; whoever can write a file can also seal it, so names and kinds
of members are judged as if they came from an enemy.
"""

import hashlib
import io
import json
import os
import stat
import tarfile
import zlib
from pathlib import Path
from typing import IO, Any, BinaryIO

MANIFEST, CHECKSUMS, SECRET_KEY = "manifest.json", "checksums.json", "secret_key"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
MEDIA = "media"
FIXED_NAMES = {MANIFEST, CHECKSUMS, SECRET_KEY, *DATABASES.values()}

# Levels of gzip. Level 1 makes a database a fifth larger than 6, in a third of the time; pictures already are.
PACKED, AS_IT_IS = 1, 0
# Bytes handled at a time, so that a site of any size needs no more memory than this.
CHUNK = 1 << 20

# A gzip header (with comment, no time, no level, unknown system); then an empty block, its CRC and its length.
SEAL_HEAD = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff" + b"commonplace sha256 "
SEAL_TAIL = b"\x00" + b"\x03\x00" + b"\x00" * 8
SEAL_LENGTH = len(SEAL_HEAD) + 64 + len(SEAL_TAIL)


def seal_of(digest: str) -> bytes:
    return SEAL_HEAD + digest.encode("ascii") + SEAL_TAIL


# --- writing --------------------------------------------------------------------------------------------------


class Packer:
    """Compresses what is written to it into gzip members, hashes the result, and seals it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._position = 0
        self._deflate: Any = None
        self._level = -1

    def pack_at(self, level: int) -> None:
        """Use this level of gzip from here on."""
        if level != self._level:
            self._end_member()
            self._level = level
            self._deflate = zlib.compressobj(level, zlib.DEFLATED, 31)

    def write(self, data: bytes) -> int:
        self._put(self._deflate.compress(data))
        self._position += len(data)
        return len(data)

    def tell(self) -> int:
        """Return how many uncompressed bytes were written; tarfile needs this."""
        return self._position

    def seal(self) -> None:
        self._end_member()
        self._file.write(seal_of(self._hash.hexdigest()))

    def _end_member(self) -> None:
        if self._deflate is not None:
            self._put(self._deflate.flush())
            self._deflate = None

    def _put(self, packed: bytes) -> None:
        self._hash.update(packed)
        self._file.write(packed)


class _Hashed:
    """Hashes a file while tarfile reads it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self.hash.update(data)
        return data


class Writer:
    """Writes the members of a backup in order, and the checksums of all of them last."""

    def __init__(self, file: BinaryIO) -> None:
        self._packer = Packer(file)
        self._packer.pack_at(PACKED)
        # A Packer has every method that tarfile needs for writing; the type stubs ask for more.
        self._tar = tarfile.TarFile(
            fileobj=self._packer,  # type: ignore[arg-type]
            mode="w",
            format=tarfile.PAX_FORMAT,
            copybufsize=CHUNK,
        )
        self._checksums: dict[str, str] = {}

    def add_bytes(self, name: str, content: bytes) -> None:
        self._add(name, io.BytesIO(content), size=len(content), modified=0)

    def add_file(self, name: str, path: Path, *, level: int = PACKED) -> None:
        """Add a regular file. Raises FileNotFoundError, and OSError if it is not a regular file."""
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(f"{path} is no plain file")
            self._packer.pack_at(level)
            self._add(name, file, size=found.st_size, modified=int(found.st_mtime))

    def finish(self, **also: Any) -> None:
        """Write the checksums and what else is known only at the end; close and seal the file."""
        self._packer.pack_at(PACKED)
        last = {"sha256": dict(self._checksums), **also}
        self.add_bytes(CHECKSUMS, as_json(last))
        self._tar.close()
        self._packer.seal()

    def _add(self, name: str, file: IO[bytes], *, size: int, modified: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, modified, 0o600
        hashed = _Hashed(file)
        self._tar.addfile(member, hashed)  # type: ignore[arg-type]
        self._checksums[name] = hashed.hash.hexdigest()


def as_json(value: Any) -> bytes:
    # ASCII, because a file's name may hold bytes that are no UTF-8.
    return json.dumps(value, indent=1, ensure_ascii=True).encode("ascii")
