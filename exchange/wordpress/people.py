"""Creates authors with accounts, and guests known by the keyed hash of their e-mail."""

import html
import re
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Guest, User
from accounts.names import NAME_LENGTH, clean_name, name_key, name_slug
from accounts.people import email_hash
from accounts.spelling import cut, nfc, slugify
from blog.markup.addresses import safe_address
from blog.models import Author, AuthorHandle
from comments.batches import in_batches
from exchange.wordpress.authors_file import AuthorNote
from exchange.wordpress.comments import Arranged
from exchange.wordpress.memory import BATCH, Kind, Memory
from exchange.wordpress.wxr import OldComment, Writer

# No cookie has a hash like this, so nobody becomes an imported guest by guessing.
IMPORTED_GUEST = "imported-"
LONGEST_WEBSITE = 300
# Somebody wrote www.example.org where an address was asked for.
_BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?:[/?#]|\Z)")


# --- authors --------------------------------------------------------------------------------------------------


def login_key(login: str) -> str:
    """Return a login as WordPress compares it: JDoe is jdoe."""
    return nfc(login.strip().casefold())


def known_authors(memory: Memory) -> dict[str, int]:
    """Return the authors who were brought before, by the keys of their logins."""
    return {login_key(login): pk for login, pk in memory.all(Kind.AUTHOR).items()}


def account_refusal(writer: Writer, *, others: Iterable[Writer] = ()) -> str | None:
    """Return why this author gets no account of their own, or None; `others` of the same file get theirs before.

    Somebody who signed up here with an author's address or name before the import must not become that author.
    """
    name = cut(clean_name(writer.name), NAME_LENGTH)
    if "@" not in writer.email or not name:
        return _("the export doesn’t contain their e-mail address")
    emails = {other.email.casefold() for other in others}
    names = {name_key(cut(clean_name(other.name), NAME_LENGTH)) for other in others}
    if writer.email.casefold() in emails or User.objects.filter(email__iexact=writer.email).exists():
        return _("an account with their e-mail address already exists; link the two in the admin")
    if name_key(name) in names or User.objects.filter(name_key=name_key(name)).exists():
        return _("a member with that name already exists; link the two in the admin")
    return None


def make_author(writer: Writer, note: AuthorNote, memory: Memory) -> Author:
    """Make an author with an account whose password can be reset by mail, and remember both as one."""
    user = None
    if account_refusal(writer) is None:
        user = User.objects.create_user(writer.email, cut(clean_name(writer.name), NAME_LENGTH), None)
    name = cut(clean_name(note.name or writer.name), 120) or writer.login
    author = Author.objects.create(user=user, name=name, slug=_author_slug(writer, name), bio=note.note)
    AuthorHandle.objects.bulk_create(
        AuthorHandle(
            author=author, network=handle.network, handle=handle.handle, url=handle.url, position=position
        )
        for position, handle in enumerate(note.handles)
    )
    memory.remember(Kind.AUTHOR, {writer.login: author.pk})
    return author


def _author_slug(writer: Writer, name: str) -> str:
    """The login is the old address (/author/james/), unless it is an e-mail address."""
    login = "" if "@" in writer.login else slugify(writer.login.replace(".", "-"), most=60)
    base = login or name_slug(name)
    slug, number = base, 1
    while Author.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


# --- guests ---------------------------------------------------------------------------------------------------


def guest_name(old: OldComment) -> str:
    """WordPress keeps names escaped; here they are escaped when they are shown."""
    return cut(clean_name(html.unescape(old.name)), NAME_LENGTH).strip() or _("Anonymous")


def website(old: OldComment) -> str:
    written = html.unescape(old.website).strip()
    address = safe_address(f"http://{written}" if _BARE_HOST.match(written) else written)
    return address if address.startswith("http") and len(address) <= LONGEST_WEBSITE else ""


@transaction.atomic
def guests_for(comments: Iterable[Arranged]) -> dict[str, Guest]:
    """Return one guest for each e-mail hash, made where an import has not made one before.

    A guest who left the same address here is not taken: whoever types an address has not shown that it is theirs.
    """
    writers: dict[str, list[tuple[datetime, str]]] = {}
    for comment in comments:
        if comment.old.email:
            writers.setdefault(email_hash(comment.old.email), []).append(
                (comment.date, guest_name(comment.old))
            )
    guests = _known_guests(list(writers))
    new = []
    for key, written in writers.items():
        (first, _name), (last, name) = min(written), max(written)
        if key not in guests:
            token = f"{IMPORTED_GUEST}{secrets.token_hex(24)}"
            new.append(
                Guest(origin_key=token, email_hash=key, name=name, created_at=first, last_written_at=last)
            )
    guests.update((guest.email_hash, guest) for guest in Guest.objects.bulk_create(new, batch_size=BATCH))
    return guests


def _known_guests(keys: list[str]) -> dict[str, Guest]:
    found: dict[str, Guest] = {}
    for some in in_batches(keys, BATCH):
        rows = Guest.objects.filter(email_hash__in=some, origin_key__startswith=IMPORTED_GUEST)
        found.update((guest.email_hash, guest) for guest in rows)
    return found
