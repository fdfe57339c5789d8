"""`commonplace check_moments [--repair]`: finds dates in the future, from a clock that was ahead, and corrects them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments import actions


class Command(BaseCommand):
    help = _("Find dates in the future that belong to the past. Exits 1 if there are any.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help=_("replace each with the latest date before it; this machine’s clock must be right"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["repair"]:
            mended = actions.mend_moments(now=now)
            words = ngettext("Repaired %(count)s date.", "Repaired %(count)s dates.", mended)
            self.stdout.write(words % {"count": f"{mended:,}"})
        ahead = actions.moments_ahead(now=now)
        for column in ahead:
            words = ngettext(
                "%(column)s: %(count)s date is in the future.",
                "%(column)s: %(count)s dates are in the future.",
                column.rows,
            )
            self.stdout.write(words % {"column": column.label, "count": f"{column.rows:,}"})
        if ahead:
            words = _(
                "This machine’s clock says %(now)s UTC. If that is right, run this command again with --repair."
            )
            raise CommandError(words % {"now": f"{now:%Y-%m-%d %H:%M}"}, returncode=1)
        self.stdout.write(_("All is well: no date is in the future."))
