"""`commonplace forget_second_factor EMAIL`: lets in a member, or an owner, who has lost device and recovery codes."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import forget_second_factor
from accounts.models import User


class Command(BaseCommand):
    help = "Remove a member's passkeys, authenticator app and recovery codes; the password stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args, email: str, **options) -> None:
        member = User.objects.filter(email__iexact=email).first()
        if member is None:
            raise CommandError(f"Nobody has an account with the address {email}.")
        forgotten = forget_second_factor(member)
        self.stdout.write(
            f"{member.display_name} signs in without a second factor now ({forgotten} removed)."
        )
