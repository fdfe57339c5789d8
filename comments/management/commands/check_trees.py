"""`commonplace check_trees [--repair]`: proves every thread, number, count and score, and puts right what is wrong."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from comments.integrity import audit, repair
from comments.models import Comment, Thread

# Nobody reads more sentences; the others are counted.
MOST_SHOWN = 100
# Seconds between two words of progress, on a terminal alone.
PROGRESS_EVERY = 2


class Command(BaseCommand):
    help = (
        "Check every thread's numbering, every post's numbers and counts, and every score. "
        "Exits 0 when all is well (with --repair: is well again), 1 on damage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="put right what is wrong; readers and writers may go on"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["repair"]:
            done = self._say(repair.repair())
            self.stdout.write(_("Put right: %s.") % f"{done:,}")
        found = self._say(audit.findings(tell=self._progress()))
        if found:
            raise CommandError(_("%s findings.") % f"{found:,}", returncode=1)
        self.stdout.write(
            _("All is well: %(comments)s comments in %(threads)s threads.")
            % {"comments": f"{Comment.objects.count():,}", "threads": f"{Thread.objects.count():,}"}
        )

    def _say(self, sentences: Iterable[str]) -> int:
        """Print the first sentences and how many more there are, and return their number."""
        number = 0
        for number, sentence in enumerate(sentences, start=1):
            if number <= MOST_SHOWN:
                self.stdout.write(sentence)
        if number > MOST_SHOWN:
            self.stdout.write(_("… and %s more.") % f"{number - MOST_SHOWN:,}")
        return number

    def _progress(self) -> Callable[[int], None] | None:
        """Return what to call with the number of comments that were looked at, where somebody watches."""
        if not self.stderr.isatty():
            return None
        total, told = f"{Comment.objects.count():,}", time.monotonic()

        def tell(checked: int) -> None:
            nonlocal told
            if time.monotonic() - told > PROGRESS_EVERY:
                told = time.monotonic()
                self.stderr.write(
                    _("%(checked)s of %(total)s comments.") % {"checked": f"{checked:,}", "total": total}
                )

        return tell
