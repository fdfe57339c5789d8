"""Joins the HTML of comments from columns, as a template would; the other files of this package make the parts.

A template per comment cost twenty times as much (docs/architecture.md). Everything that people typed is escaped in
this package, except a comment's text, which `blog.markup` sanitised when it was written. It makes no query of its own:
the caller's `texts` may, when a long discussion is joined piece by piece. What one may do, `permissions` decide.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from html import escape  # as Django's, but plain strings: f-strings join them twice as fast

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import ngettext

from blog.markup import trusted
from comments.fragments import quotations, states
from comments.fragments.controls import READING_ONLY, ControlButtons, Controls, is_mine
from comments.fragments.decision_buttons import DecisionButtons, matter_in_thread
from comments.fragments.places import Places, unread_below, unread_marks
from comments.fragments.text import ascii_html, translated, with_hidden
from comments.fragments.times import Times
from comments.fragments.words import words
from comments.fragments.writers import Writers, number_of
from comments.thread import ANYBODY, PUBLIC, Person, PlacedComment, Row, Viewer
from comments.thread.mutes import BRANCH, NO_MUTES, Mutes
from comments.thread.quotations import BrokenQuotation, QuotationNotes
from comments.thread.unread import NOTHING_UNREAD, Unread


class Fragments:
    """The comments of one page: what many of them share (names, words, dates) is made once and remembered."""

    def __init__(
        self,
        rows: Iterable[Row],
        people: Mapping[int, Person],
        *,
        now: datetime,
        zone: tzinfo | None = None,
        viewer: Viewer = ANYBODY,
        controls: Controls = READING_ONLY,
        unread: Unread = NOTHING_UNREAD,
        mutes: Mutes = NO_MUTES,
        in_vote_form: bool = False,
        quotes: Mapping[int, QuotationNotes] | None = None,
        texts: Callable[[Sequence[PlacedComment]], Iterable[PlacedComment]] | None = None,
    ) -> None:
        self.rows = {row.id: row for row in rows}
        self.viewer = viewer
        self.unread = unread
        self.mutes = mutes
        self.quotes = quotes or {}
        # Yields the comments of a list with their texts; those of a long discussion are read meanwhile.
        self.texts = texts or (lambda shown: shown)
        # The form encloses a whole discussion, so its buttons need not name it: for each button that names a form,
        # Chromium searches all elements before it (5,000 comments: 15 s of parsing instead of 3).
        of_form = "" if in_vote_form else ' form="vote"'
        self.home = reverse("comments:recent")
        self.words = words()
        self.writers = Writers(self.rows, people, self.words, viewer, mutes)
        self.controls = ControlButtons(controls, viewer, self.words, home=self.home, of_form=of_form)
        self.decisions = DecisionButtons(viewer.decider, home=self.home, of_form=of_form)
        self.may_decide = controls.may_decide
        self.places = Places()
        self.unread_marks = unread_marks(unread, self.words, home=self.home)
        self.times = Times(zone or get_current_timezone(), now=now)
        self.kinds: dict[tuple, str] = {}

    # --- a whole list ---

    def thread(self, shown: Sequence[PlacedComment]) -> SafeString:
        """Return the items of a list of threads: `<li>` and all that is nested in them."""
        return trusted("".join(self.pieces(shown)))

    def encoded(self, shown: Sequence[PlacedComment]) -> bytes:
        """Return the same as bytes, encoded comment by comment: most are ASCII, which costs nothing to encode."""
        return b"".join([piece.encode() for piece in self.pieces(shown)])

    def pieces(self, shown: Sequence[PlacedComment]) -> Iterator[str]:
        """Yield each comment with its list item, and the lists that open or close after it."""
        article, next_links = self._article, self._next_links(shown)
        lanes_after = [*(item.lane for item in shown[1:]), 0]
        opener = 0
        for item, after in zip(self.texts(shown), lanes_after, strict=False):
            lane = item.lane
            if lane == 0:
                opener = item.row.id
            if after > lane:
                yield f"<li>{article(item, 'h4' if lane else 'h3')}{self._open_fork(item)}"
            elif after:
                yield f"<li>{article(item, 'h4')}{self._CLOSE_FORK * (lane - after)}</li>\n"
            else:
                close = self._CLOSE_FORK * lane
                yield f"<li>{article(item, 'h4' if lane else 'h3')}{close}{next_links.get(opener, '')}</li>\n"

    _CLOSE_FORK = "</li>\n</ol></details>"

    def _next_links(self, shown: Sequence[PlacedComment]) -> dict[int, str]:
        """Map each opener but the last to the link to the next one, for the end of its thread."""
        openers = [item.row.id for item in shown if item.lane == 0]
        words = self.words.next_thread
        return {
            pk: f'\n<a class="next-thread" href="#comment-{following}">{words}</a>'
            for pk, following in zip(openers, openers[1:], strict=False)
        }

    def _open_fork(self, item: PlacedComment) -> str:
        replies = self.places.replies(item.below)
        is_named = not (item.gone or item.muted)
        to = self.writers.of(item.row).to if is_named else self.words.to % {"name": number_of(item.row)}
        new = unread_below(self.unread, item.row.id) if self.unread.below else ""
        return (
            f'\n<details class="replies" open><summary>{replies}<span class="vh"> {to}</span>{new}</summary>\n'
            f'<ol role="list" class="fork">'
        )

    # --- one comment ---

    def comment(self, item: PlacedComment, *, heading: str = "h2", parent: bool = True) -> SafeString:
        """Return one comment by itself, with the writer's name in a `heading`."""
        return trusted(self._article(item, heading, parent=parent))

    def preview(self, text_html: str, lost: Iterable[BrokenQuotation]) -> SafeString:
        """Return a sanitised text by itself, with the lines about its broken quotations."""
        lines = "".join(map(quotations.broken, lost))
        return trusted(f'<div class="comment-text">{text_html}</div>\n{lines}')

    def vote(self, row: Row) -> SafeString:
        """Return the buttons of one comment again, after a vote."""
        return trusted(self.controls.vote(row, self.writers.of(row)))

    def _article(self, item: PlacedComment, heading: str, *, parent: bool = True) -> str:
        row = item.row
        pk = row.id
        if item.muted == BRANCH:
            return self._muted_branch(item, heading, parent=parent)
        if item.gone:
            # What became of it and where it was, but neither the text nor the name.
            who, body = states.tombstone(row), ""
            score, more = "", self.words.more_on_gone % {"name": number_of(row)}
        else:
            writer = self.writers.of(row)
            who, more = writer.heading, writer.more
            body, score = self._body(row), self.controls.taking_part(row, writer)
            if self.may_decide:
                score += self._decisions(row, writer.name)
            if item.muted:
                body, who = self._muted_text(who, body), self._muted_person()
        above = self._parent(row.parent_id) if parent and row.parent_id is not None else ""
        depth = self.places.depth(item.level, item.below)
        new = self.unread_marks.get(pk, "")
        edited = self._edited(row) if row.edited and not item.gone else ""
        return (
            f'<article class="comment {self._classes(item)}"'
            f' id="comment-{pk}" tabindex="-1" aria-labelledby="name-{pk}">\n'
            f'<header><{heading} id="name-{pk}">{who}</{heading}>\n'
            f"{above}{depth}{new}{self._when(row)}{edited}</header>\n"
            f'{body}<footer>{score}<a class="more" href="{self.home}{pk}/">{more}</a></footer></article>'
        )

    def _body(self, row: Row) -> str:
        note = "" if row.state == PUBLIC else states.note(row, is_mine=is_mine(row, self.viewer))
        notes = self.quotes.get(row.id)
        quoted = quotations.quoted(row, notes, home=self.home) if notes else ""
        return f'{note}<div class="comment-text">{row.html}</div>\n{quoted}'

    def _decisions(self, row: Row, name: str) -> str:
        person = self.writers.people.get(row.user_id) if row.user_id is not None else None
        matter = matter_in_thread(row, person, is_mine=is_mine(row, self.viewer))
        return self.decisions.buttons(row, name, matter)

    def _parent(self, parent_id: int) -> str:
        name = self.writers.name_for_answers(parent_id)
        return (
            f'<a class="comment-parent" href="{self.home}{parent_id}/">'
            f"{self.words.in_reply_to}<bdi>{name}</bdi></a>\n"
        )

    def _when(self, row: Row) -> str:
        """Return number and date as a link to the comment's place in its thread."""
        created = row.created
        hour = self.times.hours.get(created[:13]) or self.times.hour(created)
        minutes = hour.minutes or created[14:16]
        number = "" if row.number is None else f"#{row.number} &#183; "
        return (
            f'<a class="comment-when" href="{self.home}{row.id}/in-thread/">{number}'
            f"{hour.machine}{minutes}{hour.full}{minutes}{hour.short}{minutes}{hour.end}</a>"
        )

    def _edited(self, row: Row) -> str:
        """Return the link to what the edits changed."""
        return f'\n<a class="edited" href="{self.home}{row.id}/#changes">{self.words.edited}</a>'

    def _classes(self, item: PlacedComment) -> str:
        if self.viewer is not ANYBODY and self.viewer.wrote(item.row):
            return _classes(item, mine=True)
        # Cached, because a page has few different ones.
        kind = (item.lane, item.run, item.deep, item.gone, item.muted)
        return self.kinds.get(kind) or self.kinds.setdefault(kind, _classes(item))

    # --- what its reader has muted ---

    def _muted_person(self) -> str:
        return f'<a href="{reverse("comments:mutes")}">{self.words.muted_person}</a>'

    def _muted_text(self, who: str, body: str) -> str:
        """Return text and name collapsed; CSS hides the actions until they are expanded."""
        return (
            f'<details class="muted-text"><summary>{self.words.show_muted}</summary>\n'
            f'<p class="by">{who}</p>\n{body}</details>\n'
        )

    def _muted_branch(self, item: PlacedComment, heading: str, *, parent: bool) -> str:
        """Return the one line for a muted comment and its replies: their number, and links to show them."""
        row, pk = item.row, item.row.id
        count = item.below + (not item.gone)
        words = ngettext("%(count)d comment", "%(count)d comments", count) % {"count": count}
        who = f'<a href="{reverse("comments:mutes")}">{self.words.muted_branch}: {ascii_html(escape(words))}</a>'
        above = self._parent(row.parent_id) if parent and row.parent_id is not None else ""
        of = translated("%(name)s and its replies") % {"name": number_of(row)}
        show, unmute = with_hidden(translated("Show"), of), with_hidden(translated("Unmute"), of)
        return (
            f'<article class="comment {self._classes(item)}"'
            f' id="comment-{pk}" tabindex="-1" aria-labelledby="name-{pk}">\n'
            f'<header><{heading} id="name-{pk}">{who}</{heading}>\n'
            f"{above}{self._when(row)}</header>\n"
            f'<footer><a class="show" href="{self.home}{pk}/">{show}</a>'
            f'<a class="unmute" href="{self.home}{pk}/mute/">{unmute}</a></footer></article>'
        )


def _classes(item: PlacedComment, *, mine: bool = False) -> str:
    marks = {"mine": mine, "run": item.run, "deep": item.deep, "gone": item.gone, "muted": item.muted}
    return " ".join([f"lane-{item.lane}", *(mark for mark, is_set in marks.items() if is_set)])
