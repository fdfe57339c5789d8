"""Who may decide what on comments, as a truth table; nothing here touches the database."""

import pytest

from accounts.models import LIMITED_MODERATORS, MODERATORS, Guest, User
from comments import permissions
from comments.models import Comment, CommentState, ModerationEvent
from comments.permissions import Roles

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


def person(*groups, is_owner=False, is_active=True):
    user = User(is_superuser=is_owner, is_active=is_active)
    user.discussion_roles = Roles(is_owner=is_owner, groups=frozenset(groups), is_active=is_active)
    return user


@pytest.mark.parametrize(
    ("user", "own_post", "may"),
    [
        (None, False, False),
        (None, True, False),
        (Guest(), False, False),
        (person(), False, False),
        (person(), True, True),
        (person(is_active=False), True, False),
        (person(MODERATORS), False, True),
        (person(MODERATORS, is_active=False), False, False),
        (person(LIMITED_MODERATORS), False, True),
        (person(is_owner=True), False, True),
    ],
)
def test_who_may_decide_on_comments_of_a_post(user, own_post, may):
    assert (permissions.moderate_refusal(user, own_post=own_post) is None) == may
