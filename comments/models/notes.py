"""A private note to the author of a post, such as a correction: written in the comment form, and never published."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CharField, TextField
from accounts.names import NAME_LENGTH
from blog.models import Post


class NoteQuerySet(models.QuerySet):
    def to(self, user: Any) -> "NoteQuerySet":
        """Return the notes on posts that `user` made or signed."""
        return self.filter(post__in=Post.objects.written_by(user).order_by().values("pk"))


class Note(models.Model):
    """A private note from a reader. Of a guest it keeps the name, but no e-mail address."""

    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="notes")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="notes"
    )
    guest = models.ForeignKey(
        "accounts.Guest", null=True, blank=True, on_delete=models.CASCADE, related_name="notes"
    )
    guest_name = CharField(_("guest’s name"), max_length=NAME_LENGTH, blank=True)
    text = TextField(_("text"))
    created_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    read_at = models.DateTimeField(_("read"), null=True, blank=True, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note to the author")
        verbose_name_plural = _("notes to the author")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(guest__isnull=True), name="note_has_one_writer_at_most"
            )
        ]
        # What the masthead counts.
        indexes = [models.Index(fields=["post"], condition=Q(read_at__isnull=True), name="note_unread_idx")]

    def __str__(self) -> str:
        return str(_("Note from %(name)s") % {"name": self.writer_name})

    @property
    def writer_name(self) -> str:
        return self.user.display_name if self.user is not None else self.guest_name
