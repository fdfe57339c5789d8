"""Limits over HTTP count by network, whatever the browser, cookie or forged header, behind 0, 1 and 2 proxies."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from comments.models import Comment, DiscussionSettings
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(db):
    return make_post()


def write(post, number: int, *, address: str = "198.51.100.7", **headers) -> int:
    """Post as a stranger: a new browser each time, with no cookie; return the status."""
    client = Client(headers={"Sec-Fetch-Site": "same-origin", "User-Agent": f"Browser {number}"})
    sent = {"text": f"No. {number}", "name": f"Gus {number}", "email": "gus@example.org", "do": "post"}
    return client.post(f"/posts/{post.pk}/comments/", sent, REMOTE_ADDR=address, **headers).status_code


def test_a_network_writes_five_whoever_it_says_it_is(post):
    forged = [f"203.0.113.{number}" for number in range(6)]
    statuses = [write(post, number, HTTP_X_FORWARDED_FOR=forged[number]) for number in range(6)]
    assert statuses == [303] * 5 + [429]


def test_neighbours_in_an_ipv6_network_share_a_limit_and_others_do_not(post):
    statuses = [write(post, number, address=f"2001:db8:1:2::{number + 1}") for number in range(6)]
    assert statuses == [303] * 5 + [429]
    assert write(post, 7, address="2001:db8:1:3::1") == 303


@pytest.mark.parametrize(("proxies", "chain"), [(1, "{}"), (2, "{}, 10.0.0.1")])
def test_behind_proxies_each_reader_has_their_own_and_forging_helps_nobody(post, settings, proxies, chain):
    settings.TRUSTED_PROXY_COUNT = proxies

    def through(number: int, reader: str, *, forged: str = "") -> int:
        said = forged + chain.format(reader)
        return write(post, number, address="10.0.0.2", HTTP_X_FORWARDED_FOR=said)

    statuses = [through(number, "192.0.2.1", forged=f"203.0.113.{number}, ") for number in range(6)]
    assert statuses == [303] * 5 + [429]
    assert through(7, "198.51.100.1") == 303


@pytest.mark.parametrize("once", ["", "0123456789abcdef0123456789abcdef"])
def test_a_second_click_before_the_cookie_came_is_not_refused(post, once):
    DiscussionSettings.objects.create(pk=1, guest_comments_per_10_minutes=1)
    sent = {"text": "Hello.", "name": "Gus", "email": "gus@example.org", "once": once, "do": "post"}
    browsers = [Client(headers={"Sec-Fetch-Site": "same-origin"}) for _click in range(2)]
    answers = [browser.post(f"/posts/{post.pk}/comments/", sent) for browser in browsers]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]


def test_a_limit_that_was_reached_writes_nothing(post):
    for number in range(8):
        write(post, number)
    assert Comment.objects.count() == 5


def test_thirty_a_day_even_where_nobody_writes_five_at_once(post, time_machine):
    now = timezone.now()
    statuses = []
    for number in range(35):
        # Five in ten minutes, and the next five ten minutes later.
        time_machine.move_to(now + timedelta(minutes=10 * (number // 5)), tick=False)
        statuses.append(write(post, number))
    # Within that hour one share of the day's thirty (48 minutes) has come back.
    assert statuses == [303] * 31 + [429] * 4
