"""The discussion under one post as a whole, its threads, and the settings of all discussions."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blog.models.site import only_row


class Thread(models.Model):
    """One top-level comment's tree. Its id is the `tree_id`; its row is the lock (see comments/tree/)."""

    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")

    def __str__(self) -> str:
        return f"thread {self.pk}"


# Which column counts the comments of which state (CommentState, whose values these are); the others are not counted.
COUNTED = {"public": "comment_count", "held": "held_count", "spam": "spam_count"}
# Raises the count and returns the new last number in one statement; the row stays locked from here on. No number is
# given twice, even if `last_number` is too low (after a restore by hand), because then every new comment on that post
# would fail. Both MAX() read the last entry of an index.
_TAKE_NUMBERS = """
UPDATE comments_discussion SET comment_count = comment_count + %s, last_number = %s + {greatest}(
  last_number,
  COALESCE((SELECT MAX(number) FROM comments_comment WHERE post_id = %s), 0),
  COALESCE((SELECT MAX(number) FROM comments_movedcomment WHERE post_id = %s), 0)
) WHERE post_id = %s RETURNING last_number
"""
_GREATEST = {"postgresql": "GREATEST", "sqlite": "MAX"}


class Discussion(models.Model):
    """The counts of one post's discussion. Its row is locked after those of threads, never before."""

    post = models.OneToOneField(
        "blog.Post", primary_key=True, on_delete=models.PROTECT, related_name="discussion"
    )
    last_number = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)
    # What waits for moderators. Counted for each post, since all writers would wait for a single row of the site.
    held_count = models.PositiveIntegerField(default=0, db_default=0)
    spam_count = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("discussion")
        verbose_name_plural = _("discussions")
        indexes = [
            models.Index(fields=["comment_count"], name="discussion_busy_idx"),
            models.Index(fields=["held_count"], name="discussion_held_idx"),
            models.Index(fields=["spam_count"], name="discussion_spam_idx"),
        ]

    def __str__(self) -> str:
        count = self.comment_count
        return ngettext("%(count)d comment", "%(count)d comments", count) % {"count": count}

    @classmethod
    def take_number(cls, post_id: int, *, using: str | None = None) -> int:
        """Count one more public comment of the post and return its number, the next one; the row stays locked."""
        return cls.take_numbers(post_id, 1, public=1, using=using)

    @classmethod
    def take_numbers(cls, post_id: int, count: int, *, public: int, using: str | None = None) -> int:
        """Take the next `count` numbers of the post, count `public` more comments, and return the last number."""
        connection = connections[using or DEFAULT_DB_ALIAS]
        statement = _TAKE_NUMBERS.format(greatest=_GREATEST[connection.vendor])
        with connection.cursor() as cursor:
            cursor.execute(statement, [public, count, post_id, post_id, post_id])
            if row := cursor.fetchone():
                return row[0]
        cls.objects.using(using).get_or_create(pk=post_id)
        return cls.take_numbers(post_id, count, public=public, using=using)

    @classmethod
    def add_to_counts(cls, post_id: int, changes: Mapping[str, int], *, using: str | None = None) -> None:
        """Add to the stored counts by state, such as {"held": -1, "spam": 1}; the row stays locked.

        A count never goes below 0: if it was too low, people can still remove and move comments, and `check_trees
        --repair` recounts it.
        """
        columns = {
            COUNTED[state]: Greatest(F(COUNTED[state]) + change, 0)
            for state, change in changes.items()
            if change and state in COUNTED
        }
        rows = cls.objects.using(using).filter(pk=post_id)
        if columns and not rows.update(**columns):
            cls.objects.using(using).get_or_create(pk=post_id)
            rows.update(**columns)


class DiscussionSettings(models.Model):
    """What the owner decides for all discussions: one row."""

    down_votes = models.BooleanField(_("allow downvotes"), default=False)
    held_from_links = models.PositiveSmallIntegerField(
        _("hold comments with at least this many links"),
        default=3,
        help_text=_("Enter 0 to never hold them."),
    )
    hold_first_comment = models.BooleanField(_("hold everyone’s first comment"), default=False)
    close_after_days = models.PositiveSmallIntegerField(
        _("close comments after (days)"),
        null=True,
        blank=True,
        help_text=_("Leave empty to keep them open."),
    )
    edit_window_minutes = models.PositiveSmallIntegerField(
        _("comments can be edited for (minutes)"), default=15
    )
    guest_comments_per_10_minutes = models.PositiveSmallIntegerField(
        _("comments per guest in 10 minutes"), default=5
    )
    guest_comments_per_day = models.PositiveSmallIntegerField(_("comments per guest in a day"), default=30)
    member_comments_per_10_minutes = models.PositiveSmallIntegerField(
        _("comments per member in 10 minutes"), default=20
    )
    votes_per_minute = models.PositiveSmallIntegerField(_("votes per person in a minute"), default=60)
    reports_per_hour = models.PositiveSmallIntegerField(_("reports per person in an hour"), default=10)
    purge_after_days = models.PositiveSmallIntegerField(
        _("keep e-mail and network addresses for (days)"), default=90
    )

    class Meta:
        verbose_name = _("discussion settings")
        verbose_name_plural = _("discussion settings")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_discussion_settings")
        ]

    def __str__(self) -> str:
        return str(_("discussion settings"))

    @classmethod
    def load(cls) -> "DiscussionSettings":
        """Return the row, or the defaults if nothing was ever saved."""
        return only_row(cls) or cls(pk=1)

    @property
    def edit_window(self) -> timedelta:
        return timedelta(minutes=self.edit_window_minutes)
