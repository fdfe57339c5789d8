"""`commonplace rerender [--all]`: re-renders stored HTML of an older markup version; a second run does nothing."""

from collections.abc import Iterator, Sequence

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exchange import rerendering

# How many are listed; for more, query the database.
MOST_NAMED = 50


class Command(BaseCommand):
    help = _("Re-render posts, pages and comments whose stored HTML is from an older markup version.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help=_("also those of the current version"))

    def handle(self, *args, **options) -> None:
        for line in rerendered(everything=options["all"]):
            self.stdout.write(line)


def rerendered(*, everything: bool = False) -> Iterator[str]:
    """Re-render what is outdated, and yield lines that say how much, and where the visible words have changed."""
    words = rerendering.OtherWords()
    posts = rerendering.rerender_posts(everything=everything, other_words=words)
    comments = rerendering.rerender_comments(everything=everything, other_words=words)
    yield _("Re-rendered. Posts and pages: %(posts)s; comments: %(comments)s.") % {
        "posts": f"{posts:,}",
        "comments": f"{comments:,}",
    }
    told = ngettext(
        "The visible words changed in %(count)s post or page:",
        "The visible words changed in %(count)s posts and pages:",
        len(words.posts),
    )
    yield from _named(told, words.posts, _("post %(id)d"))
    told = ngettext(
        "The visible words changed in %(count)s comment:",
        "The visible words changed in %(count)s comments:",
        len(words.comments),
    )
    yield from _named(told, words.comments, "/comments/%(id)d/")


def _named(told: str, ids: Sequence[int], form: str) -> Iterator[str]:
    """Yield how many there are, in the words of `told`, and the first of them, each in the words of `form`."""
    if not ids:
        return
    yield told % {"count": f"{len(ids):,}"}
    for pk in ids[:MOST_NAMED]:
        yield f"  {form % {'id': pk}}"
    if len(ids) > MOST_NAMED:
        yield f"  {_and_more(len(ids) - MOST_NAMED)}"


def _and_more(count: int) -> str:
    return ngettext("and %(count)s more", "and %(count)s more", count) % {"count": f"{count:,}"}
