"""`commonplace make_demo [--posts N --comments N --seed S]`: loads the demo site, or generates one of any size."""

from time import perf_counter

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.demo import load, people
from lab.demo import generate


class Command(BaseCommand):
    help = "Load the demo site; with numbers, generate a site of that size for measurements."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--posts", type=int, help="how many posts to generate")
        parser.add_argument("--comments", type=int, help="how many comments to generate in total")
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed always generates the same site"
        )

    def handle(self, *args, **options) -> None:
        start = perf_counter()
        try:
            if options["posts"] is None and options["comments"] is None:
                made = load.load_demo()
            else:
                made = self._invent(**options)
        except people.NameTaken as error:
            raise CommandError(str(error)) from error
        seconds = perf_counter() - start
        self.stdout.write(f"Made {made.posts} posts and {made.comments} comments in {seconds:.1f} seconds.")

    def _invent(self, *, posts: int | None, comments: int | None, seed: int, **options) -> load.Loaded:
        comments = comments or 0
        if posts is None:
            posts = max(1, comments // generate.COMMENTS_PER_POST)
        if posts < 1 or comments < 0:
            raise CommandError("--posts must be at least 1, and --comments at least 0.")
        return generate.make_site(posts=posts, comments=comments, seed=seed)
