"""What the owner says about the whole site: its name, its zone and its standing texts."""

from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound=models.Model)


def only_row(model: type[Row]) -> Row | None:
    """Return the row of a model that has one at most, which many requests ask for."""
    return next(iter(model._default_manager.raw(*_question(model))), None)


@cache
def _question(model: type[models.Model]) -> tuple[str, tuple[Any, ...]]:
    """Return its SQL and values, made once: that takes three times as long as to answer it."""
    return model._default_manager.filter(pk=1).query.sql_with_params()


def check_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a time zone of the IANA database."""
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone such as Europe/Vienna."), params={"name": name}
        )


class SiteSettings(models.Model):
    """The one row of settings; `version` changes whenever something that many pages show has changed."""

    name = models.CharField(_("name"), max_length=80, default="Commonplace")
    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_zone])
    about = models.TextField(_("about this site"), blank=True)
    about_html = models.TextField(editable=False, blank=True)
    rules = models.TextField(_("house rules"), blank=True)
    rules_html = models.TextField(editable=False, blank=True)
    privacy = models.TextField(_("privacy"), blank=True)
    privacy_html = models.TextField(editable=False, blank=True)
    version = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_site_settings")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load(cls) -> "SiteSettings":
        """Return the row, made with its defaults when there is none yet."""
        return only_row(cls) or cls.objects.get_or_create(pk=1)[0]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
