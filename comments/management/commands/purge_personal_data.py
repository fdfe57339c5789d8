"""`commonplace purge_personal_data`: forgets addresses after the time that the owner has set; fit for a nightly job."""

from typing import Any

from django.core.management.base import BaseCommand

from comments import actions


class Command(BaseCommand):
    help = (
        "Forget e-mail and network addresses of comments and votes that are older than the setting "
        "“keep e-mail and network addresses for (days)”, used-up limits and ended sessions."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        purged = actions.purge_personal_data()
        self.stdout.write(
            f"Forgotten: origins of comments {purged.comments}, networks of votes {purged.votes}, "
            f"of reports {purged.reports} and of guests {purged.guests}; "
            f"former texts of withdrawn comments {purged.revisions}, read notes {purged.notes}; "
            f"limits and sessions that had ended {purged.leftovers}."
        )
