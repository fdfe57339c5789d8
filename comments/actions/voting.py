"""Voting: one vote per person and comment, and the score recounted from all votes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions as accounts
from accounts.models import Guest
from accounts.network import Origin
from blog import page_versions
from comments import permissions, tree
from comments.actions import limiting
from comments.actions.common import refuse_if, whose
from comments.models import Comment, DiscussionSettings, Vote
from comments.permissions import Writer


class Ballot(NamedTuple):
    """The result of a vote: the comment's new score, and the voter."""

    score: int
    voter: Writer | None


# Recounted and read in one statement.
_RECOUNT = """
UPDATE comments_comment SET score = imported_score + COALESCE(
  (SELECT SUM(v.value) FROM comments_vote v WHERE v.comment_id = comments_comment.id), 0)
WHERE id IN ({ids}) RETURNING score, post_id
"""
# The most votes on one comment by guests on one network, which they may share (a school, a café).
GUEST_VOTES_PER_NETWORK = 3


def cast_vote(
    comment: Comment,
    *,
    voter: Writer | None,
    value: int,
    origin: Origin | None = None,
    now: datetime | None = None,
) -> Ballot:
    """Record one vote of this person, replacing an earlier one, and return the comment's new score and the voter.

    `voter` None is a guest who is not known yet. Limits hold only where `origin` is given. Raises Refused for one's
    own comment, a comment that is gone, or a network that has voted often enough; TooMany for a limit.
    """
    now = now or timezone.now()
    settings = DiscussionSettings.load()
    refuse_if(permissions.vote_refusal(voter, comment, value=value, settings=settings, now=now))
    network = origin.network_hash if origin is not None else ""
    with transaction.atomic():
        # The limit's row is locked before all others.
        key = limiting.take_vote(voter, origin, settings) if origin is not None else ""
        if voter is None:
            voter = accounts.guest_of_first_vote(origin=origin or Origin(), limit_key=key, now=now)
        _lock(comment.pk)
        if network and isinstance(voter, Guest):
            refuse_if(_network_refusal(comment, voter, network))
        mine = Vote.objects.filter(comment=comment, **whose(voter))
        if not mine.update(value=value, network_hash=network):
            Vote.objects.create(comment=comment, **whose(voter), value=value, network_hash=network)
        return Ballot(_score_changed(comment), voter)


def _network_refusal(comment: Comment, voter: Guest, network_hash: str) -> str | None:
    others = Vote.objects.filter(comment=comment, guest__isnull=False, network_hash=network_hash).exclude(
        guest=voter
    )
    if others.count() >= GUEST_VOTES_PER_NETWORK:
        return _("Your network has already voted on this comment. Sign in to vote.")
    return None


def clear_vote(comment: Comment, *, voter: Writer | None, origin: Origin | None = None) -> Ballot:
    """Take this person's vote back, if there is one, and return the comment's new score.

    Raises Refused for a comment that is gone; TooMany for a limit.
    """
    settings = DiscussionSettings.load()
    refuse_if(permissions.clearing_refusal(comment, now=timezone.now()))
    with transaction.atomic():
        if origin is not None:
            limiting.take_vote(voter, origin, settings)
        if voter is None:
            return Ballot(comment.score, None)
        _lock(comment.pk)
        if not Vote.objects.filter(comment=comment, **whose(voter)).delete()[0]:
            return Ballot(_recount(comment.pk), voter)
        return Ballot(_score_changed(comment), voter)


def _score_changed(comment: Comment) -> int:
    score = _recount(comment.pk)
    page_versions.touch_scores(comment.post_id)
    return score


@transaction.atomic
def recount_scores(comment_ids: Sequence[int]) -> list[int]:
    """Recount many comments' scores in a few statements, renew the pages, and return the posts' ids.

    Their threads are locked first, because a reply writes many rows of its thread, in another order.
    """
    comments = Comment.objects.filter(pk__in=comment_ids)
    trees = comments.order_by().values_list("tree_id", flat=True).distinct()
    with tree.locked(*trees):
        list(comments.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        with connection.cursor() as cursor:
            cursor.execute(_RECOUNT.format(ids=", ".join(["%s"] * len(comment_ids))), list(comment_ids))
            posts = sorted({post_id for _score, post_id in cursor.fetchall()})
        for post_id in posts:
            page_versions.touch_scores(post_id)
    return posts


def _lock(comment_id: int) -> None:
    """Lock the comment's row, so that votes on it are written and counted one after another."""
    Comment.objects.select_for_update(no_key=True).order_by().filter(pk=comment_id).values_list("pk").first()


def _recount(comment_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT.format(ids="%s"), [comment_id])
        if row := cursor.fetchone():
            return row[0]
    raise Comment.DoesNotExist(f"There is no comment {comment_id}.")
