"""What moderators see of a writer beside a comment: since when, how it went before, the last few comments.

It looks at each writer's latest comments only, however many there are, and asks twice for a whole page of writers.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from blog import markup
from comments.models import Comment, CommentState

# So many of a writer's latest comments are counted; who has more is a regular, and an old removal matters less.
LOOKED_AT = 1000
LAST = 5
LETTERS = 110

# A column and the id in it: whose comments.
Key = tuple[str, int]


@dataclass(frozen=True)
class Line:
    """One of a writer's last comments."""

    pk: int
    state: str
    label: str
    text: str
    title: str


@dataclass
class Record:
    """One writer; `counts` are of the latest LOOKED_AT comments, by state."""

    key: Key
    name: str
    since: datetime
    address: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    last: list[Line] = field(default_factory=list)

    @property
    def is_member(self) -> bool:
        return self.key[0] == "user_id"

    @property
    def slug(self) -> str:
        """How the queue's address names this writer."""
        return f"{'member' if self.is_member else 'guest'}-{self.key[1]}"

    @property
    def public(self) -> int:
        return self.counts.get(CommentState.PUBLIC, 0)

    @property
    def removed(self) -> int:
        return self.counts.get(CommentState.REMOVED, 0)

    @property
    def held(self) -> int:
        return self.counts.get(CommentState.HELD, 0)

    @property
    def spam(self) -> int:
        return self.counts.get(CommentState.SPAM, 0)

    @property
    def is_cut(self) -> bool:
        """Whether there are more comments than were looked at."""
        return sum(self.counts.values()) >= LOOKED_AT


def key_of(comment: Comment) -> Key | None:
    """Return whose comment it is; None for one that nobody's row stands behind any more."""
    if comment.user_id is not None:
        return ("user_id", comment.user_id)
    return ("guest_id", comment.guest_id) if comment.guest_id is not None else None


def records_of(comments: Iterable[Comment]) -> dict[Key, Record]:
    """Return the records of those who wrote these comments, which have their members and guests with them."""
    records = {key: _blank(key, comment) for comment in comments if (key := key_of(comment))}
    if records:
        _count(records)
        _add_last(records)
    return records


def _blank(key: Key, comment: Comment) -> Record:
    if comment.user is not None:
        address = comment.user.get_absolute_url()
        return Record(key, comment.user.display_name, comment.user.date_joined, address)
    assert comment.guest is not None
    return Record(key, comment.guest_name or comment.guest.name, comment.guest.created_at)


def _count(records: dict[Key, Record]) -> None:
    one = (
        "SELECT {kind}, {pk}, state, COUNT(*) FROM (SELECT state FROM comments_comment"
        " WHERE {column} = {pk} ORDER BY id DESC LIMIT {most}) AS latest GROUP BY state"
    )
    for is_member, pk, state, count in _for_each(records, one, most=LOOKED_AT):
        records["user_id" if is_member else "guest_id", pk].counts[state] = count


def _add_last(records: dict[Key, Record]) -> None:
    one = (
        "SELECT {kind}, {pk}, id FROM (SELECT id FROM comments_comment"
        " WHERE {column} = {pk} ORDER BY id DESC LIMIT {most}) AS latest"
    )
    owners = {
        pk: ("user_id" if is_member else "guest_id", owner)
        for is_member, owner, pk in _for_each(records, one, most=LAST)
    }
    rows = Comment.objects.filter(pk__in=owners).select_related("post").order_by("-pk")
    lines = defaultdict(list)
    for row in rows.only("state", "body_html", "post__title"):
        text = markup.plain_text(row.body_html[: 5 * LETTERS])
        cut = f"{text[:LETTERS].rstrip()} …" if len(text) > LETTERS else text
        lines[owners[row.pk]].append(Line(row.pk, row.state, row.get_state_display(), cut, row.post.title))
    for key, found in lines.items():
        records[key].last = found


def _for_each(records: dict[Key, Record], one: str, *, most: int) -> list[tuple]:
    """Ask the same of every writer in one statement: Django can order and cut the parts of a union on no SQLite.

    What is put into the text are column names and numbers of our own.
    """
    parts = [
        one.format(kind=int(column == "user_id"), column=column, pk=int(pk), most=most)
        for column, pk in records
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return cursor.fetchall()
