"""Writers at the same moment, in transactions of their own: nothing is lost, doubled or broken."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Guest
from accounts.network import Origin
from comments import actions
from comments.integrity import audit
from comments.models import (
    Comment,
    CommentRevision,
    DiscussionSettings,
    ModerationEvent,
    Report,
    ReportState,
    Vote,
)
from lab import stress
from tests.factories import make_comment, make_guest, make_moderator, make_post, make_thread

pytestmark = [pytest.mark.two_at_once, pytest.mark.django_db(transaction=True)]

ONCE = "0123456789abcdef0123456789abcdef"
HOME = Origin("192.0.2.1", "Firefox")


def at_once(*steps):
    """Run the steps in parallel threads, and return their results or exceptions."""

    def run(step):
        try:
            return step()
        except Exception as error:  # noqa: BLE001 — the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def test_eight_answers_at_once_are_eight_comments():
    post = make_post()
    opener = make_thread(post, "a")["a"]
    guests = [make_guest(name=f"G{number}") for number in range(8)]
    results = at_once(
        *(
            lambda guest=guest: actions.post_comment(post, writer=guest, parent=opener, text="At once")
            for guest in guests
        )
    )
    assert [type(result) for result in results] == [Comment] * 8
    assert sorted(result.number for result in results) == list(range(2, 10))
    assert list(audit.findings()) == []


@pytest.mark.parametrize("answering", [True, False])
def test_one_submission_sent_eight_times_at_once_is_one_comment(answering):
    post = make_post()
    parent = make_thread(post, "a")["a"] if answering else None
    guest = make_guest()
    results = at_once(
        *[lambda: actions.post_comment(post, writer=guest, parent=parent, text="Once", submission_key=ONCE)]
        * 8
    )
    assert len({result.pk for result in results}) == 1
    assert Comment.objects.filter(guest=guest).count() == 1


@pytest.mark.parametrize("answering", [True, False])
def test_other_words_under_the_same_key_at_once_are_all_kept(answering):
    post = make_post()
    parent = make_thread(post, "a")["a"] if answering else None
    guest = make_guest()
    texts = ["One thing", "Another", "A third"]
    results = at_once(
        *(
            lambda text=text: actions.post_comment(
                post, writer=guest, parent=parent, text=text, submission_key=ONCE
            )
            for text in texts
        )
    )
    assert sorted(result.body for result in results) == sorted(texts)
    assert list(audit.findings()) == []


@pytest.mark.parametrize("answering", [True, False])
def test_a_double_click_without_a_key_is_one_comment(answering):
    post = make_post()
    parent = make_thread(post, "a")["a"] if answering else None
    guest = make_guest()
    results = at_once(*[lambda: actions.post_comment(post, writer=guest, parent=parent, text="Twice")] * 6)
    assert len({result.pk for result in results}) == 1


def test_one_voter_eight_times_at_once_has_one_vote():
    comment = make_thread(make_post(), "a")["a"]
    guest = make_guest()
    results = at_once(*[lambda: actions.cast_vote(comment, voter=guest, value=1)] * 8)
    assert {ballot.score for ballot in results} == {1}
    assert Vote.objects.count() == 1


def test_votes_of_eight_people_at_once_all_count():
    comment = make_thread(make_post(), "a")["a"]
    guests = [make_guest() for _number in range(8)]
    at_once(*(lambda guest=guest: actions.cast_vote(comment, voter=guest, value=1) for guest in guests))
    assert Comment.objects.get(pk=comment.pk).score == 8


@pytest.mark.parametrize("once", ["", ONCE])
def test_a_guests_first_comment_sent_eight_times_at_once_is_one_guests_one_comment(once):
    post = make_post()
    sent = {
        "writer": None,
        "text": "Hello.",
        "name": "Gus",
        "email": "gus@example.org",
        "submission_key": once,
    }
    raised = DiscussionSettings(pk=1, guest_comments_per_10_minutes=100, guest_comments_per_day=100)
    raised.save()
    results = at_once(*[lambda: actions.post_comment(post, **sent, origin=HOME)] * 8)
    assert len({result.pk for result in results}) == 1
    assert (Guest.objects.count(), Comment.objects.count()) == (1, 1)


def test_a_first_vote_sent_eight_times_at_once_is_one_guests_one_vote():
    comment = make_thread(make_post(), "a", by=make_guest())["a"]
    guests = Guest.objects.count()
    at_once(*[lambda: actions.cast_vote(comment, voter=None, value=1, origin=HOME)] * 8)
    assert Comment.objects.get(pk=comment.pk).score == 1
    assert Guest.objects.count() == guests + 1


def test_no_more_guests_of_a_network_than_the_cap_vote_on_a_comment_at_once():
    comment = make_thread(make_post(), "a")["a"]
    origins = [Origin("192.0.2.1", f"Browser {number}") for number in range(8)]

    def vote(origin):
        try:
            return actions.cast_vote(comment, voter=None, value=1, origin=origin).score
        except actions.Refused:
            return None

    results = at_once(*(lambda origin=origin: vote(origin) for origin in origins))
    assert results.count(None) == 5
    assert Comment.objects.get(pk=comment.pk).score == 3


def test_a_branch_that_moves_while_it_is_answered_breaks_nothing():
    post, other = make_post(), make_post()
    made = make_thread(post, "a(b(c)),d")
    guests = [make_guest() for _number in range(4)]
    steps = [
        lambda guest=guest: actions.post_comment(post, writer=guest, parent=made["c"], text="Under way")
        for guest in guests
    ]
    at_once(steps[0], lambda: actions.move_branch(made["b"], to_post=other, by=None), *steps[1:])
    assert list(audit.findings()) == []


@pytest.mark.parametrize("unaware", [False, True])
def test_processes_that_do_everything_break_nothing(unaware):
    posts = [make_post(), make_post()]
    for post in posts:
        make_thread(post, "a(b(c),d),e")
    outcome = stress.run(
        post_ids=[post.pk for post in posts],
        guest_ids=[make_guest().pk for _number in range(4)],
        writers=3,
        operations=25,
        unaware=unaware,
        seed=1,
    )
    assert outcome.errors == []
    assert list(audit.findings()) == []


def test_of_two_moderators_at_once_one_decides_and_the_other_is_told():
    held = make_comment(make_post(), state="held")
    mo, ben = make_moderator(display_name="Mo"), make_moderator(display_name="Ben")
    results = at_once(
        lambda: actions.approve_comment(held, by=mo, seen=0),
        lambda: actions.remove_comment(held, by=ben, reason="Off topic", seen=0),
    )
    decided, told = sorted(results, key=lambda result: isinstance(result, actions.AlreadyDecided))
    assert told.event == decided == ModerationEvent.objects.get()
    assert str(told).endswith(("by Mo just now.", "by Ben just now: Off topic."))
    assert list(audit.findings()) == []


def test_two_clicks_at_the_same_moment_give_the_same_receipt():
    held = make_comment(make_post(), state="held")
    mo = make_moderator(display_name="Mo")
    results = at_once(*[lambda: actions.approve_comment(held, by=mo, seen=0)] * 4)
    assert set(results) == {ModerationEvent.objects.get()}
    results = at_once(*[lambda: actions.undo(ModerationEvent.objects.first(), by=mo)] * 4)
    assert len({event.pk for event in results}) == 1
    assert list(audit.findings()) == []


def test_decisions_and_answers_at_once_keep_the_numbers_right():
    post = make_post()
    opener = make_thread(post, "a")["a"]
    held = [make_comment(post, parent=opener, state="held") for _number in range(4)]
    steps = [lambda comment=comment: actions.approve_comment(comment, by=None) for comment in held]
    steps += [lambda: actions.post_comment(post, writer=make_guest(), parent=opener, text="One more.")] * 2
    steps += [lambda: actions.post_comment(post, writer=make_guest(), text="An opener.")] * 2
    assert not [result for result in at_once(*steps) if isinstance(result, Exception)]
    assert list(audit.findings()) == []


def test_edits_of_one_comment_at_once_are_all_kept_and_the_same_one_counts_once():
    post = make_post()
    guest = make_guest()
    own = make_comment(post, by=guest, created_at=timezone.now() - timedelta(minutes=5))
    texts = ["One thing", "Another", "Another", "A third"]
    results = at_once(*(lambda text=text: actions.edit_comment(own, by=guest, text=text) for text in texts))
    assert [type(result) for result in results] == [Comment] * 4
    last = Comment.objects.get().body
    former = list(CommentRevision.objects.order_by("pk").values_list("body", flat=True))
    assert former[0] == "A thought."
    assert set(former[1:]) | {last} == set(texts)
    assert list(audit.findings()) == []


def test_no_report_stays_open_on_what_was_removed_at_the_same_moment(bob):
    opener = make_thread(make_post(), "a")["a"]
    mo = make_moderator()
    for _round in range(8):
        said = make_comment(opener.post, parent=opener)
        at_once(
            lambda said=said: actions.report_comment(said, by=bob, reason="spam"),
            lambda said=said: actions.remove_comment(said, by=mo, reason="Off topic"),
        )
    assert not Comment.objects.filter(parent=opener, state="public").exists()
    assert not Report.objects.filter(state=ReportState.OPEN).exists()
