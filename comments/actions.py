"""Every write to a discussion: prepare, lock, look again, write, then tell. It never sees a request."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Guest, User
from accounts.names import clean_name
from blog import markup, pages
from blog.models import CommentPolicy, Post
from comments import permissions, tree
from comments.mentions import links_for
from comments.models import (
    Comment,
    CommentState,
    Discussion,
    DiscussionSettings,
    ModerationEvent,
    MovedComment,
    Vote,
)
from comments.permissions import Writer

# A second click, a reload, a retry of a flaky phone: the same words from the same hand within this time are one.
SAME_COMMENT_WITHIN = timedelta(minutes=10)
# Beyond this a shared network (a school, a café) has had its say on one comment.
GUEST_VOTES_PER_NETWORK = 3

Action = ModerationEvent.Action


class Refused(Exception):
    """A write that a rule forbids; its text is a sentence for the person."""


def _refuse_if(reason: str | None) -> None:
    if reason:
        raise Refused(reason)


def _by(writer: Writer) -> dict[str, Any]:
    return {"user": writer} if isinstance(writer, User) else {"guest": writer}


# --- commenting -----------------------------------------------------------------------------------------------


def post_comment(
    post: Post,
    *,
    writer: Writer,
    text: str,
    parent: Comment | None = None,
    name: str = "",
    website: str = "",
    once: str | None = None,
    body_format: str = "markdown",
    now: datetime | None = None,
) -> Comment:
    """Write a comment, or return the one that the same submission has written already.

    `name` and `website` are a guest's; a member's are live. `once` is what the form carried to make a repetition
    harmless. Raises Refused, or blog.markup.TextRefused, with a sentence; then nothing has changed.
    """
    now = now or timezone.now()
    settings = DiscussionSettings.load()
    _refuse_if(permissions.comment_refusal(writer, post, parent, settings=settings, now=now))
    markup.check_comment_text(text)
    # Rendering takes milliseconds, so it happens before the lock.
    html = markup.render_comment(
        text, body_format=body_format, links=links_for(text, post=post, parent=parent)
    )
    comment = Comment(
        post=post,
        parent=parent,
        body=text,
        body_format=body_format,
        body_html=html,
        markup_version=markup.MARKUP_VERSION,
        created_at=now,
        once=once or None,
        **_signed(writer, name=name, website=website),
        **_judged(post, html, settings=settings, now=now),
    )
    return _write_once(comment, writer=writer, settings=settings, now=now)


def _signed(writer: Writer, *, name: str, website: str) -> dict[str, Any]:
    """Return whose a comment is: a member's name is live, a guest's is kept with the comment."""
    if isinstance(writer, User):
        return {"user": writer}
    return {"guest": writer, "guest_name": clean_name(name or writer.name), "guest_website": website}


def _judged(post: Post, html: str, *, settings: DiscussionSettings, now: datetime) -> dict[str, Any]:
    """Return the state that the rules give a new comment: held with a reason, or public from now on."""
    reason = _held_because(post, html, settings=settings)
    if reason:
        return {"state": CommentState.HELD, "state_reason": reason}
    return {"state": CommentState.PUBLIC, "published_at": now}


def _held_because(post: Post, html: str, *, settings: DiscussionSettings) -> str | None:
    if post.comment_policy == CommentPolicy.HELD:
        return _("On this post every comment is read by a moderator first.")
    links = html.count('rel="ugc')
    if settings.held_from_links and links >= settings.held_from_links:
        return _("It has %(count)d links; comments with %(most)d or more are read by a moderator first.") % {
            "count": links,
            "most": settings.held_from_links,
        }
    return None


def _write_once(comment: Comment, *, writer: Writer, settings: DiscussionSettings, now: datetime) -> Comment:
    """Write the comment under the locks; a repetition of the same submission gives the first one back."""
    try:
        with transaction.atomic():
            if comment.parent_id is not None:
                return tree.with_tree_locked(
                    comment.parent_id,
                    lambda: _write_reply(comment, writer=writer, settings=settings, now=now),
                )
            _lock_discussion(comment.post_id)
            return _first_of(comment, writer, now=now) or _write(comment)
    except IntegrityError:
        first = _sent_before(comment, writer)
        if first is None:
            raise
        return first


def _write_reply(comment: Comment, *, writer: Writer, settings: DiscussionSettings, now: datetime) -> Comment:
    parent = Comment.objects.get(pk=comment.parent_id)
    _refuse_if(permissions.comment_refusal(writer, comment.post, parent, settings=settings, now=now))
    return _first_of(comment, writer, now=now) or _write(comment)


def _lock_discussion(post_id: int) -> None:
    """Hold the post's discussion row: openers of one person are told apart from repetitions one after another.

    A new thread's row is nobody else's yet, so taking it after this breaks no order of locks.
    """
    if not Discussion.objects.select_for_update(no_key=True).filter(pk=post_id).values_list("pk").first():
        Discussion.objects.get_or_create(pk=post_id)
        Discussion.objects.select_for_update(no_key=True).filter(pk=post_id).values_list("pk").first()


def _write(comment: Comment) -> Comment:
    comment.save()
    if comment.is_public:
        pages.touch(comment.post_id)
    return comment


def _first_of(comment: Comment, writer: Writer, *, now: datetime) -> Comment | None:
    """Return the comment that this one repeats: the same `once`, or the same words in the same place just now."""
    if first := _sent_before(comment, writer):
        return first
    if comment.once:
        return None
    return (
        Comment.objects.filter(
            **_by(writer), post_id=comment.post_id, parent_id=comment.parent_id, body=comment.body
        )
        .filter(created_at__gt=now - SAME_COMMENT_WITHIN)
        .order_by("pk")
        .first()
    )


def _sent_before(comment: Comment, writer: Writer) -> Comment | None:
    return Comment.objects.filter(**_by(writer), once=comment.once).first() if comment.once else None


# --- voting ---------------------------------------------------------------------------------------------------


def cast_vote(
    comment: Comment, *, voter: Writer, value: int, network_hash: str = "", now: datetime | None = None
) -> int:
    """Record one vote of this person, replacing an earlier one, and return the comment's new score.

    Raises Refused for one's own comment, a comment that is gone, or a network that has voted often enough.
    """
    _refuse_if(permissions.vote_refusal(voter, comment, now=now or timezone.now()))
    with transaction.atomic():
        if network_hash and isinstance(voter, Guest):
            _refuse_if(_network_refusal(comment, voter, network_hash))
        try:
            with transaction.atomic():
                Vote.objects.update_or_create(
                    comment=comment, **_by(voter), defaults={"value": value, "network_hash": network_hash}
                )
        except IntegrityError:
            # The same person voted twice at once; the other vote stands and this one says the same or replaces it.
            Vote.objects.filter(comment=comment, **_by(voter)).update(value=value)
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
        Vote.objects.filter(comment=comment, **_by(voter)).delete()
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


# --- changing a comment's state -------------------------------------------------------------------------------


def remove_comment(comment: Comment, *, by: User | None, reason: str = "") -> ModerationEvent:
    """Take a comment away; with public replies a tombstone with the reason stays. The row stays."""
    return _change_state(comment, CommentState.REMOVED, action=Action.REMOVE, by=by, reason=reason)


def hold_comment(comment: Comment, *, by: User | None, reason: str = "") -> ModerationEvent:
    """Put a comment back behind review; its writer sees it with the reason."""
    return _change_state(comment, CommentState.HELD, action=Action.HOLD, by=by, reason=reason)


def mark_spam(comment: Comment, *, by: User | None, reason: str = "") -> ModerationEvent:
    """Put a comment among the spam."""
    return _change_state(comment, CommentState.SPAM, action=Action.SPAM, by=by, reason=reason)


def approve_comment(comment: Comment, *, by: User | None, reason: str = "") -> ModerationEvent:
    """Make a held comment, or one taken for spam, public."""
    return _change_state(comment, CommentState.PUBLIC, action=Action.APPROVE, by=by, reason=reason)


def restore_comment(comment: Comment, *, by: User | None, reason: str = "") -> ModerationEvent:
    """Make a removed comment public again, under its old number."""
    return _change_state(comment, CommentState.PUBLIC, action=Action.RESTORE, by=by, reason=reason)


def withdraw_comment(comment: Comment, *, by: Writer) -> ModerationEvent:
    """Let a writer take their own comment back, at any time. Raises Refused for anybody else."""
    _refuse_if(permissions.withdraw_refusal(by, comment))
    actor = by if isinstance(by, User) else None
    return _change_state(comment, CommentState.WITHDRAWN, action=Action.WITHDRAW, by=actor, reason="")


def undo(event: ModerationEvent, *, by: User | None) -> ModerationEvent:
    """Write back the state and reason that a decision replaced.

    Raises Refused when it has been undone, or when somebody has decided otherwise since.
    """
    comment = event.comment
    now = {"state": comment.state, "reason": comment.state_reason}
    if (
        ModerationEvent.objects.filter(undoes=event).exists()
        or now != event.after
        or "state" not in event.before
    ):
        raise Refused(_("This was decided again since, so it cannot be undone from here."))
    state, reason = CommentState(event.before["state"]), event.before["reason"]
    return _change_state(comment, state, action=Action.UNDO, by=by, reason=reason, undoes=event)


def _change_state(
    comment: Comment,
    state: CommentState,
    *,
    action: str,
    by: User | None,
    reason: str,
    undoes: ModerationEvent | None = None,
) -> ModerationEvent:
    """Change a comment's state under its thread's lock, number and count it, and write down who, when and why."""

    def change() -> ModerationEvent:
        now = Comment.objects.only("state", "state_reason", "number", "post_id", "published_at").get(
            pk=comment.pk
        )
        before = {"state": now.state, "reason": now.state_reason}
        _write_state(now, state, reason=reason)
        for name in ("state", "state_reason", "number", "published_at", "post_id"):
            setattr(comment, name, getattr(now, name))
        if CommentState.PUBLIC in (before["state"], state) or _has_public_reply(comment):
            pages.touch(comment.post_id)
        after = {"state": now.state, "reason": now.state_reason}
        return ModerationEvent.objects.create(
            comment=comment, actor=by, action=action, reason=reason, before=before, after=after, undoes=undoes
        )

    return tree.with_tree_locked(comment.pk, change)


def _write_state(comment: Comment, state: CommentState, *, reason: str) -> None:
    was_public = comment.state == CommentState.PUBLIC
    comment.state, comment.state_reason = state, "" if state == CommentState.PUBLIC else reason
    if comment.is_public and comment.number is None:
        comment.number = Discussion.take_number(comment.post_id)
        comment.published_at = comment.published_at or timezone.now()
    elif comment.is_public != was_public:
        Discussion.add_to_count(comment.post_id, 1 if comment.is_public else -1)
    comment.save(update_fields=["state", "state_reason", "number", "published_at"])


def _has_public_reply(comment: Comment) -> bool:
    place = Comment.objects.order_by().only("tree_id", "lft", "rght").get(pk=comment.pk)
    below = Comment.objects.public().filter(tree_id=place.tree_id, lft__gt=place.lft, rght__lt=place.rght)
    return below.order_by().exists()


# --- moving a branch ------------------------------------------------------------------------------------------


@transaction.atomic
def move_branch(
    comment: Comment, *, to_post: Post, to_parent: Comment | None = None, by: User | None, reason: str = ""
) -> ModerationEvent:
    """Move a comment with its replies under another comment, or to another post; old addresses and numbers lead on.

    On another post the public comments get new numbers there, in their old order, and keep what they say.
    Raises Refused when the target stands in the branch itself.
    """
    try:
        moved = tree.move_branch(comment.pk, to_parent_id=to_parent and to_parent.pk, to_post_id=to_post.pk)
    except tree.TreeError as error:
        raise Refused(_("A branch cannot be moved there: %s") % error) from error
    rows = list(Comment.objects.filter(pk__in=moved).order_by("number", "pk"))
    # As it is under the lock: somebody may have moved the branch since the caller read it.
    old_post = rows[0].post_id
    if old_post != to_post.pk:
        _renumber(rows, old_post=old_post, new_post=to_post.pk)
    for post_id in sorted({old_post, to_post.pk}):
        pages.touch(post_id)
    comment.refresh_from_db()
    before = {"post": old_post}
    after = {"post": to_post.pk, "parent": to_parent and to_parent.pk, "comments": len(moved)}
    return ModerationEvent.objects.create(
        comment=comment, actor=by, action=Action.MOVE, reason=reason, before=before, after=after
    )


def _renumber(rows: Sequence[Comment], *, old_post: int, new_post: int) -> None:
    """Give moved comments the next numbers of their new post, and let the old ones lead to them.

    Discussions are locked in the order of their posts' ids.
    """
    numbered = [(comment, number) for comment in rows if (number := comment.number) is not None]
    for post_id in sorted((old_post, new_post)):
        _lock_discussion(post_id)
    last = Discussion.objects.values_list("last_number", flat=True).get(pk=new_post)
    MovedComment.objects.bulk_create(
        MovedComment(post_id=old_post, number=number, comment=comment) for comment, number in numbered
    )
    # Post and number change in one statement each: between them the guards would refuse.
    for offset, (comment, _number) in enumerate(numbered, start=1):
        Comment.objects.filter(pk=comment.pk).order_by().update(post_id=new_post, number=last + offset)
    Comment.objects.filter(pk__in=[comment.pk for comment in rows]).order_by().update(post_id=new_post)
    public = sum(comment.is_public for comment, _number in numbered)
    Discussion.objects.filter(pk=new_post).update(
        last_number=F("last_number") + len(numbered), comment_count=F("comment_count") + public
    )
    Discussion.add_to_count(old_post, -public)
