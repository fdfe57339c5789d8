"""Creates the demo's authors, members and guests, who cannot sign in; never takes a real member's name."""

import hashlib
from collections.abc import Iterable, Mapping

from django.utils import timezone

from accounts.models import Guest, User
from accounts.names import name_key
from accounts.spelling import slugify
from blog.models import Author, AuthorHandle
from exchange.demo import content

# A domain that can never receive mail (RFC 2606), so nobody can get into a demo account with an e-mailed code.
DOMAIN = "demo.invalid"
# More than the most votes that any demo comment has.
VOTERS = 48


class NameTaken(Exception):
    """Something on this site already has a name that the demo uses; the message says what."""


def others_at(slugs: Iterable[str]) -> list[str]:
    """Return the names of authors with these slugs who do not belong to the demo."""
    found = Author.objects.filter(slug__in=slugs).exclude(user__email__endswith=f"@{DOMAIN}")
    return [author.name for author in found]


def others_called(names: Iterable[str]) -> list[str]:
    """Return those of these names that belong, exactly or nearly, to a member outside the demo."""
    keys = {name_key(name): name for name in names}
    found = User.objects.filter(name_key__in=keys).exclude(email__endswith=f"@{DOMAIN}")
    return [keys[key] for key in found.values_list("name_key", flat=True)]


def author(row: content.DemoAuthor) -> Author:
    """Return this demo author with account and handles; create them if needed."""
    made_before = Author.objects.filter(slug=row.slug).first()
    if made_before:
        return made_before
    signer = Author.objects.create(user=member(row.name), name=row.name, slug=row.slug, bio=row.bio)
    AuthorHandle.objects.bulk_create(
        AuthorHandle(author=signer, network=at.network, handle=at.handle, url=at.url, position=position)
        for position, at in enumerate(row.handles)
    )
    return signer


def member(name: str) -> User:
    """Return the demo member of this name; create the account if needed, without a usable password."""
    email = f"{slugify(name)}@{DOMAIN}"
    made_before = User.objects.filter(email=email).first()
    if made_before:
        return made_before
    if User.objects.filter(name_key=name_key(name)).exists():
        raise NameTaken(f"A member is called “{name}” already; the demo is for a site without members.")
    return User.objects.create_user(email, name)


def guests(names: Mapping[str, str]) -> list[Guest]:
    """Return a demo guest with the given name for every key; create missing ones. No cookie belongs to them."""
    hashes = {_origin_key(key): name for key, name in names.items()}
    # Whoever has a name has written under it; a guest who has not would become another when they do.
    made = [
        Guest(origin_key=origin_key, name=name, last_written_at=timezone.now() if name else None)
        for origin_key, name in hashes.items()
    ]
    Guest.objects.bulk_create(made, ignore_conflicts=True)
    found = {guest.origin_key: guest for guest in Guest.objects.filter(origin_key__in=hashes)}
    return [found[origin_key] for origin_key in hashes]


def _origin_key(key: str) -> str:
    """Return a placeholder for a cookie's hash, unique for each key; no cookie has this hash."""
    return "demo-" + hashlib.sha256(key.encode()).hexdigest()[:48]


def writers(comments: Iterable[content.DemoComment]) -> dict[str, User | Guest]:
    """Return the account or guest for every name that signs one of these comments."""
    roles = {comment.name: comment.role for comment in comments}
    visiting = [name for name, role in roles.items() if role == "guest"]
    known: dict[str, User | Guest] = dict(
        zip(visiting, guests({name: name for name in visiting}), strict=True)
    )
    return known | {name: member(name) for name, role in roles.items() if role != "guest"}


def voters() -> list[Guest]:
    """Return guests who only vote."""
    return guests({f"voter {number}": "" for number in range(VOTERS)})
