"""Path converters of our URLs: years, months, slugs of any script, and the paths of pages."""

from functools import cache

from django.urls import register_converter

from accounts.spelling import IS_SLUG
from blog import paths

# The first and last year that a URL can hold. Years in use lie between: a time zone may move a date over New Year.
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
    """The path of a page: one segment or more, not beginning like a URL of the site itself (blog/paths.py)."""

    regex = rf"{Words.regex}(?:/{Words.regex})*"

    def to_python(self, value: str) -> str:
        if paths.is_ours(value):
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value


@cache
def register() -> None:
    """Register the converters once, whichever app's URLs are loaded first."""
    register_converter(Year, "yyyy")
    register_converter(Month, "mm")
    register_converter(Words, "words")
    register_converter(PagePath, "page_path")
