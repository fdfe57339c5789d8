"""`commonplace list_collisions [--repair]`: lists names that can be mistaken for each other; changes none."""

from django.core.management.base import BaseCommand, CommandParser

from accounts.models import User
from accounts.respelling import write_keys
from exchange.collisions import collisions


class Command(BaseCommand):
    help = "List tags, categories, authors, publications and members whose names look alike or share a web address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="first fill in the missing name keys of members who signed up while an older version was"
            " still running",
        )

    def handle(self, *args, **options) -> None:
        if options["repair"]:
            self.stdout.write(f"Filled in the name keys of {write_keys(User):,} members.")
        count = 0
        for count, collision in enumerate(collisions(), start=1):  # noqa: B007
            self.stdout.write(str(collision))
        told = f"{count:,} collision{'s' * (count > 1)}." if count else "No two names collide."
        self.stdout.write(told)
