"""The members who wrote in a discussion, and the SQL for them; loading.py runs that."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from accounts.models import LIMITED_MODERATORS, MODERATORS
from accounts.roles import Rank, rank


class Person(NamedTuple):
    """A member who wrote in the discussion, with what the badges need."""

    name: str
    slug: str
    is_author: bool = False
    is_moderator: bool = False
    is_owner: bool = False
    rank: Rank = Rank.EVERYBODY


# By hand, because building it with two Exists() costs ten times as much as asking it (1.4 ms of a page's 15).
_PEOPLE = """
SELECT 'person', u.id,
  CASE WHEN EXISTS(SELECT 1 FROM blog_byline b JOIN blog_author a ON a.id = b.author_id
                   WHERE a.user_id = u.id AND b.post_id = %s) THEN 1 ELSE 0 END,
  COALESCE((SELECT SUM(CASE WHEN g.name = %s THEN 1 WHEN g.name = %s THEN 2 ELSE 0 END)
            FROM accounts_user_groups m JOIN auth_group g ON g.id = m.group_id WHERE m.user_id = u.id), 0)
  + CASE WHEN u.is_superuser THEN 4 ELSE 0 END + CASE WHEN u.is_active THEN 8 ELSE 0 END,
  u.display_name, u.slug
FROM accounts_user u WHERE u.id IN ({wanted})
"""


def people_sql(post_id: int, wanted: Collection[int]) -> tuple[str, list[Any]]:
    """Return the SQL for the members with these ids on a post, and its values."""
    return _PEOPLE.format(wanted=", ".join(map(str, wanted))), [post_id, MODERATORS, LIMITED_MODERATORS]


def people_in(found: Iterable[Sequence]) -> dict[int, Person]:
    """Map ids to members from the rows of the answer; rows of other kinds are skipped."""
    return {
        pk: _person(name, slug, is_author=bool(is_author), roles=int(roles))
        for kind, pk, is_author, roles, name, slug in found
        if kind == "person"
    }


def _person(name: str, slug: str, *, is_author: bool, roles: int) -> Person:
    """Return a member; `roles` are the bits that _PEOPLE adds up."""
    moderates, limited, is_owner, is_active = (bool(roles & bit) for bit in (1, 2, 4, 8))
    has = rank(is_active=is_active, is_owner=is_owner, moderates=moderates, moderates_limited=limited)
    return Person(name, slug, is_author, moderates or limited, is_owner, has)
