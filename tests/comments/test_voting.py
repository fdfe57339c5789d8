"""Voting with the buttons under a comment: members and guests, one vote each, shown to the voter at once."""

import pytest
from django.test import Client

from accounts.models import Guest
from accounts.network import Origin
from comments import actions
from comments.models import Comment, DiscussionSettings, Vote
from tests.comments.pages import find, words
from tests.factories import make_comment, make_guest, make_post, make_thread
from tests.forms import page_of

pytestmark = pytest.mark.django_db

SENT_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def client():
    return Client(headers=SENT_HERE)


@pytest.fixture
def comment(db):
    return make_thread(make_post(), "Ann")["Ann"]


def vote(client, comment, *, button="up", **more):
    return client.post("/comments/vote/", {button: comment.pk}, **more)


def button_of(client, comment, place=0):
    page = page_of(client.get(comment.post.get_absolute_url()))
    return find(page, f"#comment-{comment.pk} button")[place]


def score(comment) -> int:
    return Comment.objects.values_list("score", flat=True).get(pk=comment.pk)


def test_a_guest_votes_and_sees_it_at_once(client, comment):
    answer = vote(client, comment)
    assert (answer.status_code, answer["Location"]) == (303, f"/comments/{comment.pk}/in-thread/")
    up = button_of(client, comment)
    assert (up.get("name"), up.get("aria-pressed"), words(find(up, "span")[0])) == ("unup", "true", "1")


def test_a_vote_is_taken_back_by_pressing_again_however_often(client, comment):
    vote(client, comment)
    for _press in range(2):
        vote(client, comment, button="unup")
    assert score(comment) == 0
    assert button_of(client, comment).get("aria-pressed") == "false"


def test_a_member_votes_once_however_often_they_press(bob, comment):
    client = Client(headers=SENT_HERE)
    client.force_login(bob)
    for _press in range(3):
        vote(client, comment)
    assert score(comment) == 1
    assert Vote.objects.get().user == bob


def test_a_guest_of_the_cookie_and_the_member_they_become_are_two_but_one_at_a_time(client, comment, bob):
    vote(client, comment)
    client.force_login(bob)
    assert button_of(client, comment).get("aria-pressed") == "false"


def test_nobody_votes_on_their_own_comment(client, bob):
    own = make_comment(make_post(), by=bob)
    client.force_login(bob)
    answer = vote(client, own)
    assert answer.status_code == 403
    assert "You can’t vote on your own comment." in answer.content.decode()
    assert score(own) == 0


def test_a_guest_does_not_vote_on_their_own_comment(client):
    post = make_post()
    sent = {"text": "Mine.", "name": "Gus", "email": "gus@example.org", "do": "post"}
    client.post(f"/posts/{post.pk}/comments/", sent)
    assert vote(client, Comment.objects.get()).status_code == 403


def test_imported_likes_are_kept(client):
    liked = make_comment(make_post(), imported_score=5, score=5)
    vote(client, liked)
    assert score(liked) == 6
    vote(client, liked, button="unup")
    assert score(liked) == 5


def test_down_votes_are_a_setting(client, comment):
    assert vote(client, comment, button="down").status_code == 403
    DiscussionSettings.objects.create(pk=1, down_votes=True)
    vote(client, comment, button="down")
    assert score(comment) == -1
    assert button_of(client, comment, 1).get("aria-pressed") == "true"
    vote(client, comment)
    assert score(comment) == 1


# Nobody is told that a comment waits; where one was removed can be seen.
@pytest.mark.parametrize(("state", "status"), [("held", 404), ("removed", 403)])
def test_what_is_not_public_is_not_voted_on(client, state, status):
    comment = make_comment(make_post(), state=state)
    assert vote(client, comment).status_code == status
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    "sent", [{}, {"up": ""}, {"up": "abc"}, {"up": "999999"}, {"up": "9" * 30}, {"up": "²"}]
)
def test_a_vote_on_no_comment_is_not_found(client, sent):
    assert client.post("/comments/vote/", sent).status_code == 404


def test_three_guests_of_a_network_vote_on_a_comment_and_then_members_only(comment):
    for number in range(3):
        actions.cast_vote(comment, voter=None, value=1, origin=Origin("127.0.0.9", f"Browser {number}"))
    answer = vote(Client(headers={**SENT_HERE, "User-Agent": "Another"}), comment)
    assert answer.status_code == 403
    assert "Your network has already voted on this comment. Sign in to vote." in answer.content.decode()
    assert score(comment) == 3


def test_after_sixty_votes_a_minute_the_time_to_wait_is_told(client, comment):
    DiscussionSettings.objects.create(pk=1, votes_per_minute=2)
    vote(client, comment)
    vote(client, comment, button="unup")
    answer = vote(client, comment)
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 30
    assert "seconds" in answer.content.decode()


def test_a_first_vote_sent_twice_before_the_cookie_came_is_one(comment):
    for _press in range(2):
        vote(Client(headers=SENT_HERE), comment)
    assert (score(comment), Guest.objects.filter(votes__isnull=False).count()) == (1, 1)


def test_a_script_gets_the_buttons_alone(client, comment):
    answer = vote(client, comment, headers={"X-Fragment": "1"})
    assert answer.status_code == 200
    html = answer.content.decode()
    assert html.startswith("<button") and 'aria-pressed="true"' in html and "<span>1</span>" in html
    assert "writer" in answer.cookies


def test_a_script_gets_a_refusal_as_one_sentence(client, bob):
    own = make_comment(make_post(), by=bob)
    client.force_login(bob)
    answer = vote(client, own, headers={"X-Fragment": "1"})
    assert (answer.status_code, answer.content.decode()) == (403, "You can’t vote on your own comment.")


def test_votes_stay_with_a_guest_who_comments_later(client, comment):
    vote(client, comment)
    sent = {"text": "Hello.", "name": "Gus", "email": "gus@example.org", "do": "post"}
    client.post(f"/posts/{comment.post_id}/comments/", sent)
    assert button_of(client, comment).get("aria-pressed") == "true"


def test_somebody_elses_vote_is_not_shown_as_ones_own(client, comment):
    actions.cast_vote(comment, voter=make_guest(), value=1)
    vote(client, comment)
    other = Client(headers={**SENT_HERE, "User-Agent": "Another"})
    assert button_of(other, comment).get("aria-pressed") == "false"
