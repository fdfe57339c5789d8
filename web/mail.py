"""Send plain-text mail with links built from SITE_URL; in development into files."""

import html
import sys
from email.utils import make_msgid
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.template.loader import render_to_string


class NotSent(Exception):
    """The mail server does not accept our mail at the moment."""


def send_letter(name: str, *, room: str = "accounts", to: str, site_name: str, **words: Any) -> None:
    """Send the text of `templates/<room>/mail/<name>.txt`, whose first line is the subject.

    Raises NotSent if the mail server does not accept it.
    """
    # The request's Host header has no part in this: the links of a mail lead to where the site says it is.
    words |= {"site_name": site_name, "site_url": settings.SITE_URL, "to": to}
    text = html.unescape(render_to_string(f"{room}/mail/{name}.txt", words)).strip()
    subject, _line, body = text.partition("\n")
    try:
        EmailMessage(" ".join(subject.split()), body.strip() + "\n", to=[to], headers=_own_id()).send()
    except (OSError, SMTPException) as error:
        raise NotSent from error


def _own_id() -> dict[str, str]:
    """Return a Message-ID with the site's host; Django's would reveal the name of this machine."""
    return {"Message-ID": make_msgid(domain=urlsplit(settings.SITE_URL).hostname)}


class FileAndConsoleBackend(EmailBackend):
    """For development: write each mail to a file, and its text to the console."""

    def write_message(self, message: EmailMessage) -> None:
        super().write_message(message)
        lines = [f"To: {', '.join(message.to)}", f"Subject: {message.subject}", "", message.body.rstrip()]
        indented = "\n".join(f"  | {line}".rstrip() for line in "\n".join(lines).splitlines())
        print(f"Mail:\n{indented}", file=sys.stderr, flush=True)
