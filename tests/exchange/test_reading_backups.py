"""A backup is read only if every byte is as it was written, and even then it is not trusted."""

import json
import random
import tarfile
from hashlib import sha256

import pytest
from django.db import connection

from exchange.backup import reading
from exchange.backup.archive import DATABASES
from exchange.backup.errors import BackupError, DamagedBackup
from tests.exchange.forging import contents_of, forge, forge_by_hand, manifest_with

pytestmark = [pytest.mark.own_database, pytest.mark.slow]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    return folder


def refused(file, folder, match=None):
    with pytest.raises(DamagedBackup, match=match):
        reading.unpack(file, folder, with_media=True)


def test_a_good_one_is_read(good_backup, source, folder):
    found = reading.unpack(good_backup, folder, with_media=True)
    assert found.media_files == len(source.files())
    assert {str(path.relative_to(found.media)) for path in found.media.rglob("*") if path.is_file()} == set(
        source.files()
    )


def test_a_flipped_bit_anywhere_is_detected(good_backup, tmp_path):
    whole = good_backup.read_bytes()
    dice = random.Random(9)
    ends = [*range(200), *range(len(whole) - 200, len(whole))]
    file = tmp_path / "flipped"
    for position in ends + dice.sample(range(len(whole)), 400):
        flipped = bytearray(whole)
        flipped[position] ^= 1 << dice.randrange(8)
        file.write_bytes(flipped)
        with pytest.raises(DamagedBackup):
            reading.check_seal(file)


def test_a_truncated_or_extended_backup_is_detected(good_backup, tmp_path):
    whole = good_backup.read_bytes()
    file = tmp_path / "cut"
    for length in (0, 1, 50, 107, 108, 200, len(whole) // 2, len(whole) - 108, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(DamagedBackup, match="not a backup, or its end has been cut off|damaged"):
            reading.check_seal(file)
    for more in (b"\0", b"\n", whole[-108:]):
        file.write_bytes(whole + more)
        with pytest.raises(DamagedBackup):
            reading.check_seal(file)


def test_the_command_refuses_it_in_a_sentence_and_touches_nothing(good_backup, target, tmp_path):
    whole = bytearray(good_backup.read_bytes())
    whole[len(whole) // 2] ^= 4
    file = tmp_path / "flipped.tar.gz"
    file.write_bytes(whole)
    for words in (["--verify"], [], ["--replace"]):
        done = target.manage("restore", file, *words)
        assert done.returncode == 1 and "is damaged" in done.stderr and "Traceback" not in done.stderr
    assert sorted(path.name for path in target.folder.iterdir() if path.stat().st_size) == ["local.env"]


def test_what_was_never_a_backup_is_refused(tmp_path, folder):
    for content in (b"", b"hello", b"\x1f\x8b" + b"x" * 500, b"\0" * 5000):
        (tmp_path / "file").write_bytes(content)
        refused(tmp_path / "file", folder, "not a backup")


# --- sealed by an enemy ---------------------------------------------------------------------------------------


def odd_member(name, kind=tarfile.REGTYPE, **fields):
    member = tarfile.TarInfo(name)
    member.type = kind
    for field, value in fields.items():
        setattr(member, field, value)
    return member


HOSTILE = {
    "an absolute path": odd_member("/etc/cron.d/evil"),
    "out of the media": odd_member("media/../../evil"),
    "out of all": odd_member("../evil"),
    "a dot": odd_member("media/./evil"),
    "an empty part": odd_member("media//evil"),
    "another place": odd_member("local.env"),
    "a withdrawals file": odd_member("withdrawals"),
    "the media as a file": odd_member("media"),
    "a symbolic link": odd_member("media/link", tarfile.SYMTYPE, linkname="/etc/passwd"),
    "a hard link": odd_member("media/link", tarfile.LNKTYPE, linkname="../secret"),
    "a link in place of the database": odd_member(
        DATABASES["sqlite"], tarfile.SYMTYPE, linkname="/etc/passwd"
    ),
    "a folder": odd_member("media/folder", tarfile.DIRTYPE),
    "a device": odd_member("media/null", tarfile.CHRTYPE, devmajor=1, devminor=3),
    "a pipe": odd_member("media/pipe", tarfile.FIFOTYPE),
    "a sparse file": odd_member("media/sparse", tarfile.GNUTYPE_SPARSE),
    "a kind nobody knows": odd_member("media/odd", b"Z"),
    "a second manifest": odd_member("manifest.json"),
}


@pytest.mark.parametrize("which", HOSTILE)
def test_a_member_with_a_name_outside_the_media_is_refused(good_backup, folder, tmp_path, which):
    contents = contents_of(good_backup)
    first = [(name, contents[name]) for name in ("manifest.json", DATABASES[connection.vendor])]
    if "database" in which:
        first.pop()
    # With right checksums: only what it is, and where it leads, is wrong.
    right = {name: sha256(content).hexdigest() for name, content in [*first, (HOSTILE[which].name, b"")]}
    last = json.dumps({"sha256": right, "gone": []}).encode()
    file = forge_by_hand(tmp_path / "hostile", [*first, HOSTILE[which], ("checksums.json", last)])
    refused(file, folder, "other than a regular file|unexpected file|twice|wrong position")
    assert {path.name for path in tmp_path.iterdir()} == {"hostile", "unpacked"}
    assert {path.name for path in folder.rglob("*")} <= {"media", DATABASES[connection.vendor]}


def test_a_repeated_name_is_refused(good_backup, folder, tmp_path):
    contents = contents_of(good_backup)
    first = [(name, contents[name]) for name in ("manifest.json", DATABASES[connection.vendor])]
    refused(forge_by_hand(tmp_path / "b", [*first, ("media/a", b"1"), ("media/a", b"2")]), folder, "twice")


def test_a_file_under_a_file_is_refused(good_backup, folder, tmp_path):
    contents = contents_of(good_backup) | {"media/a": b"1", "media/a/b": b"2"}
    refused(forge(tmp_path / "b", contents), folder, "as a file and as a folder")


@pytest.mark.parametrize("missing", ["manifest.json", "checksums.json", "database"])
def test_one_without_its_parts_is_refused(good_backup, folder, tmp_path, missing):
    names = {"database": DATABASES[connection.vendor]}
    contents = contents_of(good_backup)
    contents.pop(names.get(missing, missing))
    refused(forge_by_hand(tmp_path / "b", list(contents.items())), folder)


@pytest.mark.parametrize("how", ["changed", "added", "taken"])
def test_content_that_is_not_in_its_checksums_is_refused(good_backup, folder, tmp_path, how):
    contents = contents_of(good_backup)
    last = contents.pop("checksums.json")
    if how == "changed":
        contents["media/figures/2026/11/plain.webp"] += b"x"
    elif how == "added":
        contents["media/more"] = b"x"
    else:
        contents.pop("media/figures/2026/11/plain.webp")
    refused(
        forge_by_hand(tmp_path / "b", [*contents.items(), ("checksums.json", last)]),
        folder,
        "differs from what was saved",
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"{}",
        b'{"program": "commonplace", "format": 1}',
        b'{"program": "commonplace"}',
    ],
)
def test_an_unreadable_manifest_is_refused(good_backup, folder, tmp_path, content):
    refused(forge(tmp_path / "b", contents_of(good_backup) | {"manifest.json": content}), folder)


@pytest.mark.parametrize(
    "changes",
    [{"rows": []}, {"rows": {"blog_post": "many"}}, {"migrations": {"blog": [1]}}, {"database": "../x"}],
)
def test_a_manifest_with_other_shapes_is_refused(good_backup, folder, tmp_path, changes):
    contents = contents_of(good_backup)
    file = forge(tmp_path / "b", contents | {"manifest.json": manifest_with(contents, **changes)})
    refused(file, folder, "manifest can’t be read")


def test_a_newer_format_is_refused_with_the_version_that_reads_it(good_backup, folder, tmp_path):
    contents = contents_of(good_backup)
    newer = manifest_with(contents, format=2, version="3.1")
    file = forge(tmp_path / "b", contents | {"manifest.json": newer})
    with pytest.raises(BackupError, match="newer version of Commonplace .*3.1"):
        reading.unpack(file, folder, with_media=True)
