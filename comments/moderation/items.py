"""Collects what helps to decide on each comment of the queue, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import ngettext

from accounts.roles import ranks_of
from blog import markup
from comments import event_text, permissions
from comments.models import Comment, CommentState, ModerationEvent, Report, ReportState
from comments.moderation.scope import ModerationScope
from comments.moderation.writer_history import WriterHistory, WriterKey, histories_of, key_of
from comments.permissions import Decider, Matter
from comments.revisions.diff import Change
from comments.revisions.edits import changed_since

# Replies shown with a comment, and characters of each: enough to see what it answers and how it was received.
REPLIES = 3
LETTERS = 280
# Characters of a comment in a line of the list.
BEGINNING = 60
Action = ModerationEvent.Action


@dataclass(frozen=True)
class NearbyComment:
    """The parent of a comment or a reply to it, shortened."""

    pk: int
    name: str
    text: str
    state: str


@dataclass(frozen=True)
class Item:
    """One comment to decide on, with all that helps to decide."""

    comment: Comment
    # Id of the latest decision or edit. Forms send it, so that a decision made on an outdated page is refused.
    rev: int
    latest: str
    why: list[str]
    reports: list[str]
    parent: NearbyComment | None
    replies: list[NearbyComment]
    has_more: bool
    record: WriterHistory | None
    # The decisions this person can make, and the reasons for those that only others can make.
    may: frozenset[str] = frozenset()
    refusals: Mapping[str, str] = field(default_factory=dict)
    # Whether the text was edited after a report, and what changed, if the earlier version was kept.
    was_edited_since: bool = False
    changes: list[Change] = field(default_factory=list)

    @property
    def refusal(self) -> str:
        """Why this person can make no decision here; "" if they can make one, or if nobody can."""
        if self.may:
            return ""
        # Everybody who moderates here may hold a public comment, unless its writer ranks above them.
        verb = Action.HOLD if self.comment.is_public else Action.REMOVE
        return self.refusals.get(verb, "")

    @property
    def words(self) -> str:
        """The first words of the comment, for the list."""
        return _beginning(self.comment, BEGINNING)

    @property
    def mark(self) -> str:
        """A short note for lists of all states: the number of reports, or what became of the comment."""
        count = len(self.reports)
        if count:
            return ngettext("%(count)d report", "%(count)d reports", count) % {"count": count}
        is_gone = self.comment.state in {CommentState.REMOVED, CommentState.WITHDRAWN}
        return str(self.comment.get_state_display()) if is_gone else ""


def items_of(scope: ModerationScope, ids: Sequence[int]) -> list[Item]:
    """Return items for those of these comments that this person moderates; nine queries.

    One more if a comment was edited after a report, and one more for people whose power depends on whose post it is.
    """
    # Read before the texts: an edit in between then makes the page outdated, instead of being taken for what it shows.
    events = _latest(ids)
    rows = scope.comments().filter(pk__in=ids)
    rows = rows.select_related("post", "user", "guest", "parent", "parent__user")
    rows = rows.defer("body", "post__body", "post__body_html", "parent__body")
    by_id = {comment.pk: comment for comment in rows}
    comments = [by_id[pk] for pk in ids if pk in by_id]
    reports, replies = _reports(by_id), _replies(by_id)
    records = histories_of(comments, scope.readable())
    edited = _reported_before_an_edit(comments, reports)
    changes = changed_since(edited) if edited else {}
    ranks = ranks_of(it.user_id for it in comments)
    own = scope.own_among(it.post_id for it in comments)
    items = []
    for it in comments:
        matter = permissions.matter_of(it, ranks, is_reported=it.pk in reports)
        item = _item(it, events.get(it.pk), reports.get(it.pk, []), replies.get(it.pk, []), records)
        items.append(_with_verbs(item, scope.decider(own_post=it.post_id in own), matter))
    return [
        replace(it, was_edited_since=it.comment.pk in edited, changes=changes.get(it.comment.pk, []))
        for it in items
    ]


def _item(
    comment: Comment,
    latest: ModerationEvent | None,
    reports: list[Report],
    replies: list[Comment],
    records: dict[WriterKey, WriterHistory],
) -> Item:
    key = key_of(comment)
    if latest:
        # The sentence about a guest's edit takes the name from the comment.
        latest.comment = comment
    return Item(
        comment=comment,
        rev=latest.pk if latest else 0,
        latest=event_text.decided(latest, now=timezone.now()) if latest else "",
        why=[comment.state_reason] if comment.state_reason else [],
        reports=[_report(report) for report in reports],
        parent=_said(comment.parent) if comment.parent else None,
        replies=[_said(reply) for reply in replies[:REPLIES]],
        has_more=len(replies) > REPLIES,
        record=records.get(key) if key else None,
    )


def _with_verbs(item: Item, who: Decider, matter: Matter) -> Item:
    """Return the item with the decisions this person can make, and why not the others."""
    verbs = permissions.DECISIONS
    may = {verb.value for verb in verbs if permissions.verb_refusal(who, matter, verb) is None}
    refused = {verb.value: permissions.power_refusal(who, matter, verb) for verb in verbs}
    return replace(
        item, may=frozenset(may), refusals={verb: words for verb, words in refused.items() if words}
    )


def _report(report: Report) -> str:
    reason = str(report.get_reason_display())
    return f"{reason}: {report.note}" if report.note else reason


def _said(comment: Comment) -> NearbyComment:
    state = "" if comment.is_public else str(comment.get_state_display())
    return NearbyComment(comment.pk, comment.writer_name, _beginning(comment, LETTERS), state)


def _beginning(comment: Comment, letters: int) -> str:
    # Tags take room too, so read more characters than are shown, but not a long text to its end.
    return Truncator(markup.plain_text(comment.body_html[: 6 * letters])).chars(letters)


def _latest(ids: Iterable[int]) -> dict[int, ModerationEvent]:
    """Return each comment's latest decision or edit."""
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
    """Map the comments that were edited after a report to the time of their first report."""
    first = {pk: reported[0].created_at for pk, reported in reports.items()}
    return {
        it.pk: first[it.pk]
        for it in comments
        if it.pk in first and it.edited_at and it.edited_at > first[it.pk]
    }


def _replies(ids: Iterable[int]) -> dict[int, list[Comment]]:
    """Return the first replies to each comment, one more than is shown, to know whether there are more."""
    place = Window(RowNumber(), partition_by=F("parent"), order_by=F("pk").asc())
    rows = Comment.objects.filter(parent__in=ids).order_by("pk").annotate(place=place)
    found = defaultdict(list)
    for reply in rows.filter(place__lte=REPLIES + 1).select_related("user").defer("body"):
        found[reply.parent_id].append(reply)
    return found
