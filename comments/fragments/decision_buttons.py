"""Joins what moderators decide by beside a comment in its thread: only what is open to them, as permissions say."""

from django.utils.translation import gettext_noop

from accounts.roles import Rank
from comments import permissions
from comments.fragments.text import translated
from comments.models import CommentState, ModerationEvent
from comments.permissions import Decider, Matter
from comments.thread import Person, Row

Action = ModerationEvent.Action

# What one press decides in a thread; a removal asks for its reason first.
DECISIONS = (
    (Action.APPROVE, gettext_noop("Approve")),
    (Action.RESTORE, gettext_noop("Restore")),
    (Action.HOLD, gettext_noop("Hold")),
    (Action.SPAM, gettext_noop("Spam")),
)
# Decisions that a state allows, but that are not taken in passing: the comment's own page has them.
NOT_IN_PASSING = {
    (CommentState.PUBLIC.value, Action.APPROVE),
    (CommentState.REMOVED.value, Action.HOLD),
    (CommentState.REMOVED.value, Action.SPAM),
}


def matter_in_thread(row: Row, person: Person | None, *, is_mine: bool) -> Matter:
    """Return what of a comment matters for who may decide on it; `person` is the member who wrote it."""
    return Matter(
        state=row.state,
        writer=row.user_id if is_mine else None,
        writer_rank=person.rank if person else Rank.EVERYBODY,
        decided_by=row.decided_by,
        decided_rank=row.decided_rank,
        # A thread does not know of reports: nobody is offered to approve themselves who may have been reported.
        is_reported=is_mine,
    )


class DecisionButtons:
    """The buttons of one page's comments: what is open on comments that are alike is asked once."""

    def __init__(self, who: Decider, *, home: str, of_form: str) -> None:
        self.who = who
        self.home = home
        # In a thread that is the form of the votes, which has the same token.
        self.of_form = of_form and ' form="decide"'
        self.known: dict[Matter, frozenset[str]] = {}

    def buttons(self, row: Row, name: str, matter: Matter) -> str:
        """Return the decisions on a comment by `name`, or ""; all buttons send one form, and say on which version."""
        verbs = self._open_on(matter)
        if not verbs:
            return ""
        of = f'<span class="vh">: {translated("%(name)s’s comment") % {"name": name}}</span>'
        address = f"{self.home}{row.id}"
        buttons = "".join(
            f'<button{self.of_form} formaction="{address}/decision/" name="do" value="{do.value}.{row.rev}">'
            f"{translated(label)}{of}</button>\n"
            for do, label in DECISIONS
            if do in verbs
        )
        if Action.REMOVE in verbs:
            buttons += (
                f'<a class="remove" href="{address}/removal/?rev={row.rev}">{translated("Remove…")}{of}</a>'
            )
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
