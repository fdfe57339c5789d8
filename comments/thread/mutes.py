"""What one reader has muted, and the SQL for it; loading.py runs that."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from comments.models import Comment
from comments.thread.rows import Row

# Why a comment is muted: its writer is, or it and its replies are. A muted branch is shown without its replies.
PERSON, BRANCH = "person", "branch"


class Mutes(NamedTuple):
    """What one reader has muted, by ids; imported guests are known by name only."""

    users: frozenset[int] = frozenset()
    guests: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    branches: frozenset[int] = frozenset()

    @property
    def hides_any(self) -> bool:
        """Whether they have muted anybody at all, or anything on this post."""
        return any(self)

    def has_writer_of(self, row: Row | Comment) -> bool:
        """Whether whoever wrote the comment is muted."""
        if row.user_id is not None:
            return row.user_id in self.users
        if row.guest_id is not None:
            return row.guest_id in self.guests
        return row.guest_name in self.names


NO_MUTES = Mutes()


class Personal(NamedTuple):
    """What is stored for one reader of a discussion."""

    mutes: Mutes = NO_MUTES


NOTHING_PERSONAL = Personal()

# Joined with people_sql by UNION ALL: every row begins with its kind, and has three numbers and two texts.
_MUTES = """
SELECT 'mute', m.muted_user_id, m.muted_guest_id, m.comment_id, m.muted_name, ''
FROM comments_mute m LEFT JOIN comments_comment c ON c.id = m.comment_id
WHERE m.{owner} = %s AND (c.id IS NULL OR c.post_id = %s)
"""


def mutes_sql(post_id: int, *, user_id: int | None, guest_id: int | None) -> tuple[str, list[int | None]]:
    """Return the SQL for this member's or guest's mutes on a post, and its values."""
    owner, pk = ("user_id", user_id) if user_id is not None else ("guest_id", guest_id)
    return _MUTES.format(owner=owner), [pk, post_id]


def personal_in(found: Iterable[Sequence]) -> Personal:
    """Return what is stored for the reader, from the rows of the answer; rows of other kinds are skipped."""
    muted = [columns for kind, *columns in found if kind == "mute"]
    return Personal(mutes=_mutes(muted)) if muted else NOTHING_PERSONAL


def _mutes(muted: Iterable[Sequence]) -> Mutes:
    users, guests, branches, names, _none = zip(*muted, strict=True)
    # A name beside a guest's id is for display only; without an id the name itself is muted.
    alone = (name for name, guest in zip(names, guests, strict=True) if guest is None and name)
    return Mutes(
        users=frozenset(users) - {None},
        guests=frozenset(guests) - {None},
        names=frozenset(alone),
        branches=frozenset(branches) - {None},
    )
