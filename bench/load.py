"""Asks a server for one address again and again over kept connections, and tells what each answer cost."""

import http.client
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.server import Server


@dataclass(frozen=True)
class Case:
    """One thing to measure. `before` runs ahead of every request, outside the server (to make a page new)."""

    name: str
    path: str
    headers: dict[str, str]
    requests: int
    before: Callable[[], None] | None = None
    connections: int = 2


@dataclass(frozen=True)
class Measured:
    """CPU and times in milliseconds, bytes as transferred."""

    name: str
    cpu_ms: float
    per_second: float
    p50_ms: float
    p99_ms: float
    bytes: int
    status: int


def measure(server: Server, case: Case, *, warm_up: int = 30) -> Measured:
    """Warm up, then ask `case.requests` times and divide the server's CPU time by them."""
    _ask(server.port, case, warm_up)
    connections = 1 if case.before else case.connections
    share = case.requests // connections
    cpu, started = server.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        runs = list(pool.map(lambda _number: _ask(server.port, case, share), range(connections)))
    seconds, cpu = time.perf_counter() - started, server.cpu_seconds() - cpu
    times = sorted(took for run in runs for took, _size, _status in run)
    _took, size, status = runs[0][-1]
    return Measured(
        name=case.name,
        cpu_ms=round(1000 * cpu / len(times), 3),
        per_second=round(len(times) / seconds, 1),
        p50_ms=round(1000 * statistics.median(times), 2),
        p99_ms=round(1000 * times[min(len(times) - 1, int(len(times) * 0.99))], 2),
        bytes=size,
        status=status,
    )


def _ask(port: int, case: Case, count: int) -> list[tuple[float, int, int]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    answers = []
    for _number in range(count):
        if case.before:
            case.before()
        started = time.perf_counter()
        connection.request("GET", case.path, headers=case.headers)
        response = connection.getresponse()
        size = len(response.read())
        answers.append((time.perf_counter() - started, size, response.status))
    connection.close()
    return answers
