"""E-mails people about new notes, after the commit. If an e-mail fails, the note is still in the admin."""

import logging

from django.db.models import Q
from django.urls import reverse

from accounts.limits import Limit, take
from accounts.models import User
from blog.models import Author, SiteSettings
from comments.models import Note
from web.mail import NotSent, send_letter

log = logging.getLogger(__name__)

DAY = 86_400
# A mistake in a title brings a dozen notes in an hour; whoever sends hundreds wants to fill a mailbox. Beyond this
# limit an author gets no more e-mails; the notes are still stored, up to the limits of comments.
NOTE_MAILS = Limit("note-mails", 20, DAY)


def tell_of_note(note_id: int) -> None:
    """E-mail a new note to its recipients, each up to their limit. Call it after the commit."""
    note = Note.objects.select_related("post", "user").defer("post__body", "post__body_html").get(pk=note_id)
    for member in recipients_of(note):
        if not take(NOTE_MAILS, f"member-{member.pk}"):
            _mail(note, to=member.email)


def recipients_of(note: Note) -> list[User]:
    """Return the post's authors; if none of them has an account, whoever made the post; for a page, the owners.

    Leaves out the writer of the note, people who turned these e-mails off, and suspended accounts.
    """
    signed = Author.objects.filter(bylines__post=note.post_id, user__isnull=False)
    asked = Q(is_superuser=True) if note.post.is_page else Q(pk__in=signed.values("user"))
    people = list(User.objects.filter(asked).order_by("pk"))
    if not people and note.post.created_by is not None:
        people = [note.post.created_by]
    return [
        person for person in people if person.is_active and person.note_mails and person.pk != note.user_id
    ]


def _mail(note: Note, *, to: str) -> None:
    words = {
        "title": note.post.title,
        "writer": note.writer_name,
        # Quoted, so that nobody takes it for words of the site.
        "text": "\n".join(f"> {line}".rstrip() for line in note.text.splitlines()),
        "note": reverse("admin:comments_note_change", args=[note.pk]),
        "notes": reverse("admin:comments_note_changelist"),
        "settings": reverse("account_settings"),
    }
    try:
        send_letter("note", room="comments", to=to, site_name=SiteSettings.load().name, **words)
    except NotSent:
        # The note waits in the admin, whose masthead counts it.
        log.warning("a note was not mailed", exc_info=True)
