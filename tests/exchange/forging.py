"""Builds backups as an attacker or another program might: sealed, but with wrong content."""

import io
import json
import tarfile
from pathlib import Path

from exchange.backup import archive


def contents_of(good: Path) -> dict[str, bytes]:
    with tarfile.open(good, "r:gz") as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def manifest_with(contents: dict[str, bytes], **changes) -> bytes:
    return json.dumps(json.loads(contents["manifest.json"]) | changes).encode()


def forge(target: Path, contents: dict[str, bytes]) -> Path:
    """Write a backup of these members as the program itself would, checksums included."""
    with target.open("wb") as file:
        writer = archive.Writer(file)
        for name, content in contents.items():
            if name != archive.CHECKSUMS:
                writer.add_bytes(name, content)
        writer.finish(gone=[])
    return target


def forge_by_hand(target: Path, members: list[tarfile.TarInfo | tuple[str, bytes]]) -> Path:
    """Write a sealed tar of any members, with no checksums but those that are among them."""
    with target.open("wb") as file:
        packer = archive.Packer(file)
        packer.pack_at(1)
        with tarfile.open(fileobj=packer, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for member in members:
                if isinstance(member, tarfile.TarInfo):
                    tar.addfile(member, io.BytesIO(b"\0" * member.size) if member.size else None)
                else:
                    header = tarfile.TarInfo(member[0])
                    header.size = len(member[1])
                    tar.addfile(header, io.BytesIO(member[1]))
        packer.seal()
    return target
