"""`manage.py prepare_site`: what `make run` does before it serves: demo content for an empty site, and its owner."""

from time import perf_counter

from django.conf import settings
from django.core.management.base import BaseCommand

from exchange.demo import load, people
from exchange.owner import make_owner


class Command(BaseCommand):
    help = "At the first start load the demo and make the owner's account; later say where the site is."

    # Every start waits for this command, and `migrate` has just checked everything.
    requires_system_checks = []

    def handle(self, *args, **options) -> None:
        if load.is_wanted():
            self._load_demo()
        note = settings.DATA_DIR / "owner.txt"
        sign_in = make_owner(site_url=settings.SITE_URL, note=note)
        self.stdout.write(f"The site is at {settings.SITE_URL}/")
        if sign_in:
            self.stdout.write(f"Its owner signs in at {settings.SITE_URL}/accounts/login/")
            self.stdout.write(f"  e-mail:   {sign_in.email}")
            self.stdout.write(f"  password: {sign_in.password}")
            self.stdout.write(f"This is kept in {note} and will not be printed again.")
        elif note.exists():
            self.stdout.write(f"The owner's first sign-in stands in {note}")

    def _load_demo(self) -> None:
        self.stdout.write("Loading the demo content; this takes some seconds, once.")
        self.stdout.flush()
        start = perf_counter()
        try:
            made = load.load_demo()
        except people.NameTaken as error:
            self.stderr.write(f"The demo was left out. {error}")
            return
        seconds = perf_counter() - start
        self.stdout.write(
            f"Loaded {made.posts} posts with {made.comments} comments in {seconds:.1f} seconds."
        )
