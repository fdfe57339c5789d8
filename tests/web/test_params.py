"""A number in a URL is read only if a row can have it."""

import pytest
from django.urls import reverse

from web.params import LARGEST_ID, int_param


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("12", 12), ("007", 7), (str(LARGEST_ID), 9_223_372_036_854_775_807)]
)
def test_a_number_is_read(text, number):
    assert int_param(text) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.0", " 1", "1_000", "²", "١٢", "x", str(LARGEST_ID + 1), "9" * 5_000]
)
def test_other_text_is_not_a_number(text):
    assert int_param(text) is None


def test_the_largest_may_be_smaller():
    assert int_param("10", most=10) == 10
    assert int_param("11", most=10) is None


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["9" * 5_000, str(LARGEST_ID + 1), "²", ""])
def test_an_old_comment_on_no_post_is_not_found(client, number):
    """More digits than Python reads were an error of ours."""
    assert client.get(reverse("exchange:old_comment", args=[1]), {"post": number}).status_code == 404
