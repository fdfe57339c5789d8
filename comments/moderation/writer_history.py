"""Shows moderators a writer's history: since when, how often something was held or removed, the last comments.

Three queries for a whole page of writers; counts stop at MOST_COUNTED.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from blog import markup
from comments.models import Comment

# Counted up to here: beyond it the exact number helps nobody.
MOST_COUNTED = 1000
LAST = 5
LETTERS = 110

# Whose comments: a column of comments and the id in it.
WriterKey = tuple[str, int]


@dataclass(frozen=True)
class HistoryLine:
    """One of a writer's last comments."""

    pk: int
    state: str
    label: str
    text: str
    title: str


@dataclass
class WriterHistory:
    """One commenter. `counts` are their comments: all, and those in some states."""

    key: WriterKey
    name: str
    since: datetime
    address: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    last: list[HistoryLine] = field(default_factory=list)

    @property
    def is_member(self) -> bool:
        return self.key[0] == "user_id"

    @property
    def slug(self) -> str:
        """How the queue's address names this writer."""
        return f"{'member' if self.is_member else 'guest'}-{self.key[1]}"

    @property
    def numbers(self) -> list[tuple[str, str]]:
        """Labels and counts, as they are shown."""
        labels = {"all": _("Comments"), "removed": _("Removed"), "held": _("Held"), "spam": _("Spam")}
        return [(label, _capped(self.counts.get(name, 0))) for name, label in labels.items()]

    @property
    def short(self) -> str:
        """The counts that are not zero, in one line."""
        return ", ".join(f"{label} {number}" for label, number in self.numbers if number != "0")


def _capped(number: int) -> str:
    return f"{MOST_COUNTED:,}+" if number > MOST_COUNTED else f"{number:,}"


def key_of(comment: Comment) -> WriterKey | None:
    """Return whose comment it is; None if neither a member nor a guest is known any more."""
    if comment.user_id is not None:
        return ("user_id", comment.user_id)
    return ("guest_id", comment.guest_id) if comment.guest_id is not None else None


def histories_of(comments: Iterable[Comment], readable: QuerySet) -> dict[WriterKey, WriterHistory]:
    """Return the records of those who wrote these comments, which have their members and guests with them.

    The latest comments are quoted if they are among the `readable` ones; the counts are of all.
    """
    records = {key: _blank(key, comment) for comment in comments if (key := key_of(comment))}
    if records:
        _count(records)
        _add_last(records, readable)
    return records


def _blank(key: WriterKey, comment: Comment) -> WriterHistory:
    if comment.user is not None:
        address = comment.user.get_absolute_url()
        return WriterHistory(key, comment.user.display_name, comment.user.date_joined, address)
    assert comment.guest is not None
    return WriterHistory(key, comment.guest_name or comment.guest.name, comment.guest.created_at)


def _count(records: dict[WriterKey, WriterHistory]) -> None:
    # An index alone answers the total, and a partial index the states that are not public.
    one = (
        "SELECT {kind}, {pk}, 'all', COUNT(*) FROM (SELECT 1 FROM comments_comment"
        " WHERE {column} = {pk} LIMIT {most}) AS found"
        " UNION ALL SELECT {kind}, {pk}, state, COUNT(*) FROM (SELECT state FROM comments_comment"
        " WHERE {column} = {pk} AND (state = 'held' OR state = 'spam' OR state = 'removed') LIMIT {most})"
        " AS found GROUP BY state"
    )
    for is_member, pk, state, count in _for_each(records, one, most=MOST_COUNTED + 1):
        records["user_id" if is_member else "guest_id", pk].counts[state] = count


def _add_last(records: dict[WriterKey, WriterHistory], readable: QuerySet) -> None:
    one = (
        "SELECT {kind}, {pk}, id FROM (SELECT id FROM comments_comment"
        " WHERE {column} = {pk} ORDER BY id DESC LIMIT {most}) AS latest"
    )
    owners = {
        pk: ("user_id" if is_member else "guest_id", owner)
        for is_member, owner, pk in _for_each(records, one, most=LAST)
    }
    rows = readable.filter(pk__in=owners).select_related("post").order_by("-pk")
    lines = defaultdict(list)
    for row in rows.only("state", "body_html", "post__title"):
        text = markup.plain_text(row.body_html[: 5 * LETTERS])
        cut = f"{text[:LETTERS].rstrip()} …" if len(text) > LETTERS else text
        lines[owners[row.pk]].append(
            HistoryLine(row.pk, row.state, row.get_state_display(), cut, row.post.title)
        )
    for key, found in lines.items():
        records[key].last = found


def _for_each(records: dict[WriterKey, WriterHistory], one: str, *, most: int) -> list[tuple]:
    """Ask the same of every writer in one statement; Django cannot order and limit the parts of a UNION on SQLite.

    Only our own column names and numbers are formatted into the SQL.
    """
    parts = [
        one.format(kind=int(column == "user_id"), column=column, pk=int(pk), most=most)
        for column, pk in records
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return cursor.fetchall()
