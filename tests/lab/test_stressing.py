"""Writers and readers over HTTP: contradictions on a page that they notice, and a small run against a real server."""

import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from comments import actions
from comments.models import Comment, DiscussionSettings
from lab.stress import over_http, pages
from lab.stress.browser import Browser, GivenUp
from lab.stress.over_http import Plan, Record
from lab.stress.stage import stage
from lab.stress.writers import Ledger
from tests.factories import make_guest, make_post, make_thread

pytestmark = pytest.mark.own_database

# --- what a page shows ----------------------------------------------------------------------------------------


@pytest.fixture
def html(db):
    """The whole page of a discussion with forks, runs and a tombstone."""
    post = make_post()
    make_thread(post, "a(b(c,d(e)),f-(g)),h,i(j)")
    return Client().get(f"{post.get_absolute_url()}?all").content


def findings(html):
    return list(pages.findings(pages.read(html)))


def test_a_sound_page_has_nothing_wrong(html):
    assert findings(html) == []
    read = pages.read(html)
    assert (read.count, len(read.comments)) == (9, 10)
    assert {(fold.said, fold.held) for fold in read.folds} >= {(5, 5), (3, 3)}


@pytest.mark.parametrize("order", ["newest", "best", "flat"])
def test_a_page_in_another_order_has_nothing_wrong(db, order):
    post = make_post()
    make_thread(post, "a(b(c,d(e)),f-(g)),h,i(j)")
    html = Client().get(f"{post.get_absolute_url()}?order={order}&all").content
    assert list(pages.findings(pages.read(html), in_threads=order != "flat")) == []


def ids_of(html):
    return pages.ids_on(html)


def without(html, pk):
    """Cut a comment out of a page."""
    start = html.index(b'<article class="comment', html.index(f'id="comment-{pk}"'.encode()) - 60)
    return html[:start] + html[html.index(b"</article>", start) + len(b"</article>") :]


def test_a_comment_that_is_missing_is_noticed(html):
    assert any(
        "it says 9 comments and shows 8" in finding for finding in findings(without(html, ids_of(html)[-1]))
    )


def test_a_reply_without_its_parent_is_noticed(html):
    parent = ids_of(html)[0]
    assert any(
        f"answers {parent}, which is not on it" in finding for finding in findings(without(html, parent))
    )


def test_a_comment_that_stands_there_twice_is_noticed(html):
    first, second = ids_of(html)[:2]
    doubled = html.replace(f'id="comment-{second}"'.encode(), f'id="comment-{first}"'.encode())
    assert f"comment {first} stands on it twice" in findings(doubled)


def test_a_number_that_is_given_twice_is_noticed(html):
    assert "#1 stands on it twice" in findings(html.replace(b">#2 &#183;", b">#1 &#183;"))


def test_a_heading_that_counts_otherwise_is_noticed(html):
    assert "it says 8 comments and shows 9" in findings(html.replace(b"<span>9</span>", b"<span>8</span>"))


def test_a_fold_that_counts_otherwise_is_noticed(html):
    wrong = html.replace(b"<summary>5 replies", b"<summary>4 replies")
    assert any("says 4 and holds 5" in finding for finding in findings(wrong))


def test_a_reply_before_its_parent_is_noticed():
    seen = [
        pages.Seen(id=2, parent=1, number=2, is_gone=False, is_public=True),
        pages.Seen(id=1, parent=None, number=1, is_gone=False, is_public=True),
    ]
    swapped = pages.Page(count=2, comments=seen, folds=[])
    assert list(pages.findings(swapped)) == ["comment 2 stands before 1, which it answers"]
    assert list(pages.findings(swapped, in_threads=False)) == []


def test_a_page_without_a_discussion_is_noticed():
    assert findings(b"<html><body><p>Nothing</p></body></html>") == ["it says no number of comments"]


# --- what is proved afterwards --------------------------------------------------------------------------------


def proved(place, **ledger):
    return list(over_http._missing(place, Ledger(**ledger))) + list(over_http._votes(place, Ledger(**ledger)))


@pytest.mark.django_db
def test_what_was_acknowledged_and_is_lost_doubled_or_strange_is_told():
    with stage(members=0) as place:
        one, two = (
            actions.post_comment(place.post, writer=make_guest(name="G"), text=text)
            for text in ("one", "two")
        )
        actions.cast_vote(one, voter=make_guest(), value=1)
        sound = {"comments": {"one": one.pk, "two": two.pk, "unsent": None}, "votes": {("p", one.pk)}}
        assert proved(place, **sound) == []
        assert any("not there" in told for told in proved(place, **sound | {"comments": {"gone": 1}}))
        assert any("nobody sent" in told for told in proved(place, **sound | {"comments": {"one": one.pk}}))
        assert any(
            "was acknowledged and is" in told for told in proved(place, comments={"one": 1, "two": None})
        )
        assert any("did not ask for" in told for told in proved(place, **sound, withdrawn={two.pk}))
        assert any("0 votes were acknowledged" in told for told in proved(place, **sound | {"votes": set()}))
        Comment.objects.filter(pk=two.pk).update(body="one")
        assert any("2 times" in told for told in proved(place, **sound))


@pytest.mark.django_db
@pytest.mark.parametrize("had_settings", [False, True])
def test_the_stage_is_put_back(had_settings):
    if had_settings:
        DiscussionSettings(pk=1, votes_per_minute=7, down_votes=True).save()
    with suppress(KeyboardInterrupt), stage(members=2) as place:
        assert DiscussionSettings.load().votes_per_minute > 1000
        assert Client().get(place.post.get_absolute_url()).status_code == 200
        assert User.objects.filter(is_active=True).count() == 2
        raise KeyboardInterrupt
    settings = DiscussionSettings.load()
    assert (settings.votes_per_minute, settings.down_votes) == ((7, True) if had_settings else (60, False))
    assert DiscussionSettings.objects.exists() is had_settings
    assert Client().get(place.post.get_absolute_url()).status_code == 410
    assert not User.objects.filter(is_active=True).exists()


# --- where it goes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["http://example.org:80", "https://127.0.0.1:8000", "http://127.0.0.1", "http://192.0.2.1:8000", "file:///x",
     "http://localhost:8000/blog/", "http://127.0.0.1:x", "http://127.0.0.1.example.org:80"],
)  # fmt: skip
def test_only_servers_of_this_machine_are_written_to(url):
    with pytest.raises(CommandError, match="is not a server on this machine"):
        call_command("stress_comments", url=url)


@pytest.mark.parametrize(
    "too_much", [{"writers": 65}, {"operations": 5001}, {"readers": 17}, {"writers": -1}]
)
def test_a_run_is_bounded(too_much):
    with pytest.raises(CommandError, match="must be between 0 and"):
        call_command("stress_comments", url="http://127.0.0.1:1", **too_much)


# --- the browser ----------------------------------------------------------------------------------------------


class Flaky(BaseHTTPRequestHandler):
    """Breaks the first connections off, is away for a while, and answers then; writes down what it was sent."""

    protocol_version = "HTTP/1.1"
    script: list = []
    bodies: list = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.bodies.append((body, self.headers.get("Cookie", "")))
        step = self.script.pop(0) if self.script else 303
        if step == "break":
            self.close_connection = True
            return
        self.send_response(step)
        self.send_header("Content-Length", "0")
        if step == 503:
            self.send_header("Retry-After", "1")
        else:
            self.send_header("Set-Cookie", "writer=me; HttpOnly; Path=/")
        self.end_headers()

    def log_message(self, *_words):
        pass


@pytest.fixture
def flaky():
    Flaky.script, Flaky.bodies = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Flaky)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_what_broke_off_is_sent_again_as_it_was_and_cookies_are_kept(flaky):
    Flaky.script += ["break", "break"]
    browser = Browser("127.0.0.1", flaky, "Test")
    assert browser.post("/", {"text": "Hello", "once": "x"}).status == 303
    assert browser.trouble.broken == 2
    assert len({body for body, _cookie in Flaky.bodies}) == 1
    browser.post("/", {"text": "Again"})
    browser.close()
    assert Flaky.bodies[-1][1] == "writer=me"


def test_an_outage_is_waited_out_only_where_one_is_expected(flaky):
    Flaky.script += [503, 503]
    patient = Browser("127.0.0.1", flaky, "Test", waits_out=True)
    assert patient.post("/", {"text": "Hello"}).status == 303
    assert patient.trouble.turned_away == 2
    # Flaky's page does not give the text back.
    assert patient.trouble.complaints == ["an answer of 503 lost what was typed"] * 2
    patient.close()
    Flaky.script += [503]
    plain = Browser("127.0.0.1", flaky, "Test")
    assert plain.post("/", {"text": "Hello"}).status == 503
    plain.close()


def test_patience_ends():
    with pytest.raises(GivenUp):
        Browser("127.0.0.1", 1, "Test", patience=0.1).get("/")


# --- all of it ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.two_at_once
@pytest.mark.django_db(transaction=True)
def test_a_small_run_against_a_live_server_finds_nothing(live_server):
    host, port = over_http.place_of(live_server.url.replace("localhost", "127.0.0.1"))
    plan = Plan(host, port, writers=3, operations=15, readers=2, seconds=60)
    with stage(members=plan.members) as place:
        record = over_http.drive(plan, place)
        assert over_http.judge(plan, place, record) == []
    assert isinstance(record, Record)
    assert record.acknowledged > 10
    assert sum(record.ledger.done.values()) + sum(record.ledger.refused.values()) > 30
