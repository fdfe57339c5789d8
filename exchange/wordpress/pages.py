"""Chooses paths for imported pages: the paths they had, if these are free; writes nothing."""

from collections.abc import Iterable
from urllib.parse import unquote

from blog import paths
from blog.models import OldAddress, Post
from blog.models.posts import LONGEST_PATH
from exchange.demo import standing
from exchange.wordpress import posts
from exchange.wordpress.wxr import Item


class PageTree:
    """The pages of one export: each has a name, and is below another or at the top."""

    def __init__(self) -> None:
        self._names: dict[int, tuple[str, int]] = {}
        self._links: dict[int, str] = {}

    def add(self, item: Item) -> None:
        self._names[item.id] = (posts.slug_of(item), item.parent)
        self._links[item.id] = posts.old_path_of(item)

    def wanted(self, page: int, *, folder: str) -> str:
        """Return the path that the page had, seen from where the old blog stood on its host."""
        link = self._links[page].lower()
        path = f"{link.removeprefix(folder.lower()) if folder else link}/".replace("//", "/")
        made = paths.cleaned(path)
        # What was no path of names ("/?page_id=5", "/about.html") is made of the names of the pages above.
        return made if made and made == path else paths.cleaned("/".join(self._line(page)))

    def _line(self, page: int) -> list[str]:
        """Return the names from the topmost page down to this one; a circle is followed once."""
        names: list[str] = []
        seen: set[int] = set()
        number = page
        while number in self._names and number not in seen:
            seen.add(number)
            name, number = self._names[number]
            names.insert(0, name)
        return names


def free_path(wanted: str, taken: Iterable[str] = ()) -> str:
    """Return the path, or the nearest one that is not used by a page or a redirect."""
    wanted = wanted if len(wanted) < LONGEST_PATH else f"{wanted[: LONGEST_PATH - 10].rstrip('/-')}/"
    beginning = wanted.strip("/").partition("/")[0]
    pages = Post.objects.pages().exclude(pk__in=standing.untouched())
    here = pages.filter(path__startswith=f"/{beginning}").values_list("path", flat=True)
    led = OldAddress.objects.filter(path__startswith=f"/{beginning}").values_list("path", flat=True)
    return paths.free(wanted, {*filter(None, here), *map(unquote, led), *taken})
