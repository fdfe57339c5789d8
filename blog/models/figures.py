"""Pictures that posts show, with the words that stand for them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog import markup


class Figure(models.Model):
    """A picture with required alt text. `image` may be empty when an import could not find the file."""

    image = models.ImageField(
        _("image"),
        upload_to="figures/%Y/%m/",
        width_field="width",
        height_field="height",
        max_length=300,
        blank=True,
    )
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    alt = models.CharField(
        _("alt text"), max_length=500, help_text=_("What the picture says, for who cannot see it.")
    )
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    description = models.TextField(_("long description"), blank=True, help_text=_("For maps and charts."))
    # [{"path": "figures/…-770.webp", "width": 770, "type": "image/webp"}, …], narrow to wide, made from `image`.
    renditions = models.JSONField(default=list, editable=False, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(alt=""), name="figure_has_alt_text")]

    def __str__(self) -> str:
        return self.caption or self.alt

    def as_data(self) -> "markup.FigureData":
        """Return what the renderer needs, with addresses instead of files."""
        storage = self.image.storage
        by_type: dict[str, list[str]] = {}
        for rendition in self.renditions:
            entry = f"{storage.url(rendition['path'])} {rendition['width']}w"
            by_type.setdefault(rendition["type"], []).append(entry)
        return markup.FigureData(
            pk=self.pk,
            src=self.image.url if self.image else "",
            width=self.width,
            height=self.height,
            alt=self.alt,
            caption=self.caption,
            credit=self.credit,
            description=self.description,
            sources=tuple((", ".join(entries), media_type) for media_type, entries in by_type.items()),
        )
