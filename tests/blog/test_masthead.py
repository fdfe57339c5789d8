"""The masthead: each person finds their own ways in, and nobody sees one that is closed to them."""

import pytest

from tests.factories import make_owner, make_user

pytestmark = pytest.mark.django_db


def ways_in(client, user=None):
    if user:
        client.force_login(user)
    page = client.get("/").content.decode()
    return 'href="/admin/"' in page, 'href="/accounts/login/"' in page


def test_a_visitor_finds_the_way_to_sign_in(client):
    assert ways_in(client) == (False, True)


def test_a_reader_finds_neither(client):
    assert ways_in(client, make_user()) == (False, False)


def test_an_author_finds_where_to_write(client, ada):
    assert ways_in(client, ada) == (True, False)


def test_an_owner_finds_where_to_write(client):
    assert ways_in(client, make_owner()) == (True, False)
