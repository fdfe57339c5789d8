"""`commonplace optimize_database`: refreshes the statistics by which the database chooses indexes; run it nightly."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = _(
        "Refresh the statistics that the database uses to choose indexes. Quick; the site may keep running."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                # A method of our own backend, config/sqlite, which this package may not import.
                connection.optimize(all_tables=True)  # type: ignore[attr-defined]
            else:
                cursor.execute("ANALYZE")
        self.stdout.write(_("The database’s statistics are up to date."))
