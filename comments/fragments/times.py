"""The moment of each comment as <time>, made from the text that the database gives."""

from datetime import UTC, datetime, tzinfo
from html import escape
from typing import NamedTuple

from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS

from comments.fragments.text import ascii_html


class Hour(NamedTuple):
    """The HTML of any moment of one hour in the site's zone, up to each place where its minutes stand."""

    machine: str
    full: str
    # What is seen; <i> holds what a phone has no room for (comments.css).
    short: str
    end: str
    # Set where they are not UTC's.
    minutes: str


class Times:
    """Comments come in hours: the words of one are made once, and only the minutes put in (by who joins them)."""

    def __init__(self, zone: tzinfo, *, now: datetime) -> None:
        self.zone = zone
        self.year = now.astimezone(zone).year
        self.hours: dict[str, Hour] = {}

    def hour(self, created: str) -> Hour:
        """Return the words of the hour of a moment (UTC, ISO 8601) in the site's zone; the year if not this one."""
        return self.hours.get(created[:16]) or self._hour(created)

    def _hour(self, created: str) -> Hour:
        moment = datetime.fromisoformat(created[:16]).replace(tzinfo=UTC)
        local = moment.astimezone(self.zone)
        machine = local.isoformat(timespec="minutes")
        full_day = f"{local.day} {ascii_html(escape(str(MONTHS[local.month])))} {local.year}"
        day, clock, end = f"{local.day} {_month(local.month)}", f", {local.hour:02d}:", "</time>"
        if local.year != self.year:
            day, clock, end = f"{day} {local.year}", f"<i>{clock}", f"</i>{end}"
        weekday = ascii_html(escape(str(WEEKDAYS[local.weekday()])))
        # Where clocks differ by half an hour, or change in the middle of one, each minute is remembered by itself.
        ends = [moment.replace(minute=minute).astimezone(self.zone) for minute in (0, 59)]
        is_whole = [end.minute for end in ends] == [0, 59]
        hour = Hour(
            machine=f'<time datetime="{machine[:14]}',
            full=f'{machine[16:]}" title="{weekday} {full_day}, {local.hour:02d}:',
            short=f' {escape(local.tzname() or "")}">{day}{clock}',
            end=end,
            minutes="" if is_whole else f"{local.minute:02d}",
        )
        return self.hours.setdefault(created[:13] if is_whole else created[:16], hour)


def _month(number: int) -> str:
    """Return the name of a month, with all after its first three letters in <i>; whole where it begins otherwise."""
    name, short = str(MONTHS[number]), str(MONTHS_3[number]).capitalize()
    if name == short or not name.startswith(short):
        return ascii_html(escape(name))
    return ascii_html(f"{escape(short)}<i>{escape(name.removeprefix(short))}</i>")
