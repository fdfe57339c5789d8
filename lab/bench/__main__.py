"""`make bench`: measures reading and writing on the real server, with an empty view as the baseline.

CPU is that of all server processes together, per request; PostgreSQL's own are not among them. Ratios to the baseline
travel between machines; the milliseconds do not. `--big` fills the site with 100,000 posts before reading;
`--json FILE` writes the figures. Writing is measured on SQLite, and on the PostgreSQL that `--database` names, in a
database made for it; without the option, on one that lets this user in over its socket.
"""

import argparse
import json
import os
import platform
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import psycopg

from lab.bench.server import ROOT

SIZES = (23, 500, 5000)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--big", action="store_true", help="measure the home page with 100,000 posts")
    parser.add_argument(
        "--requests", type=int, default=400, help="number of requests for each quick case (400)"
    )
    parser.add_argument("--only", choices=("reading", "writing"), help="measure only one of the two")
    parser.add_argument(
        "--database", default="", help="address of a PostgreSQL to write to, such as postgres:///postgres"
    )
    parser.add_argument("--json", type=Path, help="write the results to this file")
    return parser.parse_args()


def _environment(folder: str) -> dict[str, str]:
    return {
        "DATA_DIR": folder,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": "http://127.0.0.1",
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def main() -> None:
    options = _arguments()
    figures: dict[str, list[dict]] = {}
    if options.only != "writing":
        figures["reading"] = _reading(options)
        _print("reading, SQLite", figures["reading"])
    if options.only != "reading":
        for name, rows in _writing(options):
            figures[f"writing, {name}"] = rows
            _print(f"writing, {name}", rows)
    if options.json:
        machine = {
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "machine": platform.machine(),
        }
        options.json.write_text(json.dumps({"machine": machine, **figures}, indent=1))


def _reading(options: argparse.Namespace) -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="commonplace-bench-") as folder:
        environment = _environment(folder)
        os.environ.update(environment)
        import django

        django.setup()
        from lab.bench import reading

        rows = reading.measure_all(environment, sizes=SIZES, requests=options.requests, big=options.big)
    return [asdict(row) for row in rows]


def _writing(options: argparse.Namespace) -> Iterator[tuple[str, list[dict]]]:
    """Measure writing in a program of its own for each database."""
    yield "SQLite", _written("", options.requests)
    server = options.database or "postgres:///postgres"
    try:
        with _database_on(server) as database:
            yield "PostgreSQL", _written(database, options.requests)
    except psycopg.OperationalError as error:
        if options.database:
            raise SystemExit(f"{options.database}: {error}") from error
        print(
            "\nThis user can’t connect to PostgreSQL over its socket, so writing was measured on SQLite only."
        )


def _written(database: str, requests: int) -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="commonplace-bench-") as folder:
        environment = {**os.environ, **_environment(folder), "DATABASE_URL": database}
        if not database:
            del environment["DATABASE_URL"]
        command = [sys.executable, "-m", "lab.bench.writing", str(requests)]
        ran = subprocess.run(command, check=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    measured = json.loads(ran.stdout)
    for finding in measured["findings"]:
        print(f"NOT well: {finding}")
    return measured["rows"]


@contextmanager
def _database_on(server: str) -> Iterator[str]:
    """Make a database for the time of the measurement, and give its address."""
    name = f"commonplace_bench_{secrets.token_hex(4)}"
    with psycopg.connect(server.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _print(title: str, rows: list[dict]) -> None:
    baseline = rows[0]["measured"]["cpu_ms"]
    print(
        f"\n{title:38} {'CPU ms':>8} {'× bare':>7} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'bytes':>9} {'queries':>7}"
    )
    for row in rows:
        one = row["measured"]
        print(
            f"{one['name']:38} {one['cpu_ms']:8.3f} {one['cpu_ms'] / baseline:7.2f} {one['per_second']:8.1f} "
            f"{one['p50_ms']:8.2f} {one['p99_ms']:8.2f} {one['bytes']:9d} "
            f"{'' if row['queries'] is None else row['queries']:>7}"
            + ("" if one["status"] in (200, 303) else f"  status {one['status']}")
        )
    print(f"memory of the server's processes together (PSS): {rows[-1]['memory_mb']:.0f} MB")


if __name__ == "__main__":
    main()
