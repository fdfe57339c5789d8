"""The pages of a new site are created once, and never again."""

from io import StringIO

import pytest
from django.core.management import call_command

from blog import actions
from blog.models import Post
from exchange.demo.standing import make_standing_pages
from tests.factories import make_page

pytestmark = pytest.mark.django_db


def test_a_new_site_has_rules_and_drafts_of_what_only_its_owner_can_say(client):
    assert len(make_standing_pages()) == 3
    states = dict(Post.objects.pages().order_by("position").values_list("path", "state"))
    assert states == {"/about/": "draft", "/rules/": "published", "/privacy/": "draft"}
    assert client.get("/rules/").status_code == 200
    assert make_standing_pages() == []


def test_a_site_with_a_page_of_its_own_gets_none():
    actions.withdraw_post(make_page(), by=None)
    assert make_standing_pages() == []
    assert Post.objects.count() == 1


def test_an_owner_is_made_with_these_pages_and_told_so():
    said = []
    for _time in range(2):
        out = StringIO()
        call_command("make_owner", "--email", "olive@example.org", "--new-password", stdout=out)
        said.append("Created the house rules page" in out.getvalue())
    assert said == [True, False]
    assert Post.objects.pages().count() == 3
