"""If the owner wants it, a first comment waits for a moderator, and its writer is told so."""

import pytest

from comments import actions
from comments.models import CommentState, DiscussionSettings
from tests.factories import make_author, make_guest, make_moderator, make_owner, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(ada):
    return make_post(by=ada.author)


@pytest.fixture
def _first_comments_are_held():
    DiscussionSettings.objects.create(pk=1, hold_first_comment=True)


def say(post, writer, text="A thought."):
    return actions.post_comment(post, writer=writer, text=text)


def test_without_the_setting_a_first_comment_is_public(post, bob):
    assert say(post, bob).is_public


@pytest.mark.usefixtures("_first_comments_are_held")
def test_a_first_comment_is_held_with_the_reason_and_the_next_follows_its_approval(post, bob, mo):
    first = say(post, bob)
    assert (first.state, first.state_reason) == (
        CommentState.HELD,
        "This is your first comment here, so a moderator will review it first.",
    )
    assert say(post, bob, "Another one.").state == CommentState.HELD
    actions.approve_comment(first, by=mo)
    assert say(post, bob, "A third.").is_public


@pytest.mark.usefixtures("_first_comments_are_held")
def test_a_removed_comment_is_no_approved_one(post, bob, mo):
    first = say(post, bob)
    actions.approve_comment(first, by=mo)
    actions.remove_comment(first, by=mo, reason="Advertising")
    assert say(post, bob, "Once more.").state == CommentState.HELD


@pytest.mark.usefixtures("_first_comments_are_held")
def test_a_guest_is_known_by_their_cookie_and_no_other_profits(post, mo):
    known = make_guest(name="Gus")
    actions.approve_comment(say(post, known), by=mo)
    assert say(post, known, "Me again.").is_public
    assert say(post, make_guest(name="Gus")).state == CommentState.HELD
    assert actions.post_comment(post, writer=None, name="New", text="Hello.").state == CommentState.HELD


@pytest.mark.usefixtures("_first_comments_are_held")
def test_those_who_would_decide_on_it_do_not_wait(post, ada):
    assert say(post, ada).is_public
    assert say(post, make_moderator()).is_public
    assert say(post, make_owner()).is_public
    assert say(post, make_author(display_name="Zoe").user).state == CommentState.HELD
