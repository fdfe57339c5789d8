"""The section that another app shows under a post: the view builds it, the template prints it.

The app passes a builder to `register`, in its AppConfig.ready.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from blog.models import Post


@dataclass(frozen=True)
class Section:
    """The section under one post: a template and its values; the page adds `viewer` and the CSRF token."""

    template: str
    values: Mapping[str, Any]
    # The number of comments in it, shown beside the date of the post with a link to this anchor.
    count: int
    anchor: str


# Returns None if the post has no such section.
Builder = Callable[[HttpRequest, Post], Section | None]

_builders: dict[str, Builder] = {}


def register(name: str, build: Builder) -> None:
    """Add a section; doing it twice changes nothing."""
    _builders[name] = build


def section_of(request: HttpRequest, post: Post) -> Section | None:
    """Return the section under this post from the first registered builder that has one, or None."""
    built = (build(request, post) for build in _builders.values())
    return next((section for section in built if section is not None), None)
