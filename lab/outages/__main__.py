"""`make outages`: makes services fail under a running site, and checks that nobody notices more than they may.

Each scenario is a program of its own, with services of its own. Without the right to mount a disk, or without
PostgreSQL or Redis, a scenario is left out with a sentence; in CI that is a failure. `--small` is for CI.
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lab.outages import services

SMALL = {"writers": 6, "operations": 200, "readers": 2, "outage": 8.0, "longest": 10.0}
FULL = {"writers": 16, "operations": 200, "readers": 4, "outage": 30.0, "longest": 300.0}
# In the scenarios that end by the clock, writers go on until then.
WITHOUT_END = 5000
LEFT_OUT = 3
# Megabytes: enough for the tables and some comments.
SMALL_DISK, SMALL_DISK_POSTGRES = 16, 48


# --- where each is played: the database's address, what else the server needs, what is let fail ----------------


@contextmanager
def _on_sqlite() -> Iterator[tuple[str, dict[str, str], Any]]:
    with services.folder() as folder:
        yield f"sqlite:///{folder / 'site.sqlite3'}", {}, None


@contextmanager
def _on_postgresql() -> Iterator[tuple[str, dict[str, str], Any]]:
    with services.postgresql() as cluster:
        yield cluster.url(), {}, cluster


@contextmanager
def _on_a_small_disk() -> Iterator[tuple[str, dict[str, str], Any]]:
    with services.small_disk(megabytes=SMALL_DISK) as disk:
        yield f"sqlite:///{disk.place / 'site.sqlite3'}", {}, disk


@contextmanager
def _on_a_small_disk_of_postgresql() -> Iterator[tuple[str, dict[str, str], Any]]:
    """Tables on the small disk and the log elsewhere: PostgreSQL itself goes on, as it does on a server."""
    with services.small_disk(megabytes=SMALL_DISK_POSTGRES) as disk, services.postgresql() as cluster:
        tables = disk.place / "tables"
        tables.mkdir()
        services.give_to_postgres(tables)
        cluster.run(f"CREATE TABLESPACE small LOCATION '{tables}'")
        cluster.run("CREATE DATABASE small TABLESPACE small")
        yield cluster.url("small"), {}, disk
        cluster.stop()


@contextmanager
def _with_redis() -> Iterator[tuple[str, dict[str, str], Any]]:
    with services.folder() as folder, services.redis() as redis:
        address = f"redis://127.0.0.1:{redis.port}/0"
        yield f"sqlite:///{folder / 'site.sqlite3'}", {"CACHE_URL": address}, redis


# name: where it is played, the scenario, whether it ends by the clock
SCENARIOS = {
    "processes killed, SQLite": (_on_sqlite, "killing", False),
    "processes killed, PostgreSQL": (_on_postgresql, "killing", False),
    "disk full, SQLite": (_on_a_small_disk, "full_disk", True),
    "disk full, PostgreSQL": (_on_a_small_disk_of_postgresql, "full_disk", True),
    "PostgreSQL stopped": (_on_postgresql, "stopped_database", True),
    "PostgreSQL hanging": (_on_postgresql, "hanging_database", True),
    "Redis hanging and killed": (_with_redis, "lost_cache", False),
}


def _play(name: str, size: dict) -> int:
    """Play one scenario in this process and return its exit code."""
    where, scenario, ends_by_the_clock = SCENARIOS[name]
    if ends_by_the_clock:
        size = size | {"operations": WITHOUT_END}
    try:
        with where() as (database, environment, victim):
            _prepare(database, **environment)
            from lab.outages import scenarios
            from lab.outages.scene import Scene, Size

            with services.site() as server:
                scene = Scene(server, Size(**size))
                victims = [] if victim is None or scenario == "killing" else [victim]
                getattr(scenarios, scenario)(scene, *victims)
            from django.db import connections

            connections.close_all()
    except services.Missing as error:
        print(f"  left out: {error}", flush=True)
        return 1 if services.IN_CI else LEFT_OUT
    for finding in scene.findings[:30]:
        print(f"  FOUND: {finding}", flush=True)
    return 1 if scene.findings else 0


def _prepare(database: str, **environment: str) -> None:
    """Let this program and the server have the same site, and make its tables."""
    os.environ.update(DATABASE_URL=database, **environment)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from blog import takedowns

    # What the scenario before took away says nothing of this one's posts, which have the same numbers.
    takedowns.log.path.unlink(missing_ok=True)
    call_command("migrate", verbosity=0)
    if not settings.STATIC_ROOT.exists():
        call_command("collectstatic", verbosity=0, interactive=False)


def _environment(folder: str) -> dict[str, str]:
    return {
        "DATA_DIR": folder,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": "http://127.0.0.1",
        "ALLOWED_HOSTS": "127.0.0.1",
        "CACHE_URL": "",
        "EMAIL_URL": "",
        "LOG_LEVEL": "CRITICAL",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def _play_all(names: list[str], *, small: bool) -> int:
    results: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="commonplace-outages-") as folder:
        environment = {**os.environ, **_environment(folder)}
        for name in names:
            began = time.monotonic()
            print(f"{name}:", flush=True)
            command = [sys.executable, "-m", "lab.outages", "--play", name, *(["--small"] if small else [])]
            code = subprocess.run(command, check=False, env=environment).returncode
            words = {0: "well", LEFT_OUT: "left out"}.get(code, "NOT well")
            results[name] = words
            print(f"  {words}, {time.monotonic() - began:.0f} s", flush=True)
    failed = [name for name, words in results.items() if words == "NOT well"]
    print(f"{len(results) - len(failed)} of {len(results)} scenarios passed or were left out.")
    return 1 if failed else 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="make outages", description=__doc__)
    parser.add_argument(
        "--small", action="store_true", help="use fewer writers and shorter outages, as in CI"
    )
    parser.add_argument("--only", default="", help="run only scenarios whose name contains this word")
    parser.add_argument("--play", choices=SCENARIOS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.play:
        sys.exit(_play(options.play, SMALL if options.small else FULL))
    names = [name for name in SCENARIOS if options.only.lower() in name.lower()]
    if not names:
        parser.error(f"no scenario is called so: {', '.join(SCENARIOS)}")
    sys.exit(_play_all(names, small=options.small))


if __name__ == "__main__":
    main()
