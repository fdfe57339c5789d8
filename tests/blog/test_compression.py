"""Every page and feed is compressed for clients that accept it, cached or not, personal or not."""

import gzip

import brotli
import pytest

from tests.factories import make_post, make_thread
from web.compression import compress_quickly

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip, br;q=0", "gzip", gzip.decompress),
    ],
)
@pytest.mark.parametrize("path", ["/", "/archive/", "/search/?q=paragraph", "/feed/", "/nowhere/"])
def test_pages_that_are_not_cached_are_compressed_when_sent(client, path, accepted, encoding, unpack):
    make_post(body="A paragraph that repeats itself. " * 40)
    plain = client.get(path)
    sent = client.get(path, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in plain.headers
    assert sent["Content-Encoding"] == encoding
    assert unpack(sent.content) == plain.content
    assert sent["Content-Length"] == str(len(sent.content))
    assert "Accept-Encoding" in sent["Vary"]
    assert not sent.get("ETag", "").startswith('"')


@pytest.mark.parametrize("most", [1, 100, 256])
def test_the_length_of_a_packed_page_says_little_of_it(most):
    page = b"<p>A paragraph that repeats itself.</p>" * 200
    streams = [compress_quickly(page, most_random=most) for _time in range(100)]
    assert {brotli.decompress(stream) for stream in streams} == {page}
    lengths = [len(stream) for stream in streams]
    assert max(lengths) - min(lengths) in range(most // 2, most)


def test_a_short_answer_is_sent_as_it_is(client):
    answer = client.get("/healthz", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in answer.headers


def test_a_members_page_of_a_post_is_packed(client, bob):
    post = make_post()
    make_thread(post, "a(b(c)),d,e,f,g")
    client.force_login(bob)
    page = client.get(post.get_absolute_url(), headers={"Accept-Encoding": "br"})
    assert page["Content-Encoding"] == "br"
    assert b"Text of g." in brotli.decompress(page.content)


def test_a_cached_page_is_compressed_once(client):
    post = make_post()
    make_thread(post, "a(b(c)),d,e,f,g")
    for _time in range(2):
        page = client.get(post.get_absolute_url(), headers={"Accept-Encoding": "gzip"})
        assert page["Content-Encoding"] == "gzip"
        assert b"<!doctype html>" in gzip.decompress(page.content)
        assert page["ETag"].startswith('"')
