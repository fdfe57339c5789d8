"""Starts services that can be stopped, killed and filled: PostgreSQL, Redis, a small disk, the site itself."""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lab.bench import server

# The words that CI sets, so that nothing is left out there in silence.
IN_CI = bool(os.environ.get("CI"))


class Missing(Exception):
    """Something that a scenario needs is not on this machine, or not allowed; its text says what."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# --- the site -------------------------------------------------------------------------------------------------


@contextmanager
def site(**environment: str) -> Iterator[server.Server]:
    """Serve the site under gunicorn as it is configured."""
    running = server.start("config.wsgi", environment=environment, check="/healthz")
    try:
        yield running
    finally:
        running.stop()


def kill_a_worker(running: server.Server, dice: random.Random, *, all_at_once: bool = False) -> int:
    """Kill one of the server's processes, or all, as the system does when memory runs out; return how many."""
    workers = running.pids()[1:]
    victims = workers if all_at_once or not workers else [dice.choice(workers)]
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(victims)


# --- PostgreSQL -----------------------------------------------------------------------------------------------


@dataclass
class PostgreSQL:
    """A cluster in a folder of its own, on a port of its own; the machine's own is never touched."""

    folder: Path
    port: int

    def url(self, name: str = "commonplace") -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=50"
        self._control("start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def stop(self) -> None:
        """Stop it as a crash does: connections break, and it recovers when it is started."""
        self._control("stop", "-w", "-m", "immediate")

    def hang(self) -> None:
        """Stop all its processes where they are: connections stay open, and nothing answers."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, what: int) -> None:
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        # The first one first, so that it starts no other meanwhile.
        os.kill(first, what)
        for pid in Path(f"/proc/{first}/task/{first}/children").read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), what)

    def run(self, statement: str) -> None:
        _as_postgres(
            [_program("psql"), "-qX", "-v", "ON_ERROR_STOP=1", "-d", self.url("postgres"), "-c", statement]
        )

    def _control(self, *words: str) -> None:
        _as_postgres([_program("pg_ctl"), "-D", str(self.folder / "data"), *words])


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """Start a PostgreSQL with an empty database, and remove it afterwards. Raises Missing."""
    with folder(for_postgres=True) as place:
        cluster = PostgreSQL(place, free_port())
        _as_postgres(
            [_program("initdb"), "-D", str(place / "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8"]
        )
        cluster.start()
        try:
            cluster.run("CREATE DATABASE commonplace")
            yield cluster
        finally:
            with suppress(subprocess.CalledProcessError):
                cluster.stop()


def _program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs; Debian keeps the server's out of the way."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    for place in [*reversed(folders), Path("/usr/bin"), Path("/usr/local/bin")]:
        if (place / name).exists():
            return str(place / name)
    raise Missing(f"PostgreSQL's {name} is not installed")


def _as_postgres(command: list[str]) -> None:
    """Run a program as the user postgres where we are root: PostgreSQL refuses to be root."""
    who = "postgres" if os.geteuid() == 0 else None
    subprocess.run(
        command,
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        timeout=60,
        user=who,
        group=who,
    )


def give_to_postgres(place: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(place, "postgres", "postgres")


# --- Redis ----------------------------------------------------------------------------------------------------


@dataclass
class Redis:
    process: subprocess.Popen
    port: int

    def hang(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def redis() -> Iterator[Redis]:
    """Start a Redis that keeps nothing. Raises Missing."""
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("redis-server is not installed")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for_port(port)
        yield Redis(process, port)
    finally:
        process.kill()
        process.wait()


def _wait_for_port(port: int) -> None:
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise Missing(f"Nothing answers on port {port}")


# --- disks ----------------------------------------------------------------------------------------------------


@contextmanager
def folder(*, for_postgres: bool = False) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="commonplace-outage-"))
    if for_postgres:
        give_to_postgres(place)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


class Disk:
    """A disk with little room, and a file that takes what is left of it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.filler = place / "filler"

    def fill(self) -> None:
        """Take all the room that is left, down to the last page."""
        with self.filler.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 16, 1 << 12):
                with suppress(OSError):
                    while file.write(b"\0" * size) == size:
                        pass

    def make_room(self) -> None:
        self.filler.unlink(missing_ok=True)


@contextmanager
def small_disk(*, megabytes: int) -> Iterator[Disk]:
    """Mount a disk of this size, in memory. Raises Missing where this user may not."""
    with folder() as place:
        mounting = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(place)]
        if subprocess.run(mounting, check=False, capture_output=True).returncode != 0:
            raise Missing("this user can’t mount a small disk")
        try:
            yield Disk(place)
        finally:
            for _attempt in range(50):
                if subprocess.run(["umount", str(place)], check=False, capture_output=True).returncode == 0:
                    break
                time.sleep(0.1)
