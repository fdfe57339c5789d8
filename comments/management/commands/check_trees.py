"""`manage.py check_trees [--repair]`: proves every thread, and repairs from `parent` alone."""

from django.core.management.base import BaseCommand, CommandError

from comments import audit
from comments.models import Comment, Thread

MOST_SHOWN = 50


class Command(BaseCommand):
    help = (
        "Check every thread's numbering, every post's numbers and counts, and every score. Exits 1 on damage."
    )

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="number broken trees anew and recount")

    def handle(self, *args, **options):
        if options["repair"]:
            self.stdout.write(f"Put right: {audit.repair()}.")
        shown = 0
        for shown, finding in enumerate(audit.findings(), start=1):
            if shown <= MOST_SHOWN:
                self.stdout.write(finding)
        if shown:
            raise CommandError(f"{shown} findings.", returncode=1)
        self.stdout.write(
            f"All is well: {Comment.objects.count()} comments in {Thread.objects.count()} threads."
        )
