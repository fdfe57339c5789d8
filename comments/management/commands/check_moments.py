"""`commonplace check_moments [--repair]`: finds what a clock wrote that was ahead, and puts it back into the past."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from comments import actions


class Command(BaseCommand):
    help = "Find dates in the future that belong to the past. Exits 1 if there are any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="replace each with the latest date before it; this machine’s clock must be right",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["repair"]:
            self.stdout.write(f"Repaired {actions.mend_moments(now=now):,} dates.")
        ahead = actions.moments_ahead(now=now)
        for column in ahead:
            self.stdout.write(f"{column.label}: {column.rows:,} dates are in the future.")
        if ahead:
            raise CommandError(
                f"This machine’s clock says {now:%Y-%m-%d %H:%M} UTC. If that is right, run this with --repair.",
                returncode=1,
            )
        self.stdout.write("All is well: no date is in the future.")
