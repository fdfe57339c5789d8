"""Guests: the signed cookie, and first writes that are sent twice before there is one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from accounts import actions, guests
from accounts.models import Guest, RateBucket
from accounts.network import Origin
from tests.factories import make_guest

HOME = Origin("192.0.2.1", "Firefox")
NOW = timezone.now()
FIRST = {"sent": "once-1", "name": "Gus", "email": "gus@example.org", "origin": HOME}


def ask(rf, user, cookie: str | None):
    request = rf.get("/")
    request.user = user
    if cookie is not None:
        request.COOKIES[guests.COOKIE] = cookie
    return request


def cookie_of(guest: Guest) -> str:
    response = HttpResponse()
    guests.remember(response, guest)
    return response.cookies[guests.COOKIE].value


@pytest.fixture
def nobody():
    from django.contrib.auth.models import AnonymousUser

    return AnonymousUser()


def test_a_guest_is_known_again_by_the_cookie(rf, nobody, db):
    gus = make_guest(name="Gus")
    assert guests.guest_of(ask(rf, nobody, cookie_of(gus))) == gus


def test_a_forged_or_foreign_cookie_makes_nobody(rf, nobody, db):
    gus = make_guest(name="Gus")
    other_purpose = signing.dumps(gus.pk, salt="something else")
    for cookie in (
        None,
        "",
        str(gus.pk),
        f"{cookie_of(gus)}x",
        other_purpose,
        signing.dumps("x", salt="accounts.guests"),
    ):
        assert guests.id_of(ask(rf, nobody, cookie)) is None


def test_after_thirty_days_the_cookie_makes_nobody(rf, nobody, db, time_machine):
    cookie = cookie_of(make_guest())
    time_machine.move_to(timezone.now() + timedelta(days=31), tick=False)
    assert guests.id_of(ask(rf, nobody, cookie)) is None


def test_a_member_is_never_also_a_guest(rf, bob):
    assert guests.id_of(ask(rf, bob, cookie_of(make_guest()))) is None


def test_the_cookie_is_for_our_own_pages_and_for_no_script(db):
    response = HttpResponse()
    guests.remember(response, make_guest())
    cookie = response.cookies[guests.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 30 * 24 * 3600


def test_the_same_first_comment_twice_is_one_guests(db):
    first = actions.guest_of_first_comment(**FIRST, now=NOW)
    assert actions.guest_of_first_comment(**FIRST, now=NOW + timedelta(minutes=9)) == first
    assert first.last_written_at == NOW


@pytest.mark.parametrize(
    "change",
    [{"sent": "other"}, {"name": "Gil"}, {"email": "g@example.org"}, {"origin": Origin("203.0.113.1")}],
)
def test_whoever_typed_something_else_is_another_guest(db, change):
    first = actions.guest_of_first_comment(**FIRST, now=NOW)
    assert actions.guest_of_first_comment(**FIRST | change, now=NOW) != first


def test_the_same_words_much_later_are_another_guests(db):
    first = actions.guest_of_first_comment(**FIRST, now=NOW)
    assert actions.guest_of_first_comment(**FIRST, now=NOW + timedelta(minutes=11)) != first


def vote_from(origin: Origin, now=NOW) -> Guest:
    return actions.guest_of_first_vote(origin=origin, limit_key="votes:x", now=now)


def test_two_first_votes_of_a_browser_within_a_minute_are_one_guests(db):
    first = vote_from(HOME)
    assert vote_from(HOME, NOW + timedelta(seconds=59)) == first
    assert first.last_written_at is None


def test_another_browser_another_address_and_a_later_vote_are_other_guests(db):
    first = vote_from(HOME)
    others = {vote_from(Origin("192.0.2.1", "Chromium")), vote_from(Origin("192.0.2.2", "Firefox"))}
    later = vote_from(HOME, NOW + timedelta(minutes=2))
    assert len({first, later, *others}) == 4


@pytest.mark.two_at_once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first_write", ["vote", "comment"])
def test_eight_first_writes_at_once_are_one_guests(first_write):
    RateBucket.objects.create(pk="votes:x", full_at=0)

    def write(_number: int) -> int:
        try:
            if first_write == "vote":
                return vote_from(HOME).pk
            return actions.guest_of_first_comment(**FIRST, now=NOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(write, range(8)))
    assert len(made) == 1
    assert Guest.objects.count() == 1
