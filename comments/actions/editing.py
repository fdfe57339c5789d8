"""Editing one's own comment for some minutes; after the first minute the earlier version is kept."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from blog import markup
from comments import permissions, tree
from comments.actions import limiting
from comments.actions.common import refuse_if
from comments.actions.deciding import judge_again
from comments.actions.posting import reason_to_hold, rendered
from comments.models import (
    Comment,
    CommentFormat,
    CommentRevision,
    CommentState,
    DiscussionSettings,
    ModerationEvent,
)
from comments.permissions import Writer

# A slip corrected within this time is nobody's business: hardly anybody has read the first version.
LEAVES_NO_TRACE = timedelta(minutes=1)
# The columns that an edit writes; the others may have changed since the edit began.
WRITTEN = ("body", "body_format", "body_html", "markup_version", "edited_at")


def edit_comment(comment: Comment, *, by: Writer | None, text: str, now: datetime | None = None) -> Comment:
    """Replace a comment's text, and return the comment; the same text changes nothing.

    The rules judge it anew: a public comment that has become one to be held is held. Raises Refused (TooMany for a
    limit), or blog.markup.TextRefused, with a sentence; then nothing has changed.
    """
    now = now or timezone.now()
    settings = DiscussionSettings.load()
    refuse_if(permissions.edit_refusal(by, comment, settings=settings, now=now))
    if by is None or text == comment.body:
        return comment
    markup.check_comment_text(text)
    limiting.look_before_edit(by)
    html = rendered(Comment(post=comment.post, parent=comment.parent, body=text))

    def write() -> Comment:
        # Lock its row too: reports lock only that, and the reported version must be kept.
        locked = Comment.objects.select_for_update(no_key=True, of=("self",))
        found = locked.with_post().get(pk=comment.pk)
        refuse_if(permissions.edit_refusal(by, found, settings=settings, now=now))
        if found.body != text:
            _write(found, text, html, now=now)
            judge_again(found, by=by, reason=_reason_to_hold(found, settings))
        return found

    with transaction.atomic():
        limiting.take_edit(by)
        return tree.with_tree_locked(comment.pk, write)


def _write(comment: Comment, text: str, html: str, *, now: datetime) -> None:
    is_late = now - comment.created_at > LEAVES_NO_TRACE
    # A reported text is always kept, so that moderators can read it.
    leaves_a_trace = (is_late or comment.reports.exists()) and _was_public(comment)
    if leaves_a_trace:
        CommentRevision.objects.create(
            comment=comment,
            body=comment.body,
            body_format=comment.body_format,
            created_at=comment.edited_at or comment.created_at,
        )
    if leaves_a_trace or comment.edited_at is not None:
        comment.edited_at = now
    comment.body, comment.body_format, comment.body_html = text, CommentFormat.MARKDOWN, html
    comment.markup_version = markup.MARKUP_VERSION
    comment.save(update_fields=WRITTEN)


def _was_public(comment: Comment) -> bool:
    """Whether readers have seen the text that is to be replaced.

    A text that a rule has held since it was written was never public, so readers must not find it among the earlier
    versions after a moderator has approved a later one.
    """
    if comment.state == CommentState.PUBLIC:
        return True
    # A text that a rule held, or that was written while the comment waited, has been read only if the comment was
    # public after that.
    edit, hold = ModerationEvent.Action.EDIT, ModerationEvent.Action.HOLD
    came_unread = Q(action=hold, actor=None) | Q(action=edit, before__state=CommentState.HELD)
    went = Q(before__state=CommentState.PUBLIC) & ~Q(action=edit)
    told = comment.events.filter(came_unread | went).order_by("-pk").first()
    return told is not None and told.action != edit and told.actor_id is not None


def _reason_to_hold(comment: Comment, settings: DiscussionSettings) -> str | None:
    return reason_to_hold(comment, settings=settings) if comment.state == CommentState.PUBLIC else None
