"""Settings of the site: its name, tagline and time zone."""

from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.fields import CharField, KeyField
from blog.models.versions import NewVersion, new_version

Row = TypeVar("Row", bound=models.Model)


def only_row(model: type[Row]) -> Row | None:
    """Return the only row of a model, or None; the SQL is built once, since many requests need it."""
    return next(iter(model._default_manager.raw(*_question(model))), None)


@cache
def _question(model: type[models.Model]) -> tuple[str, tuple[Any, ...]]:
    """Return the query's SQL and values, built once: building takes three times as long as running it."""
    return model._default_manager.filter(pk=1).query.sql_with_params()


def check_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a time zone of the IANA database."""
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” isn’t a time zone. Enter a name such as Europe/Vienna."), params={"name": name}
        )


def first_address() -> str:
    return settings.SITE_URL


class SiteSettings(models.Model):
    """The one row of settings; `version` changes whenever something that many pages show has changed."""

    name = CharField(_("name"), max_length=80, default="Commonplace")
    name_key = KeyField(of="name", by=names.name_key)
    tagline = CharField(_("tagline"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_zone])
    # Nobody reads these any more: they are pages now. They go one release after the code that wrote them.
    about = models.TextField(blank=True, default="", db_default="", editable=False)
    about_html = models.TextField(blank=True, default="", db_default="", editable=False)
    rules = models.TextField(blank=True, default="", db_default="", editable=False)
    rules_html = models.TextField(blank=True, default="", db_default="", editable=False)
    privacy = models.TextField(blank=True, default="", db_default="", editable=False)
    privacy_html = models.TextField(blank=True, default="", db_default="", editable=False)
    # The beginning of ids in feeds: the site's first address, even after a move.
    feed_base = models.CharField(max_length=200, default=first_address, db_default="", editable=False)
    version = models.PositiveBigIntegerField(default=new_version, db_default=NewVersion(), editable=False)

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_site_settings")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load(cls) -> "SiteSettings":
        """Return the row, created with its defaults if there is none."""
        return only_row(cls) or cls.objects.get_or_create(pk=1)[0]

    def feed_id(self, path: str) -> str:
        """Return the permanent feed id for a path, which stays the same if the site moves."""
        return f"{self.feed_base or settings.SITE_URL}{path}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
