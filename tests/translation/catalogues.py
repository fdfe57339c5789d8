"""Collects the messages that translators are given: ours by `makemessages`, Django's and allauth's from their files."""

import ast
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import allauth
import django
import pytest

from tests.house_rules import ROOT, files

NEEDS_GETTEXT = pytest.mark.skipif(
    not all(map(shutil.which, ("xgettext", "msguniq", "msgmerge", "msgfmt"))),
    reason="gettext's programs are missing (Debian: gettext), so nothing is extracted",
)
LANGUAGE = "eo"
# Between the context of a message and the message, as gettext has it.
SEPARATOR = "\x04"


def copy_of_the_site(folder: Path) -> Path:
    """Copy what may hold messages, since the command writes beside what it reads."""
    for path in files(".py", ".html", ".txt", ".xml"):
        if not path.startswith("tests/"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)
    return folder


def extract(site: Path) -> str:
    """Run `makemessages` in a copy of the site, and return what it says."""
    done = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", LANGUAGE, "--no-color"],
        cwd=site,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def catalogue_of(site: Path) -> str:
    return (site / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po").read_text()


def messages_of(catalogue: str) -> set[str]:
    """Return the messages of a .po file, each with its context as gettext asks for it; of plurals the first form."""
    found = set()
    for entry in catalogue.split("\n\n"):
        words = {
            key: "".join(map(ast.literal_eval, text.splitlines()))
            for key, text in re.findall(r'^(msgctxt|msgid) ((?:"[^\n]*"\n?)+)', entry, re.M)
        }
        if "msgid" in words:
            context = f"{words['msgctxt']}{SEPARATOR}" if "msgctxt" in words else ""
            found.add(f"{context}{words['msgid']}")
    return found


@cache
def messages_of_others() -> frozenset[str]:
    """Return the messages that Django and allauth bring with their translations."""
    folders = [Path(package.__file__).parent for package in (django, allauth)]
    catalogues = [path for folder in folders for path in folder.glob("**/locale/en/LC_MESSAGES/django.po")]
    return frozenset().union(*(messages_of(path.read_text()) for path in catalogues))
