"""Says what of a post readers see otherwise after a save: only that moves a feed, and only that is told as changed."""

from collections.abc import Callable
from datetime import datetime

from blog.markup.blocks import with_plain_ends
from blog.models import Post

# Columns that are shown as they are.
SHOWN = ("title", "dek", "excerpt")


def changes(before: Post, after: Post, *, html_of: Callable[[Post], str]) -> list[str]:
    """Return the names of the columns whose words readers see changed. `html_of` renders a post's text as of today.

    The stored HTML is not compared: it may be of an older version of the markup.
    """
    found = [name for name in SHOWN if _words(getattr(before, name)) != _words(getattr(after, name))]
    if not _is_same_text(before, after) and html_of(before) != html_of(after):
        found.append("body")
    return found


def changed_at(post: Post) -> datetime:
    """Return when readers last got other words: with rows of former code, when it was last saved."""
    return post.changed_at or post.updated_at


def _is_same_text(before: Post, after: Post) -> bool:
    return before.body_format == after.body_format and _plain(before.body) == _plain(after.body)


def _plain(body: str) -> str:
    return with_plain_ends(body).rstrip()


def _words(text: str) -> list[str]:
    """Return the words: how many spaces and which line ends stand between them, nobody sees."""
    return text.split()
