"""Guesses the old blog's time zone, which an export does not name, from its pairs of local and Greenwich dates."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# One zone for each kind of clock, the one most people live by first.
_USUAL = (
    "UTC",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Denver",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Sao_Paulo",
    "America/Mexico_City",
    "America/Bogota",
    "America/Phoenix",
    "America/Halifax",
    "America/Anchorage",
    "America/St_Johns",
    "America/Caracas",
    "Europe/Lisbon",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Asia/Jerusalem",
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Yangon",
    "Asia/Bangkok",
    "Australia/Perth",
    "Australia/Adelaide",
    "Australia/Darwin",
    "Australia/Brisbane",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "America/Argentina/Buenos_Aires",
    "America/Santiago",
)


class ZoneGuess:
    """Collects pairs of dates, at most one of each month and offset, and names the zone that fits most of them."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int, int], datetime] = {}
        self._counts: Counter[tuple[int, int, int]] = Counter()

    def add(self, local: datetime | None, gmt: datetime | None) -> None:
        if local is None or gmt is None:
            return
        minutes = round((local - gmt).total_seconds() / 60)
        if abs(minutes) > 14 * 60 or minutes % 15:
            return
        key = gmt.year, gmt.month, minutes
        self._seen.setdefault(key, gmt)
        self._counts[key] += 1

    def name(self) -> str | None:
        """Return a zone that fits at least nine of ten dates, or None when there is none or no date."""
        total = sum(self._counts.values())
        best = max(_candidates(self._counts), key=self._fit, default=None)
        return best if best and total and self._fit(best) >= 0.9 * total else None

    def _fit(self, name: str) -> int:
        zone = ZoneInfo(name)
        return sum(
            self._counts[key]
            for key, gmt in self._seen.items()
            if gmt.replace(tzinfo=UTC).astimezone(zone).utcoffset() == timedelta(minutes=key[2])
        )


def _candidates(counts: Counter[tuple[int, int, int]]) -> list[str]:
    hours = {minutes // 60 for _year, _month, minutes in counts if minutes % 60 == 0}
    # Etc/GMT+5 is five hours behind Greenwich: its sign is the other way round.
    fixed = [f"Etc/GMT{-hour:+d}" for hour in sorted(hours) if -12 <= hour <= 14 and hour]
    return [*_USUAL, *fixed]
