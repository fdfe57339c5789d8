"""Writing a comment: prepare, lock, look again, write. A repetition gives the first one back."""

import re
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions as accounts
from accounts import people
from accounts.models import Guest, User
from accounts.names import clean_name
from accounts.network import Origin
from blog import markup, pages
from blog.models import CommentPolicy, Post
from comments import permissions, tree
from comments.actions import limiting
from comments.actions.common import lock_discussion, refuse_if, whose
from comments.mentions import links_for
from comments.models import Comment, CommentOrigin, CommentState, DiscussionSettings, Vote
from comments.permissions import Writer

# What a script or a page makes: 128 random bits, written as hexadecimal digits or in base 64.
_ONCE = re.compile(r"[\w-]{20,40}", re.ASCII)
# A second click, a reload, a retry of a flaky phone: the same words from the same hand within this time are one.
SAME_COMMENT_WITHIN = timedelta(minutes=10)


def post_comment(
    post: Post,
    *,
    writer: Writer | None,
    text: str,
    parent: Comment | None = None,
    name: str = "",
    email: str = "",
    website: str = "",
    once: str = "",
    origin: Origin | None = None,
    body_format: str = "markdown",
    now: datetime | None = None,
) -> Comment:
    """Write a comment, or return the one that the same submission has written already.

    `writer` None is a guest who is not known yet; the comment's `guest` is then new. `name`, `email` and `website` are
    a guest's; a member's are live. `once` is what the form carried to make a repetition harmless. Limits hold and
    the origin is kept only where `origin` is given. Raises Refused (TooMany for a limit), or blog.markup.TextRefused,
    with a sentence; then nothing has changed.
    """
    now = now or timezone.now()
    settings = DiscussionSettings.load()
    refuse_if(permissions.comment_refusal(writer, post, parent, settings=settings, now=now))
    markup.check_comment_text(text)
    comment = Comment(post=post, parent=parent, body=text, body_format=body_format, created_at=now)
    comment.once = once if is_once(once) else None
    same = writer if _is_known(writer) else _guest_of_the_same(comment, name, email, origin, now=now)
    if same is not None and (first := _first_of(comment, same, now=now)):
        # Before the limit: what was posted already is not refused.
        return first
    if origin is not None:
        limiting.take_comment(writer, origin, settings)
    # Rendering takes milliseconds, so it happens before the lock.
    comment.body_html = _rendered(comment)
    comment.markup_version = markup.MARKUP_VERSION
    writer = _known(writer, comment, name=name, email=email, origin=origin, now=now)
    _sign(comment, writer, name=name, website=website)
    _judge(comment, settings=settings, now=now)
    kept = _origin_row(email, origin, settings, now=now) if origin is not None else None
    return _write_once(comment, writer=writer, kept=kept, settings=settings, now=now)


def is_once(text: str) -> bool:
    """Whether a form's `once` is one: long enough that no two submissions have the same."""
    return bool(_ONCE.fullmatch(text))


def _rendered(comment: Comment) -> str:
    links = links_for(comment.body, post=comment.post, parent=comment.parent)
    html = markup.render_comment(comment.body, body_format=comment.body_format, links=links)
    if not markup.plain_text(html).strip():
        raise markup.TextRefused(_("Nothing of this text can be shown. Write it in words."))
    return html


def _known(
    writer: Writer | None, comment: Comment, *, name: str, email: str, origin: Origin | None, now: datetime
) -> Writer:
    """Return who writes: the member, the guest, or a new guest for somebody without a cookie.

    A guest who only voted so far may be two people whom one browser's name could not tell apart, so whoever comments
    becomes a guest of their own, and takes the votes along.
    """
    if writer is not None and _is_known(writer):
        return writer
    guest = accounts.guest_of_first_comment(
        sent=_sent(comment), name=clean_name(name), email=email, origin=origin or Origin(), now=now
    )
    if writer is not None:
        Vote.objects.filter(guest=writer).update(guest=guest)
    return guest


def _is_known(writer: Writer | None) -> bool:
    """Whether it is said who comments: a member, or a guest who has commented before."""
    return isinstance(writer, User) or (writer is not None and writer.last_written_at is not None)


def _guest_of_the_same(
    comment: Comment, name: str, email: str, origin: Origin | None, *, now: datetime
) -> Guest | None:
    """Return the guest whom the same submission made just now, whose cookie has not arrived yet."""
    return accounts.guest_of_the_same_comment(
        sent=_sent(comment), name=clean_name(name), email=email, origin=origin or Origin(), now=now
    )


def _sent(comment: Comment) -> str:
    """Return what only this submission has; where the form carried nothing, all that was typed stands for it."""
    return comment.once or f"{comment.post_id} {comment.parent_id} {comment.body}"


def _sign(comment: Comment, writer: Writer, *, name: str, website: str) -> None:
    """Write down whose a comment is: a member's name is live, a guest's is kept with the comment."""
    if isinstance(writer, User):
        comment.user = writer
    else:
        comment.guest, comment.guest_website = writer, website
        comment.guest_name = clean_name(name or writer.name)


def _judge(comment: Comment, *, settings: DiscussionSettings, now: datetime) -> None:
    """Give a new comment the state that the rules say: held with a reason, or public from now on."""
    reason = _held_because(comment, settings=settings) or _held_as_first(comment, settings=settings)
    if reason:
        comment.state, comment.state_reason = CommentState.HELD, reason
    else:
        comment.state, comment.published_at = CommentState.PUBLIC, now


def _held_because(comment: Comment, *, settings: DiscussionSettings) -> str | None:
    if comment.post.comment_policy == CommentPolicy.HELD:
        return _("On this post every comment is read by a moderator first.")
    links = comment.body_html.count('rel="ugc')
    if settings.held_from_links and links >= settings.held_from_links:
        return _("It has %(count)d links; comments with %(most)d or more are read by a moderator first.") % {
            "count": links,
            "most": settings.held_from_links,
        }
    return None


def _held_as_first(comment: Comment, *, settings: DiscussionSettings) -> str | None:
    """Return why a writer's first comment waits, where the owner wants that; those who decide on it do not wait."""
    if not settings.hold_first_comment:
        return None
    writer = comment.user or comment.guest
    if writer is None or Comment.objects.public().filter(**whose(writer)).order_by().exists():
        return None
    may_decide = permissions.moderate_refusal(writer) is None or (
        isinstance(writer, User) and comment.post.is_by(writer)
    )
    return None if may_decide else _("It is your first comment here; a moderator reads it first.")


def _origin_row(email: str, origin: Origin, settings: DiscussionSettings, *, now: datetime) -> CommentOrigin:
    return CommentOrigin(
        email=email,
        address=origin.address or None,
        user_agent=origin.user_agent,
        email_hash=people.email_hash(email),
        network_hash=origin.network_hash,
        purge_after=now + timedelta(days=settings.purge_after_days),
    )


def _write_once(
    comment: Comment,
    *,
    writer: Writer,
    kept: CommentOrigin | None,
    settings: DiscussionSettings,
    now: datetime,
) -> Comment:
    """Write the comment under the locks; a repetition of the same submission gives the first one back."""
    try:
        with transaction.atomic():
            if comment.parent_id is not None:
                return tree.with_tree_locked(
                    comment.parent_id,
                    lambda: _write_reply(comment, writer=writer, kept=kept, settings=settings, now=now),
                )
            lock_discussion(comment.post_id)
            return _first_of(comment, writer, now=now) or _write(comment, kept)
    except IntegrityError:
        first = _sent_before(comment, writer)
        if first is None:
            raise
        return first


def _write_reply(
    comment: Comment,
    *,
    writer: Writer,
    kept: CommentOrigin | None,
    settings: DiscussionSettings,
    now: datetime,
) -> Comment:
    parent = Comment.objects.get(pk=comment.parent_id)
    refuse_if(permissions.comment_refusal(writer, comment.post, parent, settings=settings, now=now))
    return _first_of(comment, writer, now=now) or _write(comment, kept)


def _write(comment: Comment, kept: CommentOrigin | None) -> Comment:
    comment.save()
    if kept is not None:
        kept.comment = comment
        kept.save(force_insert=True)
    if comment.guest is not None:
        names = {"name": comment.guest_name, "last_written_at": comment.created_at}
        Guest.objects.filter(pk=comment.guest.pk).update(**names)
    if comment.is_public:
        pages.touch(comment.post_id)
    return comment


def _first_of(comment: Comment, writer: Writer, *, now: datetime) -> Comment | None:
    """Return the comment that this one repeats: the same `once`, or the same words in the same place just now.

    Other words under an old `once` (a page that the browser brought back) are a comment of their own.
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
    return same.filter(created_at__gt=now - SAME_COMMENT_WITHIN).order_by("pk").first()


def _sent_before(comment: Comment, writer: Writer) -> Comment | None:
    return Comment.objects.filter(**whose(writer), once=comment.once).first() if comment.once else None
