"""Moderation: readers' reports, and an event for every change of a comment's state."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CharField

# Characters of what a reader says beside the reason of a report: some sentences.
NOTE_LENGTH = 500


class ReportState(models.TextChoices):
    OPEN = "open", _("open")
    UPHELD = "upheld", _("upheld")
    DISMISSED = "dismissed", _("dismissed")


class ReportReason(models.TextChoices):
    """What the house rules forbid: the one list of reasons for the page of rules, reports and removals."""

    OFF_TOPIC = "off-topic", _("Off topic")
    ATTACK = "attack", _("Personal attack")
    HATEFUL = "hateful", _("Hatred or threats")
    PRIVATE = "private", _("Private information")
    FALSE = "false", _("False on purpose")
    SPAM = "spam", _("Advertising or flooding")
    # For reports only, and only with a note.
    OTHER = "other", _("Something else")


class Report(models.Model):
    """One reader's report of one comment, with a reason. Withdrawing it deletes the row."""

    comment = models.ForeignKey("comments.Comment", on_delete=models.CASCADE, related_name="reports")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="reports"
    )
    guest = models.ForeignKey(
        "accounts.Guest", null=True, blank=True, on_delete=models.CASCADE, related_name="reports"
    )
    reason = models.CharField(_("reason"), max_length=40, choices=ReportReason.choices)
    note = CharField(_("note"), max_length=NOTE_LENGTH, blank=True)
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.OPEN)
    # Decided when the report is made (comments/actions/reporting.py).
    is_trusted = models.BooleanField(default=False)
    # Of a guest's network, whose reports of one comment are limited; deleted after a time, like those of votes.
    network_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(guest__isnull=True), name="report_has_one_reporter_at_most"
            ),
            models.UniqueConstraint(
                fields=["comment", "user"], condition=Q(user__isnull=False), name="one_report_per_member"
            ),
            models.UniqueConstraint(
                fields=["comment", "guest"], condition=Q(guest__isnull=False), name="one_report_per_guest"
            ),
        ]
        indexes = [models.Index(fields=["state", "comment"], name="report_state_idx")]

    def __str__(self) -> str:
        return f"{self.reason} ({self.comment_id})"


class ModerationEventQuerySet(models.QuerySet):
    def versions(self) -> "ModerationEventQuerySet":
        """Return the events that make an open page outdated for moderators: decisions and edits, but not moves."""
        return self.exclude(action=ModerationEvent.Action.MOVE)

    def decisions(self) -> "ModerationEventQuerySet":
        """Return the events that set a comment's state."""
        return self.versions().exclude(action=ModerationEvent.Action.EDIT)


class ModerationEvent(models.Model):
    """Who changed a comment, when and why, from what to what. Only ever added to."""

    class Action(models.TextChoices):
        HOLD = "hold", _("held")
        APPROVE = "approve", _("approved")
        SPAM = "spam", _("marked as spam")
        REMOVE = "remove", _("removed")
        RESTORE = "restore", _("restored")
        WITHDRAW = "withdraw", _("deleted by its author")
        MOVE = "move", _("moved")
        ERASE = "erase", _("erased")
        UNDO = "undo", _("undone")
        # By its writer, in any state: the text is another one now.
        EDIT = "edit", _("edited")

    comment = models.ForeignKey("comments.Comment", on_delete=models.CASCADE, related_name="events")
    # NULL: an automatic rule or an import; for an edit, a guest.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="moderation_events",
    )
    action = models.CharField(max_length=10, choices=Action.choices)
    reason = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="undone_by"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    objects = ModerationEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("moderation event")
        verbose_name_plural = _("moderation events")

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.comment_id}"
