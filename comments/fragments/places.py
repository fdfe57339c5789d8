"""The words for a comment's place: its depth, the number of replies, and how many are new."""

from html import escape
from itertools import zip_longest

from django.utils.translation import ngettext

from comments.fragments.text import ascii_html, translated
from comments.fragments.words import Words
from comments.thread.unread import Unread


class Places:
    """The words for the places of one page's comments; made once for equal places."""

    def __init__(self) -> None:
        self.known_replies: dict[int, str] = {}
        self.known_levels: dict[int, str] = {}
        self.known_depths: dict[tuple[int, int], str] = {}

    def replies(self, count: int) -> str:
        return self.known_replies.get(count) or self._new_replies(count)

    def depth(self, level: int, below: int) -> str:
        """Return for screen readers what the eye sees: the depth of a comment, and how many replies are under it."""
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
    """Map each new comment to its mark, with a link to the next new one, which may be on another page."""
    marks = {}
    for pk, after in zip_longest(unread.ids, unread.ids[1:]):
        link = f'<a class="next-new" href="{home}{after}/in-thread/">{words.next_new}</a>\n' if after else ""
        marks[pk] = f'<b class="new">{words.new}</b>\n{link}'
    return marks


def unread_below(unread: Unread, comment_id: int) -> str:
    """Return the number of new comments under one as HTML; "" for none."""
    count = unread.below.get(comment_id)
    if not count:
        return ""
    words = ascii_html(escape(ngettext("%(count)d new", "%(count)d new", count))) % {"count": count}
    return f' <b class="new">{words}</b>'
