"""Starts the real server, and measures the CPU time and memory of all its processes."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
# Seconds that a program may take to start or to stop on a machine that is busy with others.
PATIENCE = 120


@dataclass
class Server:
    """A gunicorn with its workers, answering on `port` of the loopback address."""

    process: subprocess.Popen
    port: int

    def cpu_seconds(self) -> float:
        """Return user and system time of the master and its workers, from /proc."""
        return sum(_cpu_of(pid) for pid in self.pids())

    def pids(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def memory_mb(self) -> float:
        """Return the proportional share (PSS) of the memory of all processes, in MB."""
        return sum(_pss_of(pid) for pid in self.pids()) / 1024

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE)


def start(application: str, *, environment: dict[str, str], check: str = "/") -> Server:
    """Start gunicorn with the site's own configuration and wait until `check` answers.

    Raises RuntimeError when the program ends instead, or does not answer for two minutes.
    """
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py", application],
        cwd=ROOT,
        env={**os.environ, **environment, "PORT": str(port)},
        stderr=subprocess.DEVNULL,
    )
    server = Server(process, port)
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        if _answers(port, check):
            return server
        time.sleep(0.1)
    server.stop()
    raise RuntimeError(f"{application} does not answer on port {port}.")


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _pss_of(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
