"""Collects the messages to translate, as Django does, and those that `comments.fragments` escapes at once."""

from typing import Any

from django.core.management.commands import makemessages

# Not said to anybody who uses the site.
NOT_OURS = ("tests/*", "var/*", ".venv/*")


class Command(makemessages.Command):
    # Its first argument is the message, as in gettext().
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=translated"]

    def handle(self, *args: Any, **options: Any) -> None:
        options["ignore_patterns"] = [*options["ignore_patterns"], *NOT_OURS]
        super().handle(*args, **options)
