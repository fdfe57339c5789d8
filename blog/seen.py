"""Find what a save changed for readers: only that updates feeds and is listed in the history."""

from collections.abc import Callable
from datetime import datetime

from blog.markup.blocks import with_plain_ends
from blog.models import Post

# Columns that are shown as they are.
SHOWN = ("title", "dek", "excerpt")


def changes(before: Post, after: Post, *, html_of: Callable[[Post], str]) -> list[str]:
    """Return the names of fields that changed for readers. `html_of` renders a post's text.

    The stored HTML is not compared: an older version of the renderer may have made it.
    """
    found = [name for name in SHOWN if _words(getattr(before, name)) != _words(getattr(after, name))]
    if not _is_same_text(before, after) and html_of(before) != html_of(after):
        found.append("body")
    return found


def changed_at(post: Post) -> datetime:
    """Return when the post last changed for readers; for rows of older code, when it was last saved."""
    return post.changed_at or post.updated_at


def _is_same_text(before: Post, after: Post) -> bool:
    return before.body_format == after.body_format and _plain(before.body) == _plain(after.body)


def _plain(body: str) -> str:
    return with_plain_ends(body).rstrip()


def _words(text: str) -> list[str]:
    """Return the text with white space folded, which readers do not see."""
    return text.split()
