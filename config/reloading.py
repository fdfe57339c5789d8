"""Reloads gunicorn on HUP: new processes answer before any old one ends; serves no page itself.

gunicorn itself ends the old processes as soon as the new ones are forked. These take seconds to load, in which nobody
answers, and a version that does not start takes the whole server down. Here the server waits for each new process;
if one does not start, everything stays as it was.
"""

import json
import mmap
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from gunicorn.errors import HaltServer

from config.warming import warm_up

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

ROOT = Path(__file__).resolve().parent.parent
# Seconds. Longer than any machine takes to load the program; a process that still does not answer never will.
LOADED_WITHIN = 60
LOOK_EVERY = 0.05

_READ_SETTINGS = """
import json, sys
from django.core.exceptions import ImproperlyConfigured
try:
    from config import settings
except ImproperlyConfigured as error:
    sys.exit(f"Commonplace cannot start. {error}")
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


class NotStarted(Exception):
    """A new process did not start; the message says why."""


def read_settings(*names: str) -> SimpleNamespace:
    """Return these settings as they are in the files now; paths as strings.

    A process of its own reads them: what gunicorn's first process has once imported, its workers inherit, so after an
    upgrade they would run new code with old settings. Exits with the settings' own sentence when they refuse.
    """
    finished = subprocess.run(
        [sys.executable, "-c", _READ_SETTINGS, *names], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        sys.exit(finished.stderr.strip())
    return SimpleNamespace(**json.loads(finished.stdout))


def take_over(server: "Arbiter") -> None:
    """Make this server reload as this module does when it gets a HUP."""
    server.reload = lambda: reload(server)


def prepare(server: "Arbiter", worker: "Worker") -> None:
    """Give a worker, before the fork, a byte of memory that it shares with the master process."""
    worker.answers = mmap.mmap(-1, 1)
    worker.has_time = getattr(server, "is_reloading", False)


def tell_ready(worker: "Worker") -> None:
    """Signal that this worker has loaded the program and is about to accept connections.

    One that takes over from another has time to read templates first, which the first reader would wait for.
    """
    if worker.has_time:
        warm_up(worker.wsgi)
    worker.answers[0] = 1


def reload(server: "Arbiter") -> None:
    """Replace the workers one by one by new ones, which have read settings and code anew.

    The listening socket stays open all the while, so another PORT takes a restart. When a new worker does not start,
    nobody leaves for it, and this says so in the log.
    """
    old = sorted(server.WORKERS, key=lambda pid: server.WORKERS[pid].age)
    server.is_reloading = True
    try:
        _read_configuration(server)
        for number in range(server.num_workers):
            _start_worker(server)
            # One old process ends for each new one, so memory holds one more than usual, not twice as many.
            _send_away(server, old[number : number + 1])
    except NotStarted as error:
        server.log.error("Not reloaded, the processes of before go on. %s", error)
        return
    finally:
        server.is_reloading = False
    _send_away(server, old[server.num_workers :])
    server.log.info("Reloaded: all %d processes are new.", server.num_workers)


def _read_configuration(server: "Arbiter") -> None:
    """Make gunicorn read its configuration again. Raises NotStarted if the configuration or a setting is wrong."""
    before = server.app.cfg
    try:
        server.app.reload()
    except SystemExit as refusal:
        server.app.cfg = before
        is_sentence = isinstance(refusal.code, str)
        raise NotStarted(refusal.code if is_sentence else "The reason is above.") from None
    if server.app.cfg.address != before.address:
        server.log.warning("A new PORT needs a restart.")
    server.setup(server.app)
    server.log.reopen_files()


def _start_worker(server: "Arbiter") -> None:
    """Fork a worker and wait until it can answer. Raises NotStarted if it ends or takes too long."""
    pid = server.spawn_worker()
    worker = server.WORKERS[pid]
    give_up = time.monotonic() + LOADED_WITHIN
    while not worker.answers[0]:
        try:
            server.reap_workers()
        except HaltServer as failure:
            # gunicorn would end the whole server now.
            worker.tmp.close()
            raise NotStarted(f"{failure.reason} The reason is above.") from None
        if pid not in server.WORKERS:
            raise NotStarted("The new process has ended.")
        if time.monotonic() > give_up:
            server.kill_worker(pid, signal.SIGKILL)
            raise NotStarted(f"The new process did not answer within {LOADED_WITHIN} seconds.")
        time.sleep(LOOK_EVERY)


def _send_away(server: "Arbiter", pids: list[int]) -> None:
    """Let these workers finish their current requests and end."""
    for pid in pids:
        server.kill_worker(pid, signal.SIGTERM)
