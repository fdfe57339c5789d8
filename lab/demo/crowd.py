"""Generates readers for a generated site; their names are combined from those of the demo."""

import itertools
import random
from collections.abc import Iterator

from django.contrib.auth.hashers import make_password

from accounts.models import Guest, User
from accounts.names import name_key, name_slug, next_free
from exchange.demo import content, people

MEMBERS, GUESTS = 200, 300

# By their addresses the same members are found again.
_EMAIL = "reader-{number}@" + people.DOMAIN


def readers() -> list[User | Guest]:
    """Return members and guests, always the same ones, made the first time."""
    return [*_members(), *_guests()]


def _members() -> list[User]:
    emails = [_EMAIL.format(number=number) for number in range(MEMBERS)]
    known = list(User.objects.filter(email__in=emails).order_by("pk"))
    if len(known) == MEMBERS:
        return known
    keys = set(User.objects.values_list("name_key", flat=True))
    slugs = set(User.objects.values_list("slug", flat=True))
    # A demo member's name is not given away, in case the demo is loaded after this.
    keys |= {name_key(name) for name in demo_names()}
    fresh = (name for name in invented_names() if name_key(name) not in keys)
    missing = sorted(set(emails) - {user.email for user in known})
    made = User.objects.bulk_create(_member(email, next(fresh), slugs) for email in missing)
    return known + made


def _member(email: str, name: str, slugs: set[str]) -> User:
    slug = next_free(name_slug(name), slugs)
    slugs.add(slug)
    return User(
        email=email, display_name=name, name_key=name_key(name), slug=slug, password=make_password(None)
    )


def _guests() -> list[Guest]:
    names = itertools.islice(invented_names(), MEMBERS + 20, MEMBERS + 20 + GUESTS)
    return people.guests({f"reader {number}": name for number, name in enumerate(names)})


def demo_names() -> set[str]:
    """Every name that signs something in the demo."""
    threads = (content.load_thread(post.slug) for post in content.load_posts())
    return {row.name for thread in threads for row in thread} | {row.name for row in content.load_authors()}


def invented_names() -> Iterator[str]:
    """Yield first and last names of demo people in new combinations, each once, in a fixed order."""
    known = demo_names()
    words = [name.split() for name in sorted(known) if len(name.split()) == 2]
    pairs = [f"{first} {last}" for (first, _), (_, last) in itertools.product(words, words)]
    random.Random(0).shuffle(pairs)
    seen = {name_key(name) for name in known}
    for name in pairs:
        if name_key(name) not in seen:
            seen.add(name_key(name))
            yield name
