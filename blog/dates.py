"""How times are told to readers: absolute and in the site's zone; it never says "three hours ago"."""

from datetime import date, datetime

from django.utils import dateformat, timezone
from django.utils.translation import pgettext


def moment(value: datetime) -> str:
    """Return "3 March, 9:14"; with its year when that is not this one."""
    local = timezone.localtime(value)
    if local.year == timezone.localdate().year:
        return dateformat.format(local, pgettext("moment of this year", "j F, G:i"))
    return dateformat.format(local, pgettext("moment of another year", "j F Y, G:i"))


def long_moment(value: datetime) -> str:
    """Return "Tue 3 March 2026, 9:14", for the head of a post."""
    return dateformat.format(timezone.localtime(value), pgettext("moment in full", "D j F Y, G:i"))


def full_moment(value: datetime) -> str:
    """Return "Tuesday 3 March 2026, 9:14 CET", for titles."""
    return dateformat.format(timezone.localtime(value), pgettext("moment with its zone", "l j F Y, G:i T"))


def clock(value: datetime) -> str:
    """Return "9:14", where the day is said already."""
    return dateformat.time_format(timezone.localtime(value).time(), pgettext("clock", "G:i"))


def day(value: date) -> str:
    """Return "3 March"; with its year when that is not this one."""
    if value.year == timezone.localdate().year:
        return dateformat.format(value, pgettext("day of this year", "j F"))
    return dateformat.format(value, pgettext("day of another year", "j F Y"))


def source_day(text: str) -> str:
    """Return the date of a quoted article: "2 March 2026" where it is a date, else as the source says it."""
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


def machine(value: datetime) -> str:
    """Return the moment in the site's zone as `datetime` of <time> wants it."""
    return timezone.localtime(value).isoformat(timespec="seconds")
