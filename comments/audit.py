"""Proves that trees, numbers, counts and scores are what they must be, and puts right what can be derived."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from blog import pages
from comments import actions, tree
from comments.models import Comment, Discussion, MovedComment, Vote
from comments.models.discussion import COUNTED


def findings() -> Iterator[str]:
    """Give one sentence for everything that is wrong; nothing when all is well."""
    for tree_id, wrong in tree.broken_trees():
        yield f"Thread {tree_id}: {wrong}."
    for post_id, wrong in wrong_numbers():
        yield f"Post {post_id}: {wrong}."
    for post_id, state, stored, counted in wrong_counts():
        yield f"Post {post_id}: {stored} comments are stored as its count, {counted} are {state}."
    for comment_id, stored, counted in wrong_scores():
        yield f"Comment {comment_id}: its score is {stored}, its votes make {counted}."
    for comment_id in strangers():
        yield f"Comment {comment_id}: it answers a comment of another post."


def wrong_numbers() -> Iterator[tuple[int, str]]:
    """Give the posts whose numbers, with those of comments that were moved away, are not 1 … last, each once."""
    for post_id, last in Discussion.objects.order_by("pk").values_list("pk", "last_number").iterator():
        numbers = [
            *Comment.objects.filter(post=post_id, number__isnull=False)
            .order_by()
            .values_list("number", flat=True),
            *MovedComment.objects.filter(post=post_id).values_list("number", flat=True),
        ]
        if sorted(numbers) != list(range(1, last + 1)):
            yield post_id, f"{len(numbers)} numbers were given, the last is {last}"
    for post_id in _without_discussion():
        yield post_id, "it has comments and no discussion row"


def _without_discussion(**wanted: bool) -> list[int]:
    """Return the posts whose comments have been counted or numbered nowhere."""
    is_kept = Q(number__isnull=False) | Q(state__in=COUNTED)
    comments = Comment.objects.filter(is_kept, post__discussion=None, **wanted)
    return list(comments.order_by("post").values_list("post", flat=True).distinct())


def wrong_counts() -> Iterator[tuple[int, str, int, int]]:
    """Give (post, state, stored, counted) where the number kept of public, held or spam comments is wrong."""
    for state, column in COUNTED.items():
        counted = Count("post__comments", filter=Q(post__comments__state=state))
        rows = Discussion.objects.annotate(counted=counted).exclude(**{column: F("counted")})
        for post_id, stored, number in rows.order_by("pk").values_list("pk", column, "counted"):
            yield post_id, state, stored, number


def wrong_scores() -> Iterator[tuple[int, int, int]]:
    """Give (comment, stored, counted) where a score is not its imported part plus the sum of its votes."""
    votes = (
        Vote.objects.filter(comment=OuterRef("pk")).order_by().values("comment").annotate(sum=Sum("value"))
    )
    counted = F("imported_score") + Coalesce(Subquery(votes.values("sum")), 0)
    rows = Comment.objects.annotate(counted=counted).exclude(score=F("counted"))
    yield from rows.order_by("pk").values_list("pk", "score", "counted")


def strangers() -> Iterator[int]:
    """Give the comments that answer a comment of another post."""
    yield from (
        Comment.objects.filter(parent__isnull=False)
        .exclude(post=F("parent__post"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def repair() -> int:
    """Number broken trees anew from `parent`, recount counts and scores, and return how many rows were put right.

    Numbers are never changed: addresses and texts refer to them.
    """
    repaired = tree.repair_trees()
    for post_id in set(_without_discussion()) - set(_without_discussion(number__isnull=False)):
        Discussion.objects.get_or_create(pk=post_id)
    for post_id, state, _stored, counted in list(wrong_counts()):
        with transaction.atomic():
            Discussion.objects.filter(pk=post_id).update(**{COUNTED[state]: counted})
            pages.touch(post_id)
        repaired += 1
    for comment_id, _stored, _counted in list(wrong_scores()):
        actions.recount_score(comment_id)
        pages.touch_scores(Comment.objects.values_list("post_id", flat=True).get(pk=comment_id))
        repaired += 1
    return repaired
