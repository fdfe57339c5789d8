"""What the owner says about the whole site: its name and its zone."""

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
    # What the ids in feeds begin with: the site's address of when it began, whatever it is now.
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
        """Return the row, made with its defaults when there is none yet."""
        return only_row(cls) or cls.objects.get_or_create(pk=1)[0]

    def feed_id(self, path: str) -> str:
        """Return the id in feeds of what stands at a path: for ever the same, wherever the site moves."""
        return f"{self.feed_base or settings.SITE_URL}{path}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
