"""The program refuses to start half configured, in one sentence, and README lists every variable it reads."""

import ast
import logging.config
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from config.checks import check_mail, check_settings
from tests import house_rules as rules

GOOD = {"SECRET_KEY": "k" * 64, "SITE_URL": "https://blog.example.org"}


def start(tmp_path, *words, **variables):
    """Run a command, `check` unless another is named, in a process of its own that has only these variables."""
    return run(tmp_path, [sys.executable, "manage.py", *(words or ["check"])], **variables)


def show(tmp_path, *names, **variables):
    """Print these settings of a process that has only these variables."""
    words = ", ".join(f"settings.{name}" for name in names)
    return run(tmp_path, [sys.executable, "-c", f"from config import settings; print({words})"], **variables)


def run(tmp_path, command, **variables):
    """Run a program that has only these variables, and no var/local.env; one that is None is not set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    wanted = {**kept, "DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(tmp_path), **variables}
    return subprocess.run(
        command,
        cwd=rules.ROOT,
        env={name: value for name, value in wanted.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.slow
def test_it_starts_with_a_secret_and_an_address(tmp_path):
    finished = start(tmp_path, **GOOD)
    assert finished.returncode == 0, finished.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("SECRET_KEY", None, "not set"),
        ("SECRET_KEY", "short", "at least 50"),
        ("DATA_DIR", "/nowhere/at/all", "is not a folder"),
        ("SITE_URL", None, "not set"),
        ("SITE_URL", "blog.example.org", "not a web address"),
        ("SITE_URL", "https://example.org/blog", "without a path"),
        ("PORT", "eighty", "whole number"),
        ("PORT", "0", "from 1 to 65535"),
        ("WEB_PROCESSES", "-1", "whole number"),
        ("WEB_THREADS", "1000", "whole number"),
        ("WEB_MACHINES", "some", "whole number"),
        ("TRUSTED_PROXY_COUNT", "many", "whole number"),
        ("LOG_LEVEL", "loud", "not one of"),
        ("DATABASE_URL", "mysql://localhost/blog", "neither SQLite nor PostgreSQL"),
        ("CACHE_URL", "memcached://localhost", "not a Redis address"),
        ("EMAIL_URL", "pigeon://loft", "mail server address"),
        ("DEBUG", "true", "source code to every visitor"),
        ("HSTS_SECONDS", "a year", "whole number"),
        ("HSTS_PRELOAD", "true", "HSTS_INCLUDE_SUBDOMAINS"),
        ("SETTINGS_FILE", "/nowhere/at/all.env", "is not a file"),
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("site_url", "starts"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("http://192.168.1.7:8000", True),
        ("http://raspberry.local", True),
        ("http://blog.example.org", False),
        ("https://localhost", False),
        ("http://93.184.215.14", False),
    ],
)
def test_debug_is_for_this_machine_and_its_own_network(tmp_path, site_url, starts):
    shown = show(tmp_path, "DEBUG", **{**GOOD, "DEBUG": "true", "SITE_URL": site_url})
    assert (shown.returncode == 0) is starts, shown.stderr
    assert ("DEBUG: is on" in shown.stderr) is not starts


# What a site on the network should be started with; anything else it is warned of.
WELL_SET = {
    "SECRET_KEY": "pq8Zr2mXv7Lk0Tn4Wc9Yb3Hd6Gf1Js5Qe8Ua2Io7Pl4Mx9CzWs3Ed",
    "SITE_URL": "https://blog.example.org",
    "TRUSTED_PROXY_COUNT": "1",
    "EMAIL_URL": "smtp+tls://mail.example.org:587",
}


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({}, None),
        ({"ALLOWED_HOSTS": [".example.org"]}, None),
        ({"ALLOWED_HOSTS": ["*"]}, "W001"),
        ({"ALLOWED_HOSTS": ["127.0.0.1", "localhost"]}, "W002"),
        ({"SECRET_KEY": "k" * 64}, "W003"),
        ({"SECRET_KEY": "django-insecure-" + WELL_SET["SECRET_KEY"]}, "W003"),
        ({"SITE_URL": "http://blog.example.org", "SECURE": False}, "W004"),
        ({"TRUSTED_PROXY_COUNT": 0}, "W005"),
        ({"EMAIL_URL": ""}, "W006"),
        (
            {
                "SITE_URL": "http://127.0.0.1:8000",
                "SECURE": False,
                "ALLOWED_HOSTS": ["127.0.0.1"],
                "TRUSTED_PROXY_COUNT": 0,
                "EMAIL_URL": "",
            },
            None,
        ),
    ],
)
def test_settings_that_are_a_danger_together_are_warned_of(settings, changed, number):
    site = {**WELL_SET, "SECURE": True, "ALLOWED_HOSTS": ["blog.example.org"], "TRUSTED_PROXY_COUNT": 1}
    site["IS_LOCAL"] = "127.0.0.1" in changed.get("SITE_URL", "")
    for name, value in {**site, **changed}.items():
        setattr(settings, name, value)
    assert [warning.id for warning in [*check_settings(), *check_mail()]] == (
        [f"commonplace.{number}"] if number else []
    )


@pytest.mark.slow
def test_every_start_of_a_server_prints_the_warnings(tmp_path):
    """`migrate` is what the unit and the container run before they serve."""
    finished = start(tmp_path, "migrate", "--plan", **{**WELL_SET, "ALLOWED_HOSTS": "*"})
    assert "commonplace.W001" in finished.stderr


@pytest.mark.slow
def test_a_site_that_is_set_well_is_warned_of_nothing(tmp_path):
    finished = start(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **WELL_SET)
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize(
    ("variables", "promise"),
    [
        ({}, "31536000 False False"),
        ({"HSTS_SECONDS": "3600"}, "3600 False False"),
        ({"HSTS_SECONDS": "0"}, "0 False False"),
        ({"HSTS_INCLUDE_SUBDOMAINS": "true"}, "31536000 True False"),
        ({"HSTS_INCLUDE_SUBDOMAINS": "true", "HSTS_PRELOAD": "true"}, "31536000 True True"),
        ({"SITE_URL": "http://blog.example.org", "HSTS_INCLUDE_SUBDOMAINS": "true"}, "0 False False"),
    ],
)
def test_https_is_promised_for_this_host_alone_unless_the_owner_says_more(tmp_path, variables, promise):
    names = ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")
    assert show(tmp_path, *names, **{**WELL_SET, **variables}).stdout.strip() == promise


def settings_file(tmp_path, **variables):
    file = tmp_path / "commonplace.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    return file


def test_a_servers_settings_are_read_from_one_file(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    file = settings_file(tmp_path, **{**WELL_SET, "DATA_DIR": data, "PORT": "9001"})
    named = {"SETTINGS_FILE": str(file), "DATA_DIR": None}
    shown = show(tmp_path, "DATA_DIR", "PORT", "SITE_URL", **named)
    assert shown.stdout.split() == [str(data), "9001", WELL_SET["SITE_URL"]], shown.stderr
    assert show(tmp_path, "PORT", **named, PORT="9002").stdout.strip() == "9002"


def test_that_file_wins_over_the_one_in_the_data_folder(tmp_path):
    (tmp_path / "local.env").write_text("SITE_URL=http://127.0.0.1:8000\nPORT=9003\n")
    file = settings_file(tmp_path, **{**WELL_SET, "DATA_DIR": tmp_path})
    shown = show(tmp_path, "DATA_DIR", "PORT", "SITE_URL", SETTINGS_FILE=str(file), DATA_DIR=None)
    assert shown.stdout.split() == [str(tmp_path), "9003", WELL_SET["SITE_URL"]], shown.stderr


def test_a_server_file_that_may_not_be_read_is_said_and_not_passed_over(tmp_path):
    """Else a command of somebody else would work on another database than the site's."""
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    file = settings_file(tmp_path, **WELL_SET)
    file.chmod(0)
    assert "can’t be read by this user" in show(tmp_path, "PORT", SETTINGS_FILE=str(file)).stderr


@pytest.mark.parametrize(
    ("database", "machines", "seconds"),
    [
        ("", "", 600),
        ("postgres:///blog", "", 600),
        ("postgres://blog@127.0.0.1/blog", "", 600),
        ("postgres:////var/run/postgresql/blog", "", 600),
        ("postgres://blog@database/blog", "", 120),
        ("postgres://blog@database/blog", "1", 600),
        ("postgres://blog@127.0.0.1/blog", "2", 120),
    ],
)
def test_pages_are_given_out_without_the_database_for_shorter_where_others_may_take_them_away(
    tmp_path, database, machines, seconds
):
    """What one of several machines takes down, the others learn from the database only."""
    given = {"DATABASE_URL": database, "WEB_MACHINES": machines}
    program = "from config import settings; print(settings.KEPT_WITHOUT_DATABASE)"
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=rules.ROOT,
        env={"DATA_DIR": str(tmp_path), **GOOD, **{name: value for name, value in given.items() if value}},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert int(finished.stdout) == seconds


def test_a_silent_mail_server_keeps_nobody_waiting():
    assert 0 < settings.EMAIL_TIMEOUT <= 10


@pytest.mark.slow
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
