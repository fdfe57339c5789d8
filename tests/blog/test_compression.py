"""Every page and feed is packed for who can unpack it, kept or not, personal or not."""

import gzip

import pytest

from tests.factories import make_post, make_thread

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/archive/", "/search/?q=paragraph", "/feed/", "/nowhere/"])
def test_pages_that_are_not_kept_are_packed_on_the_way_out(client, path):
    make_post(body="A paragraph that repeats itself. " * 40)
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]


def test_a_members_page_of_a_post_is_packed(client, bob):
    post = make_post()
    make_thread(post, "a(b(c)),d,e,f,g")
    client.force_login(bob)
    page = client.get(post.get_absolute_url(), headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert b"Text of g." in gzip.decompress(page.content)


def test_a_kept_page_is_packed_once(client):
    post = make_post()
    make_thread(post, "a(b(c)),d,e,f,g")
    for _time in range(2):
        page = client.get(post.get_absolute_url(), headers={"Accept-Encoding": "gzip"})
        assert page["Content-Encoding"] == "gzip"
        assert b"<!doctype html>" in gzip.decompress(page.content)
        assert page["ETag"].startswith('"')
