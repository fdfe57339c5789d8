"""Builds the discussion of a post as one reader asked for it.

It reads in a fixed number of queries, whatever the size, and knows no request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any
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
from comments.thread import PlacedComment, Viewer, texts
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
    # Whether the address itself says the order; links to other pages then say it too.
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
    # Why this reader cannot comment; None where the form stands.
    refusal: str | None
    # Whether signing in would help.
    invites: bool
    policy: str
    closes_at: datetime | None
    data: dict[str, Any] | None
    # How far a member has read with this page; None for guests, whose device remembers it.
    mark: ReadMark | None
    # "Tue 9:02": when their visit before ended; "" on the first.
    since: str
    # How many new comments stand on the pages before this one.
    new_before: int
    last_number: int
    # Of the post.
    path: str

    @property
    def address(self) -> str:
        return absolute(self.path)

    @property
    def previous_new(self) -> int | None:
        """The last of the new comments on the pages before this one, by id."""
        return self.fragments.unread.ids[self.new_before - 1] if self.new_before else None

    @property
    def feed(self) -> str:
        return f"{self.path}feed/"

    @property
    def next(self) -> str:
        """Where a reader who signs in comes back to."""
        return f"{self.path}#discussion"


def discussion_page(post: Post, asked: DiscussionRequest, *, now: datetime) -> DiscussionPage:
    """Return the discussion of a post as this reader asked for it; three queries, five in the best order."""
    rows = thread.load(post.pk, viewer=asked.viewer)
    people, own = thread.load_around(post.pk, rows, asked.viewer)
    signals = thread.load_negative_signals(post.pk) if asked.order == thread.BEST else None
    shown = thread.arrange(rows, order=asked.order, viewer=asked.viewer, signals=signals, mutes=own.mutes)
    page, number, pages = _page_of(shown, asked)
    last = last_number(rows)
    mark, unread = _marked(shown, asked, last=last, now=now)
    settings = DiscussionSettings.load()
    public = [row for row in rows if row.state == thread.PUBLIC]
    refusal = permissions.comment_refusal(asked.person, post, None, settings=settings, now=now)
    return DiscussionPage(
        count=len(public),
        fragments=Fragments(
            rows,
            people,
            now=now,
            viewer=asked.viewer,
            controls=controls_for(refusal, asked.viewer, settings, now),
            unread=unread,
            mutes=own.mutes,
            in_vote_form=True,
            quotes=quotes_of(post, rows, asked.viewer, is_whole=True, shown={item.row.id for item in page}),
            texts=texts.text_reader(post.pk, asked.viewer),
        ),
        shown=page,
        is_flat=asked.order == thread.FLAT,
        orders=_orders(asked.order),
        pager=_pager(number, pages, asked) if pages > 1 else None,
        number=number,
        refusal=refusal,
        invites=asked.person is None and not permissions.closed_reason(post, settings, now=now),
        policy=_policy(post, closes_at=permissions.closes_at(post, settings), now=now),
        closes_at=permissions.closes_at(post, settings),
        data=structured_data(post, public, people) if public and number == 1 else None,
        mark=mark,
        since=dates.recent_moment(mark.since_at, now=now) if mark and mark.since_at else "",
        new_before=_new_before(page, shown, unread),
        last_number=last,
        path=post.get_absolute_url(),
    )


def _page_of(
    shown: Sequence[PlacedComment], asked: DiscussionRequest
) -> tuple[Sequence[PlacedComment], int, int]:
    """Return what stands on the page that was asked for, its number, and how many pages there are."""
    starts = thread.page_starts(shown)
    number = min(max(asked.page, 1), len(starts))
    if asked.whole:
        return shown, number, len(starts)
    return shown[starts[number - 1] : [*starts[1:], len(shown)][number - 1]], number, len(starts)


def _marked(
    shown: Sequence[PlacedComment], asked: DiscussionRequest, *, last: int, now: datetime
) -> tuple[ReadMark | None, Unread]:
    """Return how far a member has read with this visit, and what is new to them; nothing of either for guests."""
    if asked.person is None:
        return None, NOTHING_UNREAD
    mark = continue_or_start_visit(asked.mark, last=last, now=now)
    return mark, unread_in(shown, since=mark.since, viewer=asked.viewer)


def _new_before(page: Sequence[PlacedComment], shown: Sequence[PlacedComment], unread: Unread) -> int:
    """Return how many of the new comments stand before this page of all that are shown."""
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
    """Return in words what becomes of a comment that is written here, and until when; "" where nothing is special."""
    said = []
    if post.comment_policy == CommentPolicy.HELD:
        said.append(_("Comments appear after a moderator approves them."))
    if closes_at is not None and closes_at > now:
        said.append(_("Comments close on %(date)s.") % {"date": date_format(localtime(closes_at), "j F Y")})
    return " ".join(said)


def place_in_thread(comment: Comment, *, viewer: Viewer, order: str) -> int | None:
    """Return the page of its post on which this viewer finds the comment in this order, or None."""
    rows = thread.load(comment.post_id, with_text=False)
    signals = thread.load_negative_signals(comment.post_id) if order == thread.BEST else None
    mutes = thread.load_around(comment.post_id, (), viewer).personal.mutes
    shown = thread.arrange(rows, order=order, viewer=viewer, signals=signals, mutes=mutes)
    return thread.page_of(comment.pk, shown)
