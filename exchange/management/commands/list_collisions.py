"""`commonplace list_collisions [--repair]`: lists names that can be mistaken for each other; changes none."""

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.respelling import write_keys
from exchange.collisions import collisions


class Command(BaseCommand):
    help = _(
        "List tags, categories, authors, publications and members whose names look alike or share a web address."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help=_(
                "first fill in the missing name keys of members who signed up while an older version was still running"
            ),
        )

    def handle(self, *args, **options) -> None:
        if options["repair"]:
            written = write_keys(User)
            words = ngettext(
                "Filled in the name key of %(count)s member.",
                "Filled in the name keys of %(count)s members.",
                written,
            )
            self.stdout.write(words % {"count": f"{written:,}"})
        count = 0
        for count, collision in enumerate(collisions(), start=1):  # noqa: B007
            self.stdout.write(str(collision))
        words = ngettext("%(count)s collision.", "%(count)s collisions.", count)
        self.stdout.write(words % {"count": f"{count:,}"} if count else _("No two names collide."))
