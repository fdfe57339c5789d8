"""Where a laptop's mail goes: into files, and onto the console in words."""

import sys

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend


class FilesAndConsole(EmailBackend):
    """For a laptop: each mail in a file, as it would travel, and its words on the console, as one reads them."""

    def write_message(self, message: EmailMessage) -> None:
        super().write_message(message)
        lines = [f"To: {', '.join(message.to)}", f"Subject: {message.subject}", "", message.body.rstrip()]
        indented = "\n".join(f"  | {line}".rstrip() for line in "\n".join(lines).splitlines())
        print(f"Mail:\n{indented}", file=sys.stderr, flush=True)
