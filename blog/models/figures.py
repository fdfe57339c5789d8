"""Pictures that posts show, with the words that stand for them."""

from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CharField, TextField
from blog import markup

# Wider pictures than this lose something on a page, whose column is about as wide, and open in full.
SHOWN_WIDTH = 770
LONGEST_ADDRESS = 2000


class CaptionFormat(models.TextChoices):
    """How a caption with links or emphasis is written."""

    MARKDOWN = "markdown", _("Markdown")
    HTML = "html", _("HTML")


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
    alt = CharField(
        _("alt text"), max_length=500, help_text=_("Describe the image for people who can’t see it.")
    )
    caption = CharField(_("caption"), max_length=500, blank=True)
    # As it was written, where it has links or emphasis; `caption` are its words then.
    caption_markup = models.CharField(max_length=2000, blank=True, default="", db_default="", editable=False)
    caption_format = models.CharField(
        max_length=10,
        choices=CaptionFormat.choices,
        default=CaptionFormat.MARKDOWN,
        db_default=CaptionFormat.MARKDOWN,
        editable=False,
    )
    credit = CharField(_("credit"), max_length=200, blank=True)
    description = TextField(_("long description"), blank=True, help_text=_("For maps and charts."))
    link = models.CharField(
        _("link"),
        max_length=LONGEST_ADDRESS,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where a click on the image leads. If empty, a large image opens in full size."),
    )
    # Where an import's picture stood at the old site: shown as a link until its file comes.
    old_address = models.CharField(
        max_length=LONGEST_ADDRESS, blank=True, default="", db_default="", editable=False
    )
    # [{"path": "figures/…-770.webp", "width": 770, "type": "image/webp"}, …], narrow to wide, made from `image`.
    # Those of a picture that moves say {"still": true}.
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

    @property
    def caption_html(self) -> str:
        if self.caption_markup:
            return markup.render_caption(self.caption_markup, text_format=self.caption_format)
        return markup.render_caption(self.caption, text_format="plain")

    @property
    def small_url(self) -> str:
        """The address of the narrowest rendition, for portraits and lists; "" without a file."""
        if not self.image:
            return ""
        path = self.renditions[0]["path"] if self.renditions else self.image.name
        return str(self.image.storage.url(path))

    def as_data(self) -> "markup.FigureData":
        """Return what the renderer needs, with addresses instead of files.

        What is shown is the widest rendition: the original, often of several megabytes, is a link away.
        """
        url = self.image.storage.url
        moves = any(rendition.get("still") for rendition in self.renditions)
        shown = [] if moves else self.renditions
        by_type: dict[str, list[str]] = {}
        for rendition in shown:
            entry = f"{url(rendition['path'])} {rendition['width']}w"
            by_type.setdefault(rendition["type"], []).append(entry)
        original = self.image.url if self.image else ""
        is_large = bool(original) and self.width > SHOWN_WIDTH
        return markup.FigureData(
            pk=self.pk,
            src=url(shown[-1]["path"]) if is_large and shown else original,
            width=self.width,
            height=self.height,
            alt=self.alt,
            caption=self.caption_html if self.caption else "",
            credit=self.credit,
            description=self.description,
            sources=tuple((", ".join(entries), media_type) for media_type, entries in by_type.items()),
            still=url(self.renditions[-1]["path"]) if moves else "",
            full=original if is_large else "",
            link=self.link,
            old_address=self.old_address,
        )


def figure_data(
    numbers: Collection[int], *, usable: "models.QuerySet[Figure] | None" = None
) -> dict[int, "markup.FigureData"]:
    """Return what the renderer needs of the figures with these numbers.

    Those that do not exist, or are not among the `usable` ones, are left out; None means that all may be used.
    """
    figures = Figure.objects.all() if usable is None else usable
    return {figure.pk: figure.as_data() for figure in figures.filter(pk__in=numbers)}
