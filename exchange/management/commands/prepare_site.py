"""`commonplace prepare_site`: prepares the site for `make run`: loads the demo if it is empty, creates its owner."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from blog.models import Post
from comments.actions import purge_personal_data
from exchange import owner, rerendering
from exchange.demo import load, people, standing
from exchange.management.commands.rerender import rerendered


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let only one process at a time prepare this site; a second one waits and then finds everything done."""
    with (folder / "prepare.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Command(BaseCommand):
    help = _(
        "On the first start, load the demo and create the owner’s account; later, print the site’s address."
    )

    # Every start waits for this command, and `migrate` has just checked everything.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        demo = parser.add_mutually_exclusive_group()
        demo.add_argument("--no-demo", action="store_true", help=_("leave the site empty"))
        demo.add_argument(
            "--demo",
            action="store_true",
            help=_("load the demo even if the site is public; only into an empty site"),
        )
        parser.add_argument(
            "--dry-run", action="store_true", help=_("say what would be done without writing anything")
        )

    def handle(self, *args, dry_run: bool, **options) -> None:
        if dry_run:
            self._say_what_would_be_done(**options)
            return
        with one_at_a_time(settings.DATA_DIR):
            if refusal := demo_refusal(**options):
                # Only for an empty site; a site in use should not hear about the demo at every start.
                if not Post.objects.posts().exists():
                    self.stdout.write(_("The demo was not loaded: %s") % refusal)
            else:
                self._load_demo()
            standing.make_standing_pages()
            # A site that is started by hand has no nightly job, and is never reloaded.
            purge_personal_data()
            self._render_anew()
            self._say_where(settings.DATA_DIR / "owner.txt")

    def _say_what_would_be_done(self, **options) -> None:
        refusal = demo_refusal(**options)
        self.stdout.write(
            _("Would not load the demo: %s") % refusal
            if refusal
            else _("Would load the demo: example posts, authors and comments.")
        )
        self.stdout.write(
            _("Would create the owner’s account with the e-mail address %s and print its password.")
            % owner.first_email(settings.SITE_URL)
            if owner.is_wanted()
            else _("Would create no account: the site already has an owner, or a member with that name.")
        )
        if not Post.objects.pages().exists():
            self.stdout.write(_("Would create a house rules page, and drafts of About and Privacy."))
        if rerendering.is_due():
            self.stdout.write(_("Would re-render texts stored by an earlier version."))
        self.stdout.write(_("Would delete personal data that is older than the site’s setting allows."))
        self.stdout.write(_("Nothing was written."))

    def _say_where(self, note: Path) -> None:
        sign_in = owner.make_owner(site_url=settings.SITE_URL, note=note)
        self.stdout.write(_("The site is at %s/") % settings.SITE_URL)
        if sign_in:
            self.stdout.write(_("The owner signs in at %s/accounts/login/") % settings.SITE_URL)
            self.stdout.write(_("  e-mail:   %s") % sign_in.email)
            self.stdout.write(_("  password: %s") % sign_in.password)
            self.stdout.write(_("This sign-in is saved in %s and will not be printed again.") % note)
        elif note.exists():
            self.stdout.write(_("The owner’s first sign-in is saved in %s") % note)
        elif not owner.has_owner():
            self.stdout.write(_("The site has no owner yet. Run: commonplace make_owner --email YOUR-EMAIL"))

    def _render_anew(self) -> None:
        if not rerendering.is_due():
            return
        self.stdout.write(_("Re-rendering texts stored by an earlier version. This takes a moment, once."))
        self.stdout.flush()
        for line in rerendered():
            self.stdout.write(line)

    def _load_demo(self) -> None:
        self.stdout.write(_("Loading the demo. This takes a few seconds, once."))
        self.stdout.flush()
        start = perf_counter()
        try:
            made = load.load_demo()
        except people.NameTaken as error:
            self.stderr.write(_("The demo was not loaded. %s") % error)
            return
        self.stdout.write(
            _("Loaded %(posts)d posts with %(comments)d comments in %(seconds).1f seconds.")
            % {"posts": made.posts, "comments": made.comments, "seconds": perf_counter() - start}
        )


def demo_refusal(*, demo: bool, no_demo: bool, **options) -> str | None:
    """Return why the demo is not loaded, or None."""
    if no_demo:
        return _("--no-demo was given.")
    if not demo and not settings.IS_LOCAL:
        return _("%s is a public site. Use --demo to load it anyway.") % settings.SITE_URL
    return load.refusal()
