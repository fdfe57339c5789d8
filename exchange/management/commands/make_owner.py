"""`commonplace make_owner --email …`: creates the first owner or another; a second run changes nothing."""

import sys
from getpass import getpass

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from exchange import owner
from exchange.demo import standing
from exchange.owner import Appointed, Refused


class Command(BaseCommand):
    help = _("Make someone an owner of the site: a new account with an author page, or an existing account.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--email", required=True, help=_("the e-mail address to sign in with; never shown")
        )
        parser.add_argument("--name", default="", help=_("the public name; for a new account only"))
        asked = parser.add_mutually_exclusive_group()
        asked.add_argument(
            "--password-stdin", action="store_true", help=_("read the password from standard input")
        )
        asked.add_argument(
            "--new-password", action="store_true", help=_("generate a password and print it once")
        )

    def handle(self, *args, email: str, name: str, **options) -> None:
        email = email.strip()
        try:
            is_new = owner.member_with(email) is None
            if is_new and not name and sys.stdin.isatty():
                name = input(_("Public name [Owner]: "))
            password, is_made = self.password(is_new=is_new, **options)
            appointed = owner.appoint_owner(email=email, name=name, password=password)
        except Refused as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted. Nothing was changed.")) from None
        for sentence in sentences(appointed, asked_name=name):
            self.stdout.write(sentence)
        if standing.make_standing_pages():
            self.stdout.write(_("Created the house rules page, and drafts of About and Privacy."))
        if is_made:
            self.stdout.write(_("Password: %s (shown only once)") % password)

    def password(
        self, *, is_new: bool, password_stdin: bool, new_password: bool, **options
    ) -> tuple[str | None, bool]:
        """Return the password to set (None: leave it unchanged), and whether it was generated and must be printed."""
        if password_stdin:
            password = sys.stdin.readline().rstrip("\r\n")
            if not password:
                raise Refused(_("No password was given on standard input."))
            return password, False
        if new_password or (is_new and not sys.stdin.isatty()):
            return owner.new_password(), True
        return (ask_password(), False) if is_new else (None, False)


def ask_password() -> str:
    """Ask twice for a password without showing it. Raises Refused if the two differ."""
    password = getpass(_("Password (at least 10 characters): "))
    if getpass(_("Repeat the password: ")) != password:
        raise Refused(_("The passwords don’t match. Nothing was changed."))
    return password


def sentences(made: Appointed, *, asked_name: str) -> list[str]:
    """Print what was changed and what was not."""
    words = {"name": made.owner.display_name, "email": made.owner.email}
    said = []
    if made.is_new:
        said.append(_("Created the account “%(name)s” (%(email)s). It owns the site.") % words)
    elif made.was_owner:
        said.append(_("“%(name)s” (%(email)s) already owns the site.") % words)
    else:
        said.append(_("“%(name)s” (%(email)s) already had an account, and now owns the site.") % words)
    if made.was_suspended and not made.is_new:
        said.append(_("The account was suspended and is now active again."))
    if not made.is_new:
        said.append(
            _("The password was changed.") if made.has_new_password else _("The password was not changed.")
        )
    if asked_name and not made.is_new and asked_name != made.owner.display_name:
        said.append(_("The name was not changed. You can change it on the member’s page in the admin."))
    page = settings.SITE_URL + made.author.get_absolute_url()
    said.append(
        (_("Created the author page %s.") if made.has_new_page else _("The author page is %s.")) % page
    )
    said.append(_("Sign in at %s/accounts/login/") % settings.SITE_URL)
    return said
