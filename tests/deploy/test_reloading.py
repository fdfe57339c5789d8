"""HUP: the old version answers until the new one does, and goes on when the new one does not start."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from lab.outages.services import free_port
from tests import house_rules as rules

pytestmark = pytest.mark.slow

# The site, with one address more that says which version answers.
PROGRAM = """
import time
from pathlib import Path

from django.conf import settings

from config.wsgi import application as site

VERSION = "{version}"
folder = Path(__file__).parent
{on_loading}

def application(environ, start_response):
    if environ["PATH_INFO"] != "/version":
        return site(environ, start_response)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{{VERSION}} {{settings.FROM_EMAIL_SEEN}}".encode()]

settings.FROM_EMAIL_SEEN = settings.DEFAULT_FROM_EMAIL
"""
# Loading lasts until the test says so: nothing here depends on how quick a machine is.
LOADS_FOR_LONG = """
(folder / "loading").touch()
while not (folder / "go").exists():
    time.sleep(0.05)
"""


class Site:
    """A gunicorn with one process, started as the unit starts it, whose program is a file that the test writes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.log = folder / "log"
        self.settings(FROM_EMAIL="first@example.org")

    def settings(self, **more: str) -> None:
        values = {"SECRET_KEY": "k" * 60, "SITE_URL": "http://127.0.0.1", "WEB_PROCESSES": "1", **more}
        lines = [f"{name}={value}\n" for name, value in values.items()]
        (self.folder / "site.env").write_text("".join(lines))

    def write(self, version: str, on_loading: str = "") -> None:
        # Without bytecode: two versions may be written within the second that its file remembers.
        (self.folder / "program.py").write_text(PROGRAM.format(version=version, on_loading=on_loading))

    def start(self) -> None:
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py"),
                    *("--pythonpath", str(self.folder), "program"),
                ],
                cwd=rules.ROOT,
                env={
                    "PATH": os.environ["PATH"],
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "SETTINGS_FILE": str(self.folder / "site.env"),
                    "DATA_DIR": str(self.folder),
                    "PORT": str(self.port),
                },
                stderr=log,
            )
        self.wait_for("one first@example.org")

    def version(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/version", timeout=30) as answer:
            return answer.read().decode()

    def wait_for(self, wanted: str) -> None:
        self.wait_until(lambda: self.version() == wanted)

    def wait_until(self, holds) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with suppress(OSError):
                if holds():
                    return
            time.sleep(0.05)
        pytest.fail(f"This did not come: {self.log.read_text()}")

    def workers(self) -> list[str]:
        pid = self.process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.fixture
def site(tmp_path):
    running = Site(tmp_path)
    running.write("one")
    running.start()
    yield running
    running.process.terminate()
    running.process.wait(timeout=60)


def test_the_old_version_answers_until_the_new_one_does(site):
    before = site.workers()
    site.settings(FROM_EMAIL="second@example.org")
    site.write("two", LOADS_FOR_LONG)
    site.process.send_signal(signal.SIGHUP)
    site.wait_until((site.folder / "loading").exists)
    assert [site.version() for _time in range(20)] == ["one first@example.org"] * 20
    (site.folder / "go").touch()
    # Code and settings are those of now, not those that the first process read once.
    site.wait_until(lambda: "Reloaded" in site.log.read_text())
    site.wait_until(lambda: len(site.workers()) == 1)
    assert site.version() == "two second@example.org"
    assert set(before) & set(site.workers()) == set()


@pytest.mark.parametrize("broken", ["program", "settings"])
def test_a_new_version_that_does_not_start_changes_nothing(site, broken):
    before = site.workers()
    if broken == "program":
        site.write("two", "raise RuntimeError('no such column')")
    else:
        site.settings(SECRET_KEY="rosebud")
    site.process.send_signal(signal.SIGHUP)
    site.wait_until(lambda: "Not reloaded" in site.log.read_text())
    assert ("no such column" if broken == "program" else "at least 50") in site.log.read_text()
    assert site.workers() == before
    assert site.version() == "one first@example.org"
    # And once it is mended, the same signal brings it.
    site.settings(FROM_EMAIL="second@example.org")
    site.write("two")
    site.process.send_signal(signal.SIGHUP)
    site.wait_for("two second@example.org")


def test_a_process_that_is_killed_while_others_take_over_is_replaced(site):
    site.write("two", LOADS_FOR_LONG)
    site.process.send_signal(signal.SIGHUP)
    site.wait_until((site.folder / "loading").exists)
    newest = max(map(int, site.workers()))
    os.kill(newest, signal.SIGKILL)
    site.wait_until(lambda: "Not reloaded" in site.log.read_text())
    assert site.version() == "one first@example.org"


def test_a_wrong_setting_stops_the_start_in_one_sentence(tmp_path):
    site = Site(tmp_path)
    site.settings(PORT="0")
    finished = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py", "config.wsgi"],
        cwd=rules.ROOT,
        env={
            "PATH": os.environ["PATH"],
            "SETTINGS_FILE": str(tmp_path / "site.env"),
            "DATA_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert finished.returncode == 1
    assert finished.stderr.strip() == (
        "Commonplace cannot start. PORT: “0” is not a whole number from 1 to 65535."
    )
