"""Links to pages in the menu and footer of the site, cached under the version of the site."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from blog.models import Post, PostState, ShownIn, SiteSettings

RULES, PRIVACY, ABOUT = "/rules/", "/privacy/", "/about/"


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    url: str
    path: str
    shown_in: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """The public pages that all pages link to: in menu or footer, and from forms."""

    links: tuple[Link, ...]

    @property
    def menu(self) -> list[Link]:
        return [link for link in self.links if link.shown_in == ShownIn.MENU]

    @property
    def foot(self) -> list[Link]:
        return [link for link in self.links if link.shown_in == ShownIn.FOOT]

    def at(self, path: str) -> str:
        """Return the address of the page with this path, or ""."""
        return next((link.url for link in self.links if link.path == path), "")


# The last version and what belongs to it: whatever changes a page raises the version, in whichever process.
_known: dict[int, list[Link]] = {}


def standing(site: SiteSettings) -> Standing:
    """Return the current links of menu and footer; no query while the site's version is unchanged."""
    links = _known.get(site.version)
    if links is None:
        links = _read()
        _known.clear()
        _known[site.version] = links
    now = timezone.now()
    return Standing(tuple(link for link in links if link.since <= now))


def _read() -> list[Link]:
    named = ~Q(shown_in=ShownIn.NOWHERE) | Q(path__in=(RULES, PRIVACY, ABOUT))
    pages = Post.objects.pages().filter(named, state=PostState.PUBLISHED).order_by("position", "pk")
    return [
        Link(page.title, page.get_absolute_url(), page.path or "", page.shown_in, page.published_at)
        for page in pages.only(*Post.ADDRESS, "title", "shown_in", "published_at")
        if page.published_at is not None
    ]


def forget() -> None:
    """Drop the cache; the next request queries again."""
    _known.clear()
