"""Where the old site's addresses lead here; it takes no address that leads somewhere already."""

from collections.abc import Mapping
from urllib.parse import unquote

from blog.models import Category, OldAddress, Post, Tag
from exchange.wordpress.wxr import Item, Term

LONGEST = 500
# The first part of a topic's address, which WordPress and this site call the same.
_BASES = {"category": "category", "post_tag": "tag"}


def of_post(post: Post, item: Item, *, path: str, folder: str) -> int:
    """Let the post's old path and its number lead to it; return how many addresses do that did not before."""
    target = post.get_absolute_url()
    return sum(lead(old, target) for old in (path, f"{folder}/?p={item.id}"))


def of_topic(topic: Category | Tag, term: Term, terms: Mapping[str, Term], *, folder: str) -> bool:
    """Let a topic's old path lead to it: WordPress writes a category below those it belongs to."""
    keys = [unquote(key) for key in _line(term, terms)]
    return lead(f"{folder}/{_BASES[term.domain]}/{'/'.join(keys)}/", topic.get_absolute_url())


def _line(term: Term, terms: Mapping[str, Term]) -> list[str]:
    """Return the keys from the topmost category down to this one; a circle is followed once."""
    keys: list[str] = []
    above: Term | None = term
    while above is not None and above.key not in keys:
        keys.insert(0, above.key)
        above = terms.get(above.parent) if above.parent else None
    return keys


def lead(path: str, target: str) -> bool:
    """Let a path lead to a target, unless they are the same; return whether it is a new one."""
    if not path or path == unquote(target) or len(path) > LONGEST:
        return False
    return OldAddress.objects.get_or_create(path=path, defaults={"target": target})[1]
