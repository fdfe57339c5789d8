"""The date of each comment as <time>, made from the text that the database returns."""

from datetime import UTC, datetime, tzinfo
from html import escape
from typing import NamedTuple

from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS

from comments.fragments.text import ascii_html


class Hour(NamedTuple):
    """The HTML of all times within one hour in the site's zone, cut where the minutes go."""

    machine: str
    full: str
    # The visible part; <i> holds what a phone has no room for (comments.css).
    short: str
    end: str
    # The minutes, if they differ from those in UTC.
    minutes: str


class Times:
    """Many comments share an hour: its HTML is made once, and render.py puts the minutes in."""

    def __init__(self, zone: tzinfo, *, now: datetime) -> None:
        self.zone = zone
        self.year = now.astimezone(zone).year
        self.hours: dict[str, Hour] = {}

    def hour(self, created: str) -> Hour:
        """Return the HTML of the hour of a date (UTC, ISO 8601) in the site's zone, with the year if it is another."""
        return self.hours.get(created[:16]) or self._hour(created)

    def _hour(self, created: str) -> Hour:
        moment = datetime.fromisoformat(created[:16]).replace(tzinfo=UTC)
        local = moment.astimezone(self.zone)
        machine = local.isoformat(timespec="minutes")
        full_day = f"{local.day} {ascii_html(escape(str(MONTHS[local.month])))} {local.year}"
        day, clock, end = f"{local.day} {_month(local.month)}", f", {local.hour}:", "</time>"
        if local.year != self.year:
            day, clock, end = f"{day} {local.year}", f"<i>{clock}", f"</i>{end}"
        weekday = ascii_html(escape(str(WEEKDAYS[local.weekday()])))
        # In zones that differ by half an hour, or when clocks change, each minute is cached by itself.
        ends = [moment.replace(minute=minute).astimezone(self.zone) for minute in (0, 59)]
        is_whole = [end.minute for end in ends] == [0, 59]
        hour = Hour(
            machine=f'<time datetime="{machine[:14]}',
            full=f'{machine[16:]}" title="{weekday} {full_day}, {local.hour}:',
            short=f' {escape(local.tzname() or "")}">{day}{clock}',
            end=end,
            minutes="" if is_whole else f"{local.minute:02d}",
        )
        return self.hours.setdefault(created[:13] if is_whole else created[:16], hour)


def _month(number: int) -> str:
    """Return the name of a month with everything after its abbreviation in <i>; unchanged if it begins otherwise."""
    name, short = str(MONTHS[number]), str(MONTHS_3[number]).capitalize()
    if name == short or not name.startswith(short):
        return ascii_html(escape(name))
    return ascii_html(f"{escape(short)}<i>{escape(name.removeprefix(short))}</i>")
