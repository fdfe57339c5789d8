"""Ranks: owner, moderator, limited moderator, everybody else. Nobody moderates somebody of a higher rank."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from accounts.models import LIMITED_MODERATORS, MODERATORS, Guest, User


class Rank(IntEnum):
    """The rank of a person. Authors moderate only their own posts, so they rank as everybody else."""

    EVERYBODY = 0
    LIMITED_MODERATOR = 1
    MODERATOR = 2
    OWNER = 3


def rank(*, is_active: bool, is_owner: bool, moderates: bool, moderates_limited: bool) -> Rank:
    """Return the highest rank that these roles give; a suspended account has none left."""
    if not is_active:
        return Rank.EVERYBODY
    if is_owner:
        return Rank.OWNER
    if moderates:
        return Rank.MODERATOR
    return Rank.LIMITED_MODERATOR if moderates_limited else Rank.EVERYBODY


def rank_of(person: Any) -> Rank:
    """Return the rank of a member, a guest or a visitor; at most one query, and the result is kept on the object."""
    if person is None or isinstance(person, Guest) or not person.is_authenticated:
        return Rank.EVERYBODY
    if not hasattr(person, "known_rank"):
        if not hasattr(person, "in_moderators"):
            _ask_for_groups(person)
        person.known_rank = _rank_with_groups(person)
    return person.known_rank


def ranks_of(ids: Iterable[int | None]) -> dict[int, Rank]:
    """Return the current ranks of the members with these ids; one query, or none without ids."""
    wanted = {pk for pk in ids if pk is not None}
    if not wanted:
        return {}
    members = User.objects.with_roles().filter(pk__in=wanted).only("is_active", "is_superuser")
    return {member.pk: _rank_with_groups(member) for member in members}


def _ask_for_groups(member: Any) -> None:
    names = set(member.groups.values_list("name", flat=True))
    member.in_moderators = MODERATORS in names
    member.in_limited_moderators = LIMITED_MODERATORS in names


def _rank_with_groups(member: Any) -> Rank:
    """Return the rank of a member who came with their groups (`UserManager.with_roles`)."""
    return rank(
        is_active=member.is_active,
        is_owner=member.is_superuser,
        moderates=member.in_moderators,
        moderates_limited=member.in_limited_moderators,
    )
