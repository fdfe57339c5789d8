"""Posting through the one action: refusals in words, text made safe, one comment for one submission."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.limits import Limit, left
from accounts.models import Guest
from accounts.network import Origin
from accounts.people import email_hash, network_hash
from blog.markup import TextRefused
from blog.models import CommentPolicy
from comments import actions
from comments.models import Comment, CommentState
from tests.factories import make_comment, make_draft, make_guest, make_post, make_thread

pytestmark = pytest.mark.django_db

ONCE = "0123456789abcdef0123456789abcdef"
HOME = Origin("192.0.2.1", "Firefox")


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


def test_the_same_submission_gives_one_comment_however_much_later(bob):
    post, later = make_post(), timezone.now() + timedelta(hours=3)
    first = actions.post_comment(post, writer=bob, text="Once.", submission_key=ONCE)
    assert actions.post_comment(post, writer=bob, text="Once.", submission_key=ONCE, now=later).pk == first.pk
    assert Comment.objects.count() == 1


def test_another_text_under_an_old_submission_key_is_a_new_comment(bob):
    post = make_post()
    first = actions.post_comment(post, writer=bob, text="Once.", submission_key=ONCE)
    other = actions.post_comment(post, writer=bob, text="And another thing.", submission_key=ONCE)
    assert other.pk != first.pk
    assert (other.body, other.once) == ("And another thing.", None)


def test_a_submission_key_that_is_too_short_is_ignored(bob):
    assert actions.post_comment(make_post(), writer=bob, text="Once.", submission_key="1").once is None


def test_a_guest_without_a_cookie_who_sends_twice_is_one_guest_with_one_comment():
    post = make_post()
    sent = {"writer": None, "text": "Hello.", "name": "Gus", "email": "gus@example.org", "origin": HOME}
    first = actions.post_comment(post, **sent)
    assert actions.post_comment(post, **sent).pk == first.pk
    assert first.guest.name == "Gus"
    assert Guest.objects.count() == 1


def test_where_a_comment_comes_from_is_kept_for_moderators_for_a_time():
    sent = {"name": "Gus", "email": "Gus@example.org", "origin": HOME}
    origin = actions.post_comment(make_post(), writer=None, text="Hello.", **sent).origin
    assert (origin.address, origin.user_agent, origin.email) == ("192.0.2.1", "Firefox", "Gus@example.org")
    assert origin.network_hash == network_hash("192.0.2.9")
    assert origin.email_hash == email_hash("gus@EXAMPLE.org")
    assert origin.purge_after - origin.comment.created_at == timedelta(days=90)


def test_a_guest_who_only_voted_becomes_a_new_guest_by_commenting_and_keeps_the_votes():
    post = make_post()
    liked = make_thread(post, "Ann")["Ann"]
    voter = actions.cast_vote(liked, voter=None, value=1, origin=HOME).voter
    comment = actions.post_comment(
        post, writer=voter, text="Hello.", name="Gus", email="gus@example.org", origin=HOME
    )
    assert comment.guest != voter
    assert liked.votes.get().guest == comment.guest


def test_a_guests_sixth_comment_in_ten_minutes_has_to_wait_from_whatever_browser():
    post = make_post()
    for number in range(5):
        actions.post_comment(post, writer=None, text=f"No. {number}", name="Gus", origin=HOME)
    neighbour = Origin("192.0.2.77", "Chromium")
    with pytest.raises(actions.TooMany, match="2 minutes") as refused:
        actions.post_comment(post, writer=None, text="No. 6", name="Gil", origin=neighbour)
    assert refused.value.seconds == 120
    actions.post_comment(post, writer=None, text="No. 6", name="Gil", origin=Origin("198.51.100.1"))


def test_a_repetition_costs_nothing_of_the_limit(bob):
    post = make_post()
    for _number in range(30):
        actions.post_comment(post, writer=bob, text="Once.", submission_key=ONCE, origin=HOME)
    assert Comment.objects.count() == 1
    assert left(Limit("comments", 20, 600), f"member-{bob.pk}")


def test_a_member_may_post_twenty_comments_at_once_whatever_others_on_the_network_do(bob, carol):
    post = make_post()
    for number in range(20):
        actions.post_comment(post, writer=bob, text=f"No. {number}", origin=HOME)
    with pytest.raises(actions.TooMany, match="30 seconds"):
        actions.post_comment(post, writer=bob, text="No. 21", origin=HOME)
    actions.post_comment(post, writer=carol, text="Hello.", origin=HOME)


@pytest.mark.parametrize("text", ["   ", "<script>alert(1)</script>", "<!-- -->", "[](https://example.org)"])
def test_a_text_with_nothing_to_display_is_refused(bob, text):
    with pytest.raises(TextRefused):
        actions.post_comment(make_post(), writer=bob, text=text)
    assert not Comment.objects.exists()


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
    actions.remove_comment(opener, by=mo, reason="Off topic")
    with pytest.raises(actions.Refused, match="has been deleted"):
        actions.post_comment(post, writer=bob, parent=stale, text="Too late")


def test_a_text_over_the_cap_is_refused_in_words(bob):
    with pytest.raises(TextRefused):
        actions.post_comment(make_post(), writer=bob, text="x" * 5001)


def test_many_links_are_held_with_the_reason(bob):
    links = " ".join(f"https://{name}.example/" for name in "abc")
    comment = actions.post_comment(make_post(), writer=bob, text=links)
    assert (comment.state, comment.number) == (CommentState.HELD, None)
    assert "3 or more links" in comment.state_reason


def test_where_the_policy_says_so_every_comment_is_held(bob):
    comment = actions.post_comment(make_post(comment_policy=CommentPolicy.HELD), writer=bob, text="Hello")
    assert comment.state == CommentState.HELD


def test_a_writer_withdraws_their_own_comment_only(bob, carol):
    comment = make_comment(make_post(), by=bob)
    with pytest.raises(actions.Refused):
        actions.withdraw_comment(comment, by=carol)
    actions.withdraw_comment(comment, by=bob)
    assert Comment.objects.get(pk=comment.pk).state == CommentState.WITHDRAWN
