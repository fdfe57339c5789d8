"""How far a member has read: kept on the server, so that it is the same on all their devices."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Visit(models.Model):
    """How far a member has read one discussion: their latest visit, and where the visit before it ended.

    Comments with a higher number than `since` are new: numbers never change.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visits")
    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="visits", db_index=False)
    # The last number when the visit before ended, or one that the reader chose.
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
