"""A database file that every migration has run on, made once and copied wherever a test needs a site of its own."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house_rules import ROOT, python_files

# Where it is kept between runs, beside what pytest itself keeps there.
FOLDER = ROOT / ".pytest_cache" / "databases"


def fingerprint() -> str:
    """Return what tells one state of migrations, models, settings and libraries from another."""
    ours = [path for path in python_files() if {"migrations", "models", "models.py"} & set(Path(path).parts)]
    digest = hashlib.sha256()
    for path in [*ours, "config/settings.py", "requirements/dev.txt"]:
        digest.update(path.encode() + b"\0" + (ROOT / path).read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def migrated_database(folder: Path = FOLDER) -> Path:
    """Return the SQLite file; whoever asks first makes it, and others wait for that.

    It is to be copied and never opened: it has no process of its own that would hold it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{fingerprint()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            for former in folder.glob("*.sqlite3*"):
                former.unlink()
            making = folder / "making.sqlite3"
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
                cwd=ROOT,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "tests.settings",
                    "DATABASE_URL": f"sqlite:///{making}",
                },
                check=True,
            )
            making.rename(file)
    return file


def copy_migrated_database(to: Path) -> None:
    """Copy it to a path where nothing is yet."""
    shutil.copyfile(migrated_database(), to)
