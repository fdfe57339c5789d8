"""Who may decide what on comments, as a truth table; nothing here touches the database."""

import pytest

from accounts.models import Guest, User
from accounts.roles import Rank
from comments import permissions
from comments.models import Comment, CommentState, ModerationEvent
from comments.permissions import Decider, Matter

Action = ModerationEvent.Action

STATES = ("public", "held", "spam", "removed", "withdrawn")
# Which decisions are open on a comment of each of STATES; "reported" is a public one with an open report.
MAY = {
    Action.APPROVE: {"reported", "held", "spam"},
    Action.HOLD: {"public", "reported", "spam", "removed"},
    Action.SPAM: {"public", "reported", "held", "removed"},
    Action.REMOVE: {"public", "reported", "held", "spam"},
    Action.RESTORE: {"removed"},
}


@pytest.mark.parametrize("state", [*STATES, "reported"])
@pytest.mark.parametrize("action", MAY)
def test_which_decision_makes_sense_in_which_state(action, state):
    reported = state == "reported"
    comment = Comment(state=CommentState.PUBLIC if reported else state)
    refusal = permissions.decide_refusal(comment, action, is_reported=reported)
    assert (refusal is None) == (state in MAY[action]), refusal


# --- who ------------------------------------------------------------------------------------------------------


def person(rank=Rank.EVERYBODY, *, is_author=False, is_active=True):
    user = User(pk=1, is_active=is_active)
    user.known_rank, user.is_author = rank, is_author
    return user


@pytest.mark.parametrize(
    ("user", "own_post", "may"),
    [
        (None, False, False),
        (None, True, False),
        (Guest(), False, False),
        (person(), False, False),
        # Who made a post once and is no author any more.
        (person(), True, False),
        (person(is_author=True), True, True),
        (person(is_author=True), False, False),
        (person(is_author=True, is_active=False), True, False),
        (person(Rank.LIMITED_MODERATOR), False, True),
        (person(Rank.MODERATOR), False, True),
        (person(Rank.OWNER), False, True),
    ],
)
def test_who_may_decide_on_comments_of_a_post(user, own_post, may):
    assert (permissions.moderate_refusal(user, own_post=own_post) is None) == may
    who = permissions.decider(user if isinstance(user, User) else None, own_post=own_post)
    matter = Matter(state="public")
    assert (permissions.reach_refusal(who, matter, Action.HOLD) is None) == may


ME, COLLEAGUE = 1, 2
AUTHOR = Decider(ME, Rank.EVERYBODY, owns_post=True)
LIMITED, MODERATOR, OWNER = (Decider(ME, rank) for rank in list(Rank)[1:])
LIMITED_AUTHOR = LIMITED._replace(owns_post=True)
DECIDERS = (AUTHOR, LIMITED, LIMITED_AUTHOR, MODERATOR, OWNER)


@pytest.mark.parametrize("who", DECIDERS)
@pytest.mark.parametrize("rank", Rank)
@pytest.mark.parametrize("verb", permissions.VERBS)
def test_nobody_decides_on_somebody_above_them(who, rank, verb):
    refusal = permissions.reach_refusal(who, Matter(state="public", writer=9, writer_rank=rank), verb)
    if rank > who.rank:
        assert refusal
    elif who.rank >= Rank.MODERATOR:
        assert refusal is None


@pytest.mark.parametrize("who", DECIDERS)
@pytest.mark.parametrize("rank", Rank)
@pytest.mark.parametrize("verb", permissions.DECISIONS)
def test_nobody_changes_what_somebody_above_them_has_decided(who, rank, verb):
    matter = Matter(state="public", writer=9, decided_by=COLLEAGUE, decided_rank=rank)
    assert (permissions.overrule_refusal(who, matter, verb) is None) == (rank <= who.rank)


@pytest.mark.parametrize("verb", permissions.VERBS)
@pytest.mark.parametrize("state", STATES)
def test_a_limited_moderator_holds_what_is_public_and_nothing_else(verb, state):
    may = permissions.power_refusal(LIMITED, Matter(state=state, writer=9), verb) is None
    assert may == ((verb, state) == (Action.HOLD, "public") or verb == Action.UNDO)


def hold_of(actor, *, before="public", after="held"):
    return ModerationEvent(
        action=Action.HOLD, actor_id=actor, before={"state": before}, after={"state": after}
    )


@pytest.mark.parametrize(
    ("event", "may"),
    [
        (hold_of(ME), True),
        (hold_of(ME, before="held", after="public"), True),
        (hold_of(COLLEAGUE), False),
        (hold_of(None), False),
        # As a moderator, which they were then.
        (hold_of(ME, before="removed"), False),
        (hold_of(ME, before="held", after="removed"), False),
    ],
)
def test_a_limited_moderator_undoes_their_own_holds(event, may):
    matter = Matter(state="held", writer=9, decided_by=event.actor_id, decided_rank=Rank.LIMITED_MODERATOR)
    assert (permissions.undo_refusal(LIMITED, matter, event) is None) == may
    assert permissions.undo_refusal(MODERATOR, matter, event) is None


@pytest.mark.parametrize("who", [AUTHOR, LIMITED_AUTHOR, MODERATOR])
def test_on_ones_own_comment_one_changes_no_decision_of_others_and_answers_no_report(who):
    own = Matter(state="held", writer=ME, writer_rank=who.rank, decided_rank=Rank.EVERYBODY)
    assert permissions.verb_refusal(who, own, Action.APPROVE) is None
    assert permissions.verb_refusal(who, own._replace(decided_by=ME), Action.APPROVE) is None
    for other in (own._replace(decided_by=COLLEAGUE), own._replace(is_reported=True)):
        assert permissions.verb_refusal(who, other, Action.APPROVE)
        # An owner is the last who decides.
        assert permissions.verb_refusal(OWNER, other, Action.APPROVE) is None


def test_refusals_say_who_decides_instead():
    """Every rank but the lowest has its sentence."""
    above = {rank: Matter(state="public", writer=9, writer_rank=rank) for rank in Rank}
    said = {rank: permissions.reach_refusal(AUTHOR, matter, Action.HOLD) for rank, matter in above.items()}
    assert said[Rank.EVERYBODY] is None
    assert len(set(said.values())) == len(Rank)
    decided = {rank: Matter(state="public", decided_rank=rank) for rank in Rank}
    said = {
        rank: permissions.overrule_refusal(AUTHOR, matter, Action.HOLD) for rank, matter in decided.items()
    }
    assert said[Rank.EVERYBODY] is None
    assert len(set(said.values())) == len(Rank)
