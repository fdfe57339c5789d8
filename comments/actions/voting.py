"""Votes: one per person and comment, and the score that is recounted from them."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Guest
from blog import pages
from comments import permissions
from comments.actions.common import refuse_if, whose
from comments.models import Comment, Vote
from comments.permissions import Writer

# Beyond this a shared network (a school, a café) has had its say on one comment.
GUEST_VOTES_PER_NETWORK = 3


def cast_vote(
    comment: Comment, *, voter: Writer, value: int, network_hash: str = "", now: datetime | None = None
) -> int:
    """Record one vote of this person, replacing an earlier one, and return the comment's new score.

    Raises Refused for one's own comment, a comment that is gone, or a network that has voted often enough.
    """
    refuse_if(permissions.vote_refusal(voter, comment, now=now or timezone.now()))
    with transaction.atomic():
        if network_hash and isinstance(voter, Guest):
            refuse_if(_network_refusal(comment, voter, network_hash))
        try:
            with transaction.atomic():
                Vote.objects.update_or_create(
                    comment=comment, **whose(voter), defaults={"value": value, "network_hash": network_hash}
                )
        except IntegrityError:
            # The same person voted twice at once; the other vote stands and this one says the same or replaces it.
            Vote.objects.filter(comment=comment, **whose(voter)).update(value=value)
        return _score_changed(comment)


def _network_refusal(comment: Comment, voter: Guest, network_hash: str) -> str | None:
    others = Vote.objects.filter(comment=comment, guest__isnull=False, network_hash=network_hash).exclude(
        guest=voter
    )
    if others.count() >= GUEST_VOTES_PER_NETWORK:
        return _("Enough guests of your network have voted on this comment. Members always can.")
    return None


def clear_vote(comment: Comment, *, voter: Writer) -> int:
    """Take this person's vote back, if there is one, and return the comment's new score."""
    with transaction.atomic():
        Vote.objects.filter(comment=comment, **whose(voter)).delete()
        return _score_changed(comment)


def _score_changed(comment: Comment) -> int:
    score = recount_score(comment.pk)
    pages.touch_scores(comment.post_id)
    return score


def recount_score(comment_id: int) -> int:
    """Set a comment's score to its imported part plus the sum of its votes, and return it.

    The row is locked first, so that of two votes at once the later one counts both.
    """
    Comment.objects.select_for_update(no_key=True).order_by().filter(pk=comment_id).values_list("pk").first()
    votes = (
        Vote.objects.filter(comment=OuterRef("pk"))
        .order_by()
        .values("comment")
        .annotate(sum=Sum("value"))
        .values("sum")
    )
    rows = Comment.objects.filter(pk=comment_id).order_by()
    rows.update(score=F("imported_score") + Coalesce(Subquery(votes), 0))
    return rows.values_list("score", flat=True).get()
