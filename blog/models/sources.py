"""What posts quote. These rows are derived from the text of posts whenever one is saved."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.fields import CharField, KeyField, SlugField, TextField


class Publication(models.Model):
    """A newspaper, agency or blog that is quoted. `key` is its host, or its folded name where no address is known."""

    key = models.CharField(_("key"), max_length=200, unique=True, editable=False)
    name = CharField(_("name"), max_length=200)
    full_name = CharField(_("full name"), max_length=200, blank=True)
    name_key = KeyField(of="name", by=names.name_key)
    full_name_key = KeyField(of="full_name", by=names.name_key)
    slug = SlugField(_("URL slug"), max_length=220, unique=True, allow_unicode=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.full_name or self.name

    def get_absolute_url(self) -> str:
        return reverse("blog:publication", args=[self.slug])


class PublicationAlias(models.Model):
    """Another key of the same publication: a second host, or another spelling of its name."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="aliases")
    key = models.CharField(_("host or name"), max_length=200, unique=True)

    class Meta:
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")

    def __str__(self) -> str:
        return self.key


class Article(models.Model):
    """One piece of a publication. `key` is its normalised address, else its publication's key and headline."""

    publication = models.ForeignKey(
        Publication, on_delete=models.PROTECT, related_name="articles", verbose_name=_("publication")
    )
    key = models.CharField(max_length=700, unique=True, editable=False)
    headline = CharField(_("headline"), max_length=500, blank=True)
    url = models.URLField(_("web address"), max_length=1000, blank=True)
    writer = CharField(_("writer"), max_length=200, blank=True)
    date = CharField(
        _("date"), max_length=40, blank=True, help_text=_("2026-03-02, or as printed in the source.")
    )
    archived_url = models.URLField(_("archived copy"), max_length=1000, blank=True)
    is_dead = models.BooleanField(_("link no longer works"), default=False)

    class Meta:
        verbose_name = _("quoted article")
        verbose_name_plural = _("quoted articles")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.headline or self.url or str(self.publication)

    def get_absolute_url(self) -> str:
        return reverse("blog:article", args=[self.publication.slug, self.pk])


class Quotation(models.Model):
    """One clipping in one post: `position` is n in the anchor `#s-n`; `text` is the words quoted."""

    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="quotations")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="quotations")
    position = models.PositiveSmallIntegerField()
    text = TextField(blank=True)

    class Meta:
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")
        ordering = ["post", "position"]
        constraints = [models.UniqueConstraint(fields=["post", "position"], name="one_quotation_per_place")]

    def __str__(self) -> str:
        return f"{self.article} #{self.position}"
