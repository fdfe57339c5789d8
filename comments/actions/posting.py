"""Posting a comment: prepare, lock, check again, write. A repeated submission returns the first comment."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import actions as accounts
from accounts import people
from accounts.models import Guest, User
from accounts.moments import just_now
from accounts.names import clean_name
from accounts.network import Origin
from blog import markup, page_versions
from blog.models import CommentPolicy, Post
from comments import permissions, tree
from comments.actions import limiting
from comments.actions.common import TooMany, lock_discussion, refuse_if, take_along, whose
from comments.mentions import links_for
from comments.models import Comment, CommentOrigin, CommentState, DiscussionSettings
from comments.permissions import Writer

# A submission key, made by a script or a page: 128 random bits as hexadecimal digits or in base 64.
_ONCE = re.compile(r"[\w-]{20,40}", re.ASCII)
# A second click, a reload, a retry on a bad connection: the same text by the same person within this time is one.
SAME_COMMENT_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Sent:
    """What came with a comment: its writer and their name, where and when it was sent, and the settings then."""

    writer: Writer | None
    origin: Origin | None
    settings: DiscussionSettings
    now: datetime
    name: str = ""
    email: str = ""
    website: str = ""


def post_comment(
    post: Post,
    *,
    writer: Writer | None,
    text: str,
    parent: Comment | None = None,
    name: str = "",
    email: str = "",
    website: str = "",
    submission_key: str = "",
    origin: Origin | None = None,
    body_format: str = "markdown",
    now: datetime | None = None,
) -> Comment:
    """Post a comment; if the same submission was posted before, return that comment.

    `writer` None is a guest who is not known yet; the comment's `guest` is then new. `name`, `email` and `website` are
    a guest's; members have their own. `submission_key` comes from the form and makes repetitions harmless. Without
    `origin` there are no limits, and no origin is stored. Raises Refused (TooMany for a limit), or
    blog.markup.TextRefused, with a sentence; then nothing has changed.
    """
    now = now or timezone.now()
    settings = DiscussionSettings.load()
    refuse_if(permissions.comment_refusal(writer, post, parent, settings=settings, now=now))
    markup.check_comment_text(text)
    comment = Comment(post=post, parent=parent, body=text, body_format=body_format, created_at=now)
    comment.once = submission_key if is_submission_key(submission_key) else None
    if writer is not None and (first := _first_of(comment, writer, now=now)):
        return first
    sent = Sent(writer, origin, settings, now, name=name, email=email, website=website)
    try:
        written = _write_within_limits(comment, sent)
    except TooMany:
        posted = _posted_already(comment, sent)
        if posted is None:
            raise
        written = posted
    if isinstance(writer, Guest) and written.guest is not None and written.guest != writer:
        take_along(writer, written.guest)
    return written


def _write_within_limits(comment: Comment, sent: Sent) -> Comment:
    if sent.origin is not None:
        limiting.look_before_comment(sent.writer, sent.origin, sent.settings)
    # Rendering takes milliseconds, so it happens before the lock.
    comment.body_html = rendered(comment)
    comment.markup_version = markup.MARKUP_VERSION
    return _write_once(comment, sent)


def _posted_already(comment: Comment, sent: Sent) -> Comment | None:
    """Return the comment that a new guest has posted just before, by a click before their cookie arrived; or None."""
    guest = (
        None if _is_known(sent.writer) else accounts.guest_of_the_same_comment(**_new_guest(comment, sent))
    )
    return _first_of(comment, guest, now=sent.now) if guest is not None else None


def is_submission_key(text: str) -> bool:
    """Whether this is a submission key: long enough that no two submissions have the same."""
    return bool(_ONCE.fullmatch(text))


def rendered(comment: Comment) -> str:
    """Return the HTML of a comment's text. Raises TextRefused if nothing of it can be seen."""
    links = links_for(comment.body, post=comment.post, parent=comment.parent)
    html = markup.render_comment(comment.body, body_format=comment.body_format, links=links)
    if not markup.plain_text(html).strip():
        raise markup.TextRefused(_("Nothing in this comment can be displayed. Please write some text."))
    return html


def _known(comment: Comment, sent: Sent) -> Writer:
    """Return who writes: the member, the guest, or a new guest for somebody without a cookie.

    A guest who has only voted so far may be two people on one network with the same browser, so the guest of a first
    comment is a new one; votes, reports and mutes move to it.
    """
    if sent.writer is not None and _is_known(sent.writer):
        return sent.writer
    return accounts.guest_of_first_comment(**_new_guest(comment, sent))


def _is_known(writer: Writer | None) -> bool:
    """Whether we know who comments: a member, or a guest who has commented before."""
    return isinstance(writer, User) or (writer is not None and writer.last_written_at is not None)


def _new_guest(comment: Comment, sent: Sent) -> dict[str, Any]:
    """Return the values of a new guest; without a submission key the typed text identifies the submission."""
    return {
        "sent": comment.once or f"{comment.post_id} {comment.parent_id} {comment.body}",
        "name": clean_name(sent.name),
        "email": sent.email,
        "origin": sent.origin or Origin(),
        "now": sent.now,
    }


def _sign(comment: Comment, writer: Writer, sent: Sent) -> None:
    """Set whose the comment is; a guest's name is stored with it, a member's is looked up when it is shown."""
    if isinstance(writer, User):
        comment.user = writer
    else:
        comment.guest, comment.guest_website = writer, sent.website
        comment.guest_name = clean_name(sent.name or writer.name)


def _judge(comment: Comment, *, settings: DiscussionSettings, now: datetime) -> None:
    """Give a new comment its state by the rules: held with a reason, or public from `now` on."""
    reason = reason_to_hold(comment, settings=settings)
    if reason:
        comment.state, comment.state_reason = CommentState.HELD, reason
    else:
        comment.state, comment.published_at = CommentState.PUBLIC, now


def reason_to_hold(comment: Comment, *, settings: DiscussionSettings) -> str | None:
    """Return in words why this comment is held for review, or None."""
    return _held_because(comment, settings=settings) or _held_as_first(comment, settings=settings)


def _held_because(comment: Comment, *, settings: DiscussionSettings) -> str | None:
    if comment.post.comment_policy == CommentPolicy.HELD:
        return _("Comments on this post are reviewed before they appear.")
    most = settings.held_from_links
    if most and comment.body_html.count('rel="ugc') >= most:
        words = ngettext(
            "Comments with %(count)d link or more are checked by a moderator first.",
            "Comments with %(count)d or more links are checked by a moderator first.",
            most,
        )
        return words % {"count": most}
    return None


def _held_as_first(comment: Comment, *, settings: DiscussionSettings) -> str | None:
    """Return why a writer's first comment is held, or None; not for people who could approve it themselves."""
    if not settings.hold_first_comment:
        return None
    writer = comment.user or comment.guest
    others = Comment.objects.public().filter(**whose(writer)).exclude(pk=comment.pk) if writer else None
    if others is None or others.order_by().exists():
        return None
    own_post = isinstance(writer, User) and comment.post.is_by(writer)
    may_decide = permissions.moderate_refusal(writer, own_post=own_post) is None
    return None if may_decide else _("This is your first comment here, so a moderator will review it first.")


def _origin_row(sent: Sent) -> CommentOrigin | None:
    """Return the row that stores, for a time, where the comment came from; None without an origin."""
    if sent.origin is None:
        return None
    return CommentOrigin(
        email=sent.email,
        address=sent.origin.address or None,
        user_agent=sent.origin.user_agent,
        email_hash=people.email_hash(sent.email),
        network_hash=sent.origin.network_hash,
        purge_after=sent.now + timedelta(days=sent.settings.purge_after_days),
    )


def _write_once(comment: Comment, sent: Sent) -> Comment:
    """Write the comment under the locks; a repeated submission returns the first comment.

    One transaction, because each one waits for the disk. The limit's row is locked before all others.
    """
    try:
        with transaction.atomic():
            if sent.origin is not None:
                limiting.take_comment(sent.writer, sent.origin, sent.settings)
            writer = _known(comment, sent)
            _sign(comment, writer, sent)
            _judge(comment, settings=sent.settings, now=sent.now)
            if comment.parent_id is not None:
                return tree.with_tree_locked(comment.parent_id, lambda: _write_reply(comment, writer, sent))
            if not comment.once:
                lock_discussion(comment.post_id)
            return _repeated(comment, writer, sent) or _write(comment, sent)
    except IntegrityError:
        first = _sent_before(comment, _writer_of(comment))
        if first is None:
            raise
        if first.body == comment.body:
            return first
        # Another text at the same moment under the same key is a comment of its own, with its own number.
        comment.once = comment.number = None
        return _write_once(comment, sent)


def _repeated(comment: Comment, writer: Writer, sent: Sent) -> Comment | None:
    """Return the comment that this one repeats, under the lock; with a submission key the constraint finds it."""
    return None if comment.once else _first_of(comment, writer, now=sent.now)


def _writer_of(comment: Comment) -> Writer | None:
    return comment.user or comment.guest


def _write_reply(comment: Comment, writer: Writer, sent: Sent) -> Comment:
    parent = Comment.objects.get(pk=comment.parent_id)
    refuse_if(permissions.comment_refusal(writer, comment.post, parent, settings=sent.settings, now=sent.now))
    return _repeated(comment, writer, sent) or _write(comment, sent)


def _write(comment: Comment, sent: Sent) -> Comment:
    comment.save()
    kept = _origin_row(sent)
    if kept is not None:
        kept.comment = comment
        kept.save(force_insert=True)
    if comment.guest is not None:
        names = {"name": comment.guest_name, "last_written_at": comment.created_at}
        Guest.objects.filter(pk=comment.guest.pk).update(**names)
    if comment.is_public:
        page_versions.touch(comment.post_id, only_adds=True)
    return comment


def _first_of(comment: Comment, writer: Writer, *, now: datetime) -> Comment | None:
    """Return the comment that this one repeats, or None: it has the same submission key, or the same text and place.

    The latter only within SAME_COMMENT_WITHIN. Another text under an old key (a page that the browser brought back) is
    a comment of its own.
    """
    sent = _sent_before(comment, writer)
    if sent is not None and sent.body == comment.body:
        return sent
    if sent is not None:
        comment.once = None
    if comment.once:
        return None
    same = Comment.objects.filter(
        **whose(writer), post_id=comment.post_id, parent_id=comment.parent_id, body=comment.body
    )
    return same.filter(created_at__range=just_now(now, SAME_COMMENT_WITHIN)).order_by("pk").first()


def _sent_before(comment: Comment, writer: Writer | None) -> Comment | None:
    if writer is None or not comment.once:
        return None
    return Comment.objects.filter(**whose(writer), once=comment.once).first()
