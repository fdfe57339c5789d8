"""Ids of feed entries are stored and never change, even if the site or the post moves."""

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from lxml import etree

from blog import actions
from blog.models import Post, SiteSettings
from exchange import rerendering
from tests.exchange.exports import bring, export, item
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
KEEP = import_module("blog.migrations.0010_keep_feed_ids")


def root_of(client, path: str):
    answer = client.get(path)
    assert answer.status_code == 200
    return etree.fromstring(answer.content)


def ids(client, path: str = "/feed/") -> list[str]:
    return root_of(client, path).xpath("//a:id/text()", namespaces=ATOM)


def as_before_ids_stood_in_columns(post) -> str:
    """Leave the rows as former code wrote them; return what it gave the post out with."""
    Post.objects.filter(pk=post.pk).update(entry_id=None)
    SiteSettings.objects.update(feed_base="")
    return f"{settings.SITE_URL}/posts/{post.pk}/preview/"


def test_a_new_post_has_an_id_of_its_own_that_says_nothing_of_the_site(client):
    make_post(title="One")
    make_post(title="Two")
    entries = root_of(client, "/feed/").xpath("a:entry/a:id/text()", namespaces=ATOM)
    assert len(set(entries)) == 2
    assert all(
        re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", entry) for entry in entries
    )


def test_what_was_given_out_before_stays_byte_for_byte_when_the_site_moves(
    client, settings, django_assert_num_queries
):
    posts = [make_post(title=f"Post {number}", tags=("Ohio",)) for number in range(3)]
    make_comment(posts[0])
    former = [as_before_ids_stood_in_columns(post) for post in posts]
    paths = ["/feed/", "/tag/ohio/feed/", "/comments/feed/", f"{posts[0].get_absolute_url()}feed/"]
    before = [ids(client, path) for path in paths]
    assert set(former) <= set(before[0])
    KEEP.write_down(apps, None)
    assert [ids(client, path) for path in paths] == before
    settings.SITE_URL = "https://moved.example"
    assert [ids(client, path) for path in paths] == before
    assert "https://moved.example" in client.get("/feed/").content.decode()
    KEEP.write_down(apps, None)
    assert [ids(client, path) for path in paths] == before


def test_title_address_and_text_change_no_id(client, ada):
    post = make_post(title="One", by=ada.author)
    before = ids(client)
    post = Post.objects.get()
    post.title, post.slug, post.body = "Two", "two", "Other words."
    actions.save_post(post, by=ada)
    rerendering.rerender_posts(everything=True)
    assert ids(client) == before


def test_a_post_that_former_code_writes_during_the_upgrade_keeps_what_it_gave_out(client, ada, settings):
    post = make_post(title="One", by=ada.author)
    former = as_before_ids_stood_in_columns(post)
    assert former in ids(client)
    actions.save_post(Post.objects.get(), by=ada)
    settings.SITE_URL = "https://moved.example"
    assert former in ids(client)
    other = make_post(title="Two")
    former = as_before_ids_stood_in_columns(other)
    rerendering.rerender_posts(everything=True)
    settings.SITE_URL = "https://moved.again"
    assert former in ids(client)


def test_the_owners_settings_leave_the_ids_as_they_are(client, settings):
    make_comment(make_post())
    before = ids(client, "/comments/feed/")
    SiteSettings.objects.update(feed_base="")
    actions.save_site_settings(SiteSettings(name="Of former code"))
    settings.SITE_URL = "https://moved.example"
    actions.save_site_settings(SiteSettings(name="Another name"))
    assert ids(client, "/comments/feed/") == before


def with_guid(number: int, guid: str) -> str:
    return item(number).replace("<dc:creator>", f'<guid isPermaLink="false">{guid}</guid><dc:creator>')


def test_an_imported_post_keeps_the_id_of_its_export(client, tmp_path):
    guids = ["https://old.example/?p=5", "tag:old.example,2011:cafe\u0301/6"]
    bring(tmp_path, export(with_guid(5, guids[0]), with_guid(6, guids[1])))
    assert list(Post.objects.order_by("pk").values_list("entry_id", flat=True)) == guids
    assert set(guids) <= set(ids(client))


@pytest.mark.parametrize("guid", ["", "two words", "x" * 501, "https://old.example/?p=5"])
def test_an_invalid_feed_id_or_another_posts_is_not_used(tmp_path, guid):
    bring(tmp_path, export(with_guid(5, "https://old.example/?p=5"), with_guid(6, guid)))
    first, second = Post.objects.order_by("pk").values_list("entry_id", flat=True)
    assert first == "https://old.example/?p=5"
    assert second.startswith("urn:uuid:")


def test_a_post_that_came_with_an_import_before_keeps_what_it_was_given_out_with_here(client, tmp_path):
    text = export(with_guid(5, "https://old.example/?p=5"))
    bring(tmp_path, text)
    former = as_before_ids_stood_in_columns(Post.objects.get())
    KEEP.write_down(apps, None)
    bring(tmp_path, text)
    assert former in ids(client)


@pytest.mark.parametrize(
    "words", ["1 < 2 & 3 > 2", "<b>not bold</b>", "Dear <name>, &amp; so on", "a &lt; b", "“Q” — é सीता"]
)
def test_a_summary_is_words_and_no_html(client, words):
    make_post(title=words, slug="x", dek=words)
    entry = root_of(client, "/feed/").find("a:entry", namespaces=ATOM)
    summary, title = entry.find("a:summary", namespaces=ATOM), entry.find("a:title", namespaces=ATOM)
    assert (summary.get("type"), summary.text, len(summary)) == ("text", words, 0)
    assert (title.get("type", "text"), title.text) == ("text", words)


def test_what_has_no_summary_has_no_element_for_it(client):
    make_comment(make_post(dek=""))
    for path in ("/feed/", "/comments/feed/"):
        assert root_of(client, path).findall("a:entry/a:summary", namespaces=ATOM) == []
