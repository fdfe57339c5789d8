"""Creates redirects from addresses of the old site; never changes a redirect that exists."""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from blog.markup import host_of
from blog.models import Author, Category, OldAddress, Post, Tag
from exchange.wordpress import posts
from exchange.wordpress.media import path_of, urlsplit_path, without_copies
from exchange.wordpress.wxr import Item, Term, Writer

LONGEST = 500
# The first part of a topic's address, the same in WordPress and here.
_BASES = {"category": "category", "post_tag": "tag"}
# The meta key under which WordPress stores a post's earlier slugs.
_FORMER_SLUG = "_wp_old_slug"


class Ledger:
    """Creates redirects, or says why one is not possible. With `writes=False` it only says what it would do."""

    def __init__(self, *, writes: bool = True) -> None:
        self.writes = writes
        self.led: dict[str, str] = {}
        self._has_any = writes or OldAddress.objects.exists()

    def lead(self, path: str, target: str) -> str | None:
        """Redirect a path to a target; return None, or why not ("" if there is nothing to do)."""
        # Stored in readable form (blog/redirects/record.py).
        target = unquote(target)
        if not path or path == target:
            return ""
        if len(path) > LONGEST:
            return _("too long to store")
        if is_answered(path):
            return _("used by this site itself")
        known = self._known(path)
        if known:
            return "" if unquote(known) == target else _("already redirects to %s") % unquote(known)
        if self.writes:
            OldAddress.objects.create(path=path, target=target)
        else:
            self.led[path] = target
        return None

    def _known(self, path: str) -> str:
        rows = OldAddress.objects.filter(path=path) if self._has_any else OldAddress.objects.none()
        return rows.values_list("target", flat=True).first() or self.led.get(path, "")


def is_answered(path: str) -> bool:
    """Return whether this site itself answers at this path, so that a redirect would never be used."""
    if "?" in path:
        # An id of the old blog, which is looked up before anything answers.
        return False
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.url_name == "page":
        return Post.objects.pages().filter(path=path).exists()
    if match.url_name == "post":
        return Post.objects.posts().filter(first_published_at__isnull=False, **match.kwargs).exists()
    # A list that is empty answers 404, and then redirects are looked up.
    return not match.kwargs or match.url_name in {"year", "month"} or "admin" in match.namespaces


def of_item(item: Item, *, folder: str) -> Iterator[str]:
    """Yield the old addresses of a post or page: its own, those with earlier slugs, and by its id."""
    path = posts.old_path_of(item)
    yield path
    for key, former in item.meta:
        if key == _FORMER_SLUG and path and former.strip():
            yield f"{path.rstrip('/').rpartition('/')[0]}/{unquote(former.strip())}/"
    # An item without a number of its own had no address made of it.
    if item.id > 0:
        yield f"{folder}/?p={item.id}"
        if item.type == "page":
            yield f"{folder}/?page_id={item.id}"


def of_topic(
    topic: Category | Tag, term: Term, terms: Mapping[str, Term], *, folder: str, ledger: Ledger
) -> None:
    """Let a topic's old path lead to it: WordPress writes a category below those it belongs to."""
    keys, target = [unquote(key) for key in _line(term, terms)], topic.get_absolute_url()
    ledger.lead(f"{folder}/{_BASES[term.domain]}/{'/'.join(keys)}/", target)
    if term.domain == "category" and term.id:
        ledger.lead(f"{folder}/?cat={term.id}", target)


def of_author(author: Author, writer: Writer, *, folder: str) -> None:
    """Let the old list of an author's posts lead to theirs here."""
    ledger, target = Ledger(), author.get_absolute_url()
    ledger.lead(f"{folder}/author/{writer.login.lower().replace('.', '-')}/", target)
    if writer.user_id:
        ledger.lead(f"{folder}/?author={writer.user_id}", target)


def _line(term: Term, terms: Mapping[str, Term]) -> list[str]:
    """Return the keys from the topmost category down to this one; a circle is followed once."""
    keys: list[str] = []
    above: Term | None = term
    while above is not None and above.key not in keys:
        keys.insert(0, above.key)
        above = terms.get(above.parent) if above.parent else None
    return keys


def of_upload(address: str, target: str, *, folder: str) -> None:
    """Let an uploaded file's old address lead to it, as it was and without what WordPress adds for sizes."""
    ledger, path = Ledger(), upload_path(address, folder=folder)
    for old in dict.fromkeys((path, without_copies(path))):
        ledger.lead(old, target)


def upload_path(address: str, *, folder: str) -> str:
    """Return the path of an uploaded file at the old site, whichever host's copy the address names; "" for others."""
    below = path_of(address)
    path = urlsplit_path(address)
    if not below or not below.isprintable():
        return ""
    # A copy elsewhere (i0.wp.com, old.files.wordpress.com) says nothing of the folder.
    is_elsewhere = host_of(address).endswith((".wp.com", ".wordpress.com"))
    return f"{folder}/wp-content/uploads/{below}" if is_elsewhere or not path.startswith("/") else path
