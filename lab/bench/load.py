"""Sends one request again and again over persistent connections, and measures what each answer costs."""

import http.client
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

from lab.bench.server import Server


@dataclass(frozen=True)
class Case:
    """One thing to measure. `before` runs ahead of every request, outside the server (to make a page new).

    With `form`, what it returns is posted each time; `expected` is the status of an answer that counts.
    """

    name: str
    path: str
    headers: dict[str, str]
    requests: int
    before: Callable[[], None] | None = None
    connections: int = 2
    form: Callable[[], dict[str, str]] | None = None
    expected: int = 200


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
    size = runs[0][-1][1]
    # One that is not as expected is told, however few they are.
    status = max(
        (status for run in runs for _took, _size, status in run), key=lambda one: one != case.expected
    )
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
        body = urlencode(case.form()) if case.form else None
        started = time.perf_counter()
        connection.request("POST" if case.form else "GET", case.path, body=body, headers=case.headers)
        response = connection.getresponse()
        size = len(response.read())
        answers.append((time.perf_counter() - started, size, response.status))
    connection.close()
    return answers
