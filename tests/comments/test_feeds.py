"""Feeds of comments: all public comments with their full text, and nothing else."""

import pytest
from django.conf import settings
from django.test import Client, override_settings
from lxml import etree

from comments import lists
from comments.models import Comment, CommentState
from tests.factories import make_comment, make_post, make_scheduled_post, make_thread, take_away

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def post():
    return make_post(title="Rivers & calendars")


def feed(address="/comments/feed/", **headers):
    answer = Client().get(address, headers=headers)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.content)


def texts(root, path):
    return [element.text for element in root.xpath(path, namespaces=ATOM)]


def test_the_feed_of_all_comments_has_the_newest_first_with_their_whole_text(post, bob):
    make_comment(post, text="First words.\n\nMore words.", name="Gus")
    make_comment(make_post(), text="Second **words**.", by=bob)
    root = feed()
    assert texts(root, "a:entry/a:content") == [
        "<p>Second <strong>words</strong>.</p>",
        "<p>First words.</p><p>More words.</p>",
    ]
    assert texts(root, "a:entry/a:author/a:name") == ["Bob", "Gus"]
    assert texts(root, "a:entry/a:title")[1] == "Gus (#1) on “Rivers & calendars”"


def test_entries_lead_into_the_thread_and_keep_their_identity(post):
    comment = make_comment(post)
    (entry,) = feed().xpath("a:entry", namespaces=ATOM)
    own_page = f"{settings.SITE_URL}/comments/{comment.pk}/"
    assert entry.xpath("a:link/@href", namespaces=ATOM) == [f"{own_page}in-thread/"]
    assert texts(entry, "a:id") == [own_page]


def test_what_is_not_public_is_in_no_feed(post):
    made = make_thread(post, "a(b),c")
    take_away(made["c"])
    make_comment(post, state=CommentState.HELD)
    make_comment(post, state=CommentState.SPAM)
    make_comment(make_scheduled_post())
    assert texts(feed(), "a:entry/a:author/a:name") == ["b", "a"]


def test_one_posts_feed_has_its_comments_only(post):
    make_thread(post, "a(b)")
    make_thread(make_post(), "x")
    root = feed(f"{post.get_absolute_url()}feed/")
    assert texts(root, "a:entry/a:author/a:name") == ["b", "a"]
    assert "Rivers & calendars" in texts(root, "a:title")[0]
    assert root.xpath("a:link[not(@rel='self')]/@href", namespaces=ATOM)[0] == (
        f"{settings.SITE_URL}{post.get_absolute_url()}"
    )


def test_a_branchs_feed_has_its_comments_only_and_goes_on_without_the_first(post):
    made = make_thread(post, "a(b(c),d),e")
    address = f"/comments/{made['b'].pk}/feed/"
    root = feed(address)
    assert texts(root, "a:entry/a:author/a:name") == ["c", "b"]
    assert texts(root, "a:title")[0].startswith("Comments under #2 on “Rivers & calendars”")
    take_away(made["b"])
    assert texts(feed(address), "a:entry/a:author/a:name") == ["c"]


@pytest.mark.parametrize("state", [CommentState.HELD, CommentState.SPAM])
def test_a_comment_that_waits_has_no_feed(post, state):
    comment = make_comment(post, state=state)
    assert Client().get(f"/comments/{comment.pk}/feed/").status_code == 404
    elsewhere = make_comment(make_scheduled_post())
    assert Client().get(f"/comments/{elsewhere.pk}/feed/").status_code == 404


def test_a_post_that_nobody_may_read_has_no_feed(post):
    assert Client().get(f"{make_scheduled_post().get_absolute_url()}feed/").status_code == 404
    assert Client().get("/2026/03/nothing/feed/").status_code == 404
    # Any other month leads on, as a post's own address does.
    elsewhere = Client().get(f"/1999/01/{post.slug}/feed/")
    assert (elsewhere.status_code, elsewhere["Location"]) == (301, f"{post.get_absolute_url()}feed/")


def test_links_to_other_comments_lead_home_from_elsewhere(post):
    opener = make_comment(post)
    reply = make_comment(post, parent=opener)
    Comment.objects.filter(pk=reply.pk).update(body_html=f'<p><a href="/comments/{opener.pk}/">#1</a></p>')
    assert f'href="{settings.SITE_URL}/comments/{opener.pk}/"' in texts(feed(), "a:entry/a:content")[0]


@override_settings(ALLOWED_HOSTS=["*"])
def test_no_address_is_made_from_the_host_that_was_asked(post):
    make_comment(post)
    answer = Client().get("/comments/feed/", headers={"Host": "evil.example"})
    assert b"evil.example" not in answer.content


def test_what_xml_cannot_carry_does_not_break_the_feed(post):
    comment = make_comment(post, name="Gus")
    Comment.objects.filter(pk=comment.pk).update(guest_name="Gu\x0bs", body_html="<p>a\x01b ]]> &amp;</p>")
    root = feed()
    assert texts(root, "a:entry/a:author/a:name") == ["Gus"]
    assert texts(root, "a:entry/a:content") == ["<p>ab ]]> &amp;</p>"]


def test_no_address_of_a_person_is_in_a_feed(post, bob):
    make_comment(post, by=bob)
    assert bob.email.encode() not in Client().get("/comments/feed/").content


def test_a_feed_that_has_not_changed_is_not_sent_again(post):
    make_comment(post)
    first = Client().get("/comments/feed/")
    again = Client().get("/comments/feed/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    make_comment(post)
    assert Client().get("/comments/feed/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_feeds_list_is_the_list_of_recent_comments(post):
    make_thread(post, "a,b,c")
    assert [comment.writer_name for comment in lists.public_comments()] == ["c", "b", "a"]
