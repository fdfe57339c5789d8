"""Changing the words of one's own comment, for some minutes; after the first one the former words are kept."""

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

# A slip that its writer sees at once, as all do, is nobody's business; hardly anybody has read it, or reported it.
LEAVES_NO_TRACE = timedelta(minutes=1)
# What an edit writes; nothing else of a comment may go back to what it was when the edit began.
WRITTEN = ("body", "body_format", "body_html", "markup_version", "edited_at")


def edit_comment(comment: Comment, *, by: Writer | None, text: str, now: datetime | None = None) -> Comment:
    """Give a comment other words, and return it as it is then; the same words change nothing.

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
        # Its row too: whoever reports it holds that, and what was reported must be kept.
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
    # What somebody has reported is nobody's slip any more, and moderators must be able to read it.
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
    """Return whether readers have seen the text that is to be replaced.

    What a rule has held since it was written they have not, and must not find among what changed once a moderator has
    let other words pass.
    """
    if comment.state == CommentState.PUBLIC:
        return True
    # Whatever was decided since a rule held these words, or since they came to a comment that waited: they have been
    # read only if they were public after that.
    edit, hold = ModerationEvent.Action.EDIT, ModerationEvent.Action.HOLD
    came_unread = Q(action=hold, actor=None) | Q(action=edit, before__state=CommentState.HELD)
    went = Q(before__state=CommentState.PUBLIC) & ~Q(action=edit)
    told = comment.events.filter(came_unread | went).order_by("-pk").first()
    return told is not None and told.action != edit and told.actor_id is not None


def _reason_to_hold(comment: Comment, settings: DiscussionSettings) -> str | None:
    return reason_to_hold(comment, settings=settings) if comment.state == CommentState.PUBLIC else None
