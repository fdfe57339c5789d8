"""Gettext finds every message of the site, and has nothing to complain about."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.house_rules import ROOT, files

NEEDS_GETTEXT = pytest.mark.skipif(
    not all(map(shutil.which, ("xgettext", "msguniq", "msgmerge", "msgfmt"))),
    reason="gettext's programs are missing (Debian: gettext), so nothing is extracted",
)
LANGUAGE = "eo"


def copy_of_the_site(folder):
    """Copy what may hold messages, since the command writes beside what it reads."""
    for path in files(".py", ".html", ".txt", ".xml"):
        if not path.startswith("tests/"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)
    return folder


def extract(site) -> str:
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


def catalogue_of(site) -> str:
    return (site / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po").read_text()


@NEEDS_GETTEXT
@pytest.mark.slow
def test_messages_are_collected_without_a_word_of_complaint(tmp_path):
    site = copy_of_the_site(tmp_path)
    assert extract(site) == f"processing locale {LANGUAGE}\n"
    catalogue = catalogue_of(site)
    assert catalogue.count("\nmsgid ") > 1000
    assert "#: tests/" not in catalogue
    # Of a template, of Python, and of what is translated and escaped at once.
    for message in ("Skip to content", "just now", "Next thread"):
        assert f'msgid "{message}"' in catalogue
    checked = subprocess.run(
        ["msgfmt", "--check-format", "--check-domain", "--output-file=/dev/null", "-"],
        input=catalogue,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


@NEEDS_GETTEXT
@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("blog/x.py", 'gettext("never ended\n'),
        (
            "templates/x.html",
            "{% load i18n %}{% blocktranslate %}a {% if x %}b{% endif %}{% endblocktranslate %}",
        ),
    ],
)
def test_a_message_that_cannot_be_translated_is_complained_about(tmp_path, path, words):
    site = copy_of_the_site(tmp_path)
    (site / path).write_text(words)
    assert extract(site) != f"processing locale {LANGUAGE}\n"
