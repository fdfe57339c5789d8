"""`manage.py rerender [--all]`: renders stored HTML of an older markup version anew; a second run finds nothing."""

from django.core.management.base import BaseCommand, CommandParser

from exchange import rerendering


class Command(BaseCommand):
    help = "Render posts, comments and the site's texts anew whose stored HTML is of an older markup version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="whatever their version")

    def handle(self, *args, **options) -> None:
        posts = rerendering.rerender_posts(everything=options["all"])
        comments = rerendering.rerender_comments(everything=options["all"])
        texts = "the site's texts" if rerendering.rerender_site() else "none of the site's texts"
        self.stdout.write(f"Rendered {posts} posts, {comments} comments and {texts} anew.")
