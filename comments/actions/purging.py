"""Deletes personal data about where comments and votes came from, after the owner's time."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from accounts import actions as accounts
from comments.models import (
    CommentOrigin,
    CommentRevision,
    CommentState,
    DiscussionSettings,
    ModerationEvent,
    Note,
    Report,
    Vote,
)

# Rows in one statement: few enough that no writer waits long.
BATCH = 1000


class Purged(NamedTuple):
    """How many rows had something deleted, by kind."""

    comments: int
    votes: int
    reports: int
    guests: int
    leftovers: int
    revisions: int
    notes: int


def purge_personal_data(*, now: datetime | None = None) -> Purged:
    """Delete e-mail and network addresses, browsers and networks' hashes that are older than the owner's setting.

    Earlier versions of withdrawn comments, and notes, go that long after they were withdrawn or read. What stays: the
    names on comments, and the keyed hash of a guest's e-mail, which tells one writer's comments from another's.
    Running it again changes nothing.
    """
    now = now or timezone.now()
    before = now - timedelta(days=DiscussionSettings.load().purge_after_days)
    return Purged(
        comments=_purge_origins(now, before=before),
        votes=_forget_networks(Vote, before=before),
        reports=_forget_networks(Report, before=before),
        guests=accounts.forget_networks(before=before),
        leftovers=accounts.forget_leftovers(now=now),
        revisions=_purge_revisions(before=before),
        notes=Note.objects.filter(read_at__lt=before).delete()[0],
    )


def _forget_networks(said: type[Vote] | type[Report], *, before: datetime) -> int:
    """Delete the networks of votes or reports in batches, since the first purge of a busy site finds millions."""
    due = said.objects.filter(created_at__lt=before).exclude(network_hash="").order_by("pk")
    last = forgotten = 0
    while chosen := list(due.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        last = chosen[-1]
        forgotten += said.objects.filter(pk__in=chosen).update(network_hash="")
    return forgotten


def _purge_revisions(*, before: datetime) -> int:
    """Delete the earlier versions of comments that their writers withdrew before this moment."""
    withdrawn = ModerationEvent.objects.filter(
        action=ModerationEvent.Action.WITHDRAW,
        created_at__lt=before,
        comment__state=CommentState.WITHDRAWN,
    )
    rows = CommentRevision.objects.filter(comment__in=withdrawn.order_by().values("comment"))
    return rows.delete()[0]


def _purge_origins(now: datetime, *, before: datetime) -> int:
    # An import without addresses sets no date: then the comment's own date says how old the network's hash is.
    undated = Q(purge_after=None, comment__created_at__lt=before) & ~Q(network_hash="")
    due = CommentOrigin.objects.filter(Q(purge_after__lte=now) | undated).order_by("pk")
    forgotten = 0
    while chosen := list(due.values_list("pk", flat=True)[:BATCH]):
        forgotten += CommentOrigin.objects.filter(pk__in=chosen).update(
            email="", address=None, user_agent="", network_hash="", purge_after=None
        )
    return forgotten
