"""Writing a comment: prepare, lock, look again, write. A repetition gives the first one back."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import clean_name
from blog import markup, pages
from blog.models import CommentPolicy, Post
from comments import permissions, tree
from comments.actions.common import lock_discussion, refuse_if, whose
from comments.mentions import links_for
from comments.models import Comment, CommentState, DiscussionSettings
from comments.permissions import Writer

# A second click, a reload, a retry of a flaky phone: the same words from the same hand within this time are one.
SAME_COMMENT_WITHIN = timedelta(minutes=10)


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
    refuse_if(permissions.comment_refusal(writer, post, parent, settings=settings, now=now))
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
            lock_discussion(comment.post_id)
            return _first_of(comment, writer, now=now) or _write(comment)
    except IntegrityError:
        first = _sent_before(comment, writer)
        if first is None:
            raise
        return first


def _write_reply(comment: Comment, *, writer: Writer, settings: DiscussionSettings, now: datetime) -> Comment:
    parent = Comment.objects.get(pk=comment.parent_id)
    refuse_if(permissions.comment_refusal(writer, comment.post, parent, settings=settings, now=now))
    return _first_of(comment, writer, now=now) or _write(comment)


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
            **whose(writer), post_id=comment.post_id, parent_id=comment.parent_id, body=comment.body
        )
        .filter(created_at__gt=now - SAME_COMMENT_WITHIN)
        .order_by("pk")
        .first()
    )


def _sent_before(comment: Comment, writer: Writer) -> Comment | None:
    return Comment.objects.filter(**whose(writer), once=comment.once).first() if comment.once else None
