"""Repairs what the audit finds while the site stays online: read, lock, check again, write.

A comment is never lost, and its number is never changed where it may be right: texts and addresses refer to it.
"""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog import page_versions
from comments import actions, tree
from comments.actions.common import lock_discussion
from comments.batches import in_batches, update_rows
from comments.integrity import audit
from comments.integrity.numbers import Plan, plan_numbers
from comments.models import Comment, CommentState, Discussion, ModerationEvent, MovedComment
from comments.models.discussion import COUNTED

# Scores recounted in one transaction, and rows of one INSERT.
SCORES_AT_ONCE, ROWS_AT_ONCE = 500, 1000


def repair() -> Iterator[str]:
    """Repair what can be derived, and yield one sentence for each repair after its commit.

    Trees first, then numbers and counts of posts, scores, and pages. Nothing happens until it is iterated.
    """
    for mended in tree.repair_trees(on_written=_after_trees):
        yield _("Post %(post)d: places repaired (comments: %(comments)d, threads: %(threads)d).") % {
            "post": mended.post_id,
            "comments": mended.comments,
            "threads": mended.threads,
        }
        yield from map(_said, mended.moved)
    yield from _repair_discussions()
    yield from _repair_scores()
    for post_id in audit.without_page_state():
        page_versions.touch(post_id)
        yield _("Post %(id)d: its page has a version again.") % {"id": post_id}
    if removed := tree.remove_empty_threads():
        words = ngettext(
            "%(count)d thread without comments was removed.",
            "%(count)d threads without comments were removed.",
            removed,
        )
        yield words % {"count": removed}


def _said(moved: tree.Moved) -> str:
    values = {"id": moved.pk, "why": moved.why, "parent": moved.new_parent_id}
    if moved.new_parent_id is None:
        return _("Comment %(id)d is top-level now: %(why)s.") % values
    return _("Comment %(id)d replies to comment %(parent)d now: %(why)s.") % values


def _after_trees(mended: tree.Mended) -> None:
    """Store as events which comments have another parent now, and renew the post's page. The threads are locked."""
    move = ModerationEvent.Action.MOVE
    ModerationEvent.objects.bulk_create(
        ModerationEvent(
            comment_id=moved.pk,
            action=move,
            reason=_("Repair: %(why)s.") % {"why": moved.why},
            before={"post": moved.post_id, "parent": moved.old_parent_id},
            after={"post": moved.post_id, "parent": moved.new_parent_id},
        )
        for moved in mended.moved
    )
    page_versions.touch(mended.post_id)


# --- numbers and counts ---------------------------------------------------------------------------------------


def _repair_discussions() -> Iterator[str]:
    wrong = {post_id for post_id, *_rest in audit.wrong_numbers()}
    wrong |= {post_id for post_id, *_rest in audit.wrong_counts()}
    for post_id in sorted(wrong):
        if done := _repair_discussion(post_id):
            yield _("Post %(id)d: %(done)s.") % {"id": post_id, "done": ", ".join(done)}


def _repair_discussion(post_id: int) -> list[str]:
    """Repair a post's numbers and counts under the lock of its discussion, and return what was done.

    The threads of comments that get another number are locked before it, as everywhere. If by then other comments need
    one, or a thread is gone, the numbers are left for the next repair.
    """
    expected = _plan(post_id)
    renumbered = expected.renumbered if expected is not None else {}
    try:
        with transaction.atomic(), tree.locked(*_trees_of(renumbered)):
            lock_discussion(post_id)
            plan = _plan(post_id)
            is_expected = plan is not None and plan.renumbered.keys() <= renumbered.keys()
            done = _write_numbers(post_id, plan) if plan is not None and is_expected else []
            done += _write_counts(post_id)
            if done:
                page_versions.touch(post_id)
            return done
    except tree.TreeError:
        return []


def _trees_of(comment_ids: dict[int, int]) -> set[int]:
    rows = Comment.objects.filter(pk__in=comment_ids).order_by()
    return set(rows.values_list("tree_id", flat=True))


def _plan(post_id: int) -> Plan | None:
    comments = dict(
        Comment.objects.filter(post=post_id, number__isnull=False).order_by().values_list("pk", "number")
    )
    unnumbered = Comment.objects.filter(post=post_id, number=None, state=CommentState.PUBLIC).order_by()
    comments |= dict(unnumbered.values_list("pk", "number"))
    left_behind = dict(MovedComment.objects.filter(post=post_id).values_list("pk", "number"))
    last = Discussion.objects.filter(pk=post_id).values_list("last_number", flat=True).first()
    return plan_numbers(comments, left_behind, last=last or 0)


def _write_numbers(post_id: int, plan: Plan) -> list[str]:
    done = []
    for batch in in_batches(plan.dropped, ROWS_AT_ONCE):
        MovedComment.objects.filter(pk__in=batch).delete()
    if plan.lost:
        rows = (MovedComment(post_id=post_id, number=number, comment=None) for number in plan.lost)
        MovedComment.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        words = ngettext(
            "%(count)d number without a comment was marked as taken",
            "%(count)d numbers without a comment were marked as taken",
            len(plan.lost),
        )
        done.append(words % {"count": len(plan.lost)})
    if plan.renumbered:
        _renumber(plan.renumbered)
        words = _("comment %(id)d is #%(number)d now")
        done += [words % {"id": pk, "number": number} for pk, number in plan.renumbered.items()]
    if Discussion.objects.filter(pk=post_id).exclude(last_number=plan.last).update(last_number=plan.last):
        done.append(_("the last number is %(last)d") % {"last": plan.last})
    if plan.dropped:
        words = ngettext(
            "%(count)d former number was dropped", "%(count)d former numbers were dropped", len(plan.dropped)
        )
        done.append(words % {"count": len(plan.dropped)})
    return done


def _renumber(numbers: dict[int, int]) -> None:
    """Give comments other numbers, and a date of publication to those that have none."""
    undated = set(
        Comment.objects.filter(pk__in=numbers, published_at=None).order_by().values_list("pk", flat=True)
    )
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    # Both columns in one statement, since the constraint checks them together.
    dated = ((pk, number, now) for pk, number in numbers.items() if pk in undated)
    update_rows(Comment, ("number", "published_at"), dated)
    update_rows(Comment, ("number",), ((pk, number) for pk, number in numbers.items() if pk not in undated))


def _write_counts(post_id: int) -> list[str]:
    """Recount a post's comments with its discussion locked, so that no state can change meanwhile."""
    counted = Comment.objects.filter(post=post_id).order_by().values_list("state").annotate(Count("pk"))
    by_state = dict(counted)
    right = {column: by_state.get(state, 0) for state, column in COUNTED.items()}
    row = Discussion.objects.filter(pk=post_id)
    if row.filter(**right).exists():
        return []
    row.update(**right)
    return [_("its comments were recounted")]


# --- scores ---------------------------------------------------------------------------------------------------


def _repair_scores() -> Iterator[str]:
    wrong = (comment_id for comment_id, *_rest in audit.wrong_scores(most=SCORES_AT_ONCE))
    for batch in in_batches(wrong, SCORES_AT_ONCE):
        try:
            posts = actions.recount_scores(batch)
        except tree.TreeError:
            # A thread is gone or still missing; the check after the repair reports it.
            continue
        yield _("Scores recounted: %(count)d (posts: %(posts)d).") % {
            "count": len(batch),
            "posts": len(posts),
        }
