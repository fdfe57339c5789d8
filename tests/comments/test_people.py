"""People's pages, and who has one."""

import pytest
from django.test import Client

from comments.models import CommentState
from tests.comments.pages import find, page_of, words
from tests.factories import make_comment, make_guest, make_post, make_scheduled_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    return make_post(title="A river and its calendar")


def test_a_persons_page_has_their_name_and_public_comments(post, bob, carol):
    said = make_comment(post, by=bob, text="Bob said this.")
    make_comment(post, by=carol, text="Carol said that.")
    make_comment(post, by=bob, text="Nobody reads this.", state=CommentState.HELD)
    make_comment(make_scheduled_post(), by=bob, text="Too early.")
    answer = Client().get("/people/bob/")
    page = page_of(answer)
    assert words(find(page, "h1")[0]) == "Bob"
    assert page.xpath("//ol[@class='said']//a[contains(@href, 'in-thread')]/@href") == [
        f"/comments/{said.pk}/in-thread/"
    ]
    assert "Comments 1" in words(find(page, "dl.facts")[0])
    assert bob.email not in answer.content.decode()


def test_a_suspended_person_is_said_to_be_so(bob):
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    assert "suspended" in words(page_of(Client().get("/people/bob/")))


def test_nobody_by_that_name_is_not_found(db):
    assert Client().get("/people/nobody/").status_code == 404


def test_a_guest_is_named_but_has_no_page(post):
    make_comment(post, by=make_guest(name="Gus"), name="Gus")
    page = page_of(Client().get("/comments/"))
    assert "Gus on A river and its calendar" in words(page)
    assert not page.xpath("//a[starts-with(@href, '/people/')]")


def test_whoever_has_not_confirmed_an_address_has_no_page(bob):
    address = bob.get_absolute_url()
    assert Client().get(address).status_code == 200
    bob.emailaddress_set.update(verified=False)
    assert Client().get(address).status_code == 404
