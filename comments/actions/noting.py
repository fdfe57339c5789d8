"""Private notes to the author of a post: sending and reading them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Guest, User
from accounts.moments import just_now
from accounts.names import clean_name
from accounts.network import Origin
from blog import markup
from blog.models import Post
from comments import permissions
from comments.actions import limiting, notifying
from comments.actions.common import lock_discussion, refuse_if, whose
from comments.models import DiscussionSettings, Note
from comments.permissions import Writer

# A second click, a reload, a retry: the same text from the same person within this time is one note.
SAME_NOTE_WITHIN = timedelta(minutes=10)


def send_note(
    post: Post,
    *,
    writer: Writer | None,
    text: str,
    name: str = "",
    email: str = "",
    submission_key: str = "",
    origin: Origin | None = None,
    now: datetime | None = None,
) -> Note:
    """Send the author a note by e-mail and in the admin; if the same submission was sent before, return that note.

    Whoever may comment may send one, and it counts as a comment in the limits. `writer`, `name`, `email` and
    `submission_key` are as those of a comment; the note keeps no address. Raises Refused (TooMany for a limit), or
    blog.markup.TextRefused.
    """
    now = now or timezone.now()
    settings = DiscussionSettings.load()
    refuse_if(permissions.comment_refusal(writer, post, None, settings=settings, now=now))
    markup.check_comment_text(text)
    with transaction.atomic():
        # The limit's row is locked before all others.
        if origin is not None:
            limiting.take_comment(writer, origin, settings)
        if writer is None:
            sent = submission_key or f"note {post.pk} {text}"
            writer = accounts.guest_of_first_comment(
                sent=sent, name=clean_name(name), email=email, origin=origin or Origin(), now=now
            )
        lock_discussion(post.pk)
        same = Note.objects.filter(post=post, **whose(writer), text=text)
        if first := same.filter(created_at__range=just_now(now, SAME_NOTE_WITHIN)).first():
            return first
        signed = clean_name(name or writer.name) if isinstance(writer, Guest) else ""
        note = Note.objects.create(post=post, **whose(writer), guest_name=signed, text=text, created_at=now)
        transaction.on_commit(lambda: notifying.tell_of_note(note.pk), robust=True)
        return note


def read_note(note: Note, *, by: User, now: datetime | None = None) -> None:
    """Mark a note as read if this is an author of its post; others may look at it without changing that."""
    if note.read_at is None and note.post.is_by(by):
        note.read_at = now or timezone.now()
        note.save(update_fields=["read_at"])
