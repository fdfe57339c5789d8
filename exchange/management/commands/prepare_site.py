"""`manage.py prepare_site`: what `make run` does before it serves: demo content for an empty site, and its owner."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from django.conf import settings
from django.core.management.base import BaseCommand

from comments.actions import purge_personal_data
from exchange.demo import load, people
from exchange.owner import make_owner


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait until no other process prepares this site: it loads for seconds, and a second one finds all done."""
    with (folder / "prepare.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Command(BaseCommand):
    help = "At the first start load the demo and make the owner's account; later say where the site is."

    # Every start waits for this command, and `migrate` has just checked everything.
    requires_system_checks = []

    def handle(self, *args, **options) -> None:
        with one_at_a_time(settings.DATA_DIR):
            if load.is_wanted():
                self._load_demo()
            # A site that is started by hand has no nightly job.
            purge_personal_data()
            self._say_where(settings.DATA_DIR / "owner.txt")

    def _say_where(self, note: Path) -> None:
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
