"""Mails of the site: our words, links from SITE_URL, and readable on the console in development."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.urls import reverse

from accounts.adapters import LETTERS, NOTICES
from tests import house_rules as rules
from tests.accounts.doors import make_rita
from web.mail import send_letter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", [*sorted(LETTERS), "notice"])
def test_every_letter_has_a_subject_words_and_no_markup(settings, name):
    settings.SITE_URL = "https://blog.example.org"
    send_letter(name, to="rita@example.org", site_name="Ann & Bob's", code="BCDF-GHJK", what="Changed.")
    letter = mail.outbox[-1]
    assert "Ann & Bob's" in letter.subject + letter.body
    assert "\n" not in letter.subject
    assert not re.search(r"[<>{}]|&\w+;", letter.subject + letter.body)
    links = re.findall(r"https?://\S+", letter.body)
    assert links
    assert all(link.startswith("https://blog.example.org") for link in links)


def test_the_host_header_is_in_no_mail(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    make_rita()
    for email in ("rita@example.org", "nobody@example.org"):
        for name in ("account_request_login_code", "account_reset_password"):
            client.post(reverse(name), {"email": email}, headers={"host": "evil.example"})
    form = {"display_name": "Nora", "email": "rita@example.org", "password1": "a long password"}
    client.post(reverse("account_signup"), form, headers={"host": "evil.example"})
    assert len(mail.outbox) == 5
    for letter in mail.outbox:
        assert "evil.example" not in str(letter.message())
        assert "http://testserver" in letter.body


def test_every_letter_and_page_of_an_account_is_one_of_ours():
    """Nothing falls back to a page of the library in a foreign look."""
    from accounts import urls
    from config.urls import urlpatterns  # noqa: F401

    for pattern in urls.urlpatterns:
        view = getattr(pattern.callback, "view_class", None)
        template = getattr(view, "template_name", "accounts/")
        assert template.startswith("accounts/"), pattern.name
        assert template == "accounts/" or (rules.ROOT / "templates" / template).is_file()
    assert {path.stem for path in (rules.ROOT / "templates/accounts/mail").glob("*.txt")} == LETTERS | {
        "notice"
    }
    assert NOTICES.keys() & LETTERS == set()


def test_a_laptops_mail_lies_in_a_file_and_is_read_on_the_console(settings, tmp_path, capsys):
    settings.EMAIL_BACKEND = "web.mail.FileAndConsoleBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    send_letter("login_code", to="zoë@example.org", site_name="Blog", code="BCDF-GHJK")
    said = capsys.readouterr().err
    assert "To: zoë@example.org" in said and "BCDF-GHJK" in said
    [file] = Path(tmp_path).iterdir()
    assert b"BCDF-GHJK" in file.read_bytes()


def test_only_a_laptops_console_shows_mail():
    source = rules.read("config/settings.py")
    assert '"web.mail.FileAndConsoleBackend"\n        if _site.scheme == "http"' in source
    assert django_settings.EMAIL_FILE_PATH
