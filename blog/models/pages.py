"""What kept pages and moved addresses need to be found in one query."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.models.versions import NewVersion, new_version


class PageState(models.Model):
    """The version of a post's page, a later one (blog/models/versions.py) whenever bytes that readers see have changed.

    `scores` is raised by every vote: scores may lag behind on kept pages for a few seconds, text never.
    """

    post = models.OneToOneField(
        "blog.Post", primary_key=True, on_delete=models.CASCADE, related_name="page_state"
    )
    version = models.PositiveBigIntegerField(default=new_version, db_default=NewVersion())
    scores = models.PositiveBigIntegerField(default=new_version, db_default=NewVersion())

    class Meta:
        verbose_name = _("page state")
        verbose_name_plural = _("page states")

    def __str__(self) -> str:
        return f"{self.post_id}: {self.version}"


class OldAddress(models.Model):
    """A path that once led somewhere: it answers 301 to `target`, a path or an absolute address."""

    path = models.CharField(_("old path"), max_length=500, unique=True)
    target = models.CharField(_("redirects to"), max_length=500)

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")

    def __str__(self) -> str:
        return f"{self.path} → {self.target}"
