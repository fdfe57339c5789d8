"""Writing many rows in one statement: every value arrives, and rows changed by others are left alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments.batches import in_batches, update_rows
from comments.models import Comment
from tests.factories import make_post, make_thread

pytestmark = pytest.mark.django_db

HOSTILE = "“quotes” \" ' \\ {x,y} NULL \n\t %s 𝔘 שלום ☃"


@pytest.mark.parametrize("at_once", [1, 2, 5000])
def test_every_value_arrives_as_it_is(at_once):
    made = make_thread(make_post(), "a,b,c")
    rows = [(made["a"].pk, HOSTILE, 5, None), (made["b"].pk, "", -7, "key"), (made["c"].pk, "x", 0, "NULL")]
    found = update_rows(Comment, ("body", "score", "once"), rows, at_once=at_once)
    assert found == {row[0] for row in rows}
    stored = Comment.objects.order_by("pk").values_list("pk", "body", "score", "once")
    assert list(stored) == rows


def test_a_row_that_was_changed_meanwhile_is_left_alone():
    made = make_thread(make_post(), "a,b")
    rows = [(made["a"].pk, 9, made["a"].body), (made["b"].pk, 9, "Other words.")]
    assert update_rows(Comment, ("score",), rows, unless_changed=("body",)) == {made["a"].pk}
    assert list(Comment.objects.order_by("pk").values_list("score", flat=True)) == [9, 0]


def test_rows_that_are_not_there_and_no_rows_are_nothing():
    assert update_rows(Comment, ("score",), [(12345, 1)]) == set()
    with CaptureQueriesContext(connection) as captured:
        assert update_rows(Comment, ("score",), []) == set()
    assert len(captured) == 0


def test_a_batch_of_rows_is_one_statement():
    made = make_thread(make_post(), "a,b,c,d,e")
    with CaptureQueriesContext(connection) as captured:
        update_rows(Comment, ("score",), [(comment.pk, 1) for comment in made.values()], at_once=3)
    assert len(captured) == 2


def test_the_last_batch_is_shorter():
    assert list(in_batches(range(5), 2)) == [[0, 1], [2, 3], [4]]
