"""Puts the comments of one post in order: states, dates, likes, parents before children; pure, it writes nothing."""

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from blog.converters import FIRST_YEAR, LAST_YEAR
from comments.models import CommentState
from exchange.wordpress.report import Kind, Note
from exchange.wordpress.wxr import OldComment

STATES = {
    "1": CommentState.PUBLIC,
    "approve": CommentState.PUBLIC,
    "approved": CommentState.PUBLIC,
    "0": CommentState.HELD,
    "hold": CommentState.HELD,
    "spam": CommentState.SPAM,
    "trash": CommentState.REMOVED,
    "post-trashed": CommentState.REMOVED,
}
PINGS = {"pingback", "trackback"}
ORDINARY = {"", "comment"}

# Where the plugins for likes keep their count, the most usual first.
LIKES = ("_commentliked", "cld_like_count", "_liked", "wp_ulike", "wpulike", "_wpulike_likes", "likes", "like_count",
         "comment_likes", "wpdiscuz_votes")  # fmt: skip
MOST_LIKES = 2**31 - 1


@dataclass(slots=True)
class Arranged:
    """A comment to be imported: `parent` is an old id, `number` its place among the public comments of its post."""

    old: OldComment
    parent: int | None
    state: CommentState
    date: datetime
    number: int | None = None

    @property
    def id(self) -> int:
        return self.old.id

    @property
    def key(self) -> tuple[datetime, int]:
        return self.date, self.old.id


def arrange(
    comments: Iterable[OldComment],
    *,
    title: str,
    zone: ZoneInfo,
    fallback: datetime,
    here: Container[int] = (),
    elsewhere: Container[int] = (),
) -> tuple[list[Arranged], list[Note]]:
    """Return the comments to write, parents first and siblings by date, and notes for the report.

    `here` are comments of this post that an earlier run brought: they may be answered and are not brought again.
    `elsewhere` are those that another post of the file has brought. `fallback` is the date of those without one.
    """
    notes: list[Note] = []
    chosen: dict[int, Arranged] = {}
    for old in comments:
        where = _where(old.id, title)
        kind = _left_out(old, seen=old.id in chosen or old.id in elsewhere)
        if kind is not None:
            notes.append(Note(kind, f"{where} ({old.type})" if kind is Kind.OTHER_COMMENT else where))
        elif old.id not in here:
            chosen[old.id] = _judged(old, where=where, zone=zone, fallback=fallback, notes=notes)
    for comment in chosen.values():
        if comment.parent is not None and comment.parent not in chosen and comment.parent not in here:
            notes.append(Note(Kind.ORPHAN, _where(comment.id, title)))
            comment.parent = None
    for number in break_circles(chosen):
        notes.append(Note(Kind.CYCLE, _where(number, title)))
    ordered = _parents_first(chosen)
    _number(ordered)
    return ordered, notes


def _where(number: int, title: str) -> str:
    if number < 0:
        return _("a comment without a number under “%s”") % title
    return _("comment %(number)d under “%(title)s”") % {"number": number, "title": title}


def _left_out(old: OldComment, *, seen: bool) -> Kind | None:
    if old.type in PINGS:
        return Kind.PING
    if old.type not in ORDINARY:
        return Kind.OTHER_COMMENT
    return Kind.DUPLICATE if seen else None


def _judged(
    old: OldComment, *, where: str, zone: ZoneInfo, fallback: datetime, notes: list[Note]
) -> Arranged:
    if old.approved not in STATES:
        notes.append(Note(Kind.UNKNOWN_STATE, f"{where} ({old.approved})"))
    date = moment(old.date_gmt, old.date, zone)
    if date is None:
        notes.append(Note(Kind.UNDATED, _("%s: given the date of its post") % where))
    return Arranged(
        old=old,
        parent=old.parent or None,
        state=STATES.get(old.approved, CommentState.HELD),
        date=date or fallback,
    )


def moment(gmt: datetime | None, local: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return the moment that two columns of WordPress mean: UTC if given, else local time.

    A year that no address can say is a column that nobody filled in.
    """
    if gmt is not None and _is_sayable(gmt):
        return gmt.replace(tzinfo=UTC)
    return local.replace(tzinfo=zone).astimezone(UTC) if local is not None and _is_sayable(local) else None


def _is_sayable(date: datetime) -> bool:
    return FIRST_YEAR < date.year < LAST_YEAR


def break_circles(chosen: dict[int, Arranged]) -> list[int]:
    """Make the earliest comment of every circle of replies an opener; return their ids."""
    broken: list[int] = []
    done: set[int] = set()
    for start in chosen:
        path: dict[int, None] = {}
        node: int | None = start
        while node is not None and node in chosen and node not in done and node not in path:
            path[node] = None
            node = chosen[node].parent
        if node is not None and node in path:
            ids = list(path)
            first = min(ids[ids.index(node) :], key=lambda number: chosen[number].key)
            chosen[first].parent = None
            broken.append(first)
        done.update(path)
    return broken


def _parents_first(chosen: dict[int, Arranged]) -> list[Arranged]:
    """Order by levels: openers by date, then all their replies by date, and so on."""
    replies: dict[int, list[Arranged]] = defaultdict(list)
    level: list[Arranged] = []
    for comment in sorted(chosen.values(), key=lambda comment: comment.key):
        if comment.parent in chosen:
            replies[comment.parent].append(comment)
        else:
            level.append(comment)
    ordered: list[Arranged] = []
    while level:
        ordered += level
        level = [reply for comment in level for reply in replies.get(comment.id, ())]
    return ordered


def _number(comments: list[Arranged]) -> None:
    public = (comment for comment in comments if comment.state == CommentState.PUBLIC)
    for number, comment in enumerate(sorted(public, key=lambda comment: comment.key), start=1):
        comment.number = number


def likes(old: OldComment) -> int:
    """Return the old site's sum of likes; anything that is not a number counts as 0."""
    values = dict(old.meta)
    for key in LIKES:
        written = values.get(key, "").strip().removeprefix("+")
        if written.removeprefix("-").isdecimal() and written.isascii():
            return max(-MOST_LIKES, min(MOST_LIKES, int(written[:12])))
    return 0
