"""Chooses the comments of a page of the queue, and the numbers on its tabs: stored ones, but reports are counted."""

import ipaddress
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from accounts.models import Guest, User
from accounts.people import email_hash, network_hash
from blog.search import Question
from comments import event_text
from comments.models import CommentOrigin, CommentState, Discussion, ModerationEvent, Report, ReportState
from comments.moderation.query import ALL, DECIDED, HELD, REPORTED, SPAM, QueueQuery, writer_in
from comments.moderation.scope import ModerationScope

# Comments on a page. Each fills some screens of a phone, and takes two milliseconds to print.
PAGE = 30
# Reported comments are counted up to here; beyond it the exact number helps nobody.
MOST_COUNTED = 1000
# Comments that one page of a search looks through; the next page goes on where this one stopped.
MOST_LOOKED_AT = 10_000
# The most comments that a search by e-mail or network finds.
MOST_OF_ONE = 1000

REPORTABLE = (CommentState.PUBLIC, CommentState.HELD)


def held_count(scope: ModerationScope) -> int:
    """Return how many held comments this person can decide on."""
    return _kept(scope, "held_count")


def counts_of(scope: ModerationScope) -> dict[str, int]:
    """Return the numbers on the tabs: held and spam as stored, reported counted up to MOST_COUNTED + 1."""
    reports = Report.objects.filter(state=ReportState.OPEN, comment__state__in=REPORTABLE)
    if not scope.sees_all:
        reports = reports.filter(comment__post__in=scope.posts())
    reported = reports.order_by().values("comment").distinct()[: MOST_COUNTED + 1].count()
    return {HELD: _kept(scope, "held_count"), REPORTED: reported, SPAM: _kept(scope, "spam_count")}


def _kept(scope: ModerationScope, column: str) -> int:
    rows = Discussion.objects.filter(**{f"{column}__gt": 0})
    if not scope.sees_all:
        rows = rows.filter(post__in=scope.posts())
    return rows.aggregate(all=Sum(column))["all"] or 0


@dataclass(frozen=True)
class Selection:
    """The comments of one page, in order, and the addresses of the pages beside it, None if there is none."""

    ids: list[int]
    earlier: str | None
    later: str | None


def select_comments(scope: ModerationScope, asked: QueueQuery) -> Selection:
    """Return the comments of the page that was asked for."""
    if asked.comment is not None:
        return Selection(
            list(scope.comments().filter(pk=asked.comment).values_list("pk", flat=True)), None, None
        )
    rows, comment = _rows(scope, asked)
    forward, back = ("pk", "-pk") if asked.oldest else ("-pk", "pk")
    past, beside = ("gt", "lte") if asked.oldest else ("lt", "gte")
    earlier = None
    if asked.before is not None:
        above = rows.filter(**{f"pk__{beside}": asked.before}).order_by(back).values_list("pk", flat=True)
        earlier = asked.address(before=next(iter(above[PAGE : PAGE + 1]), None))
        rows = rows.filter(**{f"pk__{past}": asked.before})
    rows, edge = _searched(scope, asked, rows.order_by(forward))
    found = list(rows.values_list("pk", comment)[: PAGE + 1])
    goes_on = found[PAGE - 1][0] if len(found) > PAGE else edge
    later = asked.address(before=goes_on) if goes_on is not None else None
    return Selection([pk for _row, pk in found[:PAGE]], earlier, later)


def _rows(scope: ModerationScope, asked: QueueQuery) -> tuple[QuerySet, str]:
    """Return the rows of a tab, and the column with the comment's id: the tab of decisions has rows of events."""
    if asked.tab == DECIDED:
        return _decisions(scope, asked), "comment"
    rows: QuerySet = scope.comments()
    if asked.writer:
        rows = rows.filter(**(writer_in(asked.writer) or {}))
    if asked.tab == REPORTED:
        reports = Report.objects.filter(state=ReportState.OPEN).order_by().values("comment")
        # Excludes the other states, so that SQLite starts from the reports instead of all public comments.
        rows = rows.filter(pk__in=reports).exclude(state__in=sorted(set(CommentState) - set(REPORTABLE)))
    elif asked.tab != ALL:
        rows = rows.filter(state=asked.tab)
    return rows, "pk"


def _decisions(scope: ModerationScope, asked: QueueQuery) -> QuerySet:
    """Return people's decisions that are still the latest, one for each comment."""
    newer = ModerationEvent.objects.decisions().filter(comment=OuterRef("comment"), pk__gt=OuterRef("pk"))
    events = ModerationEvent.objects.filter(
        ~Exists(newer),
        action__in=event_text.RECEIPTS,
        actor__isnull=False,
    )
    if asked.writer:
        events = events.filter(
            **{f"comment__{key}": pk for key, pk in (writer_in(asked.writer) or {}).items()}
        )
    return events if scope.sees_all else events.filter(comment__post__in=scope.posts())


def _searched(scope: ModerationScope, asked: QueueQuery, rows: QuerySet) -> tuple[QuerySet, int | None]:
    """Return the rows that match the search, and the id of the last one looked at, None if that was all."""
    question = Question.read(asked.text)
    if not asked.text:
        return rows, None
    to_comment = "comment__" if asked.tab == DECIDED else ""
    if scope.finds_people and (people := _people(asked.text)) is not None:
        return rows.filter(
            Q(*((f"{to_comment}{key}", value) for key, value in people), _connector=Q.OR)
        ), None
    places = rows.values_list("pk", flat=True)
    edge = next(iter(places[MOST_LOOKED_AT - 1 : MOST_LOOKED_AT]), None)
    if edge is not None:
        rows = rows.filter(**{"pk__lte" if asked.oldest else "pk__gte": edge})
    fields = ("body_html", "guest_name", "user__display_name")
    return question.narrow(rows, *(f"{to_comment}{name}" for name in fields)), edge


def _people(text: str) -> list[tuple[str, list[int]]] | None:
    """Return conditions on comments of one e-mail address or network; None where the text is neither."""
    if "@" in text and " " not in text.strip():
        key = {"email_hash": email_hash(text)}
        members = list(User.objects.filter(email__iexact=text).values_list("pk", flat=True))
    elif _is_address(text):
        key, members = {"network_hash": network_hash(text.partition("/")[0])}, []
    else:
        return None
    origins = CommentOrigin.objects.filter(**key).order_by("-pk").values_list("pk", flat=True)
    guests = Guest.objects.filter(**key).order_by("-pk").values_list("pk", flat=True)
    # Lists of ids, not subqueries, so that an index answers each part.
    return [
        ("pk__in", list(origins[:MOST_OF_ONE])),
        ("guest__in", list(guests[:MOST_OF_ONE])),
        ("user__in", members),
    ]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("/")[0].strip())
    except ValueError:
        return False
    return True
