"""Format times for readers: absolute, in the site's time zone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache, wraps

from django.utils import dateformat, timezone
from django.utils.translation import get_language, pgettext


def _remembered(tell: Callable[[datetime], str]) -> Callable[[datetime], str]:
    """Cache a format function by moment, time zone, language and current year: lists repeat the same ones all day."""

    @lru_cache(maxsize=10_000)
    def told(value: datetime, zone: tzinfo, language: str, year: int) -> str:
        return tell(value)

    @wraps(tell)
    def tell_again(value: datetime) -> str:
        return told(value, timezone.get_current_timezone(), get_language() or "", timezone.localdate().year)

    return tell_again


@_remembered
def moment(value: datetime) -> str:
    """Return "3 March, 09:14", with the year if it is not the current one."""
    local = timezone.localtime(value)
    if local.year == timezone.localdate().year:
        return dateformat.format(local, pgettext("moment of this year", "j F, H:i"))
    return dateformat.format(local, pgettext("moment of another year", "j F Y, H:i"))


def recent_moment(value: datetime, *, now: datetime) -> str:
    """Return "Tue 09:14" for a moment of the last six days, else as `moment` does."""
    if timedelta(0) <= now - value < timedelta(days=6):
        return dateformat.format(timezone.localtime(value), pgettext("moment of this week", "D H:i"))
    return moment(value)


@_remembered
def long_moment(value: datetime) -> str:
    """Return "Tue 3 March 2026, 09:14", for the head of a post."""
    return dateformat.format(timezone.localtime(value), pgettext("moment in full", "D j F Y, H:i"))


@_remembered
def full_moment(value: datetime) -> str:
    """Return "Tuesday 3 March 2026, 09:14 CET", for titles."""
    return dateformat.format(timezone.localtime(value), pgettext("moment with its zone", "l j F Y, H:i T"))


@_remembered
def clock(value: datetime) -> str:
    """Return "09:14", for places that show the day already."""
    return dateformat.time_format(timezone.localtime(value).time(), pgettext("clock", "H:i"))


def day(value: date) -> str:
    """Return "3 March", with the year if it is not the current one."""
    if value.year == timezone.localdate().year:
        return dateformat.format(value, pgettext("day of this year", "j F"))
    return dateformat.format(value, pgettext("day of another year", "j F Y"))


def source_day(text: str) -> str:
    """Return the date of a quoted article: "2 March 2026" for an ISO date, else the text unchanged."""
    try:
        return dateformat.format(date.fromisoformat(text), pgettext("date of a source", "j F Y"))
    except ValueError:
        return text


def weekday(value: date) -> str:
    """Return "Tuesday"."""
    return dateformat.format(value, "l")


def month_name(month: int) -> str:
    """Return "March" for 3."""
    return dateformat.format(date(2000, month, 1), "F")


@_remembered
def machine(value: datetime) -> str:
    """Return the moment in the site's time zone, for the `datetime` attribute of <time>."""
    return timezone.localtime(value).isoformat(timespec="seconds")
