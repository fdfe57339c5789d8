"""Builds the discussion of a post as one reader asked for it.

The number of queries is fixed, except that the texts of a long discussion are read some hundred at a time
(thread/texts.py). It knows no request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from blog.models import CommentPolicy, Post
from comments import permissions, thread
from comments.discussion.quotations import quotes_of
from comments.discussion.single_comments import controls_for
from comments.discussion.structured_data import structured_data
from comments.fragments import Fragments
from comments.models import Comment, DiscussionSettings
from comments.thread import Person, PlacedComment, Row, Viewer, texts
from comments.thread.mutes import Mutes
from comments.thread.unread import (
    NOTHING_UNREAD,
    ReadMark,
    Unread,
    continue_or_start_visit,
    last_number,
    unread_in,
)
from web import dates
from web.absolute_urls import absolute


@dataclass(frozen=True)
class DiscussionRequest:
    """What a reader asked for: an order, a page, or everything on one page."""

    viewer: Viewer = thread.ANYBODY
    # The member, for what members alone may do.
    person: User | None = None
    # How far a member had read before this request.
    mark: ReadMark | None = None
    order: str = thread.OLDEST
    # Whether the address names the order; links to other pages then name it too.
    chose_order: bool = False
    page: int = 1
    whole: bool = False


@dataclass(frozen=True)
class Order:
    name: str
    address: str
    is_current: bool


@dataclass(frozen=True)
class Pager:
    number: int
    last: int
    earlier: str | None
    later: str | None
    whole: str


@dataclass(frozen=True)
class DiscussionPage:
    """Everything the template of a discussion prints."""

    count: int
    fragments: Fragments
    shown: Sequence[PlacedComment]
    is_flat: bool
    orders: list[Order]
    pager: Pager | None
    # Which of its pages this is.
    number: int
    # Why this reader cannot comment; None if they see the form.
    refusal: str | None
    # Whether signing in would help.
    invites: bool
    policy: str
    closes_at: datetime | None
    data: dict[str, Any] | None
    # How far a member has read with this page; None for guests, whose devices remember it.
    mark: ReadMark | None
    # "Tue 9:02", the end of their previous visit; "" on the first.
    since: str
    # How many new comments are on the pages before this one.
    new_before: int
    last_number: int
    # The path of the post.
    path: str

    @property
    def address(self) -> str:
        return absolute(self.path)

    @property
    def previous_new(self) -> int | None:
        """The id of the last new comment on the pages before this one."""
        return self.fragments.unread.ids[self.new_before - 1] if self.new_before else None

    @property
    def feed(self) -> str:
        return f"{self.path}feed/"

    @property
    def next(self) -> str:
        """Where the sign-in leads back to."""
        return f"{self.path}#discussion"


class _Loaded(NamedTuple):
    """What was read of a discussion: all rows, and `shown`, those that this reader is shown, in their order."""

    rows: list[Row]
    people: dict[int, Person]
    mutes: Mutes
    settings: DiscussionSettings
    shown: list[PlacedComment]


class _Commenting(NamedTuple):
    """Whether this reader can comment; the fields are those of DiscussionPage."""

    refusal: str | None
    invites: bool
    policy: str
    closes_at: datetime | None


def discussion_page(post: Post, asked: DiscussionRequest, *, now: datetime) -> DiscussionPage:
    """Return the discussion of a post as this reader asked for it.

    At most three queries, two more in the best order, and some more if comments quote something or are very many.
    """
    loaded = _load(post, asked)
    rows, shown = loaded.rows, loaded.shown
    page, number, pages = _page_of(shown, asked)
    last = last_number(rows)
    mark, unread = _marked(shown, asked, last=last, now=now)
    commenting = _commenting(post, asked, loaded.settings, now=now)
    public = [row for row in rows if row.state == thread.PUBLIC]
    return DiscussionPage(
        count=len(public),
        fragments=_fragments(post, asked, loaded, page, unread, refusal=commenting.refusal, now=now),
        shown=page,
        is_flat=asked.order == thread.FLAT,
        orders=_orders(asked.order),
        pager=_pager(number, pages, asked) if pages > 1 else None,
        number=number,
        **commenting._asdict(),
        data=structured_data(post, public, loaded.people) if public and number == 1 else None,
        mark=mark,
        since=dates.recent_moment(mark.since_at, now=now) if mark and mark.since_at else "",
        new_before=_new_before(page, shown, unread),
        last_number=last,
        path=post.get_absolute_url(),
    )


def _load(post: Post, asked: DiscussionRequest) -> _Loaded:
    rows = thread.load(post.pk, viewer=asked.viewer)
    people, own = thread.load_around(post.pk, rows, asked.viewer)
    shown = _arranged(post.pk, rows, viewer=asked.viewer, order=asked.order, mutes=own.mutes)
    return _Loaded(rows, people, own.mutes, DiscussionSettings.load(), shown)


def _arranged(
    post_id: int, rows: Sequence[Row], *, viewer: Viewer, order: str, mutes: Mutes
) -> list[PlacedComment]:
    """Return the comments in the order that was asked for; two queries in the best order, none in the others."""
    signals = thread.load_negative_signals(post_id) if order == thread.BEST else None
    return thread.arrange(rows, order=order, viewer=viewer, signals=signals, mutes=mutes)


def _commenting(
    post: Post, asked: DiscussionRequest, settings: DiscussionSettings, *, now: datetime
) -> _Commenting:
    closes_at = permissions.closes_at(post, settings)
    return _Commenting(
        refusal=permissions.comment_refusal(asked.person, post, None, settings=settings, now=now),
        invites=asked.person is None and not permissions.closed_reason(post, settings, now=now),
        policy=_policy(post, closes_at=closes_at, now=now),
        closes_at=closes_at,
    )


def _fragments(
    post: Post,
    asked: DiscussionRequest,
    loaded: _Loaded,
    page: Sequence[PlacedComment],
    unread: Unread,
    *,
    refusal: str | None,
    now: datetime,
) -> Fragments:
    """Return what makes the HTML of the comments on this page."""
    viewer, rows = asked.viewer, loaded.rows
    return Fragments(
        rows,
        loaded.people,
        now=now,
        viewer=viewer,
        controls=controls_for(refusal, viewer, loaded.settings, now),
        unread=unread,
        mutes=loaded.mutes,
        in_vote_form=True,
        quotes=quotes_of(post, rows, viewer, is_whole=True, shown={item.row.id for item in page}),
        texts=texts.text_reader(post.pk, viewer),
    )


def _page_of(
    shown: Sequence[PlacedComment], asked: DiscussionRequest
) -> tuple[Sequence[PlacedComment], int, int]:
    """Return the comments of the page that was asked for, its number, and how many pages there are."""
    starts = thread.page_starts(shown)
    number = min(max(asked.page, 1), len(starts))
    if asked.whole:
        return shown, number, len(starts)
    return shown[starts[number - 1] : [*starts[1:], len(shown)][number - 1]], number, len(starts)


def _marked(
    shown: Sequence[PlacedComment], asked: DiscussionRequest, *, last: int, now: datetime
) -> tuple[ReadMark | None, Unread]:
    """Return how far a member has read with this visit, and what is new to them; neither for guests."""
    if asked.person is None:
        return None, NOTHING_UNREAD
    mark = continue_or_start_visit(asked.mark, last=last, now=now)
    return mark, unread_in(shown, since=mark.since, viewer=asked.viewer)


def _new_before(page: Sequence[PlacedComment], shown: Sequence[PlacedComment], unread: Unread) -> int:
    """Return how many new comments come before this page."""
    if not unread.ids or not page:
        return 0
    new, first = set(unread.ids), page[0].row.id
    before = takewhile(lambda item: item.row.id != first, shown)
    return sum(item.row.id in new for item in before)


def _orders(current: str) -> list[Order]:
    names = {
        thread.OLDEST: _("Oldest"),
        thread.NEWEST: _("Newest"),
        thread.BEST: _("Best"),
        thread.FLAT: _("Flat list"),
    }
    return [Order(name, f"?order={key}#discussion", key == current) for key, name in names.items()]


def _pager(number: int, last: int, asked: DiscussionRequest) -> Pager | None:
    """Return the links between the pages of a long discussion."""
    order = {"order": asked.order} if asked.chose_order else {}
    if asked.whole:
        return None

    def address(page: int) -> str:
        return f"?{urlencode(order | {'page': page})}#discussion"

    return Pager(
        number=number,
        last=last,
        earlier=address(number - 1) if number > 1 else None,
        later=address(number + 1) if number < last else None,
        whole=f"?{urlencode(order)}{'&' if order else ''}all#discussion",
    )


def _policy(post: Post, *, closes_at: datetime | None, now: datetime) -> str:
    """Return the sentences above the form: that comments are reviewed first, and until when one can comment; or ""."""
    said = []
    if post.comment_policy == CommentPolicy.HELD:
        said.append(_("Comments appear after a moderator approves them."))
    if closes_at is not None and closes_at > now:
        said.append(_("Comments close on %(date)s.") % {"date": date_format(localtime(closes_at), "j F Y")})
    return " ".join(said)


def place_in_thread(comment: Comment, *, viewer: Viewer, order: str) -> int | None:
    """Return the number of the page on which this viewer finds the comment in this order, or None."""
    rows = thread.load(comment.post_id, with_text=False)
    mutes = thread.load_around(comment.post_id, (), viewer).personal.mutes
    shown = _arranged(comment.post_id, rows, viewer=viewer, order=order, mutes=mutes)
    return thread.page_of(comment.pk, shown)
