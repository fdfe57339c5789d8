"""How far a member has read: kept on the server, so that it is the same on all their devices."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Visit(models.Model):
    """A member's visits to one discussion: only the present or latest one is kept, with what the one before left.

    Comments are told apart by their numbers, which never change; what has a higher number than `since` is new.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visits")
    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="visits", db_index=False)
    # The last number that was there when the visit before ended, or that the reader chose.
    since = models.PositiveIntegerField(default=0)
    # When that visit ended; NULL on the first one.
    since_at = models.DateTimeField(null=True, blank=True)
    # The last number that was shown during this visit: the next one begins there.
    latest = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="one_visit_per_member_and_post")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.post_id}"
