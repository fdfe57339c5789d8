"""Builds a discussion for reading: rows from the database, arranged into threads, lanes and pages.

`load` is the only part that queries; everything else is pure: rows in, rows out, no request, no clock, no recursion.
It writes nothing and joins no HTML (that is `comments/fragments/`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from math import sqrt
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, FilteredRelation, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest

from accounts import guests
from accounts.models import LIMITED_MODERATORS, MODERATORS, User
from blog.kept import ORDER_COOKIE, ORDERS
from blog.models import Post
from comments import permissions, personal
from comments.models import Comment, CommentState, ModerationEvent, Report, ReportState, Vote
from comments.models.votes import DOWN
from comments.personal import BRANCH, NO_MUTES, NOTHING_PERSONAL, PERSON, Mutes, Personal

# One list: the orders by which kept pages differ are the orders there are.
OLDEST, NEWEST, BEST, FLAT = ORDERS

# Six steps still leave a comment its measure on a desktop; beyond, "↑ Name" says who is answered (interface.md §4).
LANE_CAP = 6
# More than this on one page and phones begin to stutter; whole threads go to the next page.
PAGE_SIZE = 1000

PUBLIC = CommentState.PUBLIC.value
WITHDRAWN = CommentState.WITHDRAWN.value
SPAM = CommentState.SPAM.value
# Nobody but its writer and moderators knows of it.
WAITING = frozenset({CommentState.HELD.value, SPAM})


class Row(NamedTuple):
    """One comment as the database has it; moments are text (SQLite, PostgreSQL), parsed only when shown."""

    id: int
    parent_id: int | None
    number: int | None
    state: str
    reason: str
    user_id: int | None
    guest_id: int | None
    guest_name: str
    website: str
    score: int
    imported_score: int
    created: str
    edited: str | None
    html: str = ""
    # The viewer's own: 1, -1 or none.
    vote: int | None = None
    # For moderators, the latest decision or edit; 0 for none: what they decide on is the comment as it is here.
    rev: int = 0


class Person(NamedTuple):
    """A member among the writers, and what the badges beside the name say."""

    name: str
    slug: str
    is_author: bool = False
    is_moderator: bool = False
    is_owner: bool = False


class Viewer(NamedTuple):
    """Who is looking, as far as a discussion differs for them: a member, a guest with a cookie, or anybody."""

    user_id: int | None = None
    guest_id: int | None = None
    # Whether they decide on comments of this post, and so read what waits and what was removed.
    moderates: bool = False

    @property
    def is_stranger(self) -> bool:
        """Whether nothing can be theirs: neither a member nor a guest with a cookie."""
        return self.user_id is None and self.guest_id is None

    def wrote(self, row: Row | Comment) -> bool:
        """Whether the comment is this person's."""
        if row.user_id is not None:
            return row.user_id == self.user_id
        return row.guest_id is not None and row.guest_id == self.guest_id


ANYBODY = Viewer()


class Shown(NamedTuple):
    """A comment in its place on the page, in reading order.

    Lists nest exactly where the lane goes up: `lane` is also the depth of the list the comment stands in.
    """

    row: Row
    lane: int
    # The only reply to the one before it: stays in its lane.
    run: bool
    # Past the last lane, where only "↑ Name" tells who is answered.
    deep: bool
    # Not to be read by this viewer: a tombstone, because something readable stands under it.
    gone: bool
    # How many comments under it can be read.
    below: int
    # How many comments it stands under; a lane says less, since a run stays in one.
    level: int = 0
    # PERSON or BRANCH where its reader has muted it, else "".
    muted: str = ""


class Against(NamedTuple):
    """What counts against a comment in the best order."""

    down_votes: int = 0
    reports: int = 0


# --- loading --------------------------------------------------------------------------------------------------

_COLUMNS = (
    "id", "parent_id", "number", "state", "state_reason", "user_id", "guest_id", "guest_name", "guest_website",
    "score", "imported_score", "created", "edited",
)  # fmt: skip


_VERSIONS = ModerationEvent.objects.versions().filter(comment=OuterRef("pk")).order_by("-pk")
_VERSION = Coalesce(Subquery(_VERSIONS.values("pk")[:1]), 0)


def load(
    post_id: int,
    *,
    tree_id: int | None = None,
    also: Q | None = None,
    only: Collection[int] | None = None,
    with_text: bool = True,
    viewer: Viewer = ANYBODY,
) -> list[Row]:
    """Return the comments of a post, of all states, those of one of its threads or `only` some; one query, no order.

    `also` adds others of the post to those of its thread. With the text comes the vote of `viewer`, and for moderators
    which version it is, read in the same moment.
    """
    owner, pk = ("user_id", viewer.user_id) if viewer.user_id else ("guest_id", viewer.guest_id)
    if not with_text or viewer.is_stranger:
        owner, pk = "", None
    if tree_id is None and only is None and not viewer.moderates:
        with connection.cursor() as cursor:
            cursor.execute(_whole(owner, with_text=with_text), [post_id] if pk is None else [pk, post_id])
            return [Row(*values) for values in cursor.fetchall()]
    query = _columns(post_id, owner, pk, with_text=with_text, with_version=with_text and viewer.moderates)
    if tree_id is not None:
        query = query.filter(Q(tree_id=tree_id) | also if also is not None else Q(tree_id=tree_id))
    if only is not None:
        query = query.filter(pk__in=only)
    return [Row(*values) for values in query]


@cache
def _whole(owner: str, *, with_text: bool) -> str:
    """Return the SQL that asks for the comments of a whole post; made once: that takes as long as to answer it for 200.

    It asks for the id of the vote's `owner`, where there is one, and for that of the post.
    """
    sql, _values = _columns(0, owner, 0, with_text=with_text).query.sql_with_params()
    return sql


def _columns(
    post_id: int, owner: str, pk: int | None, *, with_text: bool, with_version: bool = False
) -> QuerySet:
    """Return the question for the columns of a post's comments.

    Moments are cast to text: Django's converters would double the cost of 5,000 rows (44 ms instead of 24).
    """
    query = Comment.objects.filter(post_id=post_id).order_by()
    query = query.annotate(created=Cast("created_at", TextField()), edited=Cast("edited_at", TextField()))
    columns = [*_COLUMNS, "body_html"] if with_text else [*_COLUMNS]
    if owner:
        mine = FilteredRelation("votes", condition=Q(**{f"votes__{owner}": pk}))
        query, columns = query.annotate(mine=mine), [*columns, "mine__value"]
    if with_version:
        query, columns = query.annotate(rev=_VERSION), [*columns, "rev"]
    return query.values_list(*columns)


class Around(NamedTuple):
    """What a discussion needs beside its comments: who wrote them, and what of it is the reader's own."""

    people: dict[int, Person]
    personal: Personal


# By hand, because building it with two Exists() costs ten times as much as asking it (1.4 ms of a page's 15).
_PEOPLE = """
SELECT 'person', u.id,
  CASE WHEN EXISTS(SELECT 1 FROM blog_byline b JOIN blog_author a ON a.id = b.author_id
                   WHERE a.user_id = u.id AND b.post_id = %s) THEN 1 ELSE 0 END,
  CASE WHEN EXISTS(SELECT 1 FROM accounts_user_groups m JOIN auth_group g ON g.id = m.group_id
                   WHERE m.user_id = u.id AND g.name IN (%s, %s)) THEN 1 ELSE 0 END
  + CASE WHEN u.is_superuser THEN 2 ELSE 0 END,
  u.display_name, u.slug
FROM accounts_user u WHERE u.id IN ({wanted})
"""


def load_around(post_id: int, rows: Iterable[Row], viewer: Viewer = ANYBODY) -> Around:
    """Return the members who wrote these comments, and what is this reader's own on the post; one query for both.

    Every row says of which kind it is, and has three numbers and two texts. Joined to every comment, people would cost
    more than asked for by themselves.
    """
    questions: list[str] = []
    values: list[Any] = []
    if wanted := {row.user_id for row in rows if row.user_id is not None}:
        questions.append(_PEOPLE.format(wanted=", ".join(map(str, wanted))))
        values += [post_id, MODERATORS, LIMITED_MODERATORS]
    if not viewer.is_stranger:
        question, own = personal.question(post_id, user_id=viewer.user_id, guest_id=viewer.guest_id)
        questions.append(question)
        values += own
    if not questions:
        return Around({}, NOTHING_PERSONAL)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions), values)
        found = cursor.fetchall()
    people = {
        pk: Person(name, slug, bool(is_author), bool(staff & 1), bool(staff & 2))
        for kind, pk, is_author, staff, name, slug in found
        if kind == "person"
    }
    return Around(people, personal.read(found))


def load_people(post_id: int, rows: Iterable[Row]) -> dict[int, Person]:
    """Return the members who wrote these comments; one query."""
    return load_around(post_id, rows).people


def load_against(post_id: int) -> dict[int, Against]:
    """Return what counts against the comments of a post: down-votes, and reports upheld or by trusted people."""
    votes = Vote.objects.filter(comment__post_id=post_id, value=DOWN).order_by().values_list("comment_id")
    counted = Q(state=ReportState.UPHELD) | Q(state=ReportState.OPEN, is_trusted=True)
    reports = Report.objects.filter(counted, comment__post_id=post_id).order_by().values_list("comment_id")
    down, reported = dict(votes.annotate(Count("pk"))), dict(reports.annotate(Count("pk")))
    return {pk: Against(down.get(pk, 0), reported.get(pk, 0)) for pk in down.keys() | reported.keys()}


def order_of(request: HttpRequest) -> str:
    """Return the order a reader asked for: the address wins, then the cookie, then the oldest first."""
    for chosen in (request.GET.get("order"), request.COOKIES.get(ORDER_COOKIE)):
        if chosen in ORDERS:
            return str(chosen)
    return OLDEST


def viewer_of(request: HttpRequest, post: Post | None = None) -> Viewer:
    """Return who is looking: a member, a guest whom a cookie names, or anybody.

    With `post`, also whether they decide on its comments; that asks the database for authors only.
    """
    if request.user.is_authenticated:
        return Viewer(user_id=request.user.pk, moderates=post is not None and _moderates(request.user, post))
    guest_id = guests.id_of(request)
    return Viewer(guest_id=guest_id) if guest_id is not None else ANYBODY


def _moderates(user: User, post: Post) -> bool:
    # Whose post it is is asked only where the groups do not suffice.
    refused = permissions.moderate_refusal(user) and permissions.moderate_refusal(
        user, own_post=post.is_by(user)
    )
    return refused is None


# --- arranging ------------------------------------------------------------------------------------------------


def arrange(
    rows: Sequence[Row],
    *,
    order: str = OLDEST,
    viewer: Viewer = ANYBODY,
    against: Mapping[int, Against] | None = None,
    under: int | None = None,
    mutes: Mutes = NO_MUTES,
) -> list[Shown]:
    """Return the comments that `viewer` is shown, in reading order, each with its place.

    With `under`, only what stands under that comment; its replies are then the openers. A reply whose parent is not
    among the rows is an opener too. Public comments are shown, one's own in any state but withdrawn, and a tombstone
    for whatever else has one of these under it. What is muted stays in its place and says so (`Shown.muted`); of a
    muted branch only its first comment is returned.
    """
    known = {row.id for row in rows}
    replies: dict[int | None, list[Row]] = defaultdict(list)
    for row in _sorted(rows, order, against or {}):
        replies[row.parent_id if row.parent_id in known else None].append(row)
    walk = _depth_first(replies, under)
    if viewer is ANYBODY:
        readable = {row.id for row in walk if row.state == PUBLIC}
    else:
        readable = {row.id for row in walk if is_readable(row, viewer)}
    below, branches = _counts(walk, readable)
    visible = [row for row in walk if row.id in readable or below[row.id]]
    muted = _muted(visible, readable, viewer, mutes) if mutes is not NO_MUTES else {}
    if mutes.branches:
        # Whoever looks at one comment sees what stands under it, muted or not.
        visible = _without_muted_branches(visible, mutes.branches - {under})
    if order == FLAT:
        return _flat(visible, readable, below, muted)
    return _in_lanes(visible, readable, below, branches, muted)


def is_readable(row: Row, viewer: Viewer) -> bool:
    """Whether this viewer reads the comment itself.

    Its writer does while it waits and after it was removed; so do moderators, except spam, which would bury the rest.
    """
    if row.state == PUBLIC:
        return True
    return row.state != WITHDRAWN and (viewer.wrote(row) or (viewer.moderates and row.state != SPAM))


def _sorted(rows: Sequence[Row], order: str, against: Mapping[int, Against]) -> list[Row]:
    """Sort by time, and in the best order by votes first; siblings keep this order at every level."""
    in_time = sorted(rows, key=itemgetter(Row._fields.index("created"), 0), reverse=order == NEWEST)
    if order != BEST:
        return in_time
    return sorted(in_time, key=lambda row: -quality(row, against.get(row.id, Against())))


def _depth_first(replies: Mapping[int | None, list[Row]], top: int | None) -> list[Row]:
    """Return all rows under `top` (None: all threads), each before its replies, with a stack of our own."""
    walk: list[Row] = []
    stack = replies.get(top, [])[::-1]
    while stack:
        row = stack.pop()
        walk.append(row)
        if row.id in replies:
            stack += reversed(replies[row.id])
    return walk


def _counts(walk: Sequence[Row], readable: set[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Return for each comment how many readable ones stand under it, and how many visible replies it has."""
    below = dict.fromkeys([row.id for row in walk], 0)
    branches = dict.fromkeys(below, 0)
    # Backwards, every reply comes before its parent.
    for row in reversed(walk):
        parent = row.parent_id
        count = below[row.id] + (row.id in readable)
        if count and parent in below:
            below[parent] += count
            branches[parent] += 1
    return below, branches


def _muted(visible: Sequence[Row], readable: set[int], viewer: Viewer, mutes: Mutes) -> dict[int, str]:
    """Return what is muted, and as what."""
    found = {row.id: mark for row in visible if row.id in readable and (mark := muted_as(row, viewer, mutes))}
    return found | dict.fromkeys(mutes.branches, BRANCH)


def muted_as(row: Row, viewer: Viewer, mutes: Mutes) -> str:
    """Return PERSON where the comment is of somebody whom this reader has muted, else ""; one's own never is.

    What this reader cannot read names nobody, and a mute must not tell whose it was either.
    """
    is_theirs = mutes.has_writer_of(row) and not viewer.wrote(row)
    return PERSON if is_theirs and is_readable(row, viewer) else ""


def _without_muted_branches(visible: Sequence[Row], branches: frozenset[int]) -> list[Row]:
    """Leave out all under the first comments of muted branches; in a walk every comment stands after its parent."""
    closed, left = set(branches), []
    for row in visible:
        if row.parent_id in closed:
            closed.add(row.id)
        else:
            left.append(row)
    return left


def _in_lanes(
    visible: Sequence[Row],
    readable: set[int],
    below: Mapping[int, int],
    branches: Mapping[int, int],
    muted: Mapping[int, str],
) -> list[Shown]:
    """Give every comment its lane.

    A reply stays in its parent's lane when it is the only visible one and the parent is no opener; otherwise it
    steps in, up to the cap. Past the cap everything stands in the last lane, depth first.
    """
    shown: list[Shown] = []
    places: dict[int, tuple[int, bool, int]] = {}
    for row in visible:
        pk, parent = row.id, row.parent_id
        run = deep = False
        lane = level = 0
        if parent in places:
            lane, deep, level = places[parent]
            level += 1
            run = lane > 0 and branches[parent] == 1
            if not run:
                deep = lane == LANE_CAP
                lane = min(lane + 1, LANE_CAP)
        places[pk] = (lane, deep, level)
        shown.append(Shown(row, lane, run, deep, pk not in readable, below[pk], level, muted.get(pk, "")))
    return shown


def _flat(
    visible: Sequence[Row], readable: set[int], below: Mapping[int, int], muted: Mapping[int, str]
) -> list[Shown]:
    """Return the comments in the order of their numbers, as classic blogs have them; those without one come last."""
    in_order = sorted(visible, key=lambda row: (row.number is None, row.number or 0, row.created, row.id))
    shown = []
    for row in in_order:
        mark = muted.get(row.id, "")
        # How many are hidden is said where a muted branch begins; else nothing stands under anything.
        hidden = below[row.id] if mark == BRANCH else 0
        shown.append(Shown(row, 0, False, False, row.id not in readable, hidden, muted=mark))
    return shown


# --- the best order -------------------------------------------------------------------------------------------

# Two-sided 80 % of the normal distribution.
_Z = 1.2815515655446004


def wilson(ups: int, downs: int) -> float:
    """Return the lower bound of the Wilson score interval (80 %) for the share of people who agree.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927); for
    sorting comments: Evan Miller, "How not to sort by average rating" (2009), with the 80 % that Reddit chose.
    """
    n = ups + downs
    if not ups:
        return 0.0
    share = ups / n
    spread = _Z * sqrt((share * (1 - share) + _Z * _Z / (4 * n)) / n)
    return (share + _Z * _Z / (2 * n) - spread) / (1 + _Z * _Z / n)


def quality(row: Row, against: Against) -> float:
    """Return how good readers find a comment: votes and imported likes for it, down-votes and reports against it."""
    up_votes = row.score - row.imported_score + against.down_votes
    ups = max(up_votes, 0) + max(row.imported_score, 0)
    downs = against.down_votes + against.reports + max(-row.imported_score, 0)
    return wilson(ups, downs)


# --- pages ----------------------------------------------------------------------------------------------------


def page_starts(shown: Sequence[Shown], *, size: int = PAGE_SIZE) -> list[int]:
    """Return where each page begins: cut between threads, so that a page has at most `size` comments.

    A thread longer than that has a page of its own, whole. There is always a first page.
    """
    openers = [index for index, item in enumerate(shown) if item.lane == 0]
    starts = [0]
    for opener, end in zip(openers, [*openers[1:], len(shown)], strict=False):
        if end - starts[-1] > size and opener > starts[-1]:
            starts.append(opener)
    return starts


def page_of(comment_id: int, shown: Sequence[Shown], *, size: int = PAGE_SIZE) -> int | None:
    """Return the number of the page, from 1, on which a comment stands, or None where it is not shown."""
    for index, item in enumerate(shown):
        if item.row.id == comment_id:
            return sum(start <= index for start in page_starts(shown, size=size))
    return None


def ancestors(rows: Sequence[Row], comment_id: int) -> list[Row]:
    """Return the comments above one, from the opener down."""
    by_id = {row.id: row for row in rows}
    above: list[Row] = []
    row = by_id.get(comment_id)
    while row is not None and row.parent_id is not None and len(above) < len(rows):
        row = by_id.get(row.parent_id)
        if row is not None:
            above.append(row)
    return above[::-1]
