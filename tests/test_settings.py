"""The program refuses to start half configured, in one sentence, and README lists every variable it reads."""

import ast
import logging.config
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from tests import house_rules as rules

GOOD = {"SECRET_KEY": "k" * 64, "SITE_URL": "https://blog.example.org"}


def start(tmp_path, **variables):
    """Run `manage.py check` in a process of its own that has only these variables, and no var/local.env."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=rules.ROOT,
        env={**kept, "DATA_DIR": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_starts_with_a_secret_and_an_address(tmp_path):
    finished = start(tmp_path, **GOOD)
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("SECRET_KEY", None, "not set"),
        ("SECRET_KEY", "short", "at least 50"),
        ("DATA_DIR", "/nowhere/at/all", "is no folder"),
        ("SITE_URL", None, "not set"),
        ("SITE_URL", "blog.example.org", "not an address"),
        ("SITE_URL", "https://example.org/blog", "without a path"),
        ("PORT", "eighty", "whole number"),
        ("PORT", "0", "from 1 to 65535"),
        ("WEB_PROCESSES", "-1", "whole number"),
        ("WEB_THREADS", "1000", "whole number"),
        ("TRUSTED_PROXY_COUNT", "many", "whole number"),
        ("LOG_LEVEL", "loud", "not one of"),
        ("DATABASE_URL", "mysql://localhost/blog", "neither SQLite nor PostgreSQL"),
        ("CACHE_URL", "memcached://localhost", "not a Redis address"),
        ("EMAIL_URL", "pigeon://loft", "mail address"),
    ],
)
def test_a_missing_or_wrong_variable_stops_it_in_one_sentence(tmp_path, variable, value, why):
    variables = {name: text for name, text in {**GOOD, variable: value}.items() if text is not None}
    finished = start(tmp_path, **variables)
    assert finished.returncode == 1
    assert variable in finished.stderr
    assert why in finished.stderr
    assert "Traceback" not in finished.stderr
    assert len(finished.stderr.strip().splitlines()) == 1


def test_a_silent_mail_server_keeps_nobody_waiting():
    assert 0 < settings.EMAIL_TIMEOUT <= 10


def test_the_first_run_writes_all_that_a_command_needs_and_never_twice(tmp_path):
    folder = tmp_path / "data"
    for _start in range(2):
        subprocess.run([sys.executable, "-m", "config.first_run", str(folder)], cwd=rules.ROOT, check=True)
        written = (folder / "local.env").read_text()
    assert (folder / "local.env").stat().st_mode & 0o077 == 0
    finished = start(folder)
    assert finished.returncode == 0, finished.stderr
    subprocess.run([sys.executable, "-m", "config.first_run", str(folder)], cwd=rules.ROOT, check=True)
    assert (folder / "local.env").read_text() == written


def test_a_refusal_never_prints_the_secret(tmp_path):
    finished = start(tmp_path, **{**GOOD, "SECRET_KEY": "rosebud-rosebud"})
    assert "rosebud" not in finished.stderr + finished.stdout


def variables_read(source):
    """Return the names that settings.py asks the environment for."""
    readers = {"whole_number", "str", "bool", "list", "int", "db_url", "email_url", "env"}
    return {
        call.args[0].value
        for call in rules.calls_of(ast.parse(source))
        if rules.name_of(call.func) in readers
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and str(call.args[0].value).isupper()
    }


def variables_in_table(readme):
    section = readme.partition("## Environment")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([A-Z_]+)`", section, re.M))


def test_readme_lists_exactly_the_variables_that_are_read():
    assert variables_in_table(rules.read("README.md")) == variables_read(rules.read("config/settings.py"))


def test_the_comparison_sees_every_way_of_reading():
    source = (
        'a = env.str("A_B")\nb = whole_number("C", default=1)\nc = env.db_url("D", default="x")\nd = f("no")'
    )
    assert variables_read(source) == {"A_B", "C", "D"}


def test_an_error_is_logged_in_one_line_with_the_place_where_it_happened():
    formatter = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(
        dict(settings.LOGGING["formatters"]["lines"])
    )
    try:
        raise LookupError("here")
    except LookupError:
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Error", None, sys.exc_info())
    line = formatter.format(record)
    assert "Traceback" in line
    assert "test_settings.py" in line
    assert "\n" not in line
