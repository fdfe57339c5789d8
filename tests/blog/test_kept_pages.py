"""Cached pages: the same bytes and headers as uncached ones, never stale, never personal."""

import gzip
import io
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.http import FileResponse, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog import actions, article_cache, page_cache, page_versions
from blog.models import SiteSettings
from comments import actions as comment_actions
from tests.blog.pages import make_kept
from tests.factories import make_comment, make_guest, make_post, make_scheduled_post, make_thread
from web import lru_cache

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    post = make_post(title="A kept page")
    make_thread(post, "a(b),c")
    return post


def get(post, *, query="", **headers):
    return Client().get(post.get_absolute_url() + query, headers=headers)


def queries_of(post, **headers):
    with CaptureQueriesContext(connection) as captured:
        get(post, **headers)
    return len(captured)


@pytest.mark.parametrize("encoding", ["", "gzip", "br, gzip", "gzip;q=1.0, identity; q=0.5"])
def test_a_cached_response_equals_the_first_one_and_costs_one_query(post, encoding):
    first = get(post, **{"Accept-Encoding": encoding})
    with CaptureQueriesContext(connection) as captured:
        second = get(post, **{"Accept-Encoding": encoding})
    assert second.content == first.content
    assert dict(second.headers) == dict(first.headers)
    assert len(captured) == 1


def test_cached_headers_equal_those_of_an_uncached_response(post):
    """Everything a page says that is not kept, the kept one says too, but for what keeping adds."""
    kept_headers = dict(get(post).headers)
    with override_settings(MIDDLEWARE=_without_keeping()):
        long_headers = dict(get(post).headers)
    added = {"ETag", "Cache-Control", "Content-Length", "Vary"}
    assert {name: kept_headers[name] for name in kept_headers.keys() - added} == {
        name: long_headers[name] for name in long_headers.keys() - added
    }
    assert "Content-Security-Policy" in kept_headers
    assert set(long_headers.get("Vary", "").split(", ")) - {""} <= set(kept_headers["Vary"].split(", "))


def _without_keeping():
    return [name for name in settings.MIDDLEWARE if name != "blog.page_cache.PageCacheMiddleware"]


@pytest.mark.parametrize(("encoding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_compressed_pages_hold_the_same_text(post, encoding, unpack):
    packed = get(post, **{"Accept-Encoding": encoding})
    assert packed["Content-Encoding"] == encoding
    assert unpack(packed.content) == get(post).content


def test_a_refused_encoding_is_not_used(post):
    assert "Content-Encoding" not in get(post, **{"Accept-Encoding": "br;q=0, gzip;q=0"}).headers


def test_an_unchanged_page_answers_304_without_a_body(post):
    etag = get(post)["ETag"]
    again = get(post, **{"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    page_versions.touch(post.pk)
    make_comment(post, name="new")
    assert get(post, **{"If-None-Match": etag}).status_code == 200


def test_head_has_the_headers_of_get(post):
    page = get(post)
    head = Client().head(post.get_absolute_url())
    assert head.content == b""
    assert dict(head.headers) == dict(page.headers)


@pytest.mark.parametrize(
    "change",
    [
        lambda post, mo: make_comment(post, name="Dora"),
        lambda post, mo: comment_actions.remove_comment(post.comments.first(), by=mo, reason="Off topic"),
        lambda post, mo: actions.save_post(_retitled(post), by=mo),
        lambda post, mo: actions.save_site_settings(_renamed(SiteSettings.load())),
        lambda post, mo: make_post(title="A later neighbour"),
    ],
)
def test_a_change_that_readers_see_is_on_the_next_page(post, mo, change):
    before = get(post).content
    change(post, mo)
    assert get(post).content != before


def _retitled(post):
    post.title = "Another title"
    return post


def _renamed(settings):
    settings.name = "Another name"
    return settings


def test_a_held_comment_evicts_nothing(post):
    get(post)
    before = _version(post)
    comment_actions.post_comment(
        post, writer=make_guest(), text=" ".join(f"https://{name}.example" for name in "abcd"), name="Spammer"
    )
    assert _version(post) == before


def _version(post):
    return type(post.page_state).objects.get(pk=post.pk).version


def test_scores_may_lag_ten_seconds_and_no_longer(post, bob):
    get(post)
    opener = post.comments.order_by("pk").first()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fresh = get(post).content
        comment_actions.cast_vote(opener, voter=bob, value=1)
        assert get(post).content == fresh
        clock.shift(timedelta(seconds=11))
        assert get(post).content != fresh


def test_a_withdrawn_post_is_gone_at_once(post):
    assert get(post).status_code == 200
    actions.withdraw_post(post, by=None)
    assert get(post).status_code == 410


def test_a_scheduled_post_appears_among_the_neighbours_at_its_minute():
    post = make_post(title="First")
    later = make_scheduled_post(title="Due in an hour")
    assert b"Due in an hour" not in get(post).content
    with time_machine.travel(later.published_at + timedelta(seconds=1)):
        assert b"Due in an hour" in get(post).content


def test_a_discussion_closes_at_its_minute():
    post = make_post(comments_close_after=1)
    assert b"Comments closed on" not in get(post).content
    with time_machine.travel(post.published_at + timedelta(days=1, seconds=1)):
        assert b"Comments closed on" in get(post).content


def test_dates_get_their_year_when_the_year_turns():
    with time_machine.travel(datetime(2025, 12, 31, 23, 0, tzinfo=UTC), tick=False) as clock:
        post = make_post()
        make_thread(post, "a")
        before = get(post).content
        clock.shift(timedelta(hours=2))
        assert get(post).content != before


def test_a_page_made_while_the_clock_was_ahead_is_made_again(post, bob):
    """Then comments were closed, a neighbour was out, and scores would have lagged until that day."""
    post.comments_close_after = 30
    actions.save_post(post, by=None)
    due = make_scheduled_post(title="Due in an hour")
    opener = post.comments.order_by("pk").first()
    with time_machine.travel(timezone.now() + timedelta(days=365)):
        ahead = get(post).content
    assert b"Comments closed on" in ahead
    assert due.title.encode() in ahead
    comment_actions.cast_vote(opener, voter=bob, value=1)
    now = get(post).content
    assert b"Comments closed on" not in now
    assert due.title.encode() not in now
    page_cache.cached_pages.clear()
    article_cache.cached_articles.clear()
    assert get(post).content == now


def test_pages_are_cached_for_each_theme_and_order_and_unknown_parameters_share_one(post):
    pages_seen = {
        get(post, query=query, Cookie=cookie).content
        for query, cookie in [
            ("", ""),
            ("", "theme=dark"),
            ("?order=newest", ""),
            ("?order=flat", "theme=light"),
        ]
    }
    assert len(pages_seen) == 4
    assert queries_of(post) == 1
    with CaptureQueriesContext(connection) as captured:
        get(post, query="?utm_source=x")
    assert len(captured) == 1


def test_the_order_of_the_cookie_is_the_page_of_that_order_and_the_address_wins(post):
    newest = get(post, query="?order=newest").content
    assert get(post, Cookie="order=newest").content == newest
    assert get(post, query="?order=oldest", Cookie="order=newest").content != newest


def test_members_and_guests_who_wrote_never_get_a_cached_page(post, bob):
    get(post)
    client = Client()
    client.force_login(bob)
    mine = client.get(post.get_absolute_url())
    assert "private" in mine["Cache-Control"]
    assert "Cookie" in mine["Vary"]
    assert b"Bob" in mine.content
    assert b"Bob" not in get(post).content
    written = get(post, Cookie="writer=anything")
    assert "private" in written["Cache-Control"]


def test_pages_for_everybody_hold_no_token_and_set_no_cookie(post):
    page = get(post)
    assert b"csrfmiddlewaretoken" not in page.content
    assert not page.cookies


def test_the_shelf_stays_within_its_size():
    shelf = lru_cache.LRUCache(most_bytes=10 * (100 + page_cache.OVERHEAD))
    for number in range(50):
        shelf.put((number,), _kept(b"x" * 100))
    assert [number for number in range(50) if shelf.get((number,))] == list(range(40, 50))


def _kept(body):
    return make_kept(body)


@override_settings(SECURE=True, SECURE_SSL_REDIRECT=True)
def test_an_insecure_request_goes_the_long_road_to_be_sent_to_https(post):
    assert get(post).status_code == 301


@pytest.mark.parametrize("make", [lambda: HttpResponse(b"page"), lambda: FileResponse(io.BytesIO(b"file"))])
def test_an_answer_to_head_has_no_body_whatever_it_is_of(make):
    """Servers take a body away themselves, and some complain of each."""
    response = page_cache.PageCacheMiddleware(lambda request: make())(RequestFactory().head("/about/"))
    assert b"".join(response) == b""


def test_a_post_that_becomes_due_while_a_page_is_made_is_on_the_next_one(post):
    asked = RequestFactory().get(post.get_absolute_url())
    asked.site = SiteSettings.load()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        make_scheduled_post(title="Between two instants")

        def made_slowly(request):
            clock.shift(timedelta(hours=2))
            return HttpResponse(b"without the neighbour")

        page_cache.PageCacheMiddleware(made_slowly)(asked)
        again = page_cache.PageCacheMiddleware(lambda request: HttpResponse(b"with the neighbour"))(asked)
    assert again.content == b"with the neighbour"


def test_a_host_that_is_not_ours_is_refused_with_all_headers(post):
    refused = get(post, Host="evil.example")
    assert refused.status_code == 400
    assert "Content-Security-Policy" in refused.headers


def test_no_address_of_a_post_holds_what_a_database_cannot_look_up(post):
    assert Client().get("/2026/03/a%00b/").status_code == 404
    assert page_cache._POST_PATH.fullmatch("/2026/03/a\0b/") is None
    assert page_cache._POST_PATH.fullmatch("/2026/03/über-1_b/")
