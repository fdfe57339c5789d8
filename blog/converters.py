"""The parts of our addresses: years, months, words of any script, and the paths of pages."""

from functools import cache

from django.urls import register_converter

from accounts.spelling import IS_SLUG
from blog import paths

# Beyond these no address can say a year; one short of each, the site's zone cannot turn it into such a year either.
FIRST_YEAR, LAST_YEAR = 1000, 2999


class Year:
    regex = r"[12]\d{3}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int | str) -> str:
        return f"{int(value):04d}"


class Month:
    regex = r"0[1-9]|1[0-2]"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int | str) -> str:
        return f"{int(value):02d}"


class Words:
    """A slug: letters, marks and digits of any script, "-" and "_"."""

    regex = IS_SLUG.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PagePath:
    """The path of a page: one segment or more, none of which begins an address of ours (blog/paths.py)."""

    regex = rf"{Words.regex}(?:/{Words.regex})*"

    def to_python(self, value: str) -> str:
        if paths.is_ours(value):
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value


@cache
def register() -> None:
    """Give them their names in addresses, once, whichever app's addresses are read first."""
    register_converter(Year, "yyyy")
    register_converter(Month, "mm")
    register_converter(Words, "words")
    register_converter(PagePath, "page_path")
