"""The cached parts of a post's page: few queries for a member, and never stale."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog import actions, article_cache
from blog.models import SiteSettings
from tests.factories import make_category, make_comment, make_post, make_scheduled_post, make_tag, make_thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, bob):
    """The page of a post as a member reads it."""
    client.force_login(bob)
    return lambda post: client.get(post.get_absolute_url()).content.decode()


@pytest.mark.parametrize("comments", [5, 200])
def test_a_member_reads_with_eight_queries_whatever_the_size(client, bob, ada, comments):
    post = make_post(by=ada.author, categories=("Courts",), tags=("Ohio", "Iowa"))
    opener = make_thread(post, "a")["a"]
    for _number in range(comments):
        make_comment(post, parent=opener, by=bob)
    client.force_login(bob)
    client.get(post.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        client.get(post.get_absolute_url())
    assert len(captured) <= 8


def test_a_new_comment_is_counted_without_rendering_the_article_again(page):
    post = make_post()
    make_thread(post, "a")
    assert ">1 comment</a>" in page(post)
    article = article_cache.cached_articles.get((post.pk, SiteSettings.load().version))
    make_thread(post, "b")
    assert ">2 comments</a>" in page(post)
    assert article_cache.cached_articles.get((post.pk, SiteSettings.load().version)) is article


def test_every_change_of_the_post_is_seen(page, ada):
    post = make_post(title="First title")
    assert "First title" in page(post)
    post.title = "Second title"
    actions.save_post(post, by=ada, categories=[make_category("Courts")], tags=[make_tag("Ohio")])
    after = page(post)
    assert "Second title" in after
    assert "Courts" in after
    assert "Ohio" in after


def test_a_later_post_appears_among_the_neighbours_at_its_minute(page):
    post, later = make_post(), make_scheduled_post(title="Due in an hour")
    assert "Due in an hour" not in page(post)
    with time_machine.travel(later.published_at + timedelta(seconds=1)):
        assert "Due in an hour" in page(post)


def test_a_text_cannot_pretend_to_be_the_place_of_the_count(page):
    post = make_post(
        title=article_cache.COUNT_MARK,
        dek=article_cache.COUNT_MARK,
        body=f"Before {article_cache.COUNT_MARK} after.",
    )
    assert page(post).count("0 comments</a>") == 1
