"""Very long discussions are made in parts: the same bytes as if made at once, in less memory."""

import gzip
import re
import threading

import brotli
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import guests
from blog.page_cache import cached_pages
from comments import actions, thread
from comments.middleware import LateContentMiddleware
from comments.models import CommentState, Visit
from comments.thread import ANYBODY, ORDERS, Viewer, long_discussions, queries, texts
from tests.factories import make_comment, make_guest, make_post, make_thread, take_away

pytestmark = pytest.mark.django_db

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def post(bob, carol, mo):
    """Thirty comments of all states, some of which quote, one of somebody whom Carol has muted."""
    post = make_post()
    made = make_thread(post, "a(b(c(d,e-),f),g),h(i,j(k(l)))")
    for number in range(10):
        opener = make_comment(post, text=f"Opener *{number}* about depots.", by=bob)
        make_comment(post, text="An answer of Carol.", parent=opener, by=carol)
    quoting = f"> Opener 9 about depots.\n>\n> [Bob](/comments/{opener.pk}/)\n\nNo."
    make_comment(post, text=quoting, by=carol)
    make_comment(post, text=f"> Never said.\n>\n> [c](/comments/{made['c'].pk}/)", by=carol)
    make_comment(post, text="Held words.", by=bob, state=CommentState.HELD, state_reason="Links")
    take_away(opener)
    actions.cast_vote(made["a"], voter=carol, value=1)
    actions.mute_person(made["h"], by=carol)
    return post


@pytest.fixture
def make_it_long(monkeypatch, settings):
    """Return a function that makes this post a long discussion."""
    # All pages are asked for at once, from one network.
    settings.READ_LIMITS = False

    def make_it_long():
        monkeypatch.setattr(long_discussions, "LONG", 8)
        monkeypatch.setattr(long_discussions, "AT_ONCE", 3)
        queries._kept.cache_clear()
        cached_pages.clear()

    yield make_it_long
    queries._kept.cache_clear()


def plain(response) -> bytes:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(
        response.headers.get("Content-Encoding", "")
    )
    return TOKEN.sub(b"", unpack(body) if unpack else body)


def everything(post, people) -> dict[str, bytes]:
    """Return every page of this discussion, as every kind of reader gets it."""
    comments = list(post.comments.order_by("pk").values_list("pk", flat=True))
    addresses = [f"{post.get_absolute_url()}?all&order={order}" for order in ORDERS]
    addresses += [post.get_absolute_url(), f"{post.get_absolute_url()}?all&print=all"]
    addresses += [f"/posts/{post.pk}/find/?q=depots", f"/posts/{post.pk}/find/?author=1&q=answer&page=2"]
    addresses += [f"/posts/{post.pk}/arrived/?after=5&ago=1000", f"/posts/{post.pk}/news/?since=3"]
    addresses += [f"/comments/{pk}/" for pk in comments[::5]]
    addresses += [f"/comments/{comments[-4]}/in-thread/"]
    return {
        f"{who} {encoding} {address}": plain(person.get(address, headers={"Accept-Encoding": encoding}))
        for who, person in people.items()
        for encoding in ("br", "gzip", "identity")
        for address in addresses
    }


def test_every_page_is_the_same_bytes(post, make_it_long, bob, carol, mo, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    guest = make_guest()
    make_comment(post, text="Waits.", by=guest, state=CommentState.HELD, state_reason="Links")
    people = {name: Client(headers=HERE) for name in ("stranger", "guest", "bob", "carol", "mo")}
    people["guest"].cookies[guests.COOKIE] = cookie_of(guest)
    for name, member in (("bob", bob), ("carol", carol), ("mo", mo)):
        people[name].force_login(member)
    expected = everything(post, people)
    # So that it is everybody's first visit again.
    Visit.objects.all().delete()
    make_it_long()
    assert thread.load(post.pk)[0].html == long_discussions.NOT_READ
    made = everything(post, people)
    assert {name for name in expected if expected[name] != made[name]} == set()
    assert not [name for name, body in made.items() if long_discussions.NOT_READ.encode() in body]


def cookie_of(guest) -> str:
    response = HttpResponse()
    guests.remember(response, guest)
    return response.cookies[guests.COOKIE].value


def test_whoever_cannot_unpack_gets_the_page_with_its_length_and_its_tag(post, make_it_long):
    make_it_long()
    address = f"{post.get_absolute_url()}?all"
    for _made_and_kept in range(2):
        response = Client().get(address)
        assert not response.has_header("Content-Encoding")
        assert int(response["Content-Length"]) == len(plain(response))
    tag = response["ETag"]
    assert Client().get(address, headers={"If-None-Match": tag}).status_code == 304
    assert Client().get(address, headers={"Accept-Encoding": "gzip"})["ETag"] != tag
    assert plain(Client().head(address)) == b""


def test_a_kept_page_of_a_long_discussion_costs_one_question(post, make_it_long):
    make_it_long()
    address = f"{post.get_absolute_url()}?all"
    first = plain(Client().get(address, headers={"Accept-Encoding": "gzip"}))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert plain(Client().get(address, headers={"Accept-Encoding": "gzip"})) == first
    assert len(asked) == 1


def test_the_length_of_a_members_page_says_little(post, make_it_long, bob):
    """Otherwise a secret on the page could be guessed letter by letter (BREACH)."""
    make_it_long()
    client = Client()
    client.force_login(bob)
    for encoding in ("br", "gzip"):
        answers = [
            client.get(f"{post.get_absolute_url()}?all", headers={"Accept-Encoding": encoding})
            for _time in range(6)
        ]
        assert len({len(answer.content) for answer in answers}) > 1
        assert answers[0]["Cache-Control"] == "private, no-cache"


def test_a_page_of_some_of_them_reads_the_texts_of_those_only(post, make_it_long, monkeypatch):
    make_it_long()
    monkeypatch.setattr(thread.page_starts, "__kwdefaults__", {"size": 4})
    asked: list[int] = []
    read = texts._read
    monkeypatch.setattr(
        texts, "_read", lambda post_id, ids, viewer: asked.extend(ids) or read(post_id, ids, viewer)
    )
    Client().get(post.get_absolute_url())
    # Those of the page, and the first twenty for machines.
    assert len(set(asked)) < post.comments.count()


def test_what_was_taken_away_while_the_page_was_made_is_not_shown(post, make_it_long):
    make_it_long()
    rows = thread.load(post.pk)
    shown = thread.arrange(rows)
    public = [item for item in shown if not item.gone and item.row.html == long_discussions.NOT_READ]
    gone = post.comments.get(pk=public[0].row.id)
    take_away(gone)
    moved = post.comments.filter(pk=public[1].row.id)
    moved.update(post=make_post())
    read = {item.row.id: item for item in texts.text_reader(post.pk, ANYBODY)(shown)}
    assert read[gone.pk].gone and read[public[1].row.id].gone
    assert not read[public[2].row.id].gone
    alone = {row.id: row for row in texts.with_texts(post.pk, rows, {gone.pk, public[1].row.id}, ANYBODY)}
    assert alone[gone.pk].html == alone[public[1].row.id].html == ""
    # A moderator reads what was removed.
    assert not {i.row.id: i for i in texts.text_reader(post.pk, Viewer(user_id=1, moderates=True))(shown)}[
        gone.pk
    ].gone


def test_one_long_discussion_is_read_at_a_time(post, make_it_long, rf):
    """The second request waits until the first page is compressed; one for a short discussion does not."""
    make_it_long()
    order: list[str] = []
    inside, go_on = threading.Event(), threading.Event()

    def first(request):
        long_discussions.wait_for_turn()
        long_discussions.wait_for_turn()
        order.append("first")
        inside.set()
        go_on.wait(10)
        order.append("first done")
        return HttpResponse()

    def second(request):
        long_discussions.wait_for_turn()
        order.append("second")
        return HttpResponse()

    def ordinary(request):
        order.append("ordinary")
        return HttpResponse()

    def answer():
        return HttpResponse()

    threads = [
        threading.Thread(target=LateContentMiddleware(view), args=[rf.get("/")]) for view in (first, second)
    ]
    threads[0].start()
    assert inside.wait(10)
    threads[1].start()
    LateContentMiddleware(ordinary)(rf.get("/"))
    go_on.set()
    for each in threads:
        each.join(10)
    assert order == ["first", "ordinary", "first done", "second"]


def test_an_error_after_the_comments_were_made_shows_none_of_them(rf):
    def breaks(request):
        request.late_threads[b"<!--mark-->"] = iter([b"<li>A comment</li>"])
        return HttpResponse("This did not work.", status=500)

    response = LateContentMiddleware(breaks)(rf.get("/"))
    assert response.content == b"This did not work." and not response.has_header("Content-Encoding")


def test_a_page_that_fails_gives_its_turn_back(rf):
    def breaks(request):
        long_discussions.wait_for_turn()
        raise RuntimeError

    for _time in range(2):
        with pytest.raises(RuntimeError):
            LateContentMiddleware(breaks)(rf.get("/"))
