"""Creates the owner's account: automatically on the first start, later for whoever has the server's command line.

A password is in one file, or printed once, and never in a log; one that somebody has is never changed unasked.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import prove_address
from accounts.forms import name_refusal
from accounts.models import User
from accounts.names import clean_name, name_key, name_slug, next_free
from blog.models import Author, SiteSettings

NAME = "Owner"
# Without look-alikes, since somebody may type it. 20 of these 31 letters and digits make 99 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _IN_A_GROUP = 4, 5


@dataclass(frozen=True)
class SignIn:
    """An owner's e-mail address and password, known only when they are created."""

    email: str
    password: str


@dataclass(frozen=True)
class Appointed:
    """An owner, and what had to be done for it."""

    owner: User
    author: Author
    is_new: bool
    was_owner: bool
    was_suspended: bool
    has_new_password: bool
    has_new_page: bool


class Refused(Exception):
    """The owner cannot be created like this; the message says why, and what to do."""


def member_with(email: str) -> User | None:
    """Return the member with this e-mail address, or None. Raises Refused if it is not an e-mail address."""
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("“%s” is not an e-mail address.") % email) from None
    return User.objects.filter(email__iexact=email).first()


@transaction.atomic
def appoint_owner(*, email: str, name: str = "", password: str | None = None) -> Appointed:
    """Make the member with this address an owner with an author page, and the member too where there is none.

    `name` is for a new member only. `password` is needed for a new one, and replaces the one that a member has.
    Raises Refused when the address, the name or the password cannot be, and for an account that never proved its
    address, unless it gets a new password: anybody may have signed up with it.
    """
    SiteSettings.load()
    # The one row that every site has is the lock.
    SiteSettings.objects.select_for_update().get(pk=1)
    known = member_with(email)
    owner = known or _new_member(email, name=name, password=password)
    was_owner, was_suspended = owner.is_superuser, not owner.is_active
    if known is not None:
        _promote(known, password=password)
    author = Author.objects.filter(user=owner).first()
    return Appointed(
        owner=owner,
        author=author or _write_author(owner),
        is_new=known is None,
        was_owner=was_owner and known is not None,
        was_suspended=was_suspended,
        has_new_password=password is not None,
        has_new_page=author is None,
    )


def _new_member(email: str, *, name: str, password: str | None) -> User:
    name = clean_name(name or NAME)
    if refusal := name_refusal(name):
        raise Refused(_("The name “%(name)s” can’t be used: %(why)s") % {"name": name, "why": refusal})
    if password is None:
        raise Refused(_("A new account needs a password."))
    _check_password(password, User(email=email, display_name=name))
    return User.objects.create_superuser(email, name, password)


def _promote(member: User, *, password: str | None) -> None:
    is_proven = User.objects.proven().filter(pk=member.pk).exists()
    if password is None and not is_proven:
        raise Refused(
            _(
                "Someone signed up with %s but never confirmed the e-mail address. Set a new password for the account"
                " (--password-stdin or --new-password) to make it yours."
            )
            % member.email
        )
    member.is_staff = member.is_superuser = member.is_active = True
    fields = ["is_staff", "is_superuser", "is_active"]
    if password is not None:
        _check_password(password, member)
        member.set_password(password)
        fields.append("password")
    member.save(update_fields=fields)
    if not is_proven:
        prove_address(member)


def _check_password(password: str, member: User) -> None:
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None


def _write_author(owner: User) -> Author:
    taken = set(Author.objects.values_list("slug", flat=True))
    slug = next_free(name_slug(owner.display_name), taken)
    return Author.objects.create(user=owner, name=owner.display_name, slug=slug)


def make_owner(*, site_url: str, note: Path) -> SignIn | None:
    """Make the owner when the site has none, and write the sign-in to `note`; return None when there was nothing to do.

    The owner is an author too. Of two processes at once one makes the account, and the other one gets None.
    """
    if not is_wanted():
        return None
    SiteSettings.load()
    with transaction.atomic():
        # The one row that every site has is the lock.
        SiteSettings.objects.select_for_update().get(pk=1)
        if not is_wanted():
            return None
        sign_in = SignIn(email=first_email(site_url), password=new_password())
        _write_author(User.objects.create_superuser(sign_in.email, NAME, sign_in.password))
        # Before the commit: a crash may leave a note about an account that does not exist, but never the reverse.
        _write_note(note, sign_in, site_url=site_url)
    return sign_in


def has_owner() -> bool:
    return User.objects.filter(is_superuser=True).exists()


def is_wanted() -> bool:
    """Return whether the site has no owner and nobody has the owner's default name (then a person must decide)."""
    return not has_owner() and not User.objects.filter(name_key=name_key(NAME)).exists()


def first_email(site_url: str) -> str:
    """Return owner@HOST of the site, or @example.org if the host is a number or a bare name."""
    host = urlsplit(site_url).hostname or ""
    address = f"owner@{host}"
    try:
        validate_email(address)
    except ValidationError:
        return "owner@example.org"
    return address if "." in host else "owner@example.org"


def new_password() -> str:
    """Return a random password that is easy to type."""
    groups = (
        "".join(secrets.choice(_LETTERS) for _letter in range(_IN_A_GROUP)) for _group in range(_GROUPS)
    )
    return "-".join(groups)


def _write_note(note: Path, sign_in: SignIn, *, site_url: str) -> None:
    """Write the note atomically, readable by its owner only."""
    note.parent.mkdir(parents=True, exist_ok=True)
    draft = note.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(
            f"The owner of {site_url} signs in at {site_url}/accounts/login/\n"
            f"e-mail:   {sign_in.email}\n"
            f"password: {sign_in.password}\n"
            "Created when the site was first started. You can delete this file once you have changed the password.\n"
        )
    draft.replace(note)
