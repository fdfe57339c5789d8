"""The first words of a comment, for a script that shows them beside a link to it."""

import pytest
from django.test import Client

from comments import actions
from comments.models import CommentState
from tests.comments.pages import page_of, words
from tests.factories import make_comment, make_guest, make_post, take_away

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    return make_post()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def previewed(comment, client=None):
    answer = (client or Client()).get(f"/comments/{comment.pk}/preview/")
    return answer.status_code, words(page_of(answer))


def test_the_preview_of_a_comment_is_its_name_number_and_first_words(post):
    comment = make_comment(post, text=f"So *it* is.\n\n{'And on. ' * 60}", name="Ann & <Bo>")
    status, said = previewed(comment)
    assert status == 200
    assert said.startswith("Ann & <Bo> #1 So it is. And on. ")
    assert said.endswith("…")
    assert len(said) < 310
    answer = Client().get(f"/comments/{comment.pk}/preview/")
    assert answer["Cache-Control"] == "no-cache"
    assert answer["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("state", [CommentState.REMOVED, CommentState.WITHDRAWN])
def test_nothing_of_a_comment_that_is_gone_is_previewed(post, state):
    comment = make_comment(post, text="Regretted.", by=make_guest(name="Jo"))
    take_away(comment, state=state)
    assert previewed(comment) == (410, "Comment #1 has been deleted.")


def test_what_waits_is_previewed_to_its_writer_and_moderators(post, bob, carol, mo):
    comment = make_comment(post, text="Not yet.", by=bob, state="held")
    for stranger in (Client(), signed_in(carol)):
        assert previewed(comment, stranger) == (404, "Comment not found.")
    for reader in (bob, mo):
        assert previewed(comment, signed_in(reader)) == (200, "Bob Not yet.")
    assert Client().get("/comments/99999/preview/").status_code == 404


def test_the_preview_of_a_deleted_comment_that_was_never_public_names_no_number(post):
    guest = make_guest()
    withdrawn = make_comment(post, text="Not for you.", by=guest, state=CommentState.HELD)
    actions.withdraw_comment(withdrawn, by=guest)
    removed = make_comment(post, text="Not for you.", state=CommentState.HELD)
    actions.remove_comment(removed, by=None)
    for comment in (withdrawn, removed):
        assert previewed(comment) == (410, "This comment has been deleted.")
