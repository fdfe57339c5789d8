"""Says where a comment stands: how deep, how much is under it, and what of that is new."""

from html import escape
from itertools import zip_longest

from django.utils.translation import ngettext

from comments.fragments.text import ascii_html, translated
from comments.fragments.words import Words
from comments.thread.unread import Unread


class Places:
    """The words for the places of one page's comments; those of places that are alike are made once."""

    def __init__(self) -> None:
        self.known_replies: dict[int, str] = {}
        self.known_levels: dict[int, str] = {}
        self.known_depths: dict[tuple[int, int], str] = {}

    def replies(self, count: int) -> str:
        return self.known_replies.get(count) or self._new_replies(count)

    def depth(self, level: int, below: int) -> str:
        """Return what the eye sees and a screen reader cannot: how deep a comment stands, and how much under it."""
        depth = self.known_depths.get((level, below))
        return self._new_depth(level, below) if depth is None else depth

    def _new_replies(self, count: int) -> str:
        words = ngettext("%(count)d reply", "%(count)d replies", count) % {"count": count}
        return self.known_replies.setdefault(count, ascii_html(escape(words)))

    def _new_depth(self, level: int, below: int) -> str:
        deep = (self.known_levels.get(level) or self._new_level(level)) if level else ""
        replies = self.replies(below) if below else ""
        said = f"{deep}, {replies}" if deep and replies else deep or replies
        html = f'<span class="vh">{said}</span>\n' if said else ""
        return self.known_depths.setdefault((level, below), html)

    def _new_level(self, level: int) -> str:
        return self.known_levels.setdefault(level, translated("level %(number)s") % {"number": level + 1})


def unread_marks(unread: Unread, words: Words, *, home: str) -> dict[int, str]:
    """Return the mark of each new comment; each leads to the next one, on whatever page that stands."""
    marks = {}
    for pk, after in zip_longest(unread.ids, unread.ids[1:]):
        link = f'<a class="next-new" href="{home}{after}/in-thread/">{words.next_new}</a>\n' if after else ""
        marks[pk] = f'<b class="new">{words.new}</b>\n{link}'
    return marks


def unread_below(unread: Unread, comment_id: int) -> str:
    """Return how many new comments stand under one; "" for none."""
    count = unread.below.get(comment_id)
    return f' <b class="new">{translated("%(count)d new") % {"count": count}}</b>' if count else ""
