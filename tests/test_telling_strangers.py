"""What pages, errors and mails tell a stranger of the machine behind them: no version, no path, no name of it."""

import platform
import re
import sqlite3

import brotli
import django
import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.urls import reverse

from blog.version import own_version
from tests.test_access import TABLE, stage

__all__ = ["stage"]

pytestmark = pytest.mark.django_db


def secrets() -> dict[str, str]:
    """What nobody outside needs to know, by what it is."""
    return {
        "Django’s version": django.get_version(),
        "our version": f"onplace {own_version()}",
        "the database’s version": ".".join(map(str, connection.get_database_version())),
        "SQLite’s version": sqlite3.sqlite_version,
        "Python’s version": platform.python_version(),
        "brotli’s version": f"rotli {brotli.version}",
        "the code’s folder": str(settings.BASE_DIR),
        "the data’s folder": str(settings.DATA_DIR),
        "a traceback": "Traceback",
    }


def told(response) -> list[str]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    heads = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    text = f"{heads}\n{body.decode(errors='replace')}".lower()
    found = [what for what, word in secrets().items() if word.lower() in text]
    names = {"server", "x-powered-by", "x-generator", "x-runtime"} & {
        name.lower() for name in response.headers
    }
    return [*found, *sorted(names), *re.findall(r"<meta name=.?generator|<generator", text)]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "method", "arguments"), [row[:3] for row in TABLE])
def test_no_page_tells_a_stranger_versions_or_paths(client, stage, name, method, arguments):  # noqa: F811
    path = reverse(name, args=arguments(stage))
    assert told(getattr(client, method)(path, REMOTE_ADDR="198.51.100.7")) == []


def test_no_error_does_either(client, monkeypatch):
    client.raise_request_exception = False
    asked = {"/nowhere/": 404, "/comments/vote/": 405, "/admin/nowhere/": 302, "/?page=\0": 200}
    for path, status in asked.items():
        response = client.get(path)
        assert (response.status_code, told(response)) == (status, []), path
    wrong_host = client.get("/", HTTP_HOST="elsewhere.example")
    assert (wrong_host.status_code, told(wrong_host)) == (400, [])

    def breaks(*arguments, **more):
        raise RuntimeError(f"broken in {settings.BASE_DIR}")

    monkeypatch.setattr("blog.views.site.absolute", breaks)
    broken = client.get("/robots.txt")
    assert (broken.status_code, told(broken)) == (500, [])


def test_a_mail_carries_the_name_of_the_site_and_of_no_machine(client, bob):
    client.post(reverse("account_request_login_code"), {"email": bob.email})
    (letter,) = mail.outbox
    words = letter.message().as_string()
    assert letter.message()["Message-ID"].endswith("@testserver>")
    assert [what for what, word in secrets().items() if word.lower() in words.lower()] == []
