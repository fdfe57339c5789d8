"""What the actions share: refusals in words, whose a row is, and the lock of a post's discussion."""

from typing import Any

from accounts.models import Guest, User
from comments.models import Discussion, Mute, Report, Vote
from comments.permissions import Writer


class Refused(Exception):
    """A rule forbids this write; the text is a sentence for the person."""


class NotAllowed(Refused):
    """This person may not do this, though others may."""


class TooMany(Refused):
    """This write is over a limit; try again in `seconds`."""

    def __init__(self, words: str, *, seconds: int) -> None:
        super().__init__(words)
        self.seconds = seconds


def refuse_if(reason: str | None) -> None:
    if reason:
        raise Refused(reason)


def forbid_if(reason: str | None) -> None:
    if reason:
        raise NotAllowed(reason)


def whose(writer: Writer) -> dict[str, Any]:
    """Return the columns that say whose a row is."""
    return {"user": writer} if isinstance(writer, User) else {"guest": writer}


def take_along(known: Guest, to: Guest) -> None:
    """Move the votes, reports and mutes of a guest to the guest that the same person became by commenting or muting.

    If the other guest has already voted on or reported a comment (a retry after a lost answer), theirs is kept.
    Do not call this while holding the lock of a discussion or a thread: votes are locked after their comments, which
    somebody else may hold.
    """
    for said in (Vote, Report):
        theirs = said.objects.filter(guest=to).order_by().values_list("comment_id", flat=True)
        said.objects.filter(guest=known).exclude(comment__in=theirs).update(guest=to)
    Mute.objects.filter(guest=known).update(guest=to)


def lock_discussion(post_id: int) -> None:
    """Lock the post's discussion row, so that an opener sent twice at the same moment is found to be one.

    A new thread's row is nobody else's yet, so taking it after this breaks no order of locks.
    """
    if not Discussion.objects.select_for_update(no_key=True).filter(pk=post_id).values_list("pk").first():
        Discussion.objects.get_or_create(pk=post_id)
        Discussion.objects.select_for_update(no_key=True).filter(pk=post_id).values_list("pk").first()
