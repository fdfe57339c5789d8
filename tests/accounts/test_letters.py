"""What the site mails: on a laptop, words that one can read."""

from pathlib import Path

from django.conf import settings as django_settings
from django.core.mail import send_mail

from tests import house_rules as rules


def test_a_laptops_mail_lies_in_a_file_and_is_read_on_the_console(settings, tmp_path, capsys):
    settings.EMAIL_BACKEND = "accounts.mail.FilesAndConsole"
    settings.EMAIL_FILE_PATH = tmp_path
    send_mail("Your code", "BCDF-GHJK", None, ["zoë@example.org"])
    said = capsys.readouterr().err
    assert "To: zoë@example.org" in said and "BCDF-GHJK" in said
    [file] = Path(tmp_path).iterdir()
    assert b"BCDF-GHJK" in file.read_bytes()


def test_only_a_laptops_console_shows_mail():
    source = rules.read("config/settings.py")
    assert '"accounts.mail.FilesAndConsole"\n        if _site.scheme == "http"' in source
    assert django_settings.EMAIL_FILE_PATH
