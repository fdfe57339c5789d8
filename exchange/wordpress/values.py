"""Reads numbers and dates of an export; an invalid one is left out and reported, and the rest is imported."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from django.utils.translation import gettext as _
from lxml import etree

LARGEST_ID = 2**63 - 1
# Zeros in the year, month or day, and what PHP makes of them.
_NO_DATE = re.compile(r"0000|-|\d{4}-(?:00|\d{2}-00)")
# As WordPress writes dates, and as other programs do who leave zeros out.
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?")
_NUMBER = re.compile(r"[0-9]{1,19}")


def _date(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        found = _DATE.fullmatch(written)
        if found is None:
            raise
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second)


class FaultKind(Enum):
    """How an error in the file was handled."""

    TOLERATED = "tolerated"
    LEFT_OUT = "left_out"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Fault:
    """An error in the file, and the item it is in, if any."""

    kind: FaultKind
    line: int
    item: str
    why: str

    def __str__(self) -> str:
        words = {"line": self.line, "item": self.item, "why": self.why}
        return (_("line %(line)d, “%(item)s”: %(why)s") if self.item else _("line %(line)d: %(why)s")) % words


def invented_number(*words: str) -> int:
    """Return the number of something that has none, the same in every run: below zero, where WordPress has none."""
    digest = hashlib.sha256("\0".join(word.strip() for word in words).encode("utf-8", "replace")).digest()
    return -1 - int.from_bytes(digest[:7])


class ItemIds:
    """The ids of the items so far, and which item has each."""

    def __init__(self) -> None:
        self._owners: dict[int, int] = {}

    def are_taken(self, number: int, identity: Iterable[str]) -> bool:
        """Take an id; return whether another item, not the same one once more, has it already."""
        owner = hash(tuple(identity))
        return self._owners.setdefault(number, owner) != owner


class Values:
    """The numbers and dates of one item and its comments, and what was wrong with them."""

    def __init__(self, root: etree._Element, *, first_line: int, title: str) -> None:
        self.faults: list[Fault] = []
        self._first_line = first_line
        self._title = title
        self._comment = ("", "")

    def line_of(self, element: etree._Element) -> int:
        return self._first_line + (element.sourceline or 1) - 1

    def of_comment(self, number: str, name: str) -> None:
        """Say whose numbers and dates come next; "" for the item's own."""
        self._comment = number, name

    def complain(self, name: str, written: str, line: int, why: str) -> None:
        value = _("%(name)s is “%(written)s”, %(why)s") % {"name": name, "written": written[:40], "why": why}
        number, who = self._comment
        if number or who:
            words = {"number": number[:20], "name": " ".join(who.split())[:40], "value": value}
            value = _("comment %(number)s by %(name)s: %(value)s") % words
        self.faults.append(Fault(FaultKind.VALUE, line, self._title, value))

    def number(self, fields: dict[str, str], name: str, line: int) -> int:
        """Return a number that points somewhere else; 0 for none, and for what is no number."""
        written = fields.get(name, "").strip()
        if not written:
            return 0
        if _NUMBER.fullmatch(written) and int(written) <= LARGEST_ID:
            return int(written)
        self.complain(name, written, line, _("not a number"))
        return 0

    def own_number(self, fields: dict[str, str], name: str, line: int, *, instead: Iterable[str]) -> int:
        """Return the number by which an item or comment is known; one without is known by its words."""
        written = fields.get(name, "").strip()
        if _NUMBER.fullmatch(written) and 0 < int(written) <= LARGEST_ID:
            return int(written)
        self.complain(name, written, line, _("not a number"))
        return invented_number(*instead)

    def date(self, fields: dict[str, str], name: str, line: int) -> datetime | None:
        """Read a date; WordPress writes zeros where it has none, and years before 1971 are no dates of a blog."""
        written = fields.get(name, "").strip()
        if not written or _NO_DATE.match(written):
            return None
        try:
            date = _date(written)
            date = date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date
        except (ValueError, OverflowError):
            self.complain(name, written, line, _("not a date"))
            return None
        return date if 1971 <= date.year <= 9000 else None
