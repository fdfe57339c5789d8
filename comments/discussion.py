"""Puts together what a page shows of a discussion: the thread of a post, or one comment with what stands round it.

It reads in a fixed number of queries, whatever the size, and knows no request.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import nsmallest
from itertools import takewhile
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from blog import dates, markup
from blog.addresses import absolute, path
from blog.models import CommentPolicy, Post
from comments import permissions, thread
from comments.fragments import Controls, Fragments
from comments.models import Comment, DiscussionSettings
from comments.news import NOTHING_NEW, Mark, News, begun, last_number, news_of
from comments.personal import BRANCH, Mutes
from comments.quoting import quotes_it, quotes_of
from comments.thread import Person, Row, Shown, Viewer

# What machines get of a discussion: enough to know what is talked about, not a copy of it.
LD_COMMENTS = 20
LD_LETTERS = 200


@dataclass(frozen=True)
class Reader:
    """What a reader asked for: an order, a page, or everything on one page."""

    viewer: Viewer = thread.ANYBODY
    # The member, for what members alone may do.
    person: User | None = None
    # How far a member had read before this request.
    mark: Mark | None = None
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
    shown: Sequence[Shown]
    is_flat: bool
    orders: list[Order]
    pager: Pager | None
    # Why this reader cannot comment; None where the form stands.
    refusal: str | None
    # Whether signing in would help.
    invites: bool
    policy: str
    closes_at: datetime | None
    data: dict[str, Any] | None
    # How far a member has read with this page; None for guests, whose device remembers it.
    mark: Mark | None
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
        return self.fragments.news.ids[self.new_before - 1] if self.new_before else None

    @property
    def feed(self) -> str:
        return f"{self.path}feed/"

    @property
    def next(self) -> str:
        """Where a reader who signs in comes back to."""
        return f"{self.path}#discussion"


def discussion_page(post: Post, reader: Reader, *, now: datetime) -> DiscussionPage:
    """Return the discussion of a post as this reader asked for it; three queries, five in the best order."""
    rows = thread.load(post.pk, viewer=reader.viewer)
    people, own = thread.load_around(post.pk, rows, reader.viewer)
    against = thread.load_against(post.pk) if reader.order == thread.BEST else None
    shown = thread.arrange(rows, order=reader.order, viewer=reader.viewer, against=against, mutes=own.mutes)
    page, number, pages = _page_of(shown, reader)
    last = last_number(rows)
    mark, news = _marked(shown, reader, last=last, now=now)
    settings = DiscussionSettings.load()
    public = [row for row in rows if row.state == thread.PUBLIC]
    refusal = permissions.comment_refusal(reader.person, post, None, settings=settings, now=now)
    return DiscussionPage(
        count=len(public),
        fragments=Fragments(
            rows,
            people,
            now=now,
            viewer=reader.viewer,
            controls=_controls(refusal, reader.viewer, settings, now),
            news=news,
            mutes=own.mutes,
            in_vote_form=True,
            quotes=quotes_of(post, rows, reader.viewer, is_whole=True, shown={item.row.id for item in page}),
        ),
        shown=page,
        is_flat=reader.order == thread.FLAT,
        orders=_orders(reader.order),
        pager=_pager(number, pages, reader) if pages > 1 else None,
        refusal=refusal,
        invites=reader.person is None and not permissions.closed_reason(post, settings, now=now),
        policy=_policy(post, closes_at=permissions.closes_at(post, settings), now=now),
        closes_at=permissions.closes_at(post, settings),
        data=_data(post, public, people) if public and number == 1 else None,
        mark=mark,
        since=dates.recent_moment(mark.since_at, now=now) if mark and mark.since_at else "",
        new_before=_new_before(page, shown, news),
        last_number=last,
        path=post.get_absolute_url(),
    )


def _page_of(shown: Sequence[Shown], reader: Reader) -> tuple[Sequence[Shown], int, int]:
    """Return what stands on the page that was asked for, its number, and how many pages there are."""
    starts = thread.page_starts(shown)
    number = min(max(reader.page, 1), len(starts))
    if reader.whole:
        return shown, number, len(starts)
    return shown[starts[number - 1] : [*starts[1:], len(shown)][number - 1]], number, len(starts)


def _marked(shown: Sequence[Shown], reader: Reader, *, last: int, now: datetime) -> tuple[Mark | None, News]:
    """Return how far a member has read with this visit, and what is new to them; nothing of either for guests."""
    if reader.person is None:
        return None, NOTHING_NEW
    mark = begun(reader.mark, last=last, now=now)
    return mark, news_of(shown, since=mark.since, viewer=reader.viewer)


def _new_before(page: Sequence[Shown], shown: Sequence[Shown], news: News) -> int:
    """Return how many of the new comments stand before this page of all that are shown."""
    if not news.ids or not page:
        return 0
    new, first = set(news.ids), page[0].row.id
    before = takewhile(lambda item: item.row.id != first, shown)
    return sum(item.row.id in new for item in before)


def _controls(refusal: str | None, viewer: Viewer, settings: DiscussionSettings, now: datetime) -> Controls:
    # As the database writes moments (in UTC), so that it is compared with the rows' as it stands.
    since = "" if viewer.is_stranger else f"{(now - settings.edit_window).astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return Controls(
        may_vote=True,
        may_reply=refusal is None,
        may_decide=viewer.moderates,
        down_votes=settings.down_votes,
        edit_since=since,
    )


def _orders(current: str) -> list[Order]:
    names = {
        thread.OLDEST: _("Oldest"),
        thread.NEWEST: _("Newest"),
        thread.BEST: _("Best"),
        thread.FLAT: _("Flat"),
    }
    return [Order(name, f"?order={key}#discussion", key == current) for key, name in names.items()]


def _pager(number: int, last: int, reader: Reader) -> Pager | None:
    """Return the links between the pages of a long discussion."""
    order = {"order": reader.order} if reader.chose_order else {}
    if reader.whole:
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
        said.append(_("Comments appear here once a moderator has read them."))
    if closes_at is not None and closes_at > now:
        said.append(_("Comments close on %s.") % date_format(localtime(closes_at), "j F Y"))
    return " ".join(said)


def _data(post: Post, public: Sequence[Row], people: dict[int, Person]) -> dict[str, Any]:
    """Return the first comments as schema.org's Comment, hung on the Article that the post's page describes."""
    first = nsmallest(LD_COMMENTS, public, key=lambda row: row.number or 0)
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": absolute(post.get_absolute_url()),
        "commentCount": len(public),
        "comment": [_comment_data(row, people) for row in first],
    }


def _comment_data(row: Row, people: dict[int, Person]) -> dict[str, Any]:
    person = people.get(row.user_id) if row.user_id is not None else None
    writer = {"@type": "Person", "name": person.name if person else row.guest_name or _("A former reader")}
    if person:
        writer["url"] = absolute(path("comments:person", person.slug))
    return {
        "@type": "Comment",
        "@id": absolute(path("comments:comment", row.id)),
        "dateCreated": datetime.fromisoformat(row.created[:19]).replace(tzinfo=UTC).isoformat(),
        "author": writer,
        # Tags take room too, but not so much; the rest of a long text need not be looked at.
        "text": markup.plain_text(row.html[: 5 * LD_LETTERS])[:LD_LETTERS],
    }


# --- one comment ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CommentPage:
    """One comment's own page: what it answers, itself, what answers it."""

    above: list[SafeString]
    comment: SafeString
    replies: SafeString
    reply_count: int
    # Which version of it this is, for moderators.
    rev: int
    # PERSON or BRANCH where its reader has muted what the page is about, which is shown all the same; else "".
    muted: str


def comment_page(
    comment: Comment, viewer: Viewer, *, person: User | None, reads_all: bool = False
) -> CommentPage:
    """Return a comment between its ancestors and its replies; three queries. `reads_all`: its text is shown anyway."""
    rows = thread.load(comment.post_id, tree_id=comment.tree_id, also=quotes_it(comment.pk), viewer=viewer)
    fragments = fragments_of(comment.post, rows, viewer, person=person)
    mutes = fragments.mutes
    row = fragments.rows[comment.pk]
    replies = thread.arrange(rows, viewer=viewer, under=row.id, mutes=mutes)
    ancestors = thread.ancestors(rows, row.id)
    first_page = replies[: [*thread.page_starts(replies), len(replies)][1]]

    def alone(row: Row, *, gone: bool, muted: str = "") -> SafeString:
        return fragments.comment(Shown(row, lane=0, run=False, deep=False, gone=gone, below=0, muted=muted))

    def in_passing(row: Row) -> SafeString:
        gone = not thread.is_readable(row, viewer)
        return alone(row, gone=gone, muted=thread.muted_as(row, viewer, mutes))

    return CommentPage(
        above=[in_passing(above) for above in ancestors],
        comment=alone(row, gone=not (reads_all or thread.is_readable(row, viewer))),
        replies=fragments.thread(first_page),
        reply_count=sum(not item.gone for item in replies),
        rev=row.rev,
        muted=_muted_as(row, ancestors, viewer, mutes),
    )


def _muted_as(row: Row, ancestors: Sequence[Row], viewer: Viewer, mutes: Mutes) -> str:
    """Return as what a comment is muted: by its writer, or as part of a branch that begins with it or above it."""
    if any(each.id in mutes.branches for each in (row, *ancestors)):
        return BRANCH
    return thread.muted_as(row, viewer, mutes)


def fragments_of(
    post: Post,
    rows: Sequence[Row],
    viewer: Viewer,
    *,
    person: User | None,
    news: News = NOTHING_NEW,
    shown: Container[int] | None = None,
) -> Fragments:
    """Return the maker of these comments' HTML, with what of taking part is open to this reader; two queries.

    `shown`: those of them that it will be asked for, None for any.
    """
    now, settings = timezone.now(), DiscussionSettings.load()
    refusal = permissions.comment_refusal(person, post, None, settings=settings, now=now)
    people, own = thread.load_around(post.pk, rows, viewer)
    return Fragments(
        rows,
        people,
        now=now,
        viewer=viewer,
        controls=_controls(refusal, viewer, settings, now),
        news=news,
        mutes=own.mutes,
        quotes=quotes_of(post, rows, viewer, shown=shown),
    )


def comment_alone(comment: Comment, viewer: Viewer, *, person: User | None) -> SafeString:
    """Return one comment by itself, as it stands in its thread; whom it answers is named."""
    fragments = fragments_of(comment.post, _with_parent(comment, viewer), viewer, person=person)
    return fragments.comment(_alone(comment, fragments, viewer), heading="h4" if comment.parent_id else "h3")


def answered_comment(comment: Comment, viewer: Viewer) -> SafeString:
    """Return the comment that somebody is answering, on the page with their form: to be read only."""
    rows = _with_parent(comment, viewer)
    people = thread.load_people(comment.post_id, rows)
    fragments = Fragments(rows, people, now=timezone.now(), viewer=viewer)
    return fragments.comment(_alone(comment, fragments, viewer), heading="h2")


def _with_parent(comment: Comment, viewer: Viewer) -> list[Row]:
    wanted = [pk for pk in (comment.pk, comment.parent_id) if pk is not None]
    return thread.load(comment.post_id, only=wanted, viewer=viewer)


def _alone(comment: Comment, fragments: Fragments, viewer: Viewer) -> Shown:
    row = fragments.rows[comment.pk]
    gone = not thread.is_readable(row, viewer)
    return Shown(row, lane=0, run=False, deep=False, gone=gone, below=0, level=comment.level)


def vote_buttons(comment: Comment, viewer: Viewer) -> SafeString:
    """Return the vote buttons of one comment as this viewer sees them now."""
    rows = thread.load(comment.post_id, only={comment.pk}, viewer=viewer)
    return fragments_of(comment.post, rows, viewer, person=None).vote(rows[0])


def place_in_thread(comment: Comment, *, viewer: Viewer, order: str) -> int | None:
    """Return the page of its post on which this viewer finds the comment in this order, or None."""
    rows = thread.load(comment.post_id, with_text=False)
    against = thread.load_against(comment.post_id) if order == thread.BEST else None
    mutes = thread.load_around(comment.post_id, (), viewer).personal.mutes
    shown = thread.arrange(rows, order=order, viewer=viewer, against=against, mutes=mutes)
    return thread.page_of(comment.pk, shown)
