"""Muting people, and comments with their replies. It changes nobody else's pages, and nobody is told."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from accounts import actions as accounts
from accounts.models import Guest, User
from accounts.network import Origin
from comments import permissions
from comments.actions import limiting
from comments.actions.common import Refused, refuse_if, take_along, whose
from comments.models import Comment, Mute
from comments.permissions import Writer

# Limited, because all are read with every discussion that their owner opens.
MOST_MUTES = 500


def mute_person(
    comment: Comment, *, by: Writer | None, origin: Origin | None = None, now: datetime | None = None
) -> Writer:
    """Mute whoever wrote this comment, everywhere, and return the owner of the mute. Muting twice changes nothing.

    `by` None is a guest who is not known yet; the one returned is then new. The limit holds only where `origin` is
    given. Raises Refused for one's own comment, one of nobody, or too many mutes; TooMany for the limit.
    """
    refuse_if(permissions.mute_refusal(by, comment))
    name = comment.guest_name if comment.user_id is None else ""
    return _mute(_writer_of(comment), {"muted_name": name}, by=by, origin=origin, now=now)


def mute_branch(
    comment: Comment, *, by: Writer | None, origin: Origin | None = None, now: datetime | None = None
) -> Writer:
    """Mute this comment and all its replies, as `mute_person` does; one's own comments too."""
    return _mute({"comment": comment}, {}, by=by, origin=origin, now=now)


def unmute(mute: Mute) -> None:
    """Delete one mute."""
    mute.delete()


def show_again(comment: Comment, *, by: Writer | None, origin: Origin | None = None) -> Writer | None:
    """Delete all mutes of this person that hide the comment."""
    if by is not None:
        mutes_hiding(comment, by=by).delete()
    return by


def mutes_hiding(comment: Comment, *, by: Writer) -> QuerySet[Mute]:
    """Return the mutes of this person that hide the comment: of its writer, of itself, or of a comment above it."""
    above = {
        "comment__tree_id": comment.tree_id,
        "comment__lft__lte": comment.lft,
        "comment__rght__gte": comment.rght,
    }
    hides = Q(**above)
    if permissions.mute_refusal(by, comment) is None:
        hides |= Q(**_writer_of(comment))
    return Mute.objects.filter(hides, **whose(by))


def _writer_of(comment: Comment) -> dict[str, Any]:
    """Return the columns that say who wrote a comment; an imported guest is known by the name alone."""
    if comment.user_id is not None:
        return {"muted_user_id": comment.user_id}
    if comment.guest_id is not None:
        return {"muted_guest_id": comment.guest_id}
    return {"muted_guest": None, "muted_name": comment.guest_name}


@transaction.atomic
def _mute(
    what: dict[str, Any],
    words: dict[str, Any],
    *,
    by: Writer | None,
    origin: Origin | None,
    now: datetime | None,
) -> Writer:
    now = now or timezone.now()
    if origin is not None:
        limiting.take_mute(by, origin)
    owner = _owner(by, origin or Origin(), now)
    if Mute.objects.filter(**whose(owner)).count() >= MOST_MUTES:
        said = ngettext(
            "You’ve reached the limit of %(count)d mute. Unmute it first.",
            "You’ve reached the limit of %(count)d mutes. Unmute some first.",
            MOST_MUTES,
        )
        raise Refused(said % {"count": MOST_MUTES})
    Mute.objects.get_or_create(**what, **whose(owner), defaults={**words, "created_at": now})
    return owner


def _owner(by: Writer | None, origin: Origin, now: datetime) -> Writer:
    """Return whose the mute is: a member's, a guest's, or a new guest's.

    A guest who has only voted so far may be two people on one network with the same browser, and one must not mute for
    the other: the guest of the first mute is a new one, and votes and reports move to it.
    """
    if isinstance(by, User) or (by is not None and (by.last_written_at or by.mutes.exists())):
        return by
    owner = accounts.guest_of_first_mute(origin=origin, now=now)
    if isinstance(by, Guest):
        take_along(by, owner)
    return owner
