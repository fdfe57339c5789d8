"""Posting through the one action: refusals in words, text made safe, one comment for one submission."""

from datetime import timedelta

import pytest
from django.utils import timezone

from blog.markup import TextRefused
from blog.models import CommentPolicy
from comments import actions
from comments.models import Comment, CommentState
from tests.factories import make_comment, make_draft, make_guest, make_post, make_thread

pytestmark = pytest.mark.django_db


def test_a_guest_answers_and_the_text_is_safe():
    post = make_post()
    opener = make_thread(post, "Ann")["Ann"]
    guest = make_guest(name="Bo")
    reply = actions.post_comment(
        post, writer=guest, parent=opener, text="*Yes*, @Ann. <script>x</script>", name="Bo"
    )
    assert f'<em>Yes</em>, <a href="/comments/{opener.pk}/">@Ann</a>.' in reply.body_html
    assert "script" not in reply.body_html
    assert ">x<" not in reply.body_html
    assert (reply.number, reply.level, reply.guest_name) == (2, 1, "Bo")


def test_a_number_in_a_text_becomes_a_link_to_that_comment(bob):
    post = make_post()
    first = make_thread(post, "Ann")["Ann"]
    comment = actions.post_comment(post, writer=bob, text="As #1 said; #9 is nobody.")
    assert f'<a href="/comments/{first.pk}/">#1</a>' in comment.body_html
    assert comment.body_html.count("<a ") == 1


def test_the_same_submission_gives_one_comment(bob):
    post = make_post()
    first = actions.post_comment(post, writer=bob, text="Once.", once="abc")
    again = actions.post_comment(post, writer=bob, text="Once, edited.", once="abc")
    assert first.pk == again.pk
    assert Comment.objects.count() == 1


def test_the_same_words_within_ten_minutes_are_one_comment_and_later_another(bob):
    post = make_post()
    now = timezone.now()
    first = actions.post_comment(post, writer=bob, text="Quite.", now=now)
    assert (
        actions.post_comment(post, writer=bob, text="Quite.", now=now + timedelta(minutes=9)).pk == first.pk
    )
    assert (
        actions.post_comment(post, writer=bob, text="Quite.", now=now + timedelta(minutes=11)).pk != first.pk
    )


def test_the_same_words_of_two_people_are_two_comments(bob, carol):
    post = make_post()
    assert (
        actions.post_comment(post, writer=bob, text="+1").pk
        != actions.post_comment(post, writer=carol, text="+1").pk
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"comment_policy": CommentPolicy.CLOSED}, "Comments are closed."),
        ({"comment_policy": CommentPolicy.MEMBERS}, "Only members can comment on this post."),
        ({"comments_close_after": 0}, "Comments closed on"),
    ],
)
def test_a_guest_is_told_why_a_comment_is_refused(fields, words):
    post = make_post(**fields)
    with pytest.raises(actions.Refused, match=words):
        actions.post_comment(post, writer=make_guest(), text="Hello")
    assert not Comment.objects.exists()


def test_nobody_comments_on_a_draft(ada):
    with pytest.raises(actions.Refused):
        actions.post_comment(make_draft(), writer=ada, text="Hello")


def test_a_removed_comment_cannot_be_answered(bob, mo):
    post = make_post()
    opener = make_thread(post, "a")["a"]
    stale = Comment.objects.get(pk=opener.pk)
    actions.remove_comment(opener, by=mo)
    with pytest.raises(actions.Refused, match="no longer here"):
        actions.post_comment(post, writer=bob, parent=stale, text="Too late")


def test_a_text_over_the_cap_is_refused_in_words(bob):
    with pytest.raises(TextRefused):
        actions.post_comment(make_post(), writer=bob, text="x" * 5001)


def test_many_links_are_held_with_the_reason(bob):
    links = " ".join(f"https://{name}.example/" for name in "abc")
    comment = actions.post_comment(make_post(), writer=bob, text=links)
    assert (comment.state, comment.number) == (CommentState.HELD, None)
    assert "3 links" in comment.state_reason


def test_where_the_policy_says_so_every_comment_is_held(bob):
    comment = actions.post_comment(make_post(comment_policy=CommentPolicy.HELD), writer=bob, text="Hello")
    assert comment.state == CommentState.HELD


def test_a_writer_withdraws_their_own_comment_only(bob, carol):
    comment = make_comment(make_post(), by=bob)
    with pytest.raises(actions.Refused):
        actions.withdraw_comment(comment, by=carol)
    actions.withdraw_comment(comment, by=bob)
    assert Comment.objects.get(pk=comment.pk).state == CommentState.WITHDRAWN
