"""`commonplace rerender [--all]`: re-renders stored HTML of an older markup version; a second run does nothing."""

from collections.abc import Iterator, Sequence

from django.core.management.base import BaseCommand, CommandParser

from exchange import rerendering

# How many are listed; for more, query the database.
MOST_NAMED = 50


class Command(BaseCommand):
    help = "Re-render posts, pages and comments whose stored HTML is from an older markup version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those of the current version")

    def handle(self, *args, **options) -> None:
        for line in rerendered(everything=options["all"]):
            self.stdout.write(line)


def rerendered(*, everything: bool = False) -> Iterator[str]:
    """Re-render what is outdated, and yield lines that say how much, and where the visible words have changed."""
    words = rerendering.OtherWords()
    posts = rerendering.rerender_posts(everything=everything, other_words=words)
    comments = rerendering.rerender_comments(everything=everything, other_words=words)
    yield f"Re-rendered {posts:,} posts and pages and {comments:,} comments."
    yield from _named("posts and pages", words.posts, "post {}")
    yield from _named("comments", words.comments, "/comments/{}/")


def _named(kind: str, ids: Sequence[int], form: str) -> Iterator[str]:
    if not ids:
        return
    yield f"The visible words changed in {len(ids):,} {kind}:"
    for pk in ids[:MOST_NAMED]:
        yield f"  {form.format(pk)}"
    if len(ids) > MOST_NAMED:
        yield f"  and {len(ids) - MOST_NAMED:,} more"
