"""Resolves `@Name` and `#comment-12` in old comments; links only to comments that are imported."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from urllib.parse import urlsplit

from blog import markup
from comments.mentions import with_first_names
from comments.models import CommentState
from exchange.wordpress.comments import Arranged
from exchange.wordpress.people import guest_name

_ANCHOR = re.compile(r"""href\s*=\s*["']?\s*([^"'\s<>]*?)#comment-(\d{1,18})(?!\d)""", re.I)
_MENTION = re.compile(r"@(\S)")


class Linker:
    """Knows the new ids of one post's comments, and asks `elsewhere` for those of others."""

    def __init__(
        self, *, host: str, new_ids: Mapping[int, int], elsewhere: Callable[[set[int]], dict[int, int]]
    ) -> None:
        self.host = host
        self.new_ids = new_ids
        self.elsewhere = elsewhere
        # Names by their first letter, each with its folded form: the renderer is given only those a text holds.
        self._earlier: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
        self._names: dict[int, str] = {}

    def meet(self, old_id: int, name: str) -> None:
        """Say that a comment by this name stands under the post, for those that come after it."""
        self._names[old_id] = name
        self._earlier[name[:1].casefold()][name] = _folded(name), self.new_ids[old_id]

    def render(self, comment: Arranged) -> str:
        """Return the comment's HTML; a comment is met by later ones once it has been rendered, if it is public."""
        links = markup.CommentLinks(
            names=self._names_in(comment), anchors=self._anchors_in(comment.old.content)
        )
        html = markup.render_comment(comment.old.content, body_format="wordpress", links=links)
        if comment.state == CommentState.PUBLIC:
            self.meet(comment.id, guest_name(comment.old))
        return html

    def _names_in(self, comment: Arranged) -> dict[str, int]:
        if "@" not in comment.old.content and "&#" not in comment.old.content:
            return {}
        text = unescape(comment.old.content)
        folded = _folded(text)
        letters = {letter.casefold() for letter in _MENTION.findall(text)}
        earlier = (pair for letter in letters for pair in self._earlier.get(letter, {}).items())
        known = with_first_names({name: pk for name, (_key, pk) in earlier})
        names = {name: pk for name, pk in known.items() if _folded(name) in folded}
        if names and comment.parent in self._names:
            names[self._names[comment.parent]] = self.new_ids[comment.parent]
        return names

    def _anchors_in(self, content: str) -> dict[int, int]:
        wanted = {
            int(number) for address, number in _ANCHOR.findall(content) if self._is_own(unescape(address))
        }
        found = {number: self.new_ids[number] for number in wanted if number in self.new_ids}
        missing = wanted - found.keys()
        return found | self.elsewhere(missing) if missing else found

    def _is_own(self, address: str) -> bool:
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            return False
        return host.removeprefix("www.") in {"", self.host}


def _folded(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").split())


def rendered(comments: Sequence[Arranged], linker: Linker) -> dict[int, str]:
    """Return HTML by old id, rendered in the order in which the comments were written."""
    return {
        comment.id: linker.render(comment) for comment in sorted(comments, key=lambda comment: comment.key)
    }
