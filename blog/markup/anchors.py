"""Keep links within a post working: targets get ids of our own, which collide with none on the page."""

import re
from html import unescape
from urllib.parse import unquote

from lxml.html import HtmlElement

from accounts.spelling import slugify
from blog.markup.vocabulary import HEADINGS

# What begins our own ids of places, so that no text meets an id of the page.
PREFIX = "to-"
_TARGET = re.compile(r"""href\s*=\s*(?:"\s*#([^"]+)"|'\s*#([^']+)'|#([^\s"'>]+))""", re.I)
# Notes have ids of the same form in Markdown, which nothing of the page has.
_NOTE = re.compile(r"fn(?:ref)?\d{1,4}(?::\d{1,3})?")
_NOT_IN_AN_ID = re.compile(r"[^\w-]+")
_LONGEST = 60


class Anchors:
    """The targets that a text links to, and their ids; targets in the same element share an id."""

    def __init__(self, markup: str) -> None:
        found = (next(filter(None, groups), "") for groups in _TARGET.findall(markup))
        self.wanted = {unescape(unquote(name)).strip() for name in found}
        # What was written → the id of where it leads.
        self.ids: dict[str, str] = {}

    def names(self, tag: str, attributes: dict[str, str | None]) -> list[str]:
        """Return the names by which the text links to this element."""
        written = [attributes.get("id"), attributes.get("name") if tag == "a" else None]
        return [name for name in written if name and name in self.wanted and name not in self.ids]

    def id_for(self, names: list[str], *, standing: str = "") -> str:
        """Return the id of the element with these names: its existing one, or a new one."""
        given = standing or self._new_id(names[0])
        self.ids.update(dict.fromkeys(names, given))
        return given

    def forget(self, given: str) -> list[str]:
        """Release the id of a removed element; return the names that still need a target."""
        names = [name for name, id_ in self.ids.items() if id_ == given]
        for name in names:
            del self.ids[name]
        return names

    def _new_id(self, name: str) -> str:
        if _NOTE.fullmatch(name) and name not in self.ids.values():
            return name
        wanted = f"{PREFIX}{_NOT_IN_AN_ID.sub('-', name)[:_LONGEST].strip('-') or 'place'}"
        taken, number, given = set(self.ids.values()), 1, wanted
        while given in taken:
            number += 1
            given = f"{wanted}-{number}"
        return given

    def settle(self, root: HtmlElement, headings: dict[str, str]) -> None:
        """Let links lead to the ids that their places have now; `headings` are the ids of those that got another."""
        present = {element.get("id") for element in root.iter() if element.get("id")}
        by_words = {
            _slug("".join(each.itertext())): each.get("id") for each in reversed(list(root.iter(*HEADINGS)))
        }
        for link in root.iter("a"):
            if not link.get("href", "").startswith("#"):
                continue
            name = unquote(link.get("href")[1:])
            given = self.ids.get(name, name)
            given = headings.get(given, given)
            if given not in present:
                # Markdown's writers know a heading by its words alone.
                given = by_words.get(_slug(name), "") if _slug(name) else ""
            if given:
                link.set("href", f"#{given}")


def _slug(words: str) -> str:
    return slugify(words)
