"""Every refusal of a comment, a reply or an edit gives the typed text back, whatever happened meanwhile."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from blog import actions as posts
from blog.models import CommentPolicy, Post
from comments import actions
from comments.actions import limiting
from comments.models import Comment, DiscussionSettings
from tests.factories import make_comment, make_post
from tests.forms import page_of, submit

pytestmark = pytest.mark.django_db

SENT_HERE = {"Sec-Fetch-Site": "same-origin"}
TYPED = "Words that took <b>an hour</b>.\n\nAnd more & more."
GUS = {"name": "Gus", "email": "gus@example.org"}


def given_back(answer) -> list[str]:
    """Return the texts in the boxes of the page."""
    return [
        box.text.removeprefix("\n").replace("\r\n", "\n") for box in page_of(answer).xpath("//main//textarea")
    ]


def signed_in(person, **settings) -> Client:
    client = Client(headers=SENT_HERE, **settings)
    client.force_login(person)
    return client


def too_late(comment):
    Comment.objects.filter(pk=comment.pk).update(created_at=timezone.now() - timedelta(hours=1))


def switched_off(_comment):
    DiscussionSettings.objects.create(pk=1, edit_window_minutes=0)


def removed(comment):
    actions.remove_comment(comment, by=None, reason="Off topic")


def spam(comment):
    actions.mark_spam(comment, by=None)


def withdrawn(comment):
    actions.withdraw_comment(comment, by=comment.user)


def post_withdrawn(comment):
    posts.withdraw_post(comment.post, by=None)


def closed(comment):
    Post.objects.filter(pk=comment.post_id).update(comment_policy=CommentPolicy.CLOSED)


def members_only(comment):
    Post.objects.filter(pk=comment.post_id).update(comment_policy=CommentPolicy.MEMBERS)


def suspended(comment):
    User.objects.filter(pk=comment.user_id).update(is_active=False)


def held(comment):
    actions.hold_comment(comment, by=None)


def nobody_writes_any_more(_comment):
    DiscussionSettings.objects.create(pk=1, guest_comments_per_10_minutes=0, member_comments_per_10_minutes=0)


@pytest.mark.parametrize("do", ["save", "preview"])
@pytest.mark.parametrize(
    ("happens", "status"),
    [
        (too_late, 403),
        (switched_off, 403),
        (removed, 403),
        (spam, 403),
        (withdrawn, 403),
        (post_withdrawn, 404),
        (suspended, 403),
    ],
)
def test_an_edit_that_is_refused(bob, happens, status, do):
    own = make_comment(make_post(), by=bob)
    client = signed_in(bob)
    token = page_of(client.get(f"/comments/{own.pk}/edit/")).xpath(
        "//input[@name='csrfmiddlewaretoken']/@value"
    )[0]
    happens(own)
    sent = {"text": TYPED, "do": do, "csrfmiddlewaretoken": token}
    answer = client.post(f"/comments/{own.pk}/edit/", sent)
    assert (answer.status_code, given_back(answer)) == (status, [TYPED])


@pytest.mark.parametrize("state", ["public", "held"])
def test_an_edit_after_the_session_ended_or_with_an_old_token(bob, state):
    own = make_comment(make_post(), by=bob, state=state)
    address = f"/comments/{own.pk}/edit/"
    client = Client(headers=SENT_HERE)
    ended = client.post(address, {"text": TYPED, "do": "save", "csrfmiddlewaretoken": "x"})
    assert (ended.status_code, given_back(ended)) == (403, [TYPED])
    assert "You are signed out" in ended.content.decode()
    leads = submit(client, ended, press="do=signin")
    assert (leads.status_code, leads["Location"]) == (302, f"/accounts/login/?next={quote(address, safe='')}")
    # Whatever there is of that number, those who are signed out learn nothing of it.
    unknown = Client(headers=SENT_HERE).post("/comments/999999/edit/", {"csrfmiddlewaretoken": "x"})
    assert unknown.status_code == 403
    client.force_login(bob)
    again = client.get(address)
    assert given_back(again) == [TYPED]
    assert "Here is your text again." in again.content.decode()
    assert submit(client, again, press="do=save").status_code == 303
    assert given_back(client.get(address)) == [TYPED]
    assert "Here is your text again." not in client.get(address).content.decode()
    old = signed_in(bob, enforce_csrf_checks=True).post(address, {"text": TYPED, "do": "save"})
    assert (old.status_code, given_back(old)) == (403, [TYPED])


@pytest.mark.parametrize("state", ["public", "held"])
def test_a_text_that_waited_too_long_to_be_saved(bob, carol, state):
    own = make_comment(make_post(), by=bob, state=state)
    client, address = Client(headers=SENT_HERE), f"/comments/{own.pk}/edit/"
    client.post(address, {"text": TYPED, "do": "signin"})
    client.force_login(bob)
    too_late(own)
    answer = client.get(address)
    assert (answer.status_code, given_back(answer)) == (403, [TYPED])
    # Whoever else signs in there reads nothing of it.
    client = Client(headers=SENT_HERE)
    client.post(address, {"text": TYPED, "do": "signin"})
    client.force_login(carol)
    assert TYPED.splitlines()[-1].encode() not in client.get(address).content
    assert given_back(client.get(address)) == []


def test_an_edit_beyond_the_limit_or_too_long(bob, monkeypatch):
    own = make_comment(make_post(), by=bob)
    client = signed_in(bob)
    answer = client.post(f"/comments/{own.pk}/edit/", {"text": TYPED * 200, "do": "save"})
    assert (answer.status_code, given_back(answer)) == (400, [TYPED * 200])
    monkeypatch.setattr(limiting, "EDITS", limiting.EDITS._replace(most=0))
    answer = client.post(f"/comments/{own.pk}/edit/", {"text": TYPED, "do": "save"})
    assert (answer.status_code, given_back(answer)) == (429, [TYPED])


@pytest.mark.parametrize("do", ["post", "note"])
@pytest.mark.parametrize("is_member", [True, False])
@pytest.mark.parametrize(
    ("happens", "statuses"),
    [
        (removed, {409}),
        (spam, {409}),
        (held, {409}),
        (post_withdrawn, {404}),
        (closed, {403}),
        (members_only, {403}),
        (suspended, {403}),
        (nobody_writes_any_more, {429}),
    ],
)
def test_a_comment_that_is_refused(bob, happens, statuses, is_member, do):
    post = make_post()
    # Bob's own in the case that he is suspended; else it stands for what is answered.
    answered = make_comment(post, by=bob)
    client = signed_in(bob) if is_member else Client(headers=SENT_HERE)
    if happens is suspended and not is_member or happens is members_only and is_member:
        return
    happens(answered)
    sent = {"text": TYPED, "do": do, **({"csrfmiddlewaretoken": "x"} if is_member else GUS)}
    if statuses == {409} and do == "note":
        return
    if do == "post":
        sent["parent"] = answered.pk
    answer = client.post(f"/posts/{post.pk}/comments/", sent)
    assert answer.status_code in statuses
    assert given_back(answer) == [TYPED]
    if not is_member and statuses != {404}:
        assert page_of(answer).xpath("//main//input[@name='email']/@value") == ["gus@example.org"]


def test_a_comment_after_the_session_ended_or_with_an_old_token(bob):
    address = f"/posts/{make_post().pk}/comments/"
    ended = Client(headers=SENT_HERE).post(address, {"text": TYPED, "do": "post", "csrfmiddlewaretoken": "x"})
    assert (ended.status_code, given_back(ended)) == (403, [TYPED])
    old = signed_in(bob, enforce_csrf_checks=True).post(address, {"text": TYPED, "do": "post"})
    assert (old.status_code, given_back(old)) == (403, [TYPED])
    assert not Comment.objects.exists()


def test_somebody_elses_comment_is_not_edited_and_the_words_come_back(bob, carol):
    own = make_comment(make_post(), by=bob)
    for client in (signed_in(carol), Client(headers=SENT_HERE)):
        answer = client.post(f"/comments/{own.pk}/edit/", {"text": TYPED, "do": "save"})
        assert (answer.status_code, given_back(answer)) == (403, [TYPED])
