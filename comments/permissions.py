"""Who may do what in a discussion: each rule returns the reason for a refusal in words, or None.

No rule makes a query of its own. What it is given may: a person's roles, and a comment's post, are read from the
database if nobody has read them before.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Guest, User
from accounts.moments import is_ahead
from accounts.roles import Rank, rank_of
from blog.models import CommentPolicy, Post
from blog.permissions import may_write
from comments.models import Comment, CommentState, DiscussionSettings, ModerationEvent

Writer = User | Guest


def closes_at(post: Post, settings: DiscussionSettings) -> datetime | None:
    """Return when the discussion of this post closes by itself, or None."""
    days = post.comments_close_after if post.comments_close_after is not None else settings.close_after_days
    if days is None or post.published_at is None:
        return None
    return post.published_at + timedelta(days=days)


def closed_reason(post: Post, settings: DiscussionSettings, *, now: datetime) -> str | None:
    """Return why nobody can comment on this post now, in words, or None."""
    if not post.is_public(now=now):
        return _("This post is not published.")
    if post.comment_policy == CommentPolicy.CLOSED:
        return _("Comments are closed.")
    end = closes_at(post, settings)
    if end is not None and end <= now:
        return _("Comments closed on %(date)s.") % {"date": date_format(localtime(end), "j F Y")}
    return None


def comment_refusal(
    writer: Writer | None,
    post: Post,
    parent: Comment | None,
    *,
    settings: DiscussionSettings,
    now: datetime,
) -> str | None:
    """Return why `writer` (None: a guest not known yet) may not comment here, or answer `parent`; or None."""
    if closed := closed_reason(post, settings, now=now):
        return closed
    if isinstance(writer, User) and not writer.is_active:
        return _("This account is suspended.")
    if post.comment_policy == CommentPolicy.MEMBERS and not isinstance(writer, User):
        return _("Only members can comment on this post.")
    if parent is None:
        return None
    if parent.post_id != post.pk:
        return _("The comment you’re replying to has moved to another post.")
    if parent.state != CommentState.PUBLIC:
        return _("The comment you’re replying to has been deleted.")
    return None


def vote_refusal(
    voter: Writer | None, comment: Comment, *, value: int, settings: DiscussionSettings, now: datetime
) -> str | None:
    """Return why `voter` (None: a guest not known yet) may not vote on this comment, or None."""
    if value < 0 and not settings.down_votes:
        return _("Downvotes are turned off.")
    if gone := clearing_refusal(comment, now=now):
        return gone
    if voter is not None and is_writer(voter, comment):
        return _("You can’t vote on your own comment.")
    if isinstance(voter, User) and not voter.is_active:
        return _("This account is suspended.")
    return None


def clearing_refusal(comment: Comment, *, now: datetime) -> str | None:
    """Return why nobody can vote on or report this comment, or take that back, or None."""
    if comment.state != CommentState.PUBLIC or not comment.post.is_public(now=now):
        return _("This comment is no longer here.")
    return None


def report_refusal(reporter: Writer | None, comment: Comment, *, now: datetime) -> str | None:
    """Return why `reporter` (None: a guest not known yet) may not report this comment, or None."""
    if gone := clearing_refusal(comment, now=now):
        return gone
    if is_writer(reporter, comment):
        return _("You can’t report your own comment, but you can delete it.")
    if isinstance(reporter, User) and not reporter.is_active:
        return _("This account is suspended.")
    return None


def is_writer(person: Writer | None, comment: Comment) -> bool:
    """Whether this person wrote the comment."""
    if isinstance(person, User):
        return comment.user_id == person.pk
    if isinstance(person, Guest):
        return comment.guest_id == person.pk
    return False


def withdraw_refusal(person: Writer | None, comment: Comment) -> str | None:
    """Return why this person may not delete the comment, or None: writers may, as long as it is there."""
    if not is_writer(person, comment):
        return _("Only its author can delete a comment.")
    if comment.state not in {CommentState.PUBLIC, CommentState.HELD}:
        return _("This comment is no longer here.")
    return None


def edit_refusal(
    person: Writer | None, comment: Comment, *, settings: DiscussionSettings, now: datetime
) -> str | None:
    """Return why this person may not edit the comment, or None: writers may, for some minutes.

    They may do so even if the discussion has closed meanwhile.
    """
    if not is_writer(person, comment):
        return _("Only its author can edit a comment.")
    if isinstance(person, User) and not person.is_active:
        return _("This account is suspended.")
    if comment.state not in {CommentState.PUBLIC, CommentState.HELD} or not comment.post.is_public(now=now):
        return _("This comment is no longer here.")
    if settings.edit_window_minutes < 1:
        return _("Comments can’t be edited here.")
    # A date in the future, from a clock that was ahead, must not keep a comment editable until then.
    if edited_until(comment, settings) <= now or is_ahead(comment.created_at, now=now):
        return ngettext(
            "Comments can only be edited for %(count)d minute after posting.",
            "Comments can only be edited for %(count)d minutes after posting.",
            settings.edit_window_minutes,
        ) % {"count": settings.edit_window_minutes}
    return None


def edited_until(comment: Comment, settings: DiscussionSettings) -> datetime:
    """Return until when its writer can edit the comment."""
    return comment.created_at + settings.edit_window


def mute_refusal(person: Writer | None, comment: Comment) -> str | None:
    """Return why this person (None: a guest not known yet) may not mute whoever wrote the comment, or None."""
    if person is not None and is_writer(person, comment):
        return _("You can’t mute yourself.")
    if comment.state in {CommentState.REMOVED, CommentState.WITHDRAWN}:
        return _("This comment has been deleted, so its author can’t be muted.")
    if comment.user_id is None and comment.guest_id is None and not comment.guest_name:
        return _("We no longer know who wrote this.")
    return None


# --- deciding -------------------------------------------------------------------------------------------------

Action = ModerationEvent.Action
# The decisions on a comment, and what else moderators do; each has its row in the access table (tests/test_access.py).
DECISIONS = (Action.APPROVE, Action.HOLD, Action.SPAM, Action.REMOVE, Action.RESTORE)
VERBS = (*DECISIONS, Action.UNDO, Action.MOVE)
# What limited moderators may do: hold public comments, and undo their own holds.
LIMITED_VERBS = frozenset({Action.HOLD, Action.UNDO})
# The decisions that settle a comment's open reports.
SETTLING = frozenset({Action.APPROVE, Action.RESTORE, Action.REMOVE, Action.SPAM})
# A hold, and its undo, change a comment's state between these two.
LIMITED_STATES = frozenset({CommentState.PUBLIC, CommentState.HELD})

_ABOVE = {
    Rank.LIMITED_MODERATOR: gettext_lazy("This comment is by a moderator. Only moderators can moderate it."),
    Rank.MODERATOR: gettext_lazy(
        "This comment is by a moderator. Only other moderators and the owner can moderate it."
    ),
    Rank.OWNER: gettext_lazy("This comment is by the owner of this site. Only an owner can moderate it."),
}
_DECIDED_ABOVE = {
    Rank.LIMITED_MODERATOR: gettext_lazy("A moderator has decided this. Only moderators can change that."),
    Rank.MODERATOR: gettext_lazy(
        "A moderator has decided this. Only other moderators and the owner can change that."
    ),
    Rank.OWNER: gettext_lazy("The owner of this site has decided this. Only an owner can change that."),
}


class Decider(NamedTuple):
    """Who moderates: what the rules need to know of them for one comment."""

    pk: int | None = None
    rank: Rank = Rank.EVERYBODY
    # Whether they are an author, and the comment is on a post of theirs.
    owns_post: bool = False

    @property
    def decides(self) -> bool:
        """Whether they may make all decisions here, not only those of a limited moderator."""
        return self.owns_post or self.rank >= Rank.MODERATOR


class Matter(NamedTuple):
    """The comment that is decided on: what the rules need to know of it."""

    state: str
    # Its writer's member id, None for a guest; and their rank as it is now.
    writer: int | None = None
    writer_rank: Rank = Rank.EVERYBODY
    # Who gave it its state, and their rank when they did; None for a rule, or an account that was deleted.
    decided_by: int | None = None
    decided_rank: int = Rank.EVERYBODY
    is_reported: bool = False


def decider(user: Any, *, own_post: bool) -> Decider:
    """Return who decides. `own_post` says whether they made the post or signed it (`Post.is_by`)."""
    if user is None or not user.is_active:
        return Decider()
    return Decider(user.pk, rank_of(user), own_post and may_write(user))


def matter_of(comment: Comment, ranks: Mapping[int, Rank], *, is_reported: bool = False) -> Matter:
    """Return what the rules need to know of a comment. `ranks` maps members' ids to ranks, its writer's too."""
    rank = ranks.get(comment.user_id, Rank.EVERYBODY) if comment.user_id is not None else Rank.EVERYBODY
    return Matter(
        state=comment.state,
        writer=comment.user_id,
        writer_rank=rank,
        decided_by=comment.decided_by_id,
        decided_rank=comment.decided_rank,
        is_reported=is_reported,
    )


def moderate_refusal(user: Any, *, own_post: bool = False) -> str | None:
    """Return why this person may not decide on any comment of a post, or None.

    `own_post` says whether they made the post or signed it (`Post.is_by`).
    """
    if rank_of(user) >= Rank.LIMITED_MODERATOR:
        return None
    if own_post and user is not None and may_write(user):
        return None
    return _("Only moderators, and authors on their own posts, can moderate comments.")


def reach_refusal(who: Decider, matter: Matter, verb: str) -> str | None:
    """Return why this person may never make this decision on a comment of this writer, or None."""
    if who.rank < Rank.LIMITED_MODERATOR and not who.owns_post:
        return _("Only moderators, and authors on their own posts, can moderate comments.")
    if verb == Action.MOVE and who.rank < Rank.MODERATOR:
        return _("Only moderators can move comments.")
    if not who.decides and verb not in LIMITED_VERBS:
        return _("Limited moderators can hold and report comments. Moderators do the rest.")
    if matter.writer_rank > who.rank:
        return str(_ABOVE[Rank(matter.writer_rank)])
    return None


def overrule_refusal(who: Decider, matter: Matter, verb: str) -> str | None:
    """Return why this person may not change the decision that the comment has now, or None."""
    if matter.decided_rank > who.rank:
        return str(_DECIDED_ABOVE[Rank(matter.decided_rank)])
    is_own = matter.writer is not None and matter.writer == who.pk
    if is_own and who.rank < Rank.OWNER:
        if matter.decided_by not in {None, who.pk}:
            return _("Someone else has moderated this comment of yours. You can’t change that yourself.")
        # A removal would settle the reports as well, and could be taken back afterwards.
        if matter.is_reported and verb in SETTLING:
            return _("Readers have reported this comment of yours. Someone else has to review it.")
    if not who.decides and verb == Action.HOLD and matter.state != CommentState.PUBLIC:
        return _("Limited moderators can hold public comments only.")
    return None


def undo_refusal(who: Decider, matter: Matter, event: ModerationEvent) -> str | None:
    """Return why this person may not undo this decision, or None."""
    if refused := reach_refusal(who, matter, Action.UNDO) or overrule_refusal(who, matter, Action.UNDO):
        return refused
    if who.decides:
        return None
    states = {event.before.get("state"), event.after.get("state")}
    if event.actor_id != who.pk or states != LIMITED_STATES:
        return _("Limited moderators can undo their own holds only.")
    return None


def power_refusal(who: Decider, matter: Matter, verb: str) -> str | None:
    """Return why this person may not make this decision although others may, or None."""
    return reach_refusal(who, matter, verb) or overrule_refusal(who, matter, verb)


def verb_refusal(who: Decider, matter: Matter, verb: str) -> str | None:
    """Return why this person cannot make this decision now, or None: all rules together."""
    return power_refusal(who, matter, verb) or decide_refusal(matter, verb, is_reported=matter.is_reported)


def decide_refusal(comment: Comment | Matter, action: str, *, is_reported: bool = False) -> str | None:
    """Return why nobody can make this decision on a comment in this state, or None."""
    if comment.state == CommentState.WITHDRAWN:
        return _("Its author has deleted it; nothing to do.")
    if comment.state == CommentState.REMOVED and action == Action.APPROVE:
        return _("Already removed. You can restore it.")
    if comment.state != CommentState.REMOVED and action == Action.RESTORE:
        return _("It hasn’t been removed, so there is nothing to restore.")
    if comment.state == CommentState.PUBLIC and action == Action.APPROVE and not is_reported:
        return _("Already public.")
    if (comment.state, action) in {
        (CommentState.HELD, Action.HOLD),
        (CommentState.SPAM, Action.SPAM),
        (CommentState.REMOVED, Action.REMOVE),
    }:
        return _("Already decided.")
    return None
