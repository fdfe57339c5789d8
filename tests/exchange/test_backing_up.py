"""A backup is one consistent file, made while the site is written to; if it fails, no partial file is left."""

import gzip
import json
import os
import resource
import signal
import stat
import subprocess
import tarfile
import time
from pathlib import Path

import pytest
from django.db import connection

from exchange.backup import archive, making
from exchange.backup.manifest import describe, fingerprint_of
from tests.exchange.conftest import ODD_NAMES
from tests.exchange.sites import KEY, new_site, written_on

pytestmark = [pytest.mark.own_database, pytest.mark.slow]


def members_of(file):
    with tarfile.open(file, "r:gz") as tar:
        return tar.getnames()


def content_of(file, name):
    with tarfile.open(file, "r:gz") as tar:
        return tar.extractfile(name).read()


def test_any_tar_can_open_it_and_the_manifest_comes_first_and_the_checksums_last(source, good_backup):
    names = members_of(good_backup)
    assert names[0] == "manifest.json" and names[-1] == "checksums.json"
    assert names[1] == archive.DATABASES[connection.vendor] and names[2] == "secret_key"
    assert set(names[3:-1]) == {f"media/{name}" for name in ODD_NAMES}
    manifest = json.loads(content_of(good_backup, "manifest.json"))
    assert manifest["format"] == 1 and manifest["database"] == connection.vendor
    assert manifest["rows"] == {name: len(rows) for name, rows in source.rows().items()}
    assert "0001_posts_and_sources" in manifest["migrations"]["blog"]
    assert content_of(good_backup, "secret_key").decode() == KEY
    # `gzip -t` and `tar` of the system think so too: the seal is a gzip member like others.
    subprocess.run(["gzip", "-t", good_backup], check=True)
    with gzip.open(good_backup) as whole:
        assert len(whole.read()) % tarfile.RECORDSIZE == 0


def test_nobody_but_its_owner_may_read_it(good_backup):
    assert stat.S_IMODE(good_backup.stat().st_mode) == 0o600
    assert os.listdir(good_backup.parent) == [good_backup.name]


def test_the_manifest_marks_the_key_and_does_not_tell_it(good_backup):
    manifest = content_of(good_backup, "manifest.json").decode()
    assert KEY not in manifest
    assert json.loads(manifest)["holds_secret_key"] is True
    assert json.loads(manifest)["key_fingerprint"] == fingerprint_of(KEY) != fingerprint_of(KEY + "x")


def test_the_key_can_be_left_out(source, tmp_path):
    said = source.succeed("backup", tmp_path / "b.tar.gz", "--without-key")
    assert "secret_key" not in members_of(tmp_path / "b.tar.gz") and "secret key" not in said
    with gzip.open(tmp_path / "b.tar.gz") as whole:
        assert KEY.encode() not in whole.read()


def test_in_a_folder_it_gets_a_name_by_date(source, tmp_path):
    source.succeed("backup", tmp_path)
    (made,) = tmp_path.iterdir()
    assert made.name.startswith("commonplace-20") and made.name.endswith(".tar.gz")


def test_it_overwrites_no_file_and_creates_no_folders(source, tmp_path):
    (tmp_path / "there").write_text("precious")
    refused = source.manage("backup", tmp_path / "there")
    assert refused.returncode == 1
    assert "never overwrites a file" in refused.stderr and "Traceback" not in refused.stderr
    assert (tmp_path / "there").read_text() == "precious"
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert source.manage("backup", tmp_path / "dangling").returncode == 1
    assert not (tmp_path / "nowhere").exists()
    refused = source.manage("backup", tmp_path / "no" / "folder")
    assert refused.returncode == 1 and "doesn’t exist" in refused.stderr


def test_links_are_left_out_and_reported(source, tmp_path):
    (source.folder / "outside.txt").write_text("not media")
    links = [source.media / "figures" / "a-link", source.media / "figures" / "a-folder"]
    links[0].symlink_to(source.folder / "outside.txt")
    links[1].symlink_to("/etc")
    try:
        done = source.manage("backup", tmp_path / "b.tar.gz")
    finally:
        for link in links:
            link.unlink()
    assert done.returncode == 0
    assert "a-link" in done.stderr and "a-folder" in done.stderr
    assert not any("a-link" in name or "a-folder" in name for name in members_of(tmp_path / "b.tar.gz"))


@pytest.mark.django_db
def test_a_folder_that_cannot_be_read_is_not_left_out(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    assert list(making.media_files(settings.MEDIA_ROOT)) == [], "no folder, no media"
    settings.MEDIA_ROOT.write_text("no folder at all")
    with pytest.raises(NotADirectoryError):
        list(making.media_files(settings.MEDIA_ROOT))


class WhileAnAuthorDeletes(archive.Writer):
    """Deletes a file after the folder was read and before its turn."""

    victim = None

    def add_file(self, name, path, *, level):
        if path == self.victim:
            path.unlink()
        super().add_file(name, path, level=level)


@pytest.mark.django_db
def test_media_deleted_meanwhile_are_counted(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    for name in ("a.png", "b.png", "c.png"):
        (settings.MEDIA_ROOT / name).write_bytes(b"x")
    made = making.Made(tmp_path, 0, describe({}, {}, with_key=False), 0, [], [])
    with (tmp_path / "file").open("wb") as file:
        writer = WhileAnAuthorDeletes(file)
        writer.victim = settings.MEDIA_ROOT / "b.png"
        making._add_media(writer, made)
        writer.finish(gone=made.gone)
    assert made.gone == ["b.png"] and made.media_files == 2
    assert members_of(tmp_path / "file") == ["media/a.png", "media/c.png", "checksums.json"]


# --- when something goes wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 4096, 200_000])
def test_a_full_disk_is_reported_and_leaves_no_partial_file(source, tmp_path, room):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    full = source.manage("backup", tmp_path / "b.tar.gz", preexec_fn=limit)
    assert full.returncode == 1, full.stdout
    assert "No backup was made." in full.stderr and "Traceback" not in full.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_interrupted_backup_leaves_no_partial_file(source, tmp_path, number):
    # Long enough to be caught at it, and no room on the disk: a hole.
    hole = source.media / "hole"
    with hole.open("wb") as file:
        file.truncate(600 << 20)
    try:
        process = source.start("manage.py", "backup", tmp_path / "b.tar.gz")
        while not any(tmp_path.glob(f"{making.WORK}*/backup")):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(number)
        _out, err = process.communicate(timeout=60)
    finally:
        hole.unlink()
    assert process.returncode == 130 and "Interrupted. No backup was made." in err
    assert list(tmp_path.iterdir()) == []


def test_the_next_backup_removes_what_a_killed_one_left(source, tmp_path):
    left = tmp_path / f"{making.WORK}abc"
    left.mkdir()
    (left / "snapshot").write_text("half")
    source.succeed("backup", tmp_path / "first.tar.gz")
    assert left.exists(), "a young one may be another backup that just begins"
    os.utime(left, (0, 0))
    source.succeed("backup", tmp_path / "second.tar.gz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.tar.gz", "second.tar.gz"]


def test_a_database_without_a_site_is_refused(target, tmp_path):
    refused = target.manage("backup", tmp_path / "b.tar.gz")
    assert refused.returncode == 1 and "doesn’t contain a site" in refused.stderr
    assert not (tmp_path / "b.tar.gz").exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite needs no other program")
def test_without_the_programs_of_postgresql_it_says_what_to_install(source, tmp_path, monkeypatch):
    monkeypatch.setitem(source.more, "PATH", str(tmp_path))
    refused = source.manage("backup", tmp_path / "b.tar.gz")
    assert refused.returncode == 1
    assert "pg_dump is missing: install" in refused.stderr and "Traceback" not in refused.stderr


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no password")
@pytest.mark.django_db
def test_the_password_is_on_no_command_line(monkeypatch):
    from exchange.backup import postgresql

    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "se:cr\\et '")
    with postgresql._address() as address:
        assert (
            "cr" not in address.replace("postgres", "")
            and f"dbname={connection.settings_dict['NAME']}" in address
        )
        file = address.partition("passfile=")[2].split()[0]
        file = Path(file)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text() == "*:*:*:*:se\\:cr\\\\et '\n"
    assert not file.exists()


# --- while the site is written on -----------------------------------------------------------------------------


def comments_of(rows):
    return {row[0]: row for row in rows["comments_comment"]}


@pytest.mark.two_at_once
def test_a_backup_under_writers_is_restored_elsewhere_row_by_row(good_backup, tmp_path):
    with new_site(tmp_path / "busy") as busy, new_site(tmp_path / "elsewhere") as elsewhere:
        busy.succeed("restore", good_backup)
        with written_on(busy) as writer:
            said = [int(writer.stdout.readline()) for _line in range(40)]
            busy.succeed("backup", tmp_path / "b.tar.gz")
        elsewhere.succeed("restore", tmp_path / "b.tar.gz")
        before, restored = busy.rows(), elsewhere.rows()
        kept, all_of_them = comments_of(restored), comments_of(before)
        assert set(said) <= kept.keys() and kept.keys() <= all_of_them.keys()
        # Places in the tree change with every reply, and scores with votes; all else of a comment stays.
        names = column_names(busy)
        stays = [place for place, name in enumerate(names) if name not in {"lft", "rght"}]
        for pk, row in kept.items():
            assert [row[place] for place in stays] == [all_of_them[pk][place] for place in stays]
        assert len(restored["accounts_user"]) <= len(before["accounts_user"])
        assert set(map(repr, restored["blog_post"])) == set(map(repr, before["blog_post"]))


def column_names(site):
    opened = site.open()
    try:
        return [column[0] for column in opened.execute("SELECT * FROM comments_comment LIMIT 1").description]
    finally:
        opened.close()
