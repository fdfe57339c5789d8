"""Makes the owner's account at the first start, once; its password is in one file and never in a log or database."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from accounts.names import name_key, next_free
from blog.models import Author, SiteSettings

NAME = "Owner"
# Without look-alikes, since somebody may type it: 31 letters and digits, 20 of them, make 99 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _IN_A_GROUP = 4, 5


@dataclass(frozen=True)
class SignIn:
    """What the owner signs in with, known for this once."""

    email: str
    password: str


def make_owner(*, site_url: str, note: Path) -> SignIn | None:
    """Make the owner when the site has none, and write the sign-in to `note`; return None when there was nothing to do.

    The owner is an author too. Of two processes at once one makes the account, and the other one gets None.
    """
    if _is_there():
        return None
    SiteSettings.load()
    with transaction.atomic():
        # The one row that every site has is the lock.
        SiteSettings.objects.select_for_update().get(pk=1)
        if _is_there():
            return None
        sign_in = SignIn(email=_email(site_url), password=_password())
        owner = User.objects.create_superuser(sign_in.email, NAME, sign_in.password)
        taken = set(Author.objects.values_list("slug", flat=True))
        Author.objects.create(user=owner, name=NAME, slug=next_free("owner", taken))
        # Before the commit: a crash leaves a note about an account that is not there, never the reverse.
        _write_note(note, sign_in, site_url=site_url)
    return sign_in


def _is_there() -> bool:
    """Whether somebody owns the site, or has the name that an owner would get: then it is theirs to decide."""
    return (
        User.objects.filter(is_superuser=True).exists()
        or User.objects.filter(name_key=name_key(NAME)).exists()
    )


def _email(site_url: str) -> str:
    """Return owner@ the site's host; a number or a bare name is no host for mail."""
    host = urlsplit(site_url).hostname or ""
    address = f"owner@{host}"
    try:
        validate_email(address)
    except ValidationError:
        return "owner@example.org"
    return address if "." in host else "owner@example.org"


def _password() -> str:
    groups = (
        "".join(secrets.choice(_LETTERS) for _letter in range(_IN_A_GROUP)) for _group in range(_GROUPS)
    )
    return "-".join(groups)


def _write_note(note: Path, sign_in: SignIn, *, site_url: str) -> None:
    """Write the note readable by its owner only, whole or not at all."""
    note.parent.mkdir(parents=True, exist_ok=True)
    draft = note.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(
            f"The owner of {site_url} signs in at {site_url}/accounts/login/\n"
            f"e-mail:   {sign_in.email}\n"
            f"password: {sign_in.password}\n"
            "Made at the first start. After you have changed the password you can delete this file.\n"
        )
    draft.replace(note)
