"""Joins the HTML of comments from columns; the one place where it stands, readable as a template would be.

A template per comment cost twenty times as much (docs/architecture.md). Everything that people typed is escaped here,
except a comment's text, which `blog.markup` sanitised when it was written. It queries nothing and decides nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from html import escape  # as Django's, but plain strings: f-strings join them twice as fast
from itertools import zip_longest
from typing import NamedTuple
from urllib.parse import quote

from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext, gettext_noop, ngettext

from blog.markup import trusted
from comments.fragments.text import ascii_html, signed, translated
from comments.fragments.times import Times
from comments.models import CommentState
from comments.news import NOTHING_NEW, News
from comments.personal import BRANCH, NO_MUTES, Mutes
from comments.quotes import Lost, Quoted
from comments.thread import ANYBODY, PUBLIC, Person, Row, Shown, Viewer, muted_as


class Writer(NamedTuple):
    """What is said of one writer, again and again; all escaped."""

    heading: str
    name: str
    more: str
    to: str
    reply: str
    up: str
    down: str


class Controls(NamedTuple):
    """What of taking part is offered on a page."""

    may_vote: bool = False
    may_reply: bool = False
    may_decide: bool = False
    down_votes: bool = False
    # One's own comments from after this moment can be edited, written as the rows' are; "": nothing here is one's own.
    edit_since: str = ""


READING_ONLY = Controls()
# More comments than these that quote one are counted, and stand on its own page.
MOST_QUOTERS = 5

# What one press decides in a thread, by the state of the comment; a removal asks for its reason first.
DECISIONS = {
    PUBLIC: (("hold", gettext_noop("Hold")), ("spam", gettext_noop("Spam"))),
    CommentState.HELD.value: (("approve", gettext_noop("Approve")), ("spam", gettext_noop("Spam"))),
    CommentState.REMOVED.value: (("restore", gettext_noop("Restore")),),
}


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
        news: News = NOTHING_NEW,
        mutes: Mutes = NO_MUTES,
        in_vote_form: bool = False,
        quotes: Mapping[int, Quoted] | None = None,
    ) -> None:
        self.viewer = viewer
        self.mutes = mutes
        self.controls = controls
        self.news = news
        # Around a whole thread stands the form itself: for buttons that name it, Chromium walks through all it has
        # met, at each (5,000 comments: 15 s of parsing instead of 3).
        self.of_form = "" if in_vote_form else ' form="vote"'
        self.quotes = quotes or {}
        self.rows = {row.id: row for row in rows}
        self.people = people
        self.kinds: dict[tuple, str] = {}
        self.times = Times(zone or get_current_timezone(), now=now)
        # Among guests only, the word "guest" would say nothing.
        self.marks_guests = bool(people)
        self.home = reverse("comments:recent")
        self.people_home = reverse("comments:person", args=["-"]).removesuffix("-/")
        icons = escape(static("img/icons.svg"))
        self.arrow = f'<svg aria-hidden="true"><use href="{icons}#up"/></svg>'
        self.down_arrow = f'<svg aria-hidden="true"><use href="{icons}#down"/></svg>'
        self.in_reply_to = ascii_html(
            f'<span aria-hidden="true">↑</span> <span class="vh">{translated("In reply to")}</span> '
        )
        self.edited = translated("edited")
        self.more = f'{translated("More")}<span class="vh"> {translated("on %(name)s’s comment")}</span>'
        self.more_on_gone = f'{translated("More")}<span class="vh"> {translated("on %(name)s")}</span>'
        self.to = translated("to %(name)s")
        self.reply = f'{translated("Reply")}<span class="vh"> {self.to}</span>'
        self.edit = f'{translated("Edit")}<span class="vh"> {translated("your comment")}</span>'
        self.up, self.down = (
            translated("Upvote %(name)s’s comment"),
            translated("Downvote %(name)s’s comment"),
        )
        self.guest = f' <span class="guest">{translated("guest")}</span>'
        self.next_thread = translated("Next thread")
        list_of_mutes = reverse("comments:mutes")
        self.muted_person = f'<a href="{list_of_mutes}">{translated("A reader you muted")}</a>'
        self.muted_branch = f'<a href="{list_of_mutes}">{translated("A branch you muted")}, %s</a>'
        self.show = f'{translated("Show")}<span class="vh"> {translated("what they wrote")}</span>'
        self.writers: dict[int | tuple[str, str], Writer] = {}
        self.names: dict[int, str] = {}
        self.scores: dict[int, str] = {0: ""}
        self.counts: dict[int, tuple[str, str]] = {}
        self.replies: dict[int, str] = {}
        self.levels: dict[int, str] = {}
        self.depths: dict[tuple[int, int], str] = {}
        self.new_marks = self._new_marks()

    # --- a whole list ---

    def thread(self, shown: Sequence[Shown]) -> SafeString:
        """Return the items of a list of threads: `<li>` and all that is nested in them."""
        return trusted("".join(self._pieces(shown)))

    def encoded(self, shown: Sequence[Shown]) -> bytes:
        """Return the same as bytes, comment by comment: most are plain ASCII, which costs nothing to encode."""
        return b"".join([piece.encode() for piece in self._pieces(shown)])

    def _pieces(self, shown: Sequence[Shown]) -> Iterator[str]:
        """Yield each comment with its list item, and the lists that open or close after it."""
        article, next_links = self._article, self._next_links(shown)
        lanes_after = [*(item.lane for item in shown[1:]), 0]
        opener = 0
        for item, after in zip(shown, lanes_after, strict=False):
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

    def _next_links(self, shown: Sequence[Shown]) -> dict[int, str]:
        """Return for each opener but the last the link to the next one, which stands at its thread's end."""
        openers = [item.row.id for item in shown if item.lane == 0]
        return {
            pk: f'\n<a class="next-thread" href="#comment-{following}">{self.next_thread}</a>'
            for pk, following in zip(openers, openers[1:], strict=False)
        }

    def _open_fork(self, item: Shown) -> str:
        replies = self.replies.get(item.below) or self._replies(item.below)
        is_named = not (item.gone or item.muted)
        to = self._writer(item.row).to if is_named else self.to % {"name": self._number_of(item.row)}
        new = self._new_below(item.row.id) if self.news.below else ""
        return (
            f'\n<details class="replies" open><summary>{replies}<span class="vh"> {to}</span>{new}</summary>\n'
            f'<ol role="list" class="fork">'
        )

    def _replies(self, count: int) -> str:
        words = ngettext("%(count)d reply", "%(count)d replies", count) % {"count": count}
        return self.replies.setdefault(count, ascii_html(escape(words)))

    # --- one comment ---

    def comment(self, item: Shown, *, heading: str = "h2", parent: bool = True) -> SafeString:
        """Return one comment by itself, its name in a `heading`."""
        return trusted(self._article(item, heading, parent=parent))

    def _article(self, item: Shown, heading: str, *, parent: bool = True) -> str:
        row = item.row
        pk = row.id
        if item.muted == BRANCH:
            return self._muted_branch(item, heading, parent=parent)
        if item.gone:
            # What became of it and where it stood; nothing of what it said, nor who said it.
            who, body = self._tombstone(row), ""
            score, more = "", self.more_on_gone % {"name": self._number_of(row)}
        else:
            writer = self._writer(row)
            who, note = writer.heading, "" if row.state == PUBLIC else self._note(row)
            quoted = self._quoted(row) if pk in self.quotes else ""
            body = f'{note}<div class="comment-text">{row.html}</div>\n{quoted}'
            score, more = self._taking_part(row, writer), writer.more
            if self.controls.may_decide:
                score += self._deciding(row, writer)
            if item.muted:
                body, who = self._muted_text(who, body), self.muted_person
        above = self._parent(row.parent_id) if parent and row.parent_id is not None else ""
        key = (item.level, item.below)
        depth = self.depths.get(key)
        if depth is None:
            depth = self._new_depth(key)
        new = self.new_marks.get(pk, "")
        edited = self._edited(row) if row.edited and not item.gone else ""
        return (
            f'<article class="comment {self._classes(item)}"'
            f' id="comment-{pk}" tabindex="-1" aria-labelledby="name-{pk}">\n'
            f'<header><{heading} id="name-{pk}">{who}</{heading}>\n'
            f"{above}{depth}{new}{self._when(row)}{edited}</header>\n"
            f'{body}<footer>{score}<a class="more" href="{self.home}{pk}/">{more}</a></footer></article>'
        )

    def _edited(self, row: Row) -> str:
        """Return the way to what the edit changed."""
        return f'\n<a class="edited" href="{self.home}{row.id}/#changes">{self.edited}</a>'

    def _classes(self, item: Shown) -> str:
        if self.viewer is not ANYBODY and self.viewer.wrote(item.row):
            return _classes(item, mine=True)
        # A page has few kinds of places.
        kind = (item.lane, item.run, item.deep, item.gone, item.muted)
        return self.kinds.get(kind) or self.kinds.setdefault(kind, _classes(item))

    # --- what its reader has muted ---

    def _muted_text(self, who: str, body: str) -> str:
        """Return the text folded away, and the name with it; the row of actions is hidden until it is opened (CSS)."""
        return (
            f'<details class="muted-text"><summary>{self.show}</summary>\n'
            f'<p class="by">{who}</p>\n{body}</details>\n'
        )

    def _muted_branch(self, item: Shown, heading: str, *, parent: bool) -> str:
        """Return a comment that stands for all of its branch: what of it there is to read, and the ways to it."""
        row, pk = item.row, item.row.id
        count = item.below + (not item.gone)
        words = ngettext("%(count)d comment", "%(count)d comments", count) % {"count": count}
        above = self._parent(row.parent_id) if parent and row.parent_id is not None else ""
        of = f'<span class="vh"> {translated("the branch under %(name)s") % {"name": self._number_of(row)}}</span>'
        return (
            f'<article class="comment {self._classes(item)}"'
            f' id="comment-{pk}" tabindex="-1" aria-labelledby="name-{pk}">\n'
            f'<header><{heading} id="name-{pk}">{self.muted_branch % ascii_html(escape(words))}</{heading}>\n'
            f"{above}{self._when(row)}</header>\n"
            f'<footer><a class="show" href="{self.home}{pk}/">{translated("Show")}{of}</a>'
            f'<a class="unmute" href="{self.home}{pk}/mute/">{translated("Unmute")}{of}</a></footer></article>'
        )

    def _new_depth(self, key: tuple[int, int]) -> str:
        """Return what the eye sees and a screen reader cannot: how deep a comment stands, and how much under it."""
        level, below = key
        deep = (self.levels.get(level) or self._level(level)) if level else ""
        replies = (self.replies.get(below) or self._replies(below)) if below else ""
        said = f"{deep}, {replies}" if deep and replies else deep or replies
        return self.depths.setdefault(key, f'<span class="vh">{said}</span>\n' if said else "")

    def _level(self, level: int) -> str:
        return self.levels.setdefault(level, translated("level %(number)s") % {"number": level + 1})

    # --- what is new ---

    def _new_marks(self) -> dict[int, str]:
        """Return the mark of each new comment; each leads to the next one, on whatever page that stands."""
        word, following = translated("New"), translated("Next new")
        marks = {}
        for pk, after in zip_longest(self.news.ids, self.news.ids[1:]):
            address = f"{self.home}{after}/in-thread/"
            link = f'<a class="next-new" href="{address}">{following}</a>\n' if after else ""
            marks[pk] = f'<b class="new">{word}</b>\n{link}'
        return marks

    def _new_below(self, comment_id: int) -> str:
        count = self.news.below.get(comment_id)
        return f' <b class="new">{translated("%(count)d new") % {"count": count}}</b>' if count else ""

    def _parent(self, parent_id: int) -> str:
        name = self.names.get(parent_id) or self._name_of(parent_id)
        return f'<a class="comment-parent" href="{self.home}{parent_id}/">{self.in_reply_to}<bdi>{name}</bdi></a>\n'

    def _name_of(self, comment_id: int) -> str:
        row = self.rows.get(comment_id)
        if row is None:
            name = translated("a comment that is gone")
        else:
            name = self._writer(row).name if row.state == PUBLIC else self._number_of(row)
            if self.mutes is not NO_MUTES and muted_as(row, self.viewer, self.mutes):
                name = translated("a reader you muted")
        return self.names.setdefault(comment_id, name)

    def _note(self, row: Row) -> str:
        """Say to its writer why nobody else sees it."""
        if row.state == CommentState.REMOVED:
            state = self._tombstone(row)
        elif row.reason:
            state = translated("Waiting for review: %(reason)s") % {"reason": escape(row.reason.rstrip("."))}
        else:
            state = translated("Waiting for review")
        who = (
            translated("Only you and moderators see this.")
            if self._is_mine(row)
            else translated("Readers do not see this.")
        )
        return f'<p class="note">{state}. {who}</p>\n'

    def _tombstone(self, row: Row) -> str:
        if row.state == CommentState.WITHDRAWN:
            return translated("Withdrawn by its writer")
        if row.state == CommentState.HELD:
            return translated("Waiting for review")
        if row.state == CommentState.REMOVED and row.reason:
            return translated("Removed: %(reason)s") % {"reason": escape(row.reason.rstrip("."))}
        return translated("Removed")

    # --- quotations ---

    def preview(self, text_html: str, lost: Iterable[Lost]) -> SafeString:
        """Return a sanitised text by itself, with what is to be said of its quotations."""
        return trusted(f'<div class="comment-text">{text_html}</div>\n{"".join(map(self._lost, lost))}')

    def _quoted(self, row: Row) -> str:
        """Return which of a comment's quotations do not hold, and who quotes it."""
        by, lost = self.quotes[row.id]
        lines = "".join(map(self._lost, lost))
        if not by:
            return lines
        links = [f'<a href="{self.home}{item.id}/">#{item.number}</a>' for item in by]
        if len(links) > MOST_QUOTERS:
            more = ngettext("and %(count)d more", "and %(count)d more", len(links) - MOST_QUOTERS)
            words = ascii_html(escape(more % {"count": len(links) - MOST_QUOTERS}))
            links[MOST_QUOTERS:] = [f'<a href="{self.home}{row.id}/">{words}</a>']
        return f'{lines}<p class="quoted-by">{translated("Quoted by")} {", ".join(links)}</p>\n'

    def _lost(self, lost: Lost) -> str:
        if lost.source is None:
            line = translated("Not in the post as it stands now: “%(words)s”")
        elif not lost.words:
            line = translated("The comment quoted here, %(number)s, is gone.")
        else:
            line = translated("Not in %(number)s as it stands now: “%(words)s”")
        number = self._number_of(lost.source) if lost.source else ""
        said = line % {"number": number, "words": ascii_html(escape(lost.words))}
        return f'<p class="quote-lost">{said}</p>\n'

    # --- names ---

    def _writer(self, row: Row) -> Writer:
        key = row.user_id or (row.guest_name, row.website)
        return self.writers.get(key) or self._new_writer(key, row)

    def _new_writer(self, key: int | tuple[str, str], row: Row) -> Writer:
        person = self.people.get(row.user_id) if row.user_id else None
        name = escape(person.name if person else row.guest_name or gettext("A former reader"))
        writer = Writer(
            heading=self._member(person, name) if person else self._guest(row, name),
            name=name,
            **{
                words: getattr(self, words) % {"name": name}
                for words in ("more", "to", "reply", "up", "down")
            },
        )
        return self.writers.setdefault(key, writer)

    def _member(self, person: Person, name: str) -> str:
        badges = [translated("Author")] if person.is_author else []
        if person.is_owner:
            badges.append(translated("Staff"))
        elif person.is_moderator:
            badges.append(translated("Moderator"))
        marks = "".join(f' <span class="badge">{badge}</span>' for badge in badges)
        return f'<a href="{self.people_home}{quote(person.slug)}/"><bdi>{name}</bdi></a>{marks}'

    def _guest(self, row: Row, name: str) -> str:
        # Isolated, so that a name in another direction does not reorder what stands beside it.
        name = f"<bdi>{name}</bdi>"
        if row.website.startswith(("https://", "http://")):
            name = f'<a href="{escape(row.website)}" rel="ugc nofollow">{name}</a>'
        return name + self.guest if self.marks_guests and row.guest_name else name

    def _number_of(self, row: Row) -> str:
        """Return how others point to a comment whose writer is not named any more."""
        return f"#{row.number}" if row.number is not None else translated("a comment that is gone")

    # --- taking part ---

    def _taking_part(self, row: Row, writer: Writer) -> str:
        """Return vote and reply of one comment; its own writer, and whoever waits, has the score alone."""
        controls = self.controls
        edit = self._edit(row) if controls.edit_since and row.created > controls.edit_since else ""
        if row.state != PUBLIC:
            return edit
        vote = (
            self._vote(row, writer)
            if controls.may_vote and not self._is_mine(row)
            else self._score(row.score)
        )
        if not controls.may_reply:
            return vote + edit
        return f'{vote}<a class="reply" href="{self.home}{row.id}/reply/">{writer.reply}</a>\n{edit}'

    def _edit(self, row: Row) -> str:
        """Return the way to edit one's own comment, for the few minutes in which that is possible."""
        if row.state not in {PUBLIC, CommentState.HELD} or not self._is_mine(row):
            return ""
        return f'<a class="edit" href="{self.home}{row.id}/edit/">{self.edit}</a>\n'

    def _is_mine(self, row: Row) -> bool:
        return self.viewer is not ANYBODY and self.viewer.wrote(row)

    def _vote(self, row: Row, writer: Writer) -> str:
        number, words = self.counts.get(row.score) or self._count(row.score)
        # The name that a press has: pressing a pressed one takes the vote back, so repeats do no harm.
        name, pressed = ("unup", "true") if row.vote == 1 else ("up", "false")
        up = (
            f'<button{self.of_form} name="{name}" value="{row.id}" aria-pressed="{pressed}">{self.arrow}{number}'
            f'<span class="vh">{words}{writer.up}</span></button>\n'
        )
        return up + self._down(row, writer) if self.controls.down_votes else up

    def _down(self, row: Row, writer: Writer) -> str:
        name, pressed = ("undown", "true") if row.vote == -1 else ("down", "false")
        return (
            f'<button{self.of_form} name="{name}" value="{row.id}" aria-pressed="{pressed}">{self.down_arrow}'
            f'<span class="vh">{writer.down}</span></button>\n'
        )

    def _count(self, score: int) -> tuple[str, str]:
        """Return the number that is seen beside an arrow, none at zero, and how it is read out."""
        if not score:
            return self.counts.setdefault(0, ("", ""))
        return self.counts.setdefault(
            score, (f"<span>{ascii_html(signed(score))}</span>", f" {self._points(score)}. ")
        )

    def vote(self, row: Row) -> SafeString:
        """Return the buttons of one comment again, after a vote."""
        return trusted(self._vote(row, self._writer(row)))

    # --- deciding ---

    def _deciding(self, row: Row, writer: Writer) -> str:
        """Return what moderators decide by; the buttons of all comments send one form, and say on which version.

        In a thread that is the form of the votes, which has the same token.
        """
        of_form = self.of_form and ' form="decide"'
        of = f'<span class="vh">: {translated("%(name)s’s comment") % {"name": writer.name}}</span>'
        address = f"{self.home}{row.id}"
        buttons = "".join(
            f'<button{of_form} formaction="{address}/decision/" name="do" value="{do}.{row.rev}">'
            f"{translated(label)}{of}</button>\n"
            for do, label in DECISIONS.get(row.state, ())
        )
        if row.state != CommentState.REMOVED:
            buttons += (
                f'<a class="remove" href="{address}/removal/?rev={row.rev}">{translated("Remove…")}{of}</a>'
            )
        return f'<span class="decide">{buttons}</span>\n'

    # --- numbers and times ---

    def _score(self, score: int) -> str:
        html = self.scores.get(score)
        return self._new_score(score) if html is None else html

    def _new_score(self, score: int) -> str:
        html = (
            f'<span class="score">{self.arrow}<span>{signed(score)}</span>'
            f'<span class="vh"> {self._points(score)}</span></span>\n'
        )
        return self.scores.setdefault(score, ascii_html(html))

    def _points(self, score: int) -> str:
        return ascii_html(escape(ngettext("upvote", "upvotes", score) if score > 0 else gettext("points")))

    def _when(self, row: Row) -> str:
        """Return number and moment as the link to the comment's place in its thread."""
        created = row.created
        hour = self.times.hours.get(created[:13]) or self.times.hour(created)
        minutes = hour.minutes or created[14:16]
        number = "" if row.number is None else f"#{row.number} &#183; "
        return (
            f'<a class="comment-when" href="{self.home}{row.id}/in-thread/">{number}'
            f"{hour.machine}{minutes}{hour.full}{minutes}{hour.short}{minutes}{hour.end}</a>"
        )


def _classes(item: Shown, *, mine: bool = False) -> str:
    marks = {"mine": mine, "run": item.run, "deep": item.deep, "gone": item.gone, "muted": item.muted}
    return " ".join([f"lane-{item.lane}", *(mark for mark, is_set in marks.items() if is_set)])
