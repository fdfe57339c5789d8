"""Pages ask the database as often for five posts as for fifty, and within their budget."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import make_author, make_comment, make_post

pytestmark = pytest.mark.django_db

BODY = "\n".join(
    f":::source\npublication: Paper {number}\nheadline: H {number}\nurl: https://p{number}.example/a\n\nWords.\n:::\n"
    for number in range(3)
)
# The most that a page may ask, with the site's settings and all that middleware asks. A member's has two more:
# the session and the person.
BUDGETS = {
    "/": 8,
    "/category/courts/": 9,
    "/tag/ohio/": 9,
    "/author/ann/": 10,
    "/source/paper-1/": 10,
    "/search/?q=words": 10,
    "/archive/": 3,
    "/tags/": 7,
    "/feed/": 6,
    "/sitemap-pages.xml": 10,
}


def fill(first: int, last: int, authors: list) -> None:
    """Make posts with several authors, categories, tags and sources each."""
    now = timezone.now()
    for index in range(first, last):
        post = make_post(
            title=f"Post {index}",
            body=BODY,
            by=authors[0],
            categories=("Courts", "Polls"),
            tags=("Ohio", "Dams", "Rivers"),
            published_at=now - timedelta(minutes=index),
        )
        post.bylines.create(author=authors[1], position=1)
        make_comment(post)


def asked(client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.fixture
def authors(db):
    return [make_author(display_name=name) for name in ("Ann", "Ben")]


@pytest.mark.slow
def test_lists_ask_the_same_for_five_and_fifty_posts(client, authors, bob):
    fill(0, 5, authors)
    few = {path: asked(client, path) for path in BUDGETS}
    fill(5, 50, authors)
    many = {path: asked(client, path) for path in BUDGETS}
    assert many == few
    assert {path: count for path, count in many.items() if count > BUDGETS[path]} == {}
    client.force_login(bob)
    assert asked(client, "/") <= BUDGETS["/"] + len(["the session", "the person"])


def test_page_two_of_the_front_page_keeps_its_budget(client, authors):
    fill(0, 25, authors)
    older = client.get("/").context["page"].older
    assert asked(client, f"/{older}") <= BUDGETS["/"]


@pytest.mark.slow
def test_a_post_asks_the_same_among_five_and_fifty(client, authors):
    fill(0, 5, authors)
    path = make_post(
        title="This", body=BODY, by=authors[0], tags=("Ohio",), categories=("Courts",)
    ).get_absolute_url()
    few = asked(client, f"{path}?page=1")
    fill(5, 50, authors)
    assert asked(client, f"{path}?page=1") == few
    assert few <= 20
