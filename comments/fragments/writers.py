"""The names of commenters, with links and badges, and the words for buttons about their comments."""

from collections.abc import Mapping
from html import escape  # as Django's, but plain strings: f-strings join them twice as fast
from typing import NamedTuple
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext

from comments.fragments.text import translated
from comments.fragments.words import Words
from comments.thread import PUBLIC, Person, Row, Viewer, muted_as
from comments.thread.mutes import NO_MUTES, Mutes


class Writer(NamedTuple):
    """The HTML about one writer that is used for each of their comments; all escaped."""

    heading: str
    name: str
    more: str
    to: str
    reply: str
    up: str
    down: str


class Writers:
    """The writers of one page's comments; each is made once."""

    def __init__(
        self,
        rows: Mapping[int, Row],
        people: Mapping[int, Person],
        words: Words,
        viewer: Viewer,
        mutes: Mutes,
    ) -> None:
        self.rows = rows
        self.people = people
        self.words = words
        self.viewer = viewer
        self.mutes = mutes
        # If all are guests, the word "guest" says nothing.
        self.marks_guests = bool(people)
        self.people_home = reverse("comments:person", args=["-"]).removesuffix("-/")
        self.known: dict[int | tuple[str, str], Writer] = {}
        self.names: dict[int, str] = {}

    def of(self, row: Row) -> Writer:
        """Return who wrote a comment."""
        key = row.user_id or (row.guest_name, row.website)
        return self.known.get(key) or self._new(key, row)

    def name_for_answers(self, comment_id: int) -> str:
        """Return the name of a comment's writer for its replies."""
        return self.names.get(comment_id) or self._new_name(comment_id)

    def _new(self, key: int | tuple[str, str], row: Row) -> Writer:
        person = self.people.get(row.user_id) if row.user_id else None
        name = escape(person.name if person else row.guest_name or gettext("A former reader"))
        named = {"name": name}
        writer = Writer(
            heading=self._member(person, name) if person else self._guest(row, name),
            name=name,
            more=self.words.more % named,
            to=self.words.to % named,
            reply=self.words.reply % named,
            up=self.words.up % named,
            down=self.words.down % named,
        )
        return self.known.setdefault(key, writer)

    def _member(self, person: Person, name: str) -> str:
        badges = [translated("Author")] if person.is_author else []
        if person.is_owner:
            badges.append(translated("Staff"))
        elif person.is_moderator:
            badges.append(translated("Moderator"))
        marks = "".join(f' <span class="badge">{badge}</span>' for badge in badges)
        return f'<a href="{self.people_home}{quote(person.slug)}/"><bdi>{name}</bdi></a>{marks}'

    def _guest(self, row: Row, name: str) -> str:
        # Isolated, so that a name written from right to left does not reorder the words beside it.
        name = f"<bdi>{name}</bdi>"
        if row.website.startswith(("https://", "http://")):
            name = f'<a href="{escape(row.website)}" rel="ugc nofollow">{name}</a>'
        return name + self.words.guest if self.marks_guests and row.guest_name else name

    def _new_name(self, comment_id: int) -> str:
        row = self.rows.get(comment_id)
        if row is None:
            name = translated("a deleted comment")
        else:
            name = self.of(row).name if row.state == PUBLIC else number_of(row)
            if self.mutes is not NO_MUTES and muted_as(row, self.viewer, self.mutes):
                name = translated("a muted reader")
        return self.names.setdefault(comment_id, name)


def number_of(row: Row) -> str:
    """Return the words for a comment whose writer is not named."""
    return f"#{row.number}" if row.number is not None else translated("a deleted comment")
