"""Lists decisions: a moderator's own latest ones, to undo, and the history of one comment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ranks_of
from comments import event_text, permissions
from comments.models import Comment, ModerationEvent
from comments.moderation.scope import scope_of

if TYPE_CHECKING:
    # One of the tools of `make lint`, which a server does not have.
    from django_stubs_ext import WithAnnotations

UNDO_LIST = 20
HISTORY = 50


class _Age(TypedDict):
    # Whether a later decision on the same comment has replaced this one.
    is_old: bool


@dataclass(frozen=True)
class Receipt:
    """A moderator's decision, and whether it is still the latest; `refusal` is why they cannot undo it even so."""

    event: ModerationEvent
    words: str
    stands: bool
    refusal: str = ""

    @property
    def can_be_undone(self) -> bool:
        return self.stands and not self.refusal

    @property
    def why_not(self) -> str:
        """Why it cannot be undone, if it cannot."""
        return self.refusal if self.stands else _("since decided again by someone else")


def receipts_of(
    user: User, ids: Sequence[int] | None = None, *, comment: Comment | None = None
) -> list[Receipt]:
    """Return this person's latest decisions, newest first; only those with these ids or on this comment, if given."""
    newer = ModerationEvent.objects.decisions().filter(comment=OuterRef("comment"), pk__gt=OuterRef("pk"))
    events = ModerationEvent.objects.filter(actor=user, action__in=event_text.RECEIPTS).order_by("-pk")
    if comment is not None:
        events = events.filter(comment=comment)
    events = events.annotate(is_old=Exists(newer))
    events = events.filter(pk__in=ids) if ids is not None else events[:UNDO_LIST]
    rows = events.select_related("comment", "comment__user").defer("comment__body", "comment__body_html")
    return _receipts(user, list(rows))


def _receipts(user: User, events: "list[WithAnnotations[ModerationEvent, _Age]]") -> list[Receipt]:
    ranks = ranks_of(event.comment.user_id for event in events)
    scope = scope_of(user)
    own = scope.own_among(event.comment.post_id for event in events) if scope and events else frozenset()
    receipts = []
    for event in events:
        who = permissions.decider(user, own_post=event.comment.post_id in own)
        refusal = permissions.undo_refusal(who, permissions.matter_of(event.comment, ranks), event)
        receipts.append(Receipt(event, event_text.receipt(event), not event.is_old, refusal or ""))
    return receipts


def history_of(comment: Comment) -> list[str]:
    """Return what was decided about a comment and when it was edited, newest first: who, what, when and why."""
    # Through the comment, so that each event has it: the sentence about a guest's edit takes the name from it.
    events = comment.events.select_related("actor").order_by("-pk")
    now = timezone.now()
    return [event_text.decided(event, now=now) for event in events[:HISTORY]]
