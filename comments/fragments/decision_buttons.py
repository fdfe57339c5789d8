"""The moderation buttons beside a comment in its thread: only those that the permissions allow."""

from django.utils.translation import gettext_noop

from accounts.roles import Rank
from comments import permissions
from comments.fragments.text import translated
from comments.models import CommentState, ModerationEvent
from comments.permissions import Decider, Matter
from comments.thread import Person, Row

Action = ModerationEvent.Action

# Decisions made by one press in a thread; a removal asks for its reason first.
DECISIONS = (
    (Action.APPROVE, gettext_noop("Approve")),
    (Action.RESTORE, gettext_noop("Restore")),
    (Action.HOLD, gettext_noop("Hold")),
    (Action.SPAM, gettext_noop("Spam")),
)
# Decisions that a state allows, but that are offered on the comment's own page only.
NOT_IN_PASSING = {
    (CommentState.PUBLIC.value, Action.APPROVE),
    (CommentState.REMOVED.value, Action.HOLD),
    (CommentState.REMOVED.value, Action.SPAM),
}


def matter_in_thread(row: Row, person: Person | None, *, is_mine: bool) -> Matter:
    """Return what the rules need to know of a comment; `person` is the member who wrote it."""
    return Matter(
        state=row.state,
        writer=row.user_id if is_mine else None,
        writer_rank=person.rank if person else Rank.EVERYBODY,
        decided_by=row.decided_by,
        decided_rank=row.decided_rank,
        # A thread loads no reports. One's own comment counts as reported, so nobody is offered to approve it.
        is_reported=is_mine,
    )


class DecisionButtons:
    """The buttons of one page's comments; the permissions are asked once for comments that are alike."""

    def __init__(self, who: Decider, *, home: str, of_form: str) -> None:
        self.who = who
        self.home = home
        # Within the form of the votes no other is named: it has the same token.
        self.of_form = of_form and ' form="decide"'
        self.known: dict[Matter, frozenset[str]] = {}

    def buttons(self, row: Row, name: str, matter: Matter) -> str:
        """Return the buttons for a comment by `name`, or ""; their values carry the comment's latest event."""
        verbs = self._open_on(matter)
        if not verbs:
            return ""
        whose = translated("%(name)s’s comment") % {"name": name}
        of = f'<span class="vh">: {whose}</span>'
        address = f"{self.home}{row.id}"
        buttons = ""
        for do, message in DECISIONS:
            if do in verbs:
                label = translated(message)
                buttons += (
                    f'<button{self.of_form} formaction="{address}/decision/" name="do"'
                    f' value="{do.value}.{row.rev}">{label}{of}</button>\n'
                )
        if Action.REMOVE in verbs:
            remove = translated("Remove…")
            buttons += f'<a class="remove" href="{address}/removal/?rev={row.rev}">{remove}{of}</a>'
        return f'<span class="decide">{buttons}</span>\n'

    def _open_on(self, matter: Matter) -> frozenset[str]:
        if matter not in self.known:
            self.known[matter] = frozenset(
                verb
                for verb in permissions.DECISIONS
                if (matter.state, verb) not in NOT_IN_PASSING
                and permissions.verb_refusal(self.who, matter, verb) is None
            )
        return self.known[matter]
