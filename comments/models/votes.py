"""Votes: one per person and comment; the sum is kept as the comment's score."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

UP, DOWN = 1, -1


class Vote(models.Model):
    comment = models.ForeignKey(
        "comments.Comment", on_delete=models.CASCADE, related_name="votes", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="votes"
    )
    guest = models.ForeignKey(
        "accounts.Guest", null=True, blank=True, on_delete=models.CASCADE, related_name="votes"
    )
    value = models.SmallIntegerField(choices=[(UP, _("up")), (DOWN, _("down"))], default=UP)
    network_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.CheckConstraint(condition=Q(value__in=[UP, DOWN]), name="vote_is_up_or_down"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, guest__isnull=True)
                | Q(user__isnull=True, guest__isnull=False),
                name="vote_has_one_voter",
            ),
            models.UniqueConstraint(
                fields=["comment", "user"], condition=Q(user__isnull=False), name="one_vote_per_member"
            ),
            models.UniqueConstraint(
                fields=["comment", "guest"], condition=Q(guest__isnull=False), name="one_vote_per_guest"
            ),
        ]
        indexes = [models.Index(fields=["comment", "value"], name="vote_comment_idx")]

    def __str__(self) -> str:
        return f"{self.value:+d} on {self.comment_id}"
