"""`commonplace check_trees [--repair]`: checks every thread, number, count and score, and repairs them."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments.integrity import audit, repair
from comments.models import Comment, Thread

# Sentences printed; the others are counted.
MOST_SHOWN = 100
# Seconds between two lines of progress, on a terminal only.
PROGRESS_EVERY = 2


class Command(BaseCommand):
    help = _(
        "Check every thread's numbering, every post's numbers and counts, and every score. "
        "Exits 0 if all is well (with --repair: after the repair), 1 if anything is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help=_("repair what is wrong; the site can stay online")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["repair"]:
            done = self._say(repair.repair())
            self.stdout.write(_("Repairs made: %(count)s.") % {"count": f"{done:,}"})
        found = self._say(audit.findings(tell=self._progress()))
        if found:
            words = ngettext("%(count)s problem found.", "%(count)s problems found.", found)
            raise CommandError(words % {"count": f"{found:,}"}, returncode=1)
        self.stdout.write(
            _("All is well. Comments: %(comments)s; threads: %(threads)s.")
            % {"comments": f"{Comment.objects.count():,}", "threads": f"{Thread.objects.count():,}"}
        )

    def _say(self, sentences: Iterable[str]) -> int:
        """Print the first sentences and how many more there are, and return their number."""
        number = 0
        for number, sentence in enumerate(sentences, start=1):
            if number <= MOST_SHOWN:
                self.stdout.write(sentence)
        if number > MOST_SHOWN:
            self.stdout.write(_("… and %(count)s more.") % {"count": f"{number - MOST_SHOWN:,}"})
        return number

    def _progress(self) -> Callable[[int], None] | None:
        """Return the function that prints the number of checked comments, or None if this is not a terminal."""
        if not self.stderr.isatty():
            return None
        total, told = f"{Comment.objects.count():,}", time.monotonic()

        def tell(checked: int) -> None:
            nonlocal told
            if time.monotonic() - told > PROGRESS_EVERY:
                told = time.monotonic()
                self.stderr.write(
                    _("Checked %(checked)s of %(total)s comments.")
                    % {"checked": f"{checked:,}", "total": total}
                )

        return tell
