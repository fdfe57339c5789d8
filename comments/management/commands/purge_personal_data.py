"""`commonplace purge_personal_data`: deletes addresses after the time that the owner has set; for a nightly job."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from comments import actions


class Command(BaseCommand):
    help = _(
        "Delete the e-mail and network addresses of comments and votes once they are older than the setting "
        "“keep e-mail and network addresses for (days)”, and expired limits and sessions."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        purged = actions.purge_personal_data()
        words = _(
            "Deleted: origins of comments %(comments)d, networks of votes %(votes)d, of reports %(reports)d and of "
            "guests %(guests)d; earlier versions of deleted comments %(revisions)d, read notes %(notes)d; "
            "expired limits and sessions %(leftovers)d."
        )
        self.stdout.write(words % purged._asdict())
