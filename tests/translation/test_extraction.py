"""Gettext finds every message of the site, and has nothing to complain about."""

import subprocess

import pytest

from tests.translation.catalogues import (
    LANGUAGE,
    NEEDS_GETTEXT,
    catalogue_of,
    copy_of_the_site,
    extract,
    messages_of,
)


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


def test_messages_are_read_with_their_contexts():
    catalogue = """
#: a.py:1
msgid "one"
msgid_plural "more"
msgstr[0] ""

#: a.py:2
msgctxt "clock"
msgid ""
"long "
"\\"text\\""
msgstr ""
"""
    assert messages_of(catalogue) == {"one", 'clock\x04long "text"'}
