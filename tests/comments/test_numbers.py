"""Numbers, counts and states: given once, kept for ever, the same everywhere."""

import pytest

from accounts.network import Origin
from comments import actions
from comments.integrity import audit, repair
from comments.models import Comment, CommentState, Discussion, MovedComment
from tests.factories import make_comment, make_guest, make_post, make_thread

pytestmark = pytest.mark.django_db


def numbers(post):
    return dict(Comment.objects.filter(post=post).order_by().values_list("guest_name", "number"))


def count(post):
    return Discussion.objects.get(pk=post.pk).comment_count


def test_comments_are_numbered_from_one_in_each_post():
    post, other = make_post(), make_post()
    make_thread(post, "a(b),c")
    make_thread(other, "x")
    assert (numbers(post), numbers(other)) == ({"a": 1, "b": 2, "c": 3}, {"x": 1})
    assert (count(post), count(other)) == (3, 1)


def test_a_held_comment_gets_its_number_when_it_is_approved():
    post = make_post()
    held = make_comment(post, name="held", state=CommentState.HELD)
    make_thread(post, "a")
    assert numbers(post) == {"held": None, "a": 1}
    actions.approve_comment(held, by=None)
    assert numbers(post) == {"held": 2, "a": 1}
    assert count(post) == 2


def test_a_removed_comment_keeps_its_number_and_is_not_counted(mo):
    post = make_post()
    made = make_thread(post, "a,b")
    actions.remove_comment(made["a"], by=mo, reason="Off topic")
    assert (numbers(post), count(post)) == ({"a": 1, "b": 2}, 1)
    make_thread(post, "c")
    actions.restore_comment(made["a"], by=mo)
    assert (numbers(post), count(post)) == ({"a": 1, "b": 2, "c": 3}, 3)
    assert list(audit.findings()) == []


def test_every_change_of_state_is_an_event_that_can_be_undone(mo):
    made = make_thread(make_post(), "a")["a"]
    event = actions.remove_comment(made, by=mo, reason="Advertising")
    assert (event.actor, event.reason) == (mo, "Advertising")
    assert (event.before["state"], event.after["state"]) == ("public", "removed")
    actions.undo(event, by=mo)
    made.refresh_from_db()
    assert (made.state, made.state_reason) == ("public", "")


def test_what_was_decided_again_since_is_not_undone(mo):
    made = make_thread(make_post(), "a")["a"]
    event = actions.remove_comment(made, by=mo, reason="Advertising")
    actions.hold_comment(made, by=mo, reason="A closer look")
    with pytest.raises(actions.Refused):
        actions.undo(event, by=mo)


def test_a_branch_on_another_post_gets_new_numbers_and_leaves_the_way_there(mo):
    post, other = make_post(), make_post()
    made = make_thread(post, "a(b(c),d)")
    make_thread(other, "x")
    actions.move_branch(made["b"], to_post=other, by=mo, reason="A tangent")
    assert numbers(post) == {"a": 1, "d": 4}
    assert numbers(other) == {"x": 1, "b": 2, "c": 3}
    assert (count(post), count(other)) == (2, 3)
    former = (
        MovedComment.objects.filter(post=post).order_by("number").values_list("number", "comment__guest_name")
    )
    assert list(former) == [(2, "b"), (3, "c")]
    assert list(audit.findings()) == []
    make_thread(post, "e")
    assert numbers(post)["e"] == 5


def test_a_branch_that_comes_back_gets_numbers_once_more(mo):
    post, other = make_post(), make_post()
    made = make_thread(post, "a(b)")
    actions.move_branch(made["b"], to_post=other, by=mo)
    actions.move_branch(made["b"], to_post=post, to_parent=made["a"], by=mo)
    assert numbers(post) == {"a": 1, "b": 3}
    assert list(audit.findings()) == []


def test_a_score_is_the_imported_part_and_the_votes(bob, carol):
    post = make_post()
    comment = make_comment(post, name="a", imported_score=5, score=5)
    assert actions.cast_vote(comment, voter=bob, value=1).score == 6
    assert actions.cast_vote(comment, voter=bob, value=1).score == 6
    assert actions.cast_vote(comment, voter=carol, value=1).score == 7
    assert actions.clear_vote(comment, voter=bob).score == 6
    assert actions.clear_vote(comment, voter=bob).score == 6


def test_nobody_votes_on_their_own_comment(bob):
    comment = make_comment(make_post(), by=bob)
    with pytest.raises(actions.Refused):
        actions.cast_vote(comment, voter=bob, value=1)


def test_a_network_has_three_guest_votes_on_one_comment():
    comment = make_comment(make_post())
    for _number in range(3):
        actions.cast_vote(comment, voter=make_guest(), value=1, origin=Origin("192.0.2.1"))
    with pytest.raises(actions.Refused):
        actions.cast_vote(comment, voter=make_guest(), value=1, origin=Origin("192.0.2.1"))
    assert actions.cast_vote(comment, voter=make_guest(), value=1, origin=Origin("198.51.100.1")).score == 4


def test_wrong_counts_and_scores_are_found_and_put_right():
    post = make_post()
    comment = make_thread(post, "a")["a"]
    Discussion.objects.update(comment_count=7)
    Comment.objects.filter(pk=comment.pk).update(score=99)
    assert len(list(audit.findings())) == 2
    list(repair.repair())
    assert list(audit.findings()) == []
    assert count(post) == 1


def waiting(post):
    return Discussion.objects.values_list("held_count", "spam_count", "comment_count").get(pk=post.pk)


def test_numbers_of_what_waits_move_with_a_branch(mo):
    post, other = make_post(), make_post()
    opener = make_comment(post)
    make_comment(post, parent=opener, state="held")
    make_comment(post, parent=opener, state="spam")
    actions.move_branch(opener, to_post=other, by=mo)
    assert (waiting(post), waiting(other)) == ((0, 0, 0), (1, 1, 1))
    assert list(audit.findings()) == []


def test_wrong_numbers_of_what_waits_are_found_and_put_right():
    post = make_post()
    make_comment(post, state="held")
    Discussion.objects.update(held_count=5, spam_count=3)
    assert len(list(audit.findings())) == 2
    list(repair.repair())
    assert list(audit.findings()) == []
    Discussion.objects.all().delete()
    assert len(list(audit.findings())) == 1
    list(repair.repair())
    assert waiting(post) == (1, 0, 0)


def test_posting_goes_on_where_the_last_number_is_too_low():
    post, other = make_post(), make_post()
    made = make_thread(post, "a(b),c(d)")
    actions.move_branch(made["c"], to_post=other, by=None)
    Discussion.objects.update(last_number=0)
    # Three and four are those of comments that moved away.
    assert actions.post_comment(post, writer=make_guest(), text="More.").number == 5
    assert actions.post_comment(other, writer=make_guest(), text="More.").number == 3
    assert list(audit.findings()) == []


def test_approving_and_moving_go_on_where_the_last_number_is_too_low():
    post, other = make_post(), make_post()
    made = make_thread(post, "a,b(c)")
    held = make_comment(post, state="held")
    make_thread(other, "x")
    Discussion.objects.update(last_number=0)
    actions.approve_comment(held, by=None)
    actions.move_branch(made["b"], to_post=other, by=None)
    assert sorted(Comment.objects.values_list("post", "number")) == [
        (post.pk, 1), (post.pk, 4), (other.pk, 1), (other.pk, 2), (other.pk, 3),
    ]  # fmt: skip
    assert list(audit.findings()) == []


def test_removing_and_moving_go_on_where_a_count_is_too_low(mo):
    post, other = make_post(), make_post()
    made = make_thread(post, "a(b),c")
    held = make_comment(post, state="held")
    Discussion.objects.update(comment_count=0, held_count=0)
    actions.remove_comment(made["b"], by=mo, reason="Off topic")
    actions.mark_spam(held, by=mo)
    actions.move_branch(made["c"], to_post=other, by=mo)
    list(repair.repair())
    assert list(audit.findings()) == []
    counts = Discussion.objects.values_list("comment_count", "held_count", "spam_count")
    assert (counts.get(pk=post.pk), counts.get(pk=other.pk)) == ((1, 0, 1), (1, 0, 0))
