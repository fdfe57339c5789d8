"""Authors, who have an account or are guest authors without one."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.fields import CharField, KeyField, SlugField, TextField


class Author(models.Model):
    """A name on bylines. With a user, that member may write in the admin, besides what other roles allow."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="author",
        verbose_name=_("account"),
    )
    name = CharField(_("name"), max_length=120)
    # For comparing with the names that guests choose.
    name_key = KeyField(of="name", by=names.name_key)
    slug = SlugField(_("URL slug"), max_length=80, unique=True, allow_unicode=True)
    bio = TextField(_("about the author"), blank=True, help_text=_("Two or three sentences."))
    portrait = models.ForeignKey(
        "blog.Figure",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("portrait"),
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("blog:author", args=[self.slug])


class AuthorHandle(models.Model):
    """An author's name on another site, such as “Twitter @name”."""

    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="handles")
    network = CharField(_("network"), max_length=40)
    handle = CharField(_("handle"), max_length=80)
    url = models.URLField(_("web address"), max_length=500)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("handle")
        verbose_name_plural = _("handles")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.network} {self.handle}"
