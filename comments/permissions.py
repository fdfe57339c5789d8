"""Who may do what in a discussion: each rule answers with its reason in words, or None, and never queries."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import LIMITED_MODERATORS, MODERATORS, Guest, User
from blog.models import CommentPolicy, Post
from comments.models import Comment, CommentState, DiscussionSettings, ModerationEvent

Writer = User | Guest


class Roles:
    """What a person is, asked once: `groups` are the names of the groups they stand in."""

    def __init__(self, *, is_owner: bool, groups: frozenset[str], is_active: bool = True) -> None:
        self.is_owner = is_owner
        self.is_moderator = is_active and (is_owner or MODERATORS in groups)
        self.is_limited_moderator = is_active and (self.is_moderator or LIMITED_MODERATORS in groups)


def roles_of(user: Any) -> Roles:
    """Return the roles of a person, with one query at most the first time, kept on the object."""
    if user is None or isinstance(user, Guest) or not user.is_authenticated:
        return Roles(is_owner=False, groups=frozenset())
    if not hasattr(user, "discussion_roles"):
        groups = frozenset(_groups_of(user))
        user.discussion_roles = Roles(is_owner=user.is_superuser, groups=groups, is_active=user.is_active)
    return user.discussion_roles


def _groups_of(user: Any) -> list[str]:
    """Return what came with the member of a session (accounts/backends.py), else ask the database."""
    if not hasattr(user, "in_moderators"):
        return list(user.groups.values_list("name", flat=True))
    stands_in = {MODERATORS: user.in_moderators, LIMITED_MODERATORS: user.in_limited_moderators}
    return [name for name, stands in stands_in.items() if stands]


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
        return _("Comments closed on %s.") % date_format(localtime(end), "j F Y")
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
        return _("The comment you answer is on another post now.")
    if parent.state != CommentState.PUBLIC:
        return _("The comment you answer is no longer here.")
    return None


def vote_refusal(
    voter: Writer | None, comment: Comment, *, value: int, settings: DiscussionSettings, now: datetime
) -> str | None:
    """Return why `voter` (None: a guest not known yet) may not vote on this comment, or None."""
    if value < 0 and not settings.down_votes:
        return _("There are no down-votes here.")
    if gone := clearing_refusal(comment, now=now):
        return gone
    if voter is not None and is_writer(voter, comment):
        return _("You cannot vote on your own comment.")
    if isinstance(voter, User) and not voter.is_active:
        return _("This account is suspended.")
    return None


def clearing_refusal(comment: Comment, *, now: datetime) -> str | None:
    """Return why nobody can take back what they said of this comment by a vote or a report, or None."""
    if comment.state != CommentState.PUBLIC or not comment.post.is_public(now=now):
        return _("This comment is no longer here.")
    return None


def report_refusal(reporter: Writer | None, comment: Comment, *, now: datetime) -> str | None:
    """Return why `reporter` (None: a guest not known yet) may not report this comment, or None."""
    if gone := clearing_refusal(comment, now=now):
        return gone
    if is_writer(reporter, comment):
        return _("You cannot report your own comment. You can withdraw it.")
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
    """Return why this person may not withdraw the comment, or None: one's own, at any time, while it stands."""
    if not is_writer(person, comment):
        return _("Only its writer can withdraw a comment.")
    if comment.state not in {CommentState.PUBLIC, CommentState.HELD}:
        return _("This comment is no longer here.")
    return None


def edit_refusal(
    person: Writer | None, comment: Comment, *, settings: DiscussionSettings, now: datetime
) -> str | None:
    """Return why this person may not change the comment's words, or None: one's own, for a while, while it stands.

    A discussion that has closed meanwhile takes nobody the minutes in which to put a slip right.
    """
    if not is_writer(person, comment):
        return _("Only its writer can edit a comment.")
    if isinstance(person, User) and not person.is_active:
        return _("This account is suspended.")
    if comment.state not in {CommentState.PUBLIC, CommentState.HELD} or not comment.post.is_public(now=now):
        return _("This comment is no longer here.")
    if settings.edit_window_minutes < 1:
        return _("Comments cannot be edited here.")
    if edited_until(comment, settings) <= now:
        return ngettext(
            "A comment can be edited for %(count)d minute, and that time is over.",
            "A comment can be edited for %(count)d minutes, and that time is over.",
            settings.edit_window_minutes,
        ) % {"count": settings.edit_window_minutes}
    return None


def edited_until(comment: Comment, settings: DiscussionSettings) -> datetime:
    """Return when its writer's time to edit the comment ends."""
    return comment.created_at + settings.edit_window


def mute_refusal(person: Writer | None, comment: Comment) -> str | None:
    """Return why this person (None: a guest not known yet) may not mute whoever wrote the comment, or None."""
    if person is not None and is_writer(person, comment):
        return _("This is your own comment: nobody mutes themselves.")
    if comment.state in {CommentState.REMOVED, CommentState.WITHDRAWN}:
        return _("This comment is no longer here, and its writer is not named any more.")
    if comment.user_id is None and comment.guest_id is None and not comment.guest_name:
        return _("Nobody knows any more who wrote this.")
    return None


def moderate_refusal(user: Any, *, own_post: bool = False) -> str | None:
    """Return why this person may not decide on comments of a post, or None.

    `own_post`: whether they made it or signed it (`Post.is_by`), which the caller has asked.
    """
    roles = roles_of(user)
    if roles.is_limited_moderator or (own_post and user is not None and user.is_active):
        return None
    return _("Only moderators, and authors on their own posts, decide on comments.")


def decide_refusal(comment: Comment, action: str, *, is_reported: bool = False) -> str | None:
    """Return why nobody can decide so on this comment as it is, or None: the truth table of states and decisions."""
    decisions = ModerationEvent.Action
    if comment.state == CommentState.WITHDRAWN:
        return _("Its writer has withdrawn it; there is nothing to decide.")
    if comment.state == CommentState.REMOVED and action == decisions.APPROVE:
        return _("It was removed. It can be restored.")
    if comment.state != CommentState.REMOVED and action == decisions.RESTORE:
        return _("It was not removed, so there is nothing to restore.")
    if comment.state == CommentState.PUBLIC and action == decisions.APPROVE and not is_reported:
        return _("It is public already.")
    if (comment.state, action) in {
        (CommentState.HELD, decisions.HOLD),
        (CommentState.SPAM, decisions.SPAM),
        (CommentState.REMOVED, decisions.REMOVE),
    }:
        return _("That has been decided already.")
    return None
