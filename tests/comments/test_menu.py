"""The menu "More": a script gets the actions of the comment's page that this reader may do."""

import pytest
from django.test import Client

from comments import actions
from tests.comments.pages import find, words
from tests.factories import make_comment, make_post, take_away
from tests.forms import page_of

pytestmark = pytest.mark.django_db

ASKED_BY_SCRIPT = {"Sec-Fetch-Site": "same-origin", "X-Fragment": "1"}


@pytest.fixture
def comment(carol):
    return make_comment(make_post(), by=carol)


def menu(comment, user=None):
    client = Client(headers=ASKED_BY_SCRIPT)
    if user:
        client.force_login(user)
    answer = client.get(comment.get_absolute_url())
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    return page_of(answer)


def items(tree):
    return [words(item) for tag in ("a", "button") for item in find(tree, tag)]


def test_a_visitor_is_offered_what_anybody_may_do(comment):
    tree = menu(comment)
    assert items(tree) == [
        "Copy link",
        "Open comment page",
        "Report…",
        "Feed of these replies",
        "Mute Carol",
        "Mute these replies",
    ]
    assert {item.get("role") for tag in ("a", "button") for item in find(tree, tag)} == {"menuitem"}
    assert not find(tree, "input")


def test_a_member_sends_the_token(comment, bob):
    (token,) = find(menu(comment, bob), "input")
    assert token.get("name") == "csrfmiddlewaretoken"


def test_the_writer_withdraws_and_does_not_mute_themselves(comment, carol):
    found = items(menu(comment, carol))
    assert "Edit…" in found
    assert "Report…" not in found
    assert "Delete…" in found
    assert "Mute Carol" not in found


def test_the_menu_offers_to_unmute_somebody_who_is_muted(comment, bob):
    actions.mute_person(comment, by=bob)
    tree = menu(comment, bob)
    assert "Unmute this reader" in items(tree)
    assert "Carol" not in words(tree)


def test_the_menu_of_a_deleted_comment_does_not_name_its_writer(comment):
    take_away(comment)
    comment.refresh_from_db()
    assert "Carol" not in words(menu(comment))


def test_a_held_comment_has_no_menu_for_others(carol):
    held = make_comment(make_post(), by=carol, state="held")
    assert Client(headers=ASKED_BY_SCRIPT).get(held.get_absolute_url()).status_code == 404


def test_a_browser_going_back_does_not_take_the_menu_for_the_page(comment):
    for headers in ({}, ASKED_BY_SCRIPT):
        answer = Client(headers=headers).get(comment.get_absolute_url())
        assert "X-Fragment" in answer["Vary"]
