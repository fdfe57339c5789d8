"""What becomes of a post or page: its state, date, title, address; pure, it writes nothing."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.spelling import cut, slugify
from blog import markup
from blog.models import CommentPolicy, PostState
from exchange.wordpress.comments import moment
from exchange.wordpress.report import Kind, Note
from exchange.wordpress.wxr import Item

TEXTS = {"post", "page"}
LONGEST_TITLE, LONGEST_DEK, LONGEST_SLUG, LONGEST_PATH = 300, 400, 180, 500
LONGEST_ENTRY_ID = 500

_PARAGRAPH_END = re.compile(r"\n[ \t\r]*\n|</p>", re.I)
# Only these are public, now or at their minute; whatever else a plugin may have thought of is a draft.
PUBLIC_STATES = {"publish", "future"}


@dataclass(frozen=True, slots=True)
class Fate:
    """The state a post comes in, its moment, and why it is not what it was."""

    state: PostState
    date: datetime | None
    notes: tuple[Note, ...] = ()


def fate_of(
    item: Item, zone: ZoneInfo, *, exported: datetime | None = None, now: datetime | None = None
) -> Fate:
    """Decide the state of a post. Anything not plainly public, dated and open becomes a draft.

    WordPress shows nothing whose minute it has missed: what was still to come when the export was made (`exported`)
    would be public by `now`; what should have come before was not public, and is not made so here.
    """
    where = f"“{title_of(item)}”"
    date = moment(item.date_gmt, item.date, zone)
    if item.status not in PUBLIC_STATES:
        return Fate(PostState.DRAFT, date, (Note(Kind.DRAFT, f"{where} ({item.status or '?'})"),))
    if item.password:
        return Fate(PostState.DRAFT, date, (Note(Kind.DRAFT, _("%s (password)") % where),))
    if date is None:
        return Fate(PostState.DRAFT, None, (Note(Kind.UNDATED, _("%s: kept as a draft") % where),))
    if item.status == "future" and now is not None and date <= now:
        when = f"{where} ({date:%Y-%m-%d})"
        if exported is None or date <= exported:
            return Fate(PostState.DRAFT, date, (Note(Kind.MISSED, when),))
        return Fate(PostState.PUBLISHED, date, (Note(Kind.PASSED, when),))
    return Fate(PostState.PUBLISHED, date)


def _plain(html: str) -> str:
    """Return the words of HTML that somebody typed, those in angle brackets too."""
    return markup.plain_text(markup.elements_only(html))


def title_of(item: Item) -> str:
    """Return the title in plain words, else the first words of the text."""
    title = _plain(item.title)
    if title:
        return shortened(title, LONGEST_TITLE)
    words = _plain(item.excerpt or item.content[:2000]).split()
    return shortened(" ".join(words[:8]), 80) or f"{item.type} {abs(item.id)}"


def dek_and_excerpt(item: Item) -> tuple[str, str]:
    """An excerpt of one or two sentences is a dek; a longer one stays an excerpt for lists."""
    words = _plain(item.excerpt)
    return (words, "") if len(words) <= LONGEST_DEK else ("", words)


def words_of(html: str) -> str:
    """Return the words of a text that is shown without HTML, its paragraphs set apart by blank lines."""
    paragraphs = map(_plain, _PARAGRAPH_END.split(html))
    return "\n\n".join(words for words in paragraphs if words)


def slug_of(item: Item) -> str:
    """Return the post's part of its address, as it was, letters of all scripts readable."""
    return (
        slugify(unquote(item.slug), most=LONGEST_SLUG)
        or slugify(title_of(item), most=LONGEST_SLUG)
        or f"{item.type}-{abs(item.id)}"
    )


def is_entry_id(guid: str) -> bool:
    """Whether a feed may know a post by this: one word that can be shown and stored."""
    return 0 < len(guid) <= LONGEST_ENTRY_ID and guid.isprintable() and not any(map(str.isspace, guid))


def old_path_of(item: Item) -> str:
    """Return the path under which the post stood, or "" when it was a number (`/?p=12`) or too long to keep."""
    try:
        parts = urlsplit(item.link)
    except ValueError:
        return ""
    path = unquote(parts.path)
    is_path = path.strip("/") and not parts.query and path.isprintable()
    return path if is_path and path.startswith("/") and len(path) <= LONGEST_PATH else ""


def address_of(slug: str, date: datetime | None, zone: ZoneInfo) -> str:
    """Return where a public post will stand; "" for one that is none."""
    if date is None:
        return ""
    local = date.astimezone(zone)
    return reverse("blog:post", args=[local.year, f"{local.month:02d}", slug])


def policy_of(item: Item) -> str:
    return {"closed": CommentPolicy.CLOSED, "registered_only": CommentPolicy.MEMBERS}.get(
        item.comment_status, CommentPolicy.OPEN
    )


def notes_on(item: Item) -> list[Note]:
    """Say what of the post's own columns does not come as it was."""
    title = title_of(item)
    notes = []
    if len(_plain(item.title)) > LONGEST_TITLE:
        notes.append(Note(Kind.SHORTENED, f"“{title}”"))
    if item.is_sticky:
        notes.append(Note(Kind.STICKY, f"“{title}”"))
    for term in item.terms:
        if term.domain not in {"category", "post_tag"}:
            notes.append(Note(Kind.TAXONOMY, f"{term.domain} “{term.name}”"))
    return notes


def shortened(words: str, most: int) -> str:
    return words if len(words) <= most else f"{cut(words, most - 1).rstrip()}…"
