"""Builds sites with their own folder and database, and runs commands on them as an owner does."""

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from django.db.backends.sqlite3.base import Database
from psycopg import sql

from tests import house_rules as rules

KEY = "the-first-key-" + "k" * 50
OTHER_KEY = "another-key-" + "o" * 50


@dataclass
class Site:
    """A data folder with a local.env, and a database of the kind that the tests run on."""

    folder: Path
    database: str
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PGPASSWORD") if name in os.environ
        }
        return {**kept, "DATA_DIR": str(self.folder), "DATABASE_URL": self.database, **self.more}

    @property
    def media(self) -> Path:
        return self.folder / "media"

    def start(self, *words: object, **more) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, *map(str, words)],
            cwd=rules.ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **more,
        )

    def manage(self, *words: object, **more) -> subprocess.CompletedProcess:
        """Run a command to its end; return what it said and its exit code."""
        process = self.start("manage.py", *words, **more)
        out, err = process.communicate(timeout=180)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def succeed(self, *words: object, **more) -> str:
        done = self.manage(*words, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shell(self, code: str) -> str:
        return self.succeed("shell", "--no-imports", "-c", code)

    def open(self):
        """Connect to the database as another program does."""
        if self.database.startswith("sqlite"):
            return Database.connect(self.database.removeprefix("sqlite:///"), timeout=20)
        return psycopg.connect(**_server(self.database.rpartition("/")[2]), autocommit=True)

    def rows(self) -> dict[str, list[tuple]]:
        """Return every row of every table, in one order."""
        opened = self.open()
        try:
            if self.database.startswith("sqlite"):
                query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            else:
                query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            tables = [name for (name,) in opened.execute(query).fetchall()]
            return {
                name: sorted(opened.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
                for name in tables
            }
        finally:
            opened.close()

    def files(self) -> dict[str, bytes]:
        """Return the content of every plain file of the media by its path."""
        return {
            os.fspath(path.relative_to(self.media)): path.read_bytes()
            for path in sorted(self.media.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }


def _server(name: str) -> dict[str, object]:
    """Return what psycopg needs to connect to another database of the tests' server."""
    present = settings.DATABASES["default"]
    words = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return {word: present[key] for word, key in words.items() if present.get(key)} | {"dbname": name}


def _address(name: str) -> str:
    server = _server(name)
    if "host" not in server:
        return f"postgres:///{name}"
    who = f"{server.get('user', '')}:{server.get('password', '')}@"
    return f"postgres://{who}{server['host']}:{server.get('port', 5432)}/{name}"


@contextmanager
def new_site(folder: Path, *, key: str = KEY, like: Site | None = None) -> Iterator[Site]:
    """Make a site whose database is empty, or a copy of another's that nobody uses; remove the database afterwards."""
    folder.mkdir(parents=True)
    (folder / "local.env").write_text(
        f"SECRET_KEY={key}\nSITE_URL=http://127.0.0.1:8000\nALLOWED_HOSTS=127.0.0.1,localhost,testserver\n"
    )
    with _new_database(folder, like) as database:
        yield Site(folder, database)


@contextmanager
def _new_database(folder: Path, like: Site | None) -> Iterator[str]:
    if connection.vendor == "sqlite":
        file = folder / "commonplace.sqlite3"
        if like:
            shutil.copy(like.database.removeprefix("sqlite:///"), file)
        yield f"sqlite:///{file}"
        return
    name = f"commonplace_backup_{uuid.uuid4().hex[:12]}"
    template = like.database.rpartition("/")[2] if like else "template1"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _on_server(statement.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield _address(name)
    finally:
        _on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _on_server(statement: sql.Composed) -> None:
    with psycopg.connect(**_server("postgres"), autocommit=True) as server:
        server.execute(statement)


@contextmanager
def written_on(site: Site) -> Iterator[subprocess.Popen]:
    """Let another process write comments; it says the id of each after its commit."""
    process = site.start("-m", "tests.exchange.writer")
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
