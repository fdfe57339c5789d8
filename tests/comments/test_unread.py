"""What is new since the last visit: the rules, the marks on the page, and what a visit stores."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from comments import actions
from comments.models import Visit
from comments.thread import ANYBODY, Viewer, arrange, page_starts
from comments.thread.unread import ReadMark, continue_or_start_visit, is_worth_noting, unread_in
from tests.comments.pages import find, page_of, words
from tests.comments.test_arrange import row, rows_of
from tests.factories import make_comment, make_post, make_thread, make_user, take_away

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


# --- pure -----------------------------------------------------------------------------------------------------


def test_on_the_first_visit_nothing_is_new():
    assert continue_or_start_visit(None, last=7, now=NOON) == ReadMark(
        since=7, since_at=None, latest=7, seen_at=NOON
    )


def test_a_visit_goes_on_until_half_an_hour_has_passed():
    mark = continue_or_start_visit(None, last=7, now=NOON)
    again = continue_or_start_visit(mark, last=9, now=NOON + 30 * MINUTE)
    assert (again.since, again.latest) == (7, 9)


def test_the_next_visit_begins_where_the_one_before_stopped():
    mark = continue_or_start_visit(
        continue_or_start_visit(None, last=7, now=NOON), last=9, now=NOON + 20 * MINUTE
    )
    later = continue_or_start_visit(mark, last=12, now=NOON + 51 * MINUTE)
    assert later == ReadMark(since=9, since_at=NOON + 20 * MINUTE, latest=12, seen_at=NOON + 51 * MINUTE)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 5)), min_size=1, max_size=20))
def test_whatever_is_new_was_never_shown_in_an_earlier_visit(visits):
    mark, now, last, shown_before, shown = None, NOON, 0, 0, 0
    for minutes, arrived in visits:
        now, last = now + minutes * MINUTE, last + arrived
        if mark is not None and minutes > 30:
            shown_before = shown
        elif mark is None:
            shown_before = last
        mark = continue_or_start_visit(mark, last=last, now=now)
        shown = max(shown, last)
        assert mark.since == shown_before
        assert mark.since <= mark.latest == last


def test_reloading_at_once_is_not_worth_a_write():
    mark = continue_or_start_visit(None, last=7, now=NOON)
    assert is_worth_noting(None, mark)
    assert not is_worth_noting(mark, continue_or_start_visit(mark, last=7, now=NOON + timedelta(seconds=59)))
    assert is_worth_noting(mark, continue_or_start_visit(mark, last=8, now=NOON + timedelta(seconds=1)))
    assert is_worth_noting(mark, continue_or_start_visit(mark, last=7, now=NOON + MINUTE))


def test_new_is_public_numbered_later_and_somebody_elses():
    rows = [
        row(1), row(2, 1), row(3, 2, user_id=5), row(4, state="removed"), row(5, 2),
    ]  # fmt: skip
    news = unread_in(arrange(rows, viewer=Viewer(user_id=5)), since=1, viewer=Viewer(user_id=5))
    assert list(news.ids) == [2, 5]
    assert news.below == {1: 2, 2: 1}


def test_what_is_new_follows_the_order_of_the_page():
    shown = arrange(rows_of("1,2,3"), order="newest")
    assert list(unread_in(shown, since=1, viewer=ANYBODY).ids) == [item.row.id for item in shown][:2]


# --- on the page ----------------------------------------------------------------------------------------------


@pytest.fixture
def post(db):
    post = make_post()
    make_thread(post, "ann(bo(cy)),dee")
    return post


@pytest.fixture
def reader(client, bob):
    client.force_login(bob)
    return client


def read(client, post, query=""):
    return find(page_of(client.get(post.get_absolute_url() + query)), "#discussion")[0]


def marked(section):
    return [mark.getparent().getparent().get("id") for mark in find(section, ".thread header b.new")]


def come_back(reader, post, *, after=timedelta(hours=2)):
    """Read the post, leave, and return the page of the next visit."""
    read(reader, post)
    return time_machine.travel(datetime.now(tz=UTC) + after, tick=False)


def test_on_the_first_visit_no_comment_is_marked(reader, post):
    section = read(reader, post)
    assert marked(section) == []
    assert find(section, "#news")[0].get("hidden") is not None


def test_what_came_meanwhile_is_marked_counted_and_chained(reader, post):
    made = {comment.writer_name: comment for comment in post.comments.all()}
    with come_back(reader, post):
        eve = make_comment(post, parent=made["cy"], name="eve")
        fay = make_comment(post, name="fay")
        section = read(reader, post)
    assert marked(section) == [eve.anchor, fay.anchor]
    assert words(find(section, "#news a.first-new")[0]).startswith("2 new since ")
    assert find(section, "#news a.first-new")[0].get("href") == f"/comments/{eve.pk}/in-thread/"
    assert [link.get("href") for link in find(section, ".next-new")] == [f"/comments/{fay.pk}/in-thread/"]
    assert words(find(section, "summary b.new")[0]) == "1 new"


def test_reloading_sorting_and_posting_take_no_mark_away(reader, bob, post):
    with come_back(reader, post) as clock:
        fay = make_comment(post, name="fay")
        for query in ("", "", "?order=newest", "?order=flat"):
            clock.shift(timedelta(minutes=20))
            assert marked(read(reader, post, query)) == [fay.anchor]
        make_comment(post, by=bob)
        assert marked(read(reader, post)) == [fay.anchor]
        clock.shift(timedelta(minutes=31))
        section = read(reader, post)
    assert marked(section) == []
    assert words(find(section, "#news p")[0]).startswith("Nothing new since ")


def test_it_is_the_same_on_another_device(reader, bob, post):
    with come_back(reader, post):
        fay = make_comment(post, name="fay")
        other = Client()
        other.force_login(bob)
        assert marked(read(other, post)) == [fay.anchor] == marked(read(reader, post))


def test_a_removed_comment_is_not_new(reader, post):
    with come_back(reader, post):
        fay = make_comment(post, name="fay")
        make_comment(post, parent=fay, name="gus")
        take_away(fay)
        section = read(reader, post)
    assert len(marked(section)) == 1
    assert not find(section, f"#{fay.anchor} b.new")


def test_strangers_get_no_marks_and_nothing_is_written_of_them(client, post):
    assert marked(read(client, post)) == []
    assert not Visit.objects.exists()


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose"])
def test_a_page_fetched_in_advance_is_no_visit(reader, post, header):
    reader.get(post.get_absolute_url(), headers={header: "prefetch"})
    assert not Visit.objects.exists()


def test_a_page_is_read_where_nothing_can_be_written(reader, post, caplog):
    def refuse(execute, sql, params, many, context):
        if "INSERT INTO comments_visit" in sql:
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        assert reader.get(post.get_absolute_url()).status_code == 200
    assert not Visit.objects.exists()
    assert "visit" in caplog.text


# --- from when on ---------------------------------------------------------------------------------------------


def choose(reader, post, do):
    return reader.post(f"/posts/{post.pk}/visit/", {"do": do})


def test_since_can_be_changed(reader):
    post = make_post(published_at=datetime.now(tz=UTC) - timedelta(days=9))
    for hours in (200, 90, 5, 0):
        with time_machine.travel(datetime.now(tz=UTC) - timedelta(hours=hours), tick=False):
            make_comment(post)
    read(reader, post)
    for span, count in (("hour", 1), ("day", 2), ("week", 3), ("seen", 0)):
        response = choose(reader, post, span)
        assert response.status_code == 303
        assert response["Location"] == f"{post.get_absolute_url()}#discussion"
        assert len(marked(read(reader, post))) == count, span


def test_a_guests_device_remembers_it_so_the_server_does_not(client, post):
    assert choose(Client(enforce_csrf_checks=False), post, "week").status_code == 403
    assert not Visit.objects.exists()


def test_reading_on_keeps_a_visit_going_up_to_what_was_shown(reader, bob, post):
    with come_back(reader, post) as clock:
        fay = make_comment(post, name="fay")
        read(reader, post)
        clock.shift(timedelta(minutes=25))
        gus = make_comment(post, name="gus")
        said = reader.post(f"/posts/{post.pk}/visit/", {"do": "stay", "last": fay.number})
        assert said.status_code == 204
        clock.shift(timedelta(minutes=25))
        assert marked(read(reader, post)) == [fay.anchor, gus.anchor]
    assert Visit.objects.get().latest == gus.number


def test_nobody_can_say_they_saw_what_is_not_there(bob, post):
    actions.stay(bob, post.pk, last=10_000)
    assert Visit.objects.get().latest == 4


@pytest.mark.parametrize("last", ["", "x", "-1", "1" * 20])
def test_nonsense_is_refused(reader, post, last):
    assert reader.post(f"/posts/{post.pk}/visit/", {"do": "stay", "last": last}).status_code == 404


# --- a thread cut into pages ----------------------------------------------------------------------------------


def test_news_on_the_pages_of_a_long_thread_are_counted_and_chained_over_all(reader, monkeypatch, post):
    monkeypatch.setitem(page_starts.__kwdefaults__, "size", 4)
    with come_back(reader, post):
        first, *others = [make_comment(post, name=f"new {number}") for number in range(5)]
        pages = [read(reader, post, f"?page={number}") for number in (1, 2, 3)]
    assert [find(page, "#news")[0].get("data-before") for page in pages] == ["0", "0", "4"]
    assert {find(page, "#news")[0].get("data-count") for page in pages} == {"5"}
    assert [len(marked(page)) for page in pages] == [0, 4, 1]
    assert find(pages[0], "#news a.first-new")[0].get("href") == f"/comments/{first.pk}/in-thread/"
    chain = [link.get("href") for page in pages for link in find(page, ".next-new")]
    assert chain == [f"/comments/{comment.pk}/in-thread/" for comment in others]


def test_a_guests_script_asks_what_is_new_on_all_pages(client, post):
    numbers = {comment.number: comment.pk for comment in post.comments.all()}
    answer = client.get(f"/posts/{post.pk}/news/?since=2")
    assert answer.json() == {"comments": [numbers[3], numbers[4]]}
    newest = client.get(f"/posts/{post.pk}/news/?since=2&order=newest")
    assert newest.json() == {"comments": [numbers[4], numbers[3]]}


def test_another_members_visit_is_their_own(reader, post):
    carol = Client()
    carol.force_login(make_user())
    with come_back(reader, post):
        make_comment(post, name="fay")
        assert marked(read(carol, post)) == []
        assert len(marked(read(reader, post))) == 1


# --- lists of posts -------------------------------------------------------------------------------------------


def counted(client):
    """Return what the home page says beside its posts: numbers of comments, and of new ones."""
    lines = find(page_of(client.get("/")), ".stream .by")
    return [[part.strip() for part in words(line).split("·")[1:]] for line in lines]


def test_lists_say_how_many_comments_are_new_to_a_member(reader, bob, post):
    assert counted(reader) == [["4 comments"]]
    read(reader, post)
    assert counted(reader) == [["4 comments"]]
    make_comment(post, name="fay")
    make_comment(post, by=make_user())
    make_comment(post, by=bob)
    make_comment(post, state="held")
    take_away(make_comment(post))
    assert counted(reader) == [["7 comments", "2 new"]]
    read(reader, post)
    assert counted(reader) == [["7 comments"]]


def test_lists_give_a_guests_device_the_last_number(client, post):
    (link,) = find(page_of(client.get("/")), ".stream .by a")[-1:]
    assert (link.get("data-post"), link.get("data-last")) == (str(post.pk), "4")


def test_a_list_asks_a_member_one_question_more_than_a_stranger(reader, client, post):
    # What stands in menu and foot is asked for once.
    reader.get("/")
    with CaptureQueriesContext(connection) as few:
        reader.get("/")
    for _number in range(3):
        make_thread(make_post(), "a,b")
    reader.get("/")
    with CaptureQueriesContext(connection) as many:
        reader.get("/")
    # The session, the member, and what is new; the rest is asked for strangers too.
    assert len(few) == len(many) <= 10
