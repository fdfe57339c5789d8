"""Withdrawing one's own comment: at any time, by its writer only; one with replies leaves a tombstone."""

import pytest
from django.test import Client

from comments.models import Comment, CommentState, ModerationEvent
from tests.comments.pages import find, words
from tests.factories import make_comment, make_post
from tests.forms import form_of, page_of, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def own(client):
    post = make_post()
    sent = {"text": "I was wrong.", "name": "Gus", "email": "gus@example.org", "do": "post"}
    client.post(f"/posts/{post.pk}/comments/", sent)
    return Comment.objects.get()


def test_a_guest_withdraws_their_comment_on_its_page(client, own):
    answer = submit(client, client.get(own.get_absolute_url()))
    assert (answer.status_code, answer["Location"]) == (303, f"{own.get_absolute_url()}#comment-{own.pk}")
    own.refresh_from_db()
    assert own.state == CommentState.WITHDRAWN
    event = ModerationEvent.objects.get()
    assert (event.action, event.actor) == ("withdraw", None)
    page = client.get(own.get_absolute_url())
    assert page.status_code == 410
    assert "I was wrong" not in page.content.decode()


def test_what_was_answered_leaves_its_place(client, own):
    reply = make_comment(own.post, parent=own)
    submit(client, client.get(own.get_absolute_url()))
    page = page_of(Client().get(own.post.get_absolute_url()))
    assert words(find(page, f"#comment-{own.pk} h3")[0]) == "Deleted by its author"
    assert find(page, f"#comment-{reply.pk}")


def test_a_member_withdraws_what_is_still_held(client, bob):
    held = make_comment(make_post(), by=bob, state="held")
    client.force_login(bob)
    submit(client, client.get(held.get_absolute_url()))
    held.refresh_from_db()
    assert held.state == CommentState.WITHDRAWN


def test_nobody_but_the_writer_can_withdraw_or_is_offered_to(client, own, bob, mo):
    for person in (None, bob, mo):
        other = Client(headers={"Sec-Fetch-Site": "same-origin"})
        if person:
            other.force_login(person)
        forms = page_of(other.get(own.get_absolute_url())).xpath("//form/@action")
        assert f"/comments/{own.pk}/withdrawal/" not in forms
        answer = other.post(f"/comments/{own.pk}/withdrawal/")
        assert answer.status_code == 403
        assert "Only its author can delete a comment." in answer.content.decode()
    assert Comment.objects.get().is_public


def test_twice_is_said_in_words(client, own):
    form = form_of(client.get(own.get_absolute_url()))
    client.post(form.get("action"))
    answer = client.post(form.get("action"))
    assert answer.status_code == 403
    assert "no longer here" in answer.content.decode()
    assert ModerationEvent.objects.count() == 1
