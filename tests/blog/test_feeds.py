"""A feed reader subscribes: full text, absolute addresses of the site, and nothing again that it has already."""

from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import etree

from blog.models import Category, Tag
from tests.factories import make_author, make_comment, make_post

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
BODY = """Text with a [link](/about/), and *stress*.

:::source
publication: Reuters
headline: H
url: https://reuters.com/a

Words.
:::
"""


def feed(client, path: str, **headers):
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(response.content)


def test_the_feed_has_the_whole_text_newest_first(client):
    ann = make_author(display_name="Ann")
    make_post(title="Older", published_at=timezone.now() - timedelta(days=1))
    post = make_post(title="Newer", dek="The dek.", body=BODY, by=ann, categories=("Courts",), tags=("Ohio",))
    root = feed(client, "/feed/")
    assert root.xpath("a:entry/a:title/text()", namespaces=ATOM) == ["Newer", "Older"]
    entry = root.xpath("a:entry", namespaces=ATOM)[0]
    content = entry.findtext("a:content", namespaces=ATOM)
    assert "<em>stress</em>" in content
    assert "<blockquote" in content
    assert entry.findtext("a:summary", namespaces=ATOM) == "The dek."
    assert entry.findtext("a:author/a:name", namespaces=ATOM) == "Ann"
    assert entry.xpath("a:category/@term", namespaces=ATOM) == ["Courts", "Ohio"]
    assert entry.xpath("a:link/@href", namespaces=ATOM) == [f"http://testserver{post.get_absolute_url()}"]


def test_every_address_is_the_sites_whatever_host_was_asked(client):
    make_post(title="A", body=BODY, tags=("Ohio",))
    for path in ("/feed/", "/tag/ohio/feed/"):
        response = client.get(path, headers={"host": "localhost"})
        assert b"localhost" not in response.content
        assert b'href="/' not in response.content
        assert b"href=&quot;/" not in response.content
    content = feed(client, "/feed/").findtext("a:entry/a:content", namespaces=ATOM)
    assert 'href="http://testserver/about/"' in content


@pytest.mark.parametrize("path", ["/category/courts/", "/tag/ohio/", "/author/ann/", "/source/reuters/"])
def test_each_list_has_a_feed_of_its_own_posts(client, path):
    make_post(
        title="In", body=BODY, by=make_author(display_name="Ann"), categories=("Courts",), tags=("Ohio",)
    )
    make_post(title="Out")
    root = feed(client, f"{path}feed/")
    assert root.xpath("a:entry/a:title/text()", namespaces=ATOM) == ["In"]
    assert root.xpath("a:link[@rel='self']/@href", namespaces=ATOM) == [f"http://testserver{path}feed/"]
    assert root.xpath("a:link[@rel='alternate']/@href", namespaces=ATOM) == [f"http://testserver{path}"]


def test_an_entry_keeps_its_identity_when_its_title_and_address_change(client):
    post = make_post(title="Before")
    before = feed(client, "/feed/").findtext("a:entry/a:id", namespaces=ATOM)
    post.title, post.slug = "After", "after"
    post.save()
    root = feed(client, "/feed/")
    assert root.findtext("a:entry/a:title", namespaces=ATOM) == "After"
    assert root.findtext("a:entry/a:id", namespaces=ATOM) == before


def test_a_feed_reader_with_the_current_feed_gets_304(client):
    make_post()
    first = client.get("/feed/")
    again = client.get("/feed/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_post()
    assert client.get("/feed/", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_signs_that_xml_cannot_carry_do_not_break_the_feed(client):
    make_post(title="Bell \x07 and <tag> & more", slug="bell", body="a \x0b b")
    assert feed(client, "/feed/").findtext("a:entry/a:title", namespaces=ATOM) == "Bell  and <tag> & more"


def test_no_address_of_a_person_is_in_it(client):
    ann = make_author(display_name="Ann")
    make_comment(make_post(by=ann), by=ann.user)
    assert b"example.org" not in client.get("/feed/").content
    assert "Cookie" not in client.get("/feed/").get("Vary", "")


def test_names_that_xml_cannot_carry_break_no_feed(client):
    ann = make_author(display_name="Ann")
    make_post(title="T", by=ann, categories=("Courts",), tags=("Ohio",))
    for row in (ann, Category.objects.get(), Tag.objects.get()):
        type(row).objects.update(name="ab\x0bc\ufffe")
    root = feed(client, "/feed/")
    assert root.xpath("a:entry/a:author/a:name/text()", namespaces=ATOM) == ["abc"]
    assert root.xpath("a:entry/a:category/@term", namespaces=ATOM) == ["abc", "abc"]
