"""A restore replaces all of a site or nothing, and keeps what was there before."""

import json
import os
import resource
import shutil
import subprocess
from contextlib import contextmanager
from http.client import HTTPConnection
from io import StringIO
from typing import ClassVar

import environ
import pytest
from django.db import connection

from exchange.backup import secret_key
from lab.bench import server
from tests.exchange.forging import contents_of, forge, manifest_with
from tests.exchange.sites import KEY, OTHER_KEY, new_site

pytestmark = [pytest.mark.own_database, pytest.mark.slow]

ON_SQLITE = connection.vendor == "sqlite"


def state_of(site):
    """Return all of a site that a restore could touch."""
    there = {path.name for path in site.folder.iterdir()} - {"running.lock"}
    return (
        site.rows(),
        site.files(),
        (site.folder / "local.env").read_text(),
        there - {"commonplace.sqlite3-wal"},
    )


@pytest.fixture
def filled(of_here, tmp_path):
    """Another site, with posts and media of its own."""
    with new_site(tmp_path / "filled", key=OTHER_KEY, like=of_here) as site:
        (site.media / "figures").mkdir(parents=True)
        (site.media / "figures" / "plain.webp").write_bytes(b"of here")
        yield site


def refused(site, file, *words, **more):
    before = state_of(site)
    done = site.manage("restore", file, *words, **more)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr and "Nothing was changed." in done.stderr, done.stderr
    assert state_of(site) == before
    return done.stderr


# --- elsewhere ------------------------------------------------------------------------------------------------


def test_every_row_and_every_file_comes_back(source, good_backup, target):
    said = target.succeed("restore", good_backup)
    assert "all comment trees are intact" in said
    assert target.rows() == source.rows()
    assert target.files() == source.files()
    assert not (target.folder / "restore-unfinished").exists()
    opened = target.open()
    try:
        query = "sqlite_stat1" if ON_SQLITE else "pg_stats WHERE schemaname = 'public'"
        assert opened.execute(f"SELECT COUNT(*) FROM {query}").fetchone()[0] > 20, "statistics are made"
    finally:
        opened.close()


def test_times_of_media_come_back_and_the_web_server_may_read_them(source, good_backup, target):
    target.succeed("restore", good_backup)
    there, here = source.media / "figures/2026/11/plain.webp", target.media / "figures/2026/11/plain.webp"
    assert int(here.stat().st_mtime) == int(there.stat().st_mtime)
    assert here.stat().st_mode & 0o777 == 0o644
    folders = [folder for folder in here.parents if folder.is_relative_to(target.media)]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o755}


def test_a_restored_site_serves_and_is_not_restored_while_it_runs(source, good_backup, target):
    target.succeed("restore", good_backup)
    path = source.shell(
        "from blog.models import Post; print(Post.objects.get(title='Post 1').get_absolute_url())"
    )
    target.succeed("collectstatic", "--noinput", "-v0")
    running = server.start("config.wsgi", environment=target.environment, check="/healthz")
    try:
        status, page = get(running.port, path.split()[-1])
        assert status == 200 and "שלום 漢字".encode() in page
        assert get(running.port, "/media/figures/with%20space.png") == (
            200,
            source.files()["figures/with space.png"],
        )
        # Even before anybody asked it for a page: the server holds a lock.
        for words in ([], ["--replace"]):
            assert "The site is running" in target.manage("restore", good_backup, *words).stderr
        # A backup may be made.
        target.succeed("backup", target.folder.parent / "again.tar.gz")
    finally:
        running.stop()
    target.succeed("restore", good_backup, "--replace")


def get(port, path):
    opened = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        opened.request("GET", path, headers={"Host": "127.0.0.1"})
        answer = opened.getresponse()
        return answer.status, answer.read()
    finally:
        opened.close()


def test_a_site_without_media_and_one_without_a_media_folder(empty, target, tmp_path):
    with new_site(tmp_path / "bare", like=empty) as bare:
        bare.succeed("backup", tmp_path / "b.tar.gz")
        said = target.succeed("restore", tmp_path / "b.tar.gz")
        assert "0 media files" in said and target.files() == {} and target.rows() == bare.rows()


def test_an_older_site_is_migrated(empty, target, tmp_path):
    with new_site(tmp_path / "old", like=empty) as old:
        old.succeed("migrate", "exchange", "zero", "-v0")
        old.succeed("backup", tmp_path / "b.tar.gz")
        assert "exchange_importeditem" not in old.rows()
    target.succeed("restore", tmp_path / "b.tar.gz")
    assert target.rows()["exchange_importeditem"] == []


def test_broken_trees_are_told_and_can_be_repaired_there(empty, target, tmp_path):
    with new_site(tmp_path / "broken", like=empty) as broken:
        broken.shell(
            "from tests import factories; post = factories.make_post(); "
            "from comments import actions; by = factories.make_user(); "
            "actions.post_comment(post, writer=by, text='An opener.')"
        )
        opened = broken.open()
        opened.execute("UPDATE comments_comment SET rght = 9")
        if ON_SQLITE:
            opened.commit()
        opened.close()
        broken.succeed("backup", tmp_path / "b.tar.gz")
    done = target.manage("restore", tmp_path / "b.tar.gz")
    assert done.returncode == 1 and "already damaged when the backup was made" in done.stderr
    assert "check_trees --repair" in done.stderr and "Thread" in done.stdout
    target.succeed("check_trees", "--repair")


# --- the key --------------------------------------------------------------------------------------------------


def test_the_key_goes_into_local_env_and_the_former_file_aside(good_backup, target):
    said = target.succeed("restore", good_backup)
    text = (target.folder / "local.env").read_text()
    assert f"SECRET_KEY={KEY}\n" in text and "SITE_URL=http://127.0.0.1:8000\n" in text
    assert (target.folder / "local.env").stat().st_mode & 0o777 == 0o600
    (aside,) = target.folder.glob("before-restore-*")
    assert OTHER_KEY in (aside / "local.env").read_text() and str(aside) in said
    assert aside.stat().st_mode & 0o777 == 0o700
    assert "is the same" in target.succeed("restore", good_backup, "--replace")


def test_a_key_of_the_environment_is_left_and_told(good_backup, target):
    target.more["SECRET_KEY"] = "of-the-environment-" + "e" * 50
    before = (target.folder / "local.env").read_text()
    said = target.succeed("restore", good_backup)
    assert "doesn’t read its key from local.env" in said and KEY not in said
    assert (target.folder / "local.env").read_text() == before


def test_a_backup_without_the_key_says_what_that_means(source, target, tmp_path):
    source.succeed("backup", tmp_path / "b.tar.gz", "--without-key")
    said = target.succeed("restore", tmp_path / "b.tar.gz")
    assert "doesn’t contain that key" in said
    assert OTHER_KEY in (target.folder / "local.env").read_text()


class OwnEnvironment(environ.Env):
    """Reads files as the settings do, and leaves the tests' environment alone."""

    ENVIRON: ClassVar = {}


ODD_KEYS = ["a b#c$d'e\"f\\g" * 5, "'" + "q" * 60 + "'", '"' + "q" * 60 + '"', "\\n\\\\" * 20, "=" * 60, KEY]


@pytest.mark.parametrize("former", ODD_KEYS, ids=range(len(ODD_KEYS)))
@pytest.mark.parametrize("key", ODD_KEYS, ids=range(len(ODD_KEYS)))
def test_a_key_of_any_signs_is_read_from_the_file_as_it_was(settings, key, former):
    settings.SECRET_KEY = OTHER_KEY
    first = secret_key.with_key(f"# mine\nA=1\nSECRET_KEY={OTHER_KEY}\nexport B='2'\n", former)
    settings.SECRET_KEY = former
    second = secret_key.with_key(first, key)
    OwnEnvironment.ENVIRON = {}
    OwnEnvironment.read_env(StringIO(second))
    assert {"A": "1", "SECRET_KEY": key, "B": "2"} == OwnEnvironment.ENVIRON
    assert second.startswith("# mine\n")


def test_a_key_that_a_line_cannot_hold_or_that_is_not_from_the_file_is_left(settings):
    settings.SECRET_KEY = KEY
    assert secret_key.with_key(f"SECRET_KEY={KEY}\n", "two\nlines") is None
    assert secret_key.with_key(f"SECRET_KEY={OTHER_KEY}\n", KEY) is None
    assert secret_key.with_key("# no key here\n", OTHER_KEY) is None


# --- what is refused ------------------------------------------------------------------------------------------


def test_a_site_that_is_there_is_not_overwritten(good_backup, filled):
    assert "This database already contains a site" in refused(filled, good_backup)


def test_media_that_are_there_are_not_overwritten(good_backup, target):
    target.media.mkdir()
    (target.media / "mine.png").write_bytes(b"mine")
    done = target.manage("restore", good_backup)
    assert done.returncode == 1 and "already contains files" in done.stderr
    assert target.files() == {"mine.png": b"mine"}


def test_with_replace_the_former_site_is_kept(source, good_backup, filled):
    rows, files, text, _names = state_of(filled)
    (filled.folder / "withdrawals").write_text("of this machine")
    said = filled.succeed("restore", good_backup, "--replace")
    assert filled.rows() == source.rows() and filled.files() == source.files()
    assert (filled.folder / "withdrawals").read_text() == "of this machine"
    (aside,) = filled.folder.glob("before-restore-*")
    assert str(aside) in said
    assert (aside / "media/figures/plain.webp").read_bytes() == b"of here"
    assert (aside / "local.env").read_text() == text
    # And it can be put back by hand, as the documents say.
    if ON_SQLITE:
        for name in ("commonplace.sqlite3", "commonplace.sqlite3-wal", "commonplace.sqlite3-shm"):
            (filled.folder / name).unlink(missing_ok=True)
            if (aside / name).exists():
                shutil.move(aside / name, filled.folder / name)
    else:
        opened = filled.open()
        opened.execute("ALTER SCHEMA public RENAME TO restored")
        opened.execute(f"ALTER SCHEMA {aside.name.replace('-', '_')} RENAME TO public")
        opened.close()
    assert filled.rows() == rows


def test_a_backup_of_the_other_kind_of_database_is_refused(good_backup, filled, tmp_path):
    contents = contents_of(good_backup)
    other, name = ("postgresql", "database.dump") if ON_SQLITE else ("sqlite", "database.sqlite3")
    database = contents.pop("database.sqlite3" if ON_SQLITE else "database.dump")
    forged = {"manifest.json": manifest_with(contents, database=other), name: database} | {
        key: value for key, value in contents.items() if key != "manifest.json"
    }
    assert "This backup is from a" in refused(filled, forge(tmp_path / "b", forged), "--replace")


def test_a_backup_of_a_newer_program_is_refused(good_backup, filled, tmp_path):
    contents = contents_of(good_backup)
    migrations = json.loads(contents["manifest.json"])["migrations"]
    migrations["blog"].append("9999_of_tomorrow")
    forged = contents | {"manifest.json": manifest_with(contents, migrations=migrations, version="9.9")}
    said = refused(filled, forge(tmp_path / "b", forged), "--replace")
    assert "blog.9999_of_tomorrow" in said and "9.9" in said


def test_a_database_that_is_none_is_refused(good_backup, filled, tmp_path):
    contents = contents_of(good_backup)
    name = "database.sqlite3" if ON_SQLITE else "database.dump"
    forged = contents | {name: contents[name][:200] + b"\xff" * (len(contents[name]) - 200)}
    refused(filled, forge(tmp_path / "b", forged), "--replace")


def test_while_another_program_has_the_database_open_it_is_refused(good_backup, filled):
    opened = filled.open()
    try:
        opened.execute("SELECT COUNT(*) FROM blog_post").fetchone()
        done = filled.manage("restore", good_backup, "--replace")
        assert done.returncode == 1 and "Stop the site" in done.stderr and "Traceback" not in done.stderr
    finally:
        opened.close()
    filled.succeed("restore", good_backup, "--replace")


# --- what fails midway ----------------------------------------------------------------------------------------


def test_fewer_rows_than_were_saved_leave_the_former_site(good_backup, filled, tmp_path):
    contents = contents_of(good_backup)
    rows = json.loads(contents["manifest.json"])["rows"] | {"comments_comment": 5000}
    forged = forge(tmp_path / "b", contents | {"manifest.json": manifest_with(contents, rows=rows)})
    said = refused(filled, forged, "--replace")
    assert "differs from the one that was saved: comments_comment" in said


def test_a_full_disk_leaves_the_former_site(good_backup, filled):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))

    refused(filled, good_backup, "--replace", preexec_fn=limit)


@contextmanager
def disk_at(place):
    """Mount a small disk of its own, or skip where this user may not."""
    place.mkdir(parents=True, exist_ok=True)
    mounting = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=0755", "tmpfs", str(place)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode != 0:
        pytest.skip("a disk cannot be mounted by this user")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_media_that_cannot_be_put_in_place_leave_the_former_site(good_backup, filled):
    # The database is in its place by then. A disk in the midst of the media cannot be moved away.
    with disk_at(filled.media / "figures"):
        (filled.media / "figures" / "plain.webp").write_bytes(b"on a disk")
        assert "already exists" in refused(filled, good_backup, "--replace")
        assert filled.files() == {"figures/plain.webp": b"on a disk"}


def test_media_may_lie_on_another_disk(source, good_backup, target):
    with disk_at(target.media):
        (target.media / "former.png").write_bytes(b"former")
        target.succeed("restore", good_backup, "--replace")
        assert target.files() == source.files()
    (aside,) = target.folder.glob("before-restore-*")
    assert (aside / "media" / "former.png").read_bytes() == b"former"


def test_a_disk_without_room_is_told_before_it_is_full(good_backup, tmp_path):
    with disk_at(tmp_path / "small"), new_site(tmp_path / "small" / "site") as small:
        done = small.manage("restore", good_backup)
        assert done.returncode == 1 and "Not enough space in" in done.stderr
        assert {path.name for path in small.folder.iterdir()} <= {"local.env", "running.lock"}


def test_what_a_killed_restore_left_is_no_hindrance(good_backup, source, target):
    left = target.folder / "restore-unfinished" / "media"
    left.mkdir(parents=True)
    (left / "half").write_text("half")
    target.succeed("restore", good_backup)
    assert target.files() == source.files()


@pytest.mark.skipif(ON_SQLITE, reason="SQLite's database is loaded beside the present one")
def test_the_former_tables_come_back_after_a_restore_was_killed(good_backup, filled):
    before = filled.rows()
    filled.shell(
        "from exchange.backup import postgresql; postgresql._put_aside('before_restore_20261130_120000')"
    )
    assert filled.rows() == {}
    assert "This database already contains a site" in filled.manage("restore", good_backup).stderr
    assert filled.rows() == before


@pytest.mark.skipif(not ON_SQLITE, reason="PostgreSQL looks after its own files")
def test_a_database_that_sqlite_cannot_read_any_more_can_be_replaced(good_backup, source, filled):
    file = filled.folder / "commonplace.sqlite3"
    file.write_bytes(b"no database at all" * 1000)
    assert filled.manage("restore", good_backup).returncode == 1
    filled.succeed("restore", good_backup, "--replace")
    assert filled.rows() == source.rows()
    (aside,) = filled.folder.glob("before-restore-*")
    assert (aside / "commonplace.sqlite3").read_bytes().startswith(b"no database")


# --- verifying ------------------------------------------------------------------------------------------------


def test_verify_says_what_is_in_it_and_changes_nothing(good_backup, target):
    before = sorted(os.listdir(good_backup.parent)), sorted(os.listdir(target.folder))
    said = target.succeed("restore", good_backup, "--verify")
    assert "is complete and undamaged" in said and "2 posts, 4 comments, 1 members, 10 media files" in said
    assert (sorted(os.listdir(good_backup.parent)), sorted(os.listdir(target.folder))) == before


def test_there_must_be_a_file(target, tmp_path):
    done = target.manage("restore", tmp_path / "none")
    assert done.returncode == 1 and "doesn’t exist" in done.stderr
