"""Holds what one reader has muted, with the SQL that asks for it; loading.py runs that."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from comments.models import Comment
from comments.thread.rows import Row

# What a muted comment is a part of; both stay in their places, and nothing stands under the second.
PERSON, BRANCH = "person", "branch"


class Mutes(NamedTuple):
    """What one reader has muted, by ids; of imported guests there is only a name."""

    users: frozenset[int] = frozenset()
    guests: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    branches: frozenset[int] = frozenset()

    @property
    def hides_any(self) -> bool:
        """Whether there is anything on this post, or anybody at all, that they do not want to read."""
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
    """What the database keeps of a reader's own for reading a discussion."""

    mutes: Mutes = NO_MUTES


NOTHING_PERSONAL = Personal()

# Kinds are put together by UNION ALL: every row begins with its kind, and has three numbers and two texts.
_MUTES = """
SELECT 'mute', m.muted_user_id, m.muted_guest_id, m.comment_id, m.muted_name, ''
FROM comments_mute m LEFT JOIN comments_comment c ON c.id = m.comment_id
WHERE m.{owner} = %s AND (c.id IS NULL OR c.post_id = %s)
"""


def mutes_sql(post_id: int, *, user_id: int | None, guest_id: int | None) -> tuple[str, list[int | None]]:
    """Return the SQL that asks for what is this member's, or this guest's, own on a post, and its values."""
    owner, pk = ("user_id", user_id) if user_id is not None else ("guest_id", guest_id)
    return _MUTES.format(owner=owner), [pk, post_id]


def personal_in(found: Iterable[Sequence]) -> Personal:
    """Return what is the reader's own from the rows of an answer; rows of other kinds are skipped."""
    muted = [columns for kind, *columns in found if kind == "mute"]
    return Personal(mutes=_mutes(muted)) if muted else NOTHING_PERSONAL


def _mutes(muted: Iterable[Sequence]) -> Mutes:
    users, guests, branches, names, _none = zip(*muted, strict=True)
    # A guest's name goes with the id; alone it stands for those of whom nothing else is known.
    alone = (name for name, guest in zip(names, guests, strict=True) if guest is None and name)
    return Mutes(
        users=frozenset(users) - {None},
        guests=frozenset(guests) - {None},
        names=frozenset(alone),
        branches=frozenset(branches) - {None},
    )
