"""What posts are about: categories, which owners keep, and tags, which authors make as they write."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.fields import CharField, KeyField, SlugField, TextField
from accounts.spelling import folded


class Category(models.Model):
    name = CharField(_("name"), max_length=120)
    slug = SlugField(_("URL slug"), max_length=140, unique=True, allow_unicode=True)
    description = TextField(_("description"), blank=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="children",
        verbose_name=_("parent category"),
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("blog:category", args=[self.slug])


class Tag(models.Model):
    name = CharField(_("name"), max_length=120)
    # The name as it is compared with what is typed.
    key = KeyField(of="name", by=folded)
    slug = SlugField(_("URL slug"), max_length=140, unique=True, allow_unicode=True)
    description = TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("blog:tag", args=[self.slug])
