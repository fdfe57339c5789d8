"""`commonplace forget_second_factor EMAIL`: lets in a member, or an owner, who has lost device and recovery codes."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions import forget_second_factor
from accounts.models import User


class Command(BaseCommand):
    help = _("Remove a member’s passkeys, authenticator app and recovery codes; the password stays.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args, email: str, **options) -> None:
        member = User.objects.filter(email__iexact=email).first()
        if member is None:
            raise CommandError(_("No account uses the address %(email)s.") % {"email": email})
        forgotten = forget_second_factor(member)
        words = ngettext(
            "%(name)s can now sign in without two-step sign-in (%(count)d item removed).",
            "%(name)s can now sign in without two-step sign-in (%(count)d items removed).",
            forgotten,
        )
        self.stdout.write(words % {"name": member.display_name, "count": forgotten})
