"""A database file in WAL mode under a SQLite that can corrupt it is a warning at every start, with the remedy."""

import os
import subprocess
import sys

import pytest

from config.checks import SOUND_SQLITE, about_sqlite
from tests import house_rules as rules

WAL = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"


@pytest.mark.parametrize("version", [(3, 51, 2), (3, 40, 1), (3, 9, 0)])
def test_an_old_sqlite_is_a_warning_with_what_to_do(version):
    [warning] = about_sqlite(version, WAL)
    assert warning.id == "commonplace.W007"
    assert ".".join(map(str, version)) in warning.msg and "3.51.3" in warning.msg
    assert "pysqlite3" in warning.hint and "DATABASE_URL" in warning.hint


@pytest.mark.parametrize("version", [SOUND_SQLITE, (3, 51, 4), (3, 53, 0), (4, 0, 0)])
def test_a_sound_sqlite_is_not(version):
    assert about_sqlite(version, WAL) == []


@pytest.mark.parametrize("init_command", ["", "PRAGMA journal_mode=DELETE;"])
def test_a_database_that_is_not_in_wal_mode_is_not(init_command):
    assert about_sqlite((3, 40, 1), init_command) == []


@pytest.mark.slow
def test_the_check_looks_at_the_sqlite_that_the_site_runs_on(tmp_path):
    """Without the wheel the interpreter's own is used, whose version says whether there is a warning."""
    (tmp_path / "pysqlite3.py").write_text("raise ImportError")
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 64,
        "SITE_URL": "http://127.0.0.1:8000",
    }  # fmt: skip
    show = [sys.executable, "-c", "import sqlite3; print(*sqlite3.sqlite_version_info)"]
    own = tuple(map(int, subprocess.run(show, check=True, capture_output=True, text=True).stdout.split()))
    checked = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=rules.ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
    assert ("commonplace.W007" in checked.stderr) is (own < SOUND_SQLITE)
