"""The controls of a comment in its thread: vote, reply, edit."""

from html import escape
from typing import NamedTuple

from django.templatetags.static import static
from django.utils.translation import gettext, ngettext

from comments.fragments.text import ascii_html, signed
from comments.fragments.words import Words
from comments.fragments.writers import Writer
from comments.models import CommentState
from comments.thread import ANYBODY, PUBLIC, Row, Viewer


class Controls(NamedTuple):
    """Which controls a page offers."""

    may_vote: bool = False
    may_reply: bool = False
    may_decide: bool = False
    down_votes: bool = False
    # Own comments written after this moment can be edited; a date as in the rows. "" if no comment is the viewer's.
    edit_since: str = ""


READING_ONLY = Controls()


class ControlButtons:
    """The controls of one page's comments; the HTML of each score is made once."""

    def __init__(self, offered: Controls, viewer: Viewer, words: Words, *, home: str, of_form: str) -> None:
        self.offered = offered
        self.viewer = viewer
        self.words = words
        self.home = home
        self.of_form = of_form
        icons = escape(static("img/icons.svg"))
        self.arrow = f'<svg aria-hidden="true"><use href="{icons}#up"/></svg>'
        self.down_arrow = f'<svg aria-hidden="true"><use href="{icons}#down"/></svg>'
        self.scores: dict[int, str] = {0: ""}
        self.counts: dict[int, tuple[str, str]] = {}

    def taking_part(self, row: Row, writer: Writer) -> str:
        """Return the controls of one comment; its own writer sees the score, and others the vote."""
        offered = self.offered
        edit = self._edit(row) if offered.edit_since and row.created > offered.edit_since else ""
        if row.state != PUBLIC:
            return edit
        vote = (
            self.vote(row, writer)
            if offered.may_vote and not is_mine(row, self.viewer)
            else self._score(row.score)
        )
        if not offered.may_reply:
            return vote + edit
        return f'{vote}<a class="reply" href="{self.home}{row.id}/reply/">{writer.reply}</a>\n{edit}'

    def vote(self, row: Row, writer: Writer) -> str:
        """Return the buttons that vote on one comment."""
        number, words = self.counts.get(row.score) or self._count(row.score)
        # The name says what a press does; since a pressed button has another one, sending a press twice does no harm.
        name, pressed = ("unup", "true") if row.vote == 1 else ("up", "false")
        up = (
            f'<button{self.of_form} name="{name}" value="{row.id}" aria-pressed="{pressed}">{self.arrow}{number}'
            f'<span class="vh">{words}{writer.up}</span></button>\n'
        )
        return up + self._down(row, writer) if self.offered.down_votes else up

    def _down(self, row: Row, writer: Writer) -> str:
        name, pressed = ("undown", "true") if row.vote == -1 else ("down", "false")
        return (
            f'<button{self.of_form} name="{name}" value="{row.id}" aria-pressed="{pressed}">{self.down_arrow}'
            f'<span class="vh">{writer.down}</span></button>\n'
        )

    def _edit(self, row: Row) -> str:
        """Return the link to edit the viewer's own comment; "" for the comments of others."""
        if row.state not in {PUBLIC, CommentState.HELD} or not is_mine(row, self.viewer):
            return ""
        return f'<a class="edit" href="{self.home}{row.id}/edit/">{self.words.edit}</a>\n'

    def _count(self, score: int) -> tuple[str, str]:
        """Return the number beside an arrow, "" for zero, and the words for screen readers."""
        if not score:
            return self.counts.setdefault(0, ("", ""))
        return self.counts.setdefault(
            score, (f"<span>{ascii_html(signed(score))}</span>", f" {_points(score)}. ")
        )

    def _score(self, score: int) -> str:
        html = self.scores.get(score)
        return self._new_score(score) if html is None else html

    def _new_score(self, score: int) -> str:
        html = (
            f'<span class="score">{self.arrow}<span>{signed(score)}</span>'
            f'<span class="vh"> {_points(score)}</span></span>\n'
        )
        return self.scores.setdefault(score, ascii_html(html))


def is_mine(row: Row, viewer: Viewer) -> bool:
    """Whether the comment is the viewer's own."""
    return viewer is not ANYBODY and viewer.wrote(row)


def _points(score: int) -> str:
    return ascii_html(escape(ngettext("upvote", "upvotes", score) if score > 0 else gettext("points")))
