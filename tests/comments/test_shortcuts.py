"""Keyboard shortcuts: a page for everybody, a fragment for the dialog, and a switch stored with a member's account."""

import pytest
from django.test import Client

from accounts.models import User
from tests.comments.pages import find, words
from tests.forms import page_of, submit

pytestmark = pytest.mark.django_db


def test_a_member_turns_them_off_and_on_again(bob):
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(bob)
    for press, kept in (("shortcuts=off", False), ("shortcuts=on", True)):
        answer = submit(client, client.get("/shortcuts/"), press=press)
        assert answer.status_code == 303
        assert User.objects.get(pk=bob.pk).shortcuts is kept


def test_a_visitor_has_a_switch_for_this_device_only():
    page = page_of(Client().get("/shortcuts/"))
    (button,) = find(page, ".shortcuts button")
    assert button.get("type") == "button"
    assert find(page, ".shortcuts form") == []


def test_a_script_gets_the_list_alone_with_a_way_to_close_it():
    answer = Client().get("/shortcuts/", headers={"X-Fragment": "1"})
    assert "<html" not in answer.content.decode()
    assert words(page_of(answer)).endswith("Close")


def test_it_can_be_sent_to_nobodys_account():
    assert Client().post("/shortcuts/", {"shortcuts": "off"}).status_code == 303


def test_the_dialog_of_a_discussion_lists_no_keys_of_the_queue():
    assert "Approve" in words(page_of(Client().get("/shortcuts/")))
    assert "Approve" not in words(page_of(Client().get("/shortcuts/", headers={"X-Fragment": "1"})))
