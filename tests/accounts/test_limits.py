"""Limits: a share comes back with time, a refusal takes nothing, and two processes share one bucket."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts import limits
from accounts.limits import Limit, take
from accounts.models import RateBucket

FIVE = Limit("test", most=5, seconds=600)


@pytest.fixture
def five_taken(db):
    assert [take(FIVE, "bob", now=1000.0) for _number in range(5)] == [0] * 5


def test_the_sixth_at_once_has_to_wait_for_one_share(five_taken):
    assert take(FIVE, "bob", now=1000.0) == 120
    assert take(FIVE, "bob", now=1090.0) == 30


def test_a_share_comes_back_after_its_time_and_only_one(five_taken):
    assert take(FIVE, "bob", now=1120.0) == 0
    assert take(FIVE, "bob", now=1120.0) == 120


def test_after_the_whole_time_all_of_it_is_there_again(five_taken):
    assert [take(FIVE, "bob", now=1600.0) for _number in range(6)] == [0] * 5 + [120]


def test_a_refusal_takes_nothing(five_taken):
    for _number in range(20):
        take(FIVE, "bob", now=1060.0)
    assert take(FIVE, "bob", now=1120.0) == 0


def test_everybody_and_every_limit_has_a_bucket_of_their_own(five_taken):
    assert take(FIVE, "carol", now=1000.0) == 0
    assert take(Limit("other", most=5, seconds=600), "bob", now=1000.0) == 0


def test_left_takes_nothing(five_taken):
    assert not limits.left(FIVE, "bob", now=1000.0)
    assert limits.left(FIVE, "bob", now=1120.0)
    assert limits.left(FIVE, "carol", now=1000.0)
    assert take(FIVE, "bob", now=1120.0) == 0


def test_one_that_is_given_back_can_be_taken_again(five_taken):
    limits.give_back(FIVE, "bob")
    assert [take(FIVE, "bob", now=1000.0) for _number in range(2)] == [0, 120]


def test_a_limit_of_zero_allows_nothing(db):
    assert take(Limit("none", most=0, seconds=60), "bob", now=1.0) == 60


def test_buckets_that_are_full_again_are_forgotten(five_taken):
    assert limits.forget_unused(now=1599.0) == 0
    assert limits.forget_unused(now=1601.0) == 1
    assert not RateBucket.objects.exists()


@pytest.mark.two_at_once
@pytest.mark.django_db(transaction=True)
def test_of_sixteen_at_once_exactly_as_many_as_the_limit_allows_pass():
    def take_one(_number: int) -> int:
        try:
            return take(FIVE, "bob")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(take_one, range(16)))
    assert waits.count(0) == 5
    assert all(wait > 100 for wait in waits if wait)
