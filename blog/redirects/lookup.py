"""Find a redirect for an address that is not found: an old address, or another form of an existing one.

An exact old address wins over every guess, and guesses lead only to public pages. One query finds the old addresses of
all forms; a few more look for existing pages. Redirects stay on this site, except those that an owner entered.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote, urlencode

from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse

from accounts.spelling import nfc
from blog import archive, directory
from blog.models import OldAddress, Post

LONGEST = 500
# Signs that are not percent-encoded in stored addresses.
_SIGNS = "/?=&%"
# How WordPress knows things by number, and lists and pages by name.
_NUMBERED = ("p", "page_id", "attachment_id", "cat", "author")
_NAMED = {"tag": "tag/", "category_name": "category/", "author_name": "author/", "pagename": "", "name": ""}
_KNOWN = frozenset({*_NUMBERED, *_NAMED, "m", "year", "monthnum", "s", "feed"})
# What has a list at the same address there and here.
_COMMENTS = "/comments/"
_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_MONTH = re.compile(r"([12][0-9]{3})(0[1-9]|1[0-2])?(?:[0-9]{2})?", re.ASCII)
# What it puts after the address of a page: pages of it, feeds, other forms of the same page.
_FORM = re.compile(
    r"(?P<page>/(?:.+?/)??)(?:(?P<list>page/[0-9]{1,5})|(?P<part>[0-9]{1,4})|(?P<feed>(?:feed/)?(?:rss2?|atom|rdf)|feed)"
    r"|comment-page-[0-9]{1,5}|amp|embed|trackback)/"
)
# Two forms may stand one after the other, as in “/a-post/comment-page-2/amp/”.
_MOST_FORMS = 2
# What it adds to the name of an uploaded picture for its smaller and turned copies.
_COPY = re.compile(
    r"(?P<stem>/.+/[^/]+?)(?:-[0-9]{2,5}x[0-9]{2,5}|-scaled|-rotated)+(?P<ending>\.[A-Za-z]{3,5})"
)
_ARCHIVE = re.compile(r"/[12][0-9]{3}/(?:[0-9]{2}/)?")
_IN_FOLDER = re.compile(
    r"(?P<folder>/.+?)(?P<archive>/[12][0-9]{3}/(?:[0-9]{2}/)?)(?:[0-9]{2}/)?(?:page/[0-9]{1,5}/)?"
)
_DAY = re.compile(r"(/[12][0-9]{3}/[01][0-9]/)[0-3][0-9]/(?=[^/])")
_CATEGORIES = re.compile(r"/category/(?:[^/]+/)+(?=[^/]+/)")
_INDEX = re.compile(r"/index\.php(?=/|$)")
# Not part of any URL: copied along with the text around a link.
_END = re.compile(r"[\s<>\"“”„«»].*", re.DOTALL)
_PUNCTUATION = re.compile(r"[^\w-]+$")
_SEARCH = re.compile(r"/search/([^/]+)/(?:.*)")
# Its oldest feeds, which readers of feeds still ask for.
_FEEDS = {
    **dict.fromkeys(("/wp-rss.php", "/wp-rss2.php", "/wp-atom.php", "/wp-rdf.php", "/wp-feed.php"), "/feed/"),
    "/wp-commentsrss2.php": f"{_COMMENTS}feed/",
}
# Bots ask every site for WordPress' own files, which we never had.
_FILES_OF_WORDPRESS = re.compile(r"/wp-[^/]*|/xmlrpc\.php|.*\.php")


class Guess(NamedTuple):
    """A path that the visitor may have meant.

    `is_feed`: they asked for its feed. `is_part`: the path ended in a number, as parts of long posts and single
    comments did. `folder`: the guess only counts if the old blog was in this folder.
    """

    path: str
    is_feed: bool = False
    is_part: bool = False
    folder: str = ""


def target_of_query(path: str, query: QueryDict) -> str:
    """Return the redirect for a WordPress query (`/?p=12&utm_source=x`), or ""."""
    words_of = {key: str(query[key]) for key in _KNOWN & query.keys()}
    asked = {key: words.strip("/") for key, words in words_of.items() if "\0" not in words}
    asked = {key: words if key == "s" else _PUNCTUATION.sub("", words) for key, words in asked.items()}
    base = f"{_INDEX.sub('', path).rstrip('/')}/"
    if not asked or "\0" in path or len(base) > LONGEST:
        return ""
    feed = asked.pop("feed", "")
    if not asked:
        page = _COMMENTS if feed.startswith("comments") else "/"
        page = page if base == "/" else target_of_path(base)
        return _feed_of(page) if feed and page else ""
    target = _of_number(base, asked) or _of_name(base, asked) or _of_day(asked) or _of_search(base, asked)
    return _feed_of(target) if target and feed else target


def _of_number(base: str, asked: dict[str, str]) -> str:
    numbers = [f"{base}?{key}={asked[key]}" for key in _NUMBERED if _NUMBER.fullmatch(asked.get(key, ""))]
    return _first_known(numbers)


def _of_name(base: str, asked: dict[str, str]) -> str:
    guesses = [Guess(f"{base}{_NAMED[key]}{asked[key]}/") for key in _NAMED if asked.get(key)][:1]
    return _first_of(guesses, _known(forms_of(guess.path) for guess in guesses)) if guesses else ""


def _of_day(asked: dict[str, str]) -> str:
    month = asked["monthnum"].zfill(2) if asked.get("monthnum") else ""
    if found := _MONTH.fullmatch(asked.get("m") or f"{asked.get('year', '')}{month}"):
        return _standing(f"/{found[1]}/{f'{found[2]}/' if found[2] else ''}")
    return ""


def _of_search(base: str, asked: dict[str, str]) -> str:
    words = asked.get("s", "")
    if not words or (base != "/" and exact(base) != "/"):
        # Neither here nor in the folder of a blog that came from one.
        return ""
    return _search_in(f"/search/{words.replace('/', ' ')}/")


def target_of_path(path: str) -> str:
    """Return the redirect for a path that is not found, or ""."""
    if "\0" in path or len(path) > LONGEST:
        # PostgreSQL raises on NUL.
        return ""
    if path in _FEEDS:
        return _FEEDS[path]
    # The one file of its that stood in addresses, at the top or in the blog's folder.
    is_plain = _FILES_OF_WORDPRESS.fullmatch(path) and not _INDEX.search(path)
    guesses = [] if is_plain else list(dict.fromkeys(_guesses(path)))
    folders = [[guess.folder] for guess in guesses if guess.folder]
    known = _known([forms_of(path), *folders, *(forms_of(guess.path) for guess in guesses)])
    return _told(path, known, own=path) or _first_of(guesses, known, asked=path) or _search_in(path)


def _search_in(path: str) -> str:
    found = _SEARCH.fullmatch(f"{path.rstrip('/')}/")
    return f"{reverse('blog:search')}?{urlencode({'q': found[1].replace('+', ' ')})}" if found else ""


def target_of_another_spelling(path: str, query: str = "") -> str:
    """Return the redirect for a path that is not in NFC: of its old address, else to its NFC form; "" if it is NFC."""
    usual = nfc(path)
    if usual == path:
        return ""
    return exact(path) or f"/{quote(usual.lstrip('/'))}{'?' if query else ''}{query}"


def exact(path: str) -> str:
    """Return the redirect stored for exactly this path, or ""."""
    return "" if "\0" in path else _told(path, _known([forms_of(path)]), own=path)


def forms_of(path: str) -> list[str]:
    """Return the path as it is, without and with a final slash."""
    bare = path.rstrip("/")
    return list(dict.fromkeys(form[:LONGEST] for form in (path, bare, f"{bare}/") if form))


def _guesses(path: str) -> Iterator[Guess]:
    """Yield guesses, the likeliest first."""
    if copy := _COPY.fullmatch(path):
        yield Guess(copy["stem"] + copy["ending"])
    tidy = _tidied(path)
    if tidy == "/" and not _INDEX.match(path):
        # Nothing but marks.
        return
    yield Guess(tidy)
    yield from (Guess(again) for again in _shortened(tidy))
    if in_folder := _IN_FOLDER.fullmatch(tidy):
        yield Guess(in_folder["archive"], folder=f"{in_folder['folder']}/")
    is_feed = is_part = False
    for _form in range(_MOST_FORMS):
        found = None if _ARCHIVE.fullmatch(tidy) else _FORM.fullmatch(tidy)
        if found is None or (found["page"] == "/" and not (found["list"] or found["feed"])):
            return
        tidy = found["page"]
        is_feed, is_part = is_feed or bool(found["feed"]), is_part or bool(found["part"])
        yield from (Guess(again, is_feed, is_part) for again in (tidy, *_shortened(tidy)))


def _tidied(path: str) -> str:
    """Return the path in lower case, without punctuation picked up around a link and without double slashes."""
    path = re.sub(r"//+", "/", _INDEX.sub("", _END.sub("", path)))
    return f"{_PUNCTUATION.sub('', path)}/".lower()


def _shortened(path: str) -> Iterator[str]:
    """Yield shorter forms: without the day, or without parent categories."""
    if _DAY.match(path):
        yield _DAY.sub(r"\1", path)
    if _CATEGORIES.match(path):
        yield _CATEGORIES.sub("/category/", path)


# --- looking ----------------------------------------------------------------------------------------------------


def _known(forms: Iterable[list[str]]) -> dict[str, str]:
    # Some old addresses are stored percent-encoded.
    asked = {
        spelling: form
        for several in forms
        for form in several
        for spelling in (quote(form, _SIGNS)[:LONGEST], form)
    }
    rows = OldAddress.objects.filter(path__in=asked).values_list("path", "target")
    return {asked[path]: target for path, target in rows}


def _first_known(paths: list[str]) -> str:
    known = _known([paths]) if paths else {}
    return next((target for path in paths if (target := _told(path, known))), "")


def _told(path: str, known: dict[str, str], *, own: str = "") -> str:
    """Return the target of this old path, unless it is the asked path itself or is not public."""
    target = next((known[form] for form in [path, *forms_of(path)] if form in known), "")
    return target if target and unquote(target) != own and directory.is_told(target) else ""


def _first_of(guesses: list[Guess], known: dict[str, str], *, asked: str = "") -> str:
    for guess in guesses:
        if guess.folder and known.get(guess.folder) != "/":
            continue
        target = _told(guess.path, known, own=asked)
        if not target and guess.path != asked:
            target = _standing(guess.path, is_part=guess.is_part, lacks_slash=guess.path == f"{asked}/")
        target = _feed_of(target) if guess.is_feed else target
        if target and unquote(target) != asked:
            return target
    return ""


def _standing(path: str, *, is_part: bool = False, lacks_slash: bool = False) -> str:
    """Return the address of the public page at this path, or "".

    `is_part` as in Guess. `lacks_slash`: asked without the final slash, which Django adds except for pages.
    """
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    name, words = match.url_name or "", match.kwargs
    if name == "page":
        page = Post.objects.pages().published().filter(path=path).only(*Post.ADDRESS).first()
        return page.get_absolute_url() if page else ""
    if lacks_slash:
        return ""
    if name == "post":
        post = Post.objects.listed().filter(slug=words["slug"]).only(*Post.ADDRESS).first()
        return post.get_absolute_url() if post else ""
    has_parts = name in {"year", "month"}
    return path if (has_parts or not is_part) and _is_list(name, words) else ""


def _is_list(name: str, words: dict) -> bool:
    """Whether there is a list of this name with anything in it."""
    if name == "year":
        return archive.of_year(**words).exists()
    if name == "month":
        return archive.of_month(**words).exists()
    if name in directory.TOPICS:
        topic = directory.topic_at(name, words)
        return topic is not None and directory.TOPICS[name][1](topic).exists()
    return name in {"home", "archive", "tags", "recent", "feed"}


def _feed_of(target: str) -> str:
    """Return the feed of the page at this address, or "" if it has none."""
    address = f"{target}feed/" if target.endswith("/") else ""
    try:
        name = resolve(unquote(address)).url_name or ""
    except Resolver404:
        return target if target.endswith("/feed/") else ""
    return address if name.endswith("feed") else ""
