"""The image holds the program and nothing of the owner's: no key, no database, no picture, no history."""

import re
import shutil

import pytest
from django.conf import settings

from tests import house_rules as rules
from tests.deploy.dockerignore import sent

FILES = [".containerignore", ".dockerignore"]

SECRETS = [
    ".env", ".git/config", ".git/objects/ab/cdef", ".gitignore", ".venv/bin/python", ".venv/installed-base",
    "backup.dump", "backup.sqlite3", "backups/2026-11-30.tar.zst", "blog.xml", "commonplace.tar.gz", "data/local.env",
    "data/media/figures/map.png", "data/static/manifest.json", "local.env", "mail/20261130.log",
    "media/figures/map.png",
    "owner.txt", "uploads/2026/11/map.png", "var/commonplace.sqlite3", "var/commonplace.sqlite3-wal",
    "var/local.env", "var/mail/20261130-1.log", "var/media/figures/map.png", "var/owner.txt",
    # In a folder that is copied.
    "blog/.env", "blog/__pycache__/kept.cpython-311.pyc", "config/local.env", "config/var/commonplace.sqlite3",
    "exchange/backup.dump", "exchange/demo/blog.tar.gz", "static/.DS_Store", "templates/copy.sqlite3",
    "templates/copy.sqlite3-wal", "comments/owner.txt",
]  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A checkout as it lies on an owner's machine: the project's files and everything that must not leave it."""
    root = tmp_path_factory.mktemp("checkout")
    for path in rules.files():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(rules.ROOT / path, root / path)
    for path in SECRETS:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("SECRET_KEY=rosebud")
    return root


def test_docker_and_podman_are_told_the_same():
    first, second = (rules.read(name) for name in FILES)
    assert first == second


@pytest.mark.parametrize("name", FILES)
def test_nothing_of_the_owners_goes_into_the_image(tree, name):
    held = sent(tree, (tree / name).read_text())
    assert held, "an image without anything proves nothing"
    assert held & set(SECRETS) == set()
    assert [path for path in held if "rosebud" in (tree / path).read_text(errors="replace")] == []


@pytest.mark.parametrize("name", FILES)
def test_everything_that_the_program_needs_goes_into_the_image(tree, name):
    held = sent(tree, (tree / name).read_text())
    # The ground floor has no models, so it is no app.
    named = {app.partition(".")[0] for app in settings.INSTALLED_APPS} | {"web"}
    ours = named & {path.name for path in tree.iterdir()}
    assert ours == {"accounts", "blog", "comments", "config", "exchange", "lab", "web"}
    needed = {
        path
        for path in rules.files()
        if path.split("/")[0] in ours | {"static", "templates", "requirements"}
        or path in {"manage.py", "pyproject.toml", "commonplace", "LICENSE"}
    }
    assert needed - held == set()
    assert held - needed == set()


def test_what_the_container_file_copies_is_there(tree):
    held = sent(tree, rules.read(".dockerignore"))
    copied = re.findall(r"^COPY (?!--from)(\S+) \S+$", rules.read("deploy/Containerfile"), re.M)
    assert copied
    for source in copied:
        assert [path for path in held if source == "." or path == source or path.startswith(source)], source


@pytest.mark.parametrize(
    ("lines", "path", "is_sent"),
    [
        ("var", "var/local.env", False),
        ("var", "blog/var/local.env", True),
        ("**/var", "blog/var/local.env", False),
        ("**/var", "var/local.env", False),
        ("*.sqlite3", "a.sqlite3", False),
        ("*.sqlite3", "b/a.sqlite3", True),
        ("*\n!blog", "blog/views/x.py", True),
        ("*\n!blog", "media/x.py", False),
        ("*\n!blog\n**/*.pyc", "blog/views/x.pyc", False),
        ("*\n!blog", "blogs/x.py", False),
        ("# var", "var/local.env", True),
        ("**/.*", ".git/config", False),
    ],
)
def test_the_rules_are_read_as_docker_reads_them(tmp_path, lines, path, is_sent):
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("x")
    assert (path in sent(tmp_path, lines)) is is_sent
