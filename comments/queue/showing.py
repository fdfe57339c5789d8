"""What is shown of each comment in the queue, and of the decisions a moderator took; a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import ngettext

from accounts.models import User
from blog import markup
from comments import permissions, wording
from comments.changes import Change
from comments.models import Comment, CommentState, ModerationEvent, Report, ReportState
from comments.queue.asked import Desk
from comments.records import Key, Record, key_of, records_of
from comments.versions import changed_since

UNDO_LIST = 20
HISTORY = 50
# Of what stands round a comment: enough to see what it answers and how it was taken.
REPLIES = 3
LETTERS = 280
# A line of the list.
BEGINNING = 60

Action = ModerationEvent.Action


@dataclass(frozen=True)
class Said:
    """A comment that stands round another one, in a few words."""

    pk: int
    name: str
    text: str
    state: str


@dataclass(frozen=True)
class Item:
    """One comment to decide on, with all that helps to decide."""

    comment: Comment
    # The latest decision or edit as the page knows it; a decision on an older page is told so.
    rev: int
    latest: str
    why: list[str]
    reports: list[str]
    parent: Said | None
    replies: list[Said]
    has_more: bool
    record: Record | None
    may: frozenset[str]
    # Whether the text is another one than was reported, and what was changed since, as far as that is kept.
    was_edited_since: bool = False
    changes: list[Change] = field(default_factory=list)

    @property
    def words(self) -> str:
        """How it begins, for the list."""
        return _beginning(self.comment, BEGINNING)

    @property
    def mark(self) -> str:
        """What a list of all kinds says of this one, in a word or two."""
        count = len(self.reports)
        if count:
            return ngettext("%(count)d report", "%(count)d reports", count) % {"count": count}
        is_gone = self.comment.state in {CommentState.REMOVED, CommentState.WITHDRAWN}
        return str(self.comment.get_state_display()) if is_gone else ""


def items_of(desk: Desk, ids: Sequence[int]) -> list[Item]:
    """Return these comments, as far as this person decides on them, with what is shown of each; eight queries.

    One more where a comment was edited after somebody reported it.
    """
    # Before the texts: an edit in between is then told as one, and not taken for what is shown.
    events = _latest(ids)
    rows = desk.comments().filter(pk__in=ids)
    rows = rows.select_related("post", "user", "guest", "parent", "parent__user")
    rows = rows.defer("body", "post__body", "post__body_html", "parent__body")
    by_id = {comment.pk: comment for comment in rows}
    comments = [by_id[pk] for pk in ids if pk in by_id]
    reports, replies = _reports(by_id), _replies(by_id)
    records = records_of(comments, desk.readable())
    edited = _reported_before_an_edit(comments, reports)
    changes = changed_since(edited) if edited else {}
    items = [
        _item(it, events.get(it.pk), reports.get(it.pk, []), replies.get(it.pk, []), records)
        for it in comments
    ]
    return [
        replace(it, was_edited_since=it.comment.pk in edited, changes=changes.get(it.comment.pk, []))
        for it in items
    ]


def _item(
    comment: Comment,
    latest: ModerationEvent | None,
    reports: list[Report],
    replies: list[Comment],
    records: dict[Key, Record],
) -> Item:
    may = {
        action.value
        for action in (Action.APPROVE, Action.HOLD, Action.SPAM, Action.REMOVE, Action.RESTORE)
        if permissions.decide_refusal(comment, action, is_reported=bool(reports)) is None
    }
    key = key_of(comment)
    if latest:
        # A guest's name stands there, and nowhere else.
        latest.comment = comment
    return Item(
        comment=comment,
        rev=latest.pk if latest else 0,
        latest=wording.decided(latest, now=timezone.now()) if latest else "",
        why=[comment.state_reason] if comment.state_reason else [],
        reports=[_report(report) for report in reports],
        parent=_said(comment.parent) if comment.parent else None,
        replies=[_said(reply) for reply in replies[:REPLIES]],
        has_more=len(replies) > REPLIES,
        record=records.get(key) if key else None,
        may=frozenset(may),
    )


def _report(report: Report) -> str:
    reason = str(report.get_reason_display())
    return f"{reason}: {report.note}" if report.note else reason


def _said(comment: Comment) -> Said:
    state = "" if comment.is_public else str(comment.get_state_display())
    return Said(comment.pk, comment.writer_name, _beginning(comment, LETTERS), state)


def _beginning(comment: Comment, letters: int) -> str:
    # Tags take room too; the rest of a long text need not be looked at.
    return Truncator(markup.plain_text(comment.body_html[: 6 * letters])).chars(letters)


def _latest(ids: Iterable[int]) -> dict[int, ModerationEvent]:
    """Return each comment's latest decision or edit; of an hour's quarrel there are few."""
    events = ModerationEvent.objects.versions().filter(comment__in=ids)
    return {event.comment_id: event for event in events.select_related("actor").order_by("pk")}


def _reports(ids: Iterable[int]) -> dict[int, list[Report]]:
    found = defaultdict(list)
    for report in Report.objects.filter(comment__in=ids, state=ReportState.OPEN).order_by("pk"):
        found[report.comment_id].append(report)
    return found


def _reported_before_an_edit(
    comments: Iterable[Comment], reports: Mapping[int, Sequence[Report]]
) -> dict[int, datetime]:
    """Return those of these comments whose text is another one than was reported, with when that was first done."""
    first = {pk: reported[0].created_at for pk, reported in reports.items()}
    return {
        it.pk: first[it.pk]
        for it in comments
        if it.pk in first and it.edited_at and it.edited_at > first[it.pk]
    }


def _replies(ids: Iterable[int]) -> dict[int, list[Comment]]:
    """Return the first replies to each comment, one more than is shown."""
    place = Window(RowNumber(), partition_by=F("parent"), order_by=F("pk").asc())
    rows = Comment.objects.filter(parent__in=ids).order_by("pk").annotate(place=place)
    found = defaultdict(list)
    for reply in rows.filter(place__lte=REPLIES + 1).select_related("user").defer("body"):
        found[reply.parent_id].append(reply)
    return found


@dataclass(frozen=True)
class Receipt:
    """What a moderator has decided, and whether it still stands and so can be undone."""

    event: ModerationEvent
    words: str
    stands: bool


def receipts_of(
    user: User, ids: Sequence[int] | None = None, *, comment: Comment | None = None
) -> list[Receipt]:
    """Return this person's last decisions, newest first; or those with these ids, of one comment alone if given."""
    newer = ModerationEvent.objects.decisions().filter(comment=OuterRef("comment"), pk__gt=OuterRef("pk"))
    events = ModerationEvent.objects.filter(actor=user, action__in=wording.RECEIPTS).order_by("-pk")
    if comment is not None:
        events = events.filter(comment=comment)
    events = events.annotate(is_old=Exists(newer))
    events = events.filter(pk__in=ids) if ids is not None else events[:UNDO_LIST]
    rows = events.select_related("comment", "comment__user").defer("comment__body", "comment__body_html")
    return [Receipt(event, wording.receipt(event), not event.is_old) for event in rows]


def history_of(comment: Comment) -> list[str]:
    """Return what was decided about a comment and when it was edited, newest first: who, what, when and why."""
    # By way of the comment, so that each event has it: an edit by a guest is signed by its name.
    events = comment.events.select_related("actor").order_by("-pk")
    now = timezone.now()
    return [wording.decided(event, now=now) for event in events[:HISTORY]]
