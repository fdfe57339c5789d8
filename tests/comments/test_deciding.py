"""Moderators and authors decide on comments: what a decision does, what it refuses, and how it is undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments import actions
from comments.integrity import audit
from comments.models import Comment, CommentState, Discussion, ModerationEvent, Report
from tests.factories import (
    make_author,
    make_comment,
    make_guest,
    make_moderator,
    make_post,
    make_thread,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(ada):
    return make_post(by=ada.author)


@pytest.fixture
def ben(db):
    return make_moderator(display_name="Ben")


def state_of(comment):
    return Comment.objects.values_list("state", "state_reason").get(pk=comment.pk)


def waiting(post):
    return Discussion.objects.values_list("held_count", "spam_count", "comment_count").get(pk=post.pk)


# --- who ------------------------------------------------------------------------------------------------------


def test_a_reader_decides_nothing(post, bob):
    comment = make_comment(post)
    with pytest.raises(actions.Refused, match="Only moderators"):
        actions.hold_comment(comment, by=bob)
    assert state_of(comment) == ("public", "")
    assert not ModerationEvent.objects.exists()


def test_an_author_decides_on_their_own_post_and_on_no_other(post, ada):
    own, foreign = make_comment(post), make_comment(make_post(by=make_author(display_name="Zoe")))
    actions.remove_comment(own, by=ada, reason="Off topic")
    assert state_of(own) == ("removed", "Off topic")
    with pytest.raises(actions.Refused):
        actions.remove_comment(foreign, by=ada, reason="Off topic")


def test_a_suspended_moderator_decides_nothing(post, mo):
    comment = make_comment(post)
    mo.is_active = False
    with pytest.raises(actions.Refused):
        actions.hold_comment(comment, by=mo)


# --- what -----------------------------------------------------------------------------------------------------


def test_a_removal_needs_a_reason(post, mo):
    comment = make_comment(post)
    with pytest.raises(actions.Refused, match="Give a reason"):
        actions.remove_comment(comment, by=mo, reason="  ")


@pytest.mark.parametrize(
    ("state", "decide", "words"),
    [
        ("public", "approve_comment", "Already public"),
        ("held", "hold_comment", "Already decided"),
        ("spam", "mark_spam", "Already decided"),
        ("held", "restore_comment", "been removed"),
        ("removed", "approve_comment", "can restore it"),
        ("removed", "remove_comment", "Already decided"),
        ("withdrawn", "remove_comment", "has deleted it"),
        ("withdrawn", "restore_comment", "has deleted it"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(post, mo, state, decide, words):
    comment = make_comment(post, state=state)
    before = state_of(comment), ModerationEvent.objects.count()
    reason = {"reason": "Off topic"} if decide == "remove_comment" else {}
    with pytest.raises(actions.Refused, match=words):
        getattr(actions, decide)(comment, by=mo, **reason)
    assert (state_of(comment), ModerationEvent.objects.count()) == before


def test_numbers_of_what_waits_are_kept(post, mo):
    held, other = make_comment(post, state="held"), make_comment(post, state="held")
    public = make_comment(post)
    assert waiting(post) == (2, 0, 1)
    actions.mark_spam(held, by=mo)
    assert waiting(post) == (1, 1, 1)
    event = actions.approve_comment(other, by=mo)
    assert waiting(post) == (0, 1, 2)
    actions.hold_comment(public, by=mo)
    assert waiting(post) == (1, 1, 1)
    actions.undo(event, by=mo)
    assert waiting(post) == (2, 1, 0)
    assert list(audit.findings()) == []


def test_a_held_comment_that_is_withdrawn_waits_no_longer(post, bob):
    held = make_comment(post, by=bob, state="held")
    actions.withdraw_comment(held, by=bob)
    assert waiting(post) == (0, 0, 0)


# --- reports --------------------------------------------------------------------------------------------------


def report(comment, reason="Personal attack"):
    return Report.objects.create(comment=comment, guest=make_guest(), reason=reason)


def test_a_removal_upholds_reports_and_an_undo_opens_them_again(post, mo):
    comment = make_comment(post)
    first, second = report(comment), report(comment)
    event = actions.remove_comment(comment, by=mo, reason="Personal attack")
    assert set(Report.objects.values_list("state", flat=True)) == {"upheld"}
    back = actions.undo(event, by=mo)
    assert set(Report.objects.values_list("state", flat=True)) == {"open"}
    actions.undo(back, by=mo)
    assert {first.pk, second.pk} == set(Report.objects.filter(state="upheld").values_list("pk", flat=True))


def test_approving_a_reported_comment_dismisses_its_reports(post, mo):
    comment = make_comment(post)
    report(comment)
    actions.approve_comment(comment, by=mo)
    assert state_of(comment)[0] == "public"
    assert Report.objects.get().state == "dismissed"
    with pytest.raises(actions.Refused, match="Already public"):
        actions.approve_comment(comment, by=mo)


def test_holding_a_reported_comment_leaves_its_reports_open(post, mo):
    comment = make_comment(post)
    report(comment)
    actions.hold_comment(comment, by=mo)
    assert Report.objects.get().state == "open"


# --- two at one comment ---------------------------------------------------------------------------------------


def test_who_decides_second_is_told_who_decided_what_and_when(post, mo, ben):
    comment = make_comment(post, state="held")
    event = actions.approve_comment(comment, by=ben, seen=0)
    ModerationEvent.objects.filter(pk=event.pk).update(created_at=timezone.now() - timedelta(seconds=20))
    with pytest.raises(actions.AlreadyDecided, match="Approved by Ben 2[0-9] seconds ago") as told:
        actions.remove_comment(comment, by=mo, reason="Off topic", seen=0)
    assert told.value.event == event
    assert state_of(comment)[0] == "public"
    actions.remove_comment(comment, by=mo, reason="Off topic", seen=event.pk)
    assert state_of(comment)[0] == "removed"


def test_a_double_click_gives_the_same_receipt(post, mo):
    comment = make_comment(post, state="held")
    first = actions.approve_comment(comment, by=mo, seen=0)
    assert actions.approve_comment(comment, by=mo, seen=0) == first
    removed = actions.remove_comment(comment, by=mo, reason="Off topic", seen=first.pk)
    assert actions.remove_comment(comment, by=mo, reason="Off topic", seen=first.pk) == removed
    assert ModerationEvent.objects.count() == 2
    # The same decision from an older page is not a second click.
    actions.restore_comment(comment, by=mo, seen=removed.pk)
    actions.remove_comment(comment, by=mo, reason="Off topic")
    with pytest.raises(actions.AlreadyDecided):
        actions.remove_comment(comment, by=mo, reason="Off topic", seen=first.pk)


def test_a_writer_who_withdraws_is_not_overruled(post, mo, bob):
    comment = make_comment(post, by=bob)
    actions.withdraw_comment(comment, by=bob)
    with pytest.raises(actions.AlreadyDecided, match="Deleted by its author"):
        actions.hold_comment(comment, by=mo, seen=0)


def test_a_move_to_another_place_is_no_decision(post, mo):
    made = make_thread(post, "a(b)")
    actions.move_branch(made["b"], to_post=make_post(), by=mo)
    actions.hold_comment(made["b"], by=mo, seen=0)
    assert state_of(made["b"])[0] == "held"


# --- undoing --------------------------------------------------------------------------------------------------


def test_an_undo_writes_back_the_state_with_its_reason(post, mo):
    comment = make_comment(
        post, state="held", state_reason="Comments with 3 or more links are checked by a moderator first."
    )
    event = actions.mark_spam(comment, by=mo)
    actions.undo(event, by=mo)
    assert state_of(comment) == ("held", "Comments with 3 or more links are checked by a moderator first.")


def test_an_undo_can_be_undone_and_twice_is_once(post, mo):
    comment = make_comment(post)
    removal = actions.remove_comment(comment, by=mo, reason="Advertising")
    back = actions.undo(removal, by=mo)
    assert actions.undo(removal, by=mo) == back
    assert state_of(comment) == ("public", "")
    actions.undo(back, by=mo)
    assert state_of(comment) == ("removed", "Advertising")


def test_what_a_colleague_decided_since_is_not_undone(post, mo, ben):
    comment = make_comment(post)
    removal = actions.remove_comment(comment, by=mo, reason="Advertising")
    actions.restore_comment(comment, by=ben)
    with pytest.raises(actions.AlreadyDecided, match="Restored by Ben just now"):
        actions.undo(removal, by=mo)


def test_undoing_publishes_no_words_that_were_written_since(post, mo, bob):
    comment = make_comment(post, by=bob)
    event = actions.hold_comment(comment, by=mo)
    actions.edit_comment(comment, by=bob, text="Worse.")
    with pytest.raises(actions.AlreadyDecided, match="Edited by Bob just now"):
        actions.undo(event, by=mo)
    approved = actions.approve_comment(comment, by=mo)
    actions.edit_comment(Comment.objects.get(), by=bob, text="Still worse.")
    # This undo hides the comment, so it publishes nothing that nobody has read.
    actions.undo(approved, by=mo)
    assert state_of(comment)[0] == "held"


def test_a_withdrawal_is_not_undone_by_others(post, mo, bob):
    comment = make_comment(post, by=bob)
    event = actions.withdraw_comment(comment, by=bob)
    with pytest.raises(actions.Refused, match="Only moderators’ decisions"):
        actions.undo(event, by=mo)
    assert state_of(comment)[0] == CommentState.WITHDRAWN


def test_an_author_undoes_decisions_on_their_own_posts_only(post, ada):
    zoe = make_author(display_name="Zoe")
    shared = make_post(by=ada.author)
    shared.bylines.create(author=zoe, position=1)
    actions.undo(actions.hold_comment(make_comment(shared), by=zoe.user), by=ada)
    foreign = actions.hold_comment(make_comment(make_post(by=zoe)), by=zoe.user)
    with pytest.raises(actions.NotAllowed, match="Only moderators"):
        actions.undo(foreign, by=ada)
