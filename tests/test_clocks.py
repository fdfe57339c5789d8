"""A clock that was ahead for one request, and is right again: nobody pays for it longer than for anything else.

Each test writes with a clock that is a year ahead, comes back, and asks for what an ordinary reader may do now.
"""

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import DateTimeField
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import attempts, guests, limits, moments
from accounts.limits import Limit
from accounts.models import Guest, RateBucket
from blog.models import Post, PostState
from comments import actions, lists, thread
from comments.actions import limiting, mending
from comments.models import Comment, CommentOrigin, DiscussionSettings, ModerationEvent, Visit
from comments.thread import unread
from comments.thread.unread import ReadMark
from tests.accounts.doors import PASSWORD, make_rita, sign_in, who
from tests.factories import make_comment, make_post
from tests.forms import page_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 16, 2, tzinfo=UTC)
YEAR = timedelta(days=365)
LIMITS = [
    *(
        value
        for module in (attempts, limiting)
        for value in vars(module).values()
        if isinstance(value, Limit)
    ),
    Limit("comments", 5, limiting.MINUTE * 10),
    Limit("comments-day", 30, limiting.DAY),
    Limit("votes", 60, limiting.MINUTE),
    Limit("reports", 10, limiting.HOUR),
]


@pytest.fixture(autouse=True)
def _right_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@contextmanager
def ahead(by: timedelta = YEAR):
    with time_machine.travel(NOW + by, tick=False):
        yield


@contextmanager
def later(**time):
    with ahead(timedelta(**time)):
        yield


# --- limits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", LIMITS, ids=[limit.name for limit in LIMITS])
@pytest.mark.parametrize("by", [timedelta(minutes=5), timedelta(days=3), YEAR], ids=str)
def test_no_limit_holds_anybody_for_longer_than_its_own_time(limit, by):
    with ahead(by):
        while not limits.take(limit, "bob"):
            pass
    # Nothing is asked in between: the bucket must not need to be tried again and again.
    with later(seconds=limit.seconds):
        assert limits.waits([limit], "bob") == [0]
        assert limits.take(limit, "bob") == 0


@pytest.mark.parametrize("limit", LIMITS, ids=[limit.name for limit in LIMITS])
def test_a_bucket_from_the_future_is_no_new_bucket(limit):
    with ahead():
        limits.take(limit, "bob")
    taken = 0
    while not limits.take(limit, "bob"):
        taken += 1
    assert taken == 1
    assert 0 < limits.take(limit, "bob") <= limit.seconds
    assert limits.take(limit, "carol") == 0


def test_machines_whose_clocks_differ_by_seconds_share_one_limit():
    limit = Limit("test", most=5, seconds=600)
    with later(seconds=30):
        assert [limits.take(limit, "bob") for _write in range(6)][-1] > 0
    assert 0 < limits.take(limit, "bob") <= 600


def test_a_bucket_from_the_future_is_forgotten_with_the_unused_ones():
    with ahead():
        limits.take(attempts.SIGN_IN, "bob")
    limits.take(attempts.MAIL, "bob")
    assert limits.forget_unused() == 1
    assert RateBucket.objects.get().key.startswith("mail")


def test_no_limit_is_longer_than_the_time_after_which_buckets_are_forgotten():
    assert max(limit.seconds for limit in LIMITS) <= limits.LONGEST


def test_whoever_guessed_signs_in_after_the_ordinary_time(client):
    make_rita()
    with ahead():
        for _guess in range(6):
            sign_in(client, password="wrong")
    with later(minutes=15):
        sign_in(client)
        assert who(client) == "Rita"


def send(client, post, text: str, **more):
    form = {"text": text, "name": "Gus", "email": "gus@example.org", "do": "post", **more}
    return client.post(f"/posts/{post.pk}/comments/", form, headers={"Sec-Fetch-Site": "same-origin"})


def test_a_guest_who_wrote_then_writes_now(client):
    post = make_post()
    with ahead():
        assert [send(client, post, f"No. {number}").status_code for number in range(6)] == [303] * 5 + [429]
    with later(minutes=10):
        assert send(client, post, "No. 7").status_code == 303


# --- who somebody is ------------------------------------------------------------------------------------------


def test_a_session_from_the_future_proves_nothing(client):
    rita = make_rita()
    with ahead():
        sign_in(client)
        assert who(client) == "Rita"
    assert who(client) == ""
    sign_in(client)
    assert who(client) == "Rita"
    # Nobody who comes back has said just now who they are.
    with later(hours=1):
        page = client.get(reverse("mfa_activate_totp"))
        assert page.status_code == 302 and "/again/" in page["Location"]
    assert rita.check_password(PASSWORD)


def test_a_session_of_now_is_as_good_on_a_machine_that_is_seconds_behind(client):
    make_rita()
    sign_in(client)
    with ahead(timedelta(seconds=-30)):
        assert who(client) == "Rita"


def test_a_cookie_from_the_future_makes_nobody(client):
    post = make_post()
    with ahead():
        send(client, post, "Hello.")
        assert guests.COOKIE in client.cookies
        own = f"/comments/{Comment.objects.get().pk}/edit/"
        assert client.get(own).status_code == 200
    with later(days=60):
        assert client.get(own).status_code == 403


def test_the_same_browser_or_the_same_words_are_nobody_else_a_year_later():
    post = make_post()
    with ahead():
        send(Client(), post, "Thanks!")
    send(Client(), post, "Thanks!")
    assert Comment.objects.count() == 2 and Guest.objects.count() == 2


# --- one's own comments ---------------------------------------------------------------------------------------


def test_a_member_says_the_same_again(bob):
    post = make_post()
    with ahead():
        first = actions.post_comment(post, writer=bob, text="Thanks!")
    assert actions.post_comment(post, writer=bob, text="Thanks!") != first
    assert actions.send_note(post, writer=bob, text="Thanks!")


def test_nothing_can_be_edited_for_a_year(client, bob):
    client.force_login(bob)
    post = make_post()
    with ahead():
        comment = actions.post_comment(post, writer=bob, text="Hello.")
    with later(days=1):
        client.force_login(bob)
        assert client.get(f"/comments/{comment.pk}/edit/").status_code == 403
        assert f"/comments/{comment.pk}/edit/" not in client.get(post.get_absolute_url()).content.decode()


def test_a_comment_from_the_future_stands_where_it_was_written(bob):
    post = make_post()
    first = actions.post_comment(post, writer=bob, text="First.")
    with ahead():
        second = actions.post_comment(post, writer=bob, text="Second.")
        answer = actions.post_comment(post, writer=bob, text="An answer.", parent=first)
    with later(hours=1):
        third = actions.post_comment(post, writer=bob, text="Third.")
        last = actions.post_comment(post, writer=bob, text="Another answer.", parent=first)
        rows = thread.load(post.pk)
        orders = {
            order: [item.row.id for item in thread.arrange(rows, order=order)] for order in thread.ORDERS
        }
        page = page_of(Client().get(post.get_absolute_url()))
    numbers = [Comment.objects.get(pk=each.pk).number for each in (first, second, answer, third, last)]
    assert numbers == [1, 2, 3, 4, 5]
    assert orders["oldest"] == [first.pk, answer.pk, last.pk, second.pk, third.pk]
    assert orders["newest"] == [third.pk, second.pk, first.pk, last.pk, answer.pk]
    assert orders["flat"] == [first.pk, second.pk, answer.pk, third.pk, last.pk]
    assert not [moment for moment in page.xpath("//article//time/@datetime") if moment.startswith("2027")]


# --- coming back ----------------------------------------------------------------------------------------------


def test_a_visit_from_the_future_ends():
    mark = ReadMark(since=3, since_at=None, latest=5, seen_at=NOW + YEAR)
    seen = unread.continue_or_start_visit(mark, last=5, now=NOW)
    assert seen == mark._replace(seen_at=NOW)
    assert unread.is_worth_noting(mark, seen)
    assert unread.continue_or_start_visit(seen, last=7, now=NOW + timedelta(hours=1)).since == 5


def test_what_came_after_a_visit_from_the_future_is_new(client, bob):
    post = make_post()
    actions.post_comment(post, writer=None, text="Seen.", name="Gus", email="gus@example.org")
    with ahead():
        client.force_login(bob)
        client.get(post.get_absolute_url())
    client.force_login(bob)
    client.get(post.get_absolute_url())
    with later(hours=1):
        actions.post_comment(post, writer=None, text="New.", name="Gus", email="gus@example.org")
        page = page_of(client.get(post.get_absolute_url()))
    assert len(page.xpath("//article//b[@class='new']")) == 1
    assert Visit.objects.get().seen_at < NOW + YEAR


def test_a_post_for_tomorrow_still_comes_tomorrow(client):
    """What is meant to lie ahead does, and a page that was made too early is not shown."""
    post = make_post(title="Today", published_at=NOW - timedelta(days=1))
    make_post(title="Tomorrow", published_at=NOW + timedelta(days=1))
    with ahead():
        assert b"Tomorrow" in client.get(post.get_absolute_url()).content
    client.cookies["writer"] = "nobody"  # Not from the shelf of whole pages, but made of the kept parts.
    assert b"Tomorrow" not in client.get(post.get_absolute_url()).content
    with later(days=2):
        assert b"Tomorrow" in client.get(post.get_absolute_url()).content


# --- putting it right -----------------------------------------------------------------------------------------


def check(*arguments) -> str:
    out = StringIO()
    call_command("check_moments", *arguments, stdout=out)
    return out.getvalue()


def test_moments_to_come_are_found_and_put_right(bob, mo):
    post = make_post()
    with later(minutes=-20):
        first = actions.post_comment(post, writer=bob, text="First.")
    with ahead():
        second = actions.post_comment(post, writer=None, text="Second.", name="Gus", email="gus@example.org")
        actions.hold_comment(first, by=mo, reason="")
    third = actions.post_comment(post, writer=bob, text="Third.")
    with pytest.raises(CommandError, match="clock says 2026-11-30 16:02 UTC"):
        check()
    assert "All is well" in check("--repair")
    created = dict(Comment.objects.values_list("pk", "created_at"))
    assert created == {
        first.pk: NOW - timedelta(minutes=20),
        second.pk: NOW - timedelta(minutes=20),
        third.pk: NOW,
    }
    assert Comment.objects.get(pk=second.pk).published_at <= NOW
    assert ModerationEvent.objects.get().created_at <= NOW
    assert [said.pk for said in lists.latest(5)] == [third.pk, second.pk]
    assert "0 dates" in check("--repair")


def test_addresses_are_not_kept_longer_for_it():
    post = make_post()
    with ahead():
        send(Client(), post, "Hello.")
    check("--repair")
    days = DiscussionSettings.load().purge_after_days
    assert CommentOrigin.objects.get().purge_after == NOW + timedelta(days=days)


def test_what_is_meant_to_lie_ahead_is_left_there():
    post = make_post(published_at=NOW + timedelta(days=1))
    assert "All is well" in check("--repair")
    post.refresh_from_db()
    assert post.published_at == NOW + timedelta(days=1) and post.state == PostState.PUBLISHED
    assert not Post.objects.published().exists()


def test_every_moment_of_every_table_is_of_one_kind_or_the_other():
    """What is to come is named by hand, each with its reason; a new column is of the past unless it is named there."""
    every = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, DateTimeField) and not model._meta.proxy
    }
    assert every >= mending.TO_COME
    past = {f"{model._meta.label}.{field}" for model, field in mending._columns()}
    assert past == every - mending.TO_COME
    to_come = re.compile(r"(until|expire|expires|after|due|valid|ends?|closes)(_|$)")
    assert not [name for name in past if to_come.search(name.rpartition(".")[2])]


def test_the_leeway_is_shorter_than_any_window():
    windows = [limit.share for limit in LIMITS if limit.seconds > 60]
    assert moments.LEEWAY.total_seconds() <= 60 < min(limit.seconds for limit in LIMITS) + 1
    assert windows and timezone.now() == NOW
    assert moments.is_ahead(NOW + moments.LEEWAY * 2, now=NOW) and not moments.is_ahead(NOW, now=NOW)


def test_a_comment_of_this_moment_is_as_it_was():
    post = make_post()
    comment = make_comment(post)
    assert [row.id for row in thread.load(post.pk)] == [comment.pk]
