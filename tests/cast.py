"""Everybody who can come here, one of each role, and somebody else of each."""

from dataclasses import dataclass, field

from django.http import HttpResponse
from django.test import Client

from accounts import guests
from accounts.models import Guest, User
from tests import factories

# Every role, from below; “limited” are limited moderators.
ROLES = (
    "visitor",
    "guest",
    "reader",
    "author",
    "limited",
    "limited author",
    "moderator",
    "owner",
)
MEMBERS = ROLES[2:]
SENT_HERE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Cast:
    """One person of each role, None for a visitor; and somebody else of each, whose comments are decided on."""

    people: dict[str, User | Guest | None]
    others: dict[str, User | Guest]
    posts: dict[str, object] = field(default_factory=dict)


def make_cast() -> Cast:
    return Cast(
        people={"visitor": None, **{role: _make(role) for role in ROLES[1:]}},
        others={role: _make(role) for role in ROLES[1:]},
    )


def _make(role: str) -> User | Guest:
    if role == "guest":
        return factories.make_guest()
    if role == "author":
        return factories.make_author().user
    if role == "owner":
        return factories.make_owner()
    if role == "reader":
        return factories.make_user()
    person = factories.make_moderator(limited=role != "moderator")
    if role == "limited author":
        factories.make_author(user=person)
    return person


def again(person: User | Guest | None) -> User | Guest | None:
    """Return the person as the next request would load them: nothing that was asked before is known of them."""
    return type(person).objects.get(pk=person.pk) if person is not None else None


def client_of(person: User | Guest | None) -> Client:
    """Return a browser in which this person is signed in, or that has a guest's cookie, or nothing."""
    client = Client(headers=SENT_HERE)
    if isinstance(person, User):
        client.force_login(person)
    elif isinstance(person, Guest):
        answer = HttpResponse()
        guests.remember(answer, person)
        client.cookies.update(answer.cookies)
    return client
