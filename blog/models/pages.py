"""Versions of cached pages, and redirects."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.models.versions import NewVersion, new_version


class PageState(models.Model):
    """The version of a post's page, raised (blog/models/versions.py) whenever readers would see something else.

    Every vote raises `scores`: on cached pages scores may be some seconds old, text never.
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
    """A redirect (301) from an old path to `target`, a path or an absolute URL."""

    path = models.CharField(_("old path"), max_length=500, unique=True)
    target = models.CharField(_("redirects to"), max_length=500)

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")

    def __str__(self) -> str:
        return f"{self.path} → {self.target}"
