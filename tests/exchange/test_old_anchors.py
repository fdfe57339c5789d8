"""Old `#comment-<id>` anchors: each leads to the comment it meant, and never to another post's."""

import pytest
from django.urls import reverse

from exchange.models import ImportedItem
from tests.factories import make_draft, make_post, make_thread

pytestmark = pytest.mark.django_db


def ask(client, old_id, post):
    return client.get(
        reverse("exchange:old_comment", args=[old_id]), {"post": post if isinstance(post, str) else post.pk}
    )


def came_as(old_id, comment):
    ImportedItem.objects.create(site="old.example", kind="comment", old_id=str(old_id), new_id=comment.pk)


def test_a_kept_id_leads_to_its_place_in_the_discussion(client):
    post = make_post()
    comment = make_thread(post, "a")["a"]
    assert ask(client, comment.pk, post).json() == {"address": f"/comments/{comment.pk}/in-thread/"}


def test_an_old_id_leads_to_the_new_one_even_where_it_is_somebody_elses_now(client):
    post = make_post()
    made = make_thread(post, "a,b")
    came_as(made["a"].pk, made["b"])
    assert ask(client, made["a"].pk, post).json() == {"address": f"/comments/{made['b'].pk}/in-thread/"}


def test_a_comment_of_another_post_is_not_found(client):
    comment = make_thread(make_post(), "a")["a"]
    assert ask(client, comment.pk, make_post()).status_code == 404


def test_a_comment_that_readers_do_not_see_is_not_found(client):
    post = make_post()
    comment = make_thread(post, "a-")["a"]
    assert ask(client, comment.pk, post).status_code == 404
    assert ask(client, 1, make_draft()).status_code == 404


@pytest.mark.parametrize(
    ("old_id", "post"), [("9" * 30, "1"), ("1", "9" * 30), ("1", "x"), ("1", ""), ("1", "٣")]
)
def test_odd_words_are_not_found(client, old_id, post):
    assert client.get(f"/old/comment/{old_id}/", {"post": post}).status_code == 404
