"""Pages of comments take a fixed number of queries, however long the discussion is."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import MODERATORS
from comments import tree
from comments.models import Comment, CommentState, Discussion
from tests.factories import make_author, make_post, make_user

pytestmark = pytest.mark.django_db

SMALL, LARGE = 5, 500


@pytest.fixture
def sizes(db):
    """Two posts by one author, with few and with many comments by members and guests, forks and tombstones."""
    author = make_author()
    people = [make_user() for _number in range(20)]
    people[0].groups.add(Group.objects.get_or_create(name=MODERATORS)[0])
    return {size: discussed(author, people, size) for size in (SMALL, LARGE)}


def discussed(author, people, size):
    post = make_post(by=author, categories=("Rivers",), tags=("dams",))
    written = []
    for number in range(size):
        parent = written[number // 2] if number % 4 else None
        who = {"user": people[number % 20]} if number % 3 else {"guest_name": f"Guest {number}"}
        state = CommentState.REMOVED if number % 7 == 3 else CommentState.PUBLIC
        written.append(
            Comment(
                post=post, parent=parent, number=number + 1, body="x", body_html="<p>x</p>", state=state,
                published_at=timezone.now(), **who,
            )
        )  # fmt: skip
    tree.write_forest(written)
    Discussion.objects.create(pk=post.pk, comment_count=size - size // 7, last_number=size)
    return post


def queries(client, address, expected=200):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == expected
    # PostgreSQL is asked whether it is still there.
    return [query["sql"] for query in captured if query["sql"] != "SELECT 1"]


def member(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("query", ["", "?order=newest", "?order=best", "?order=flat", "?all"])
def test_a_post_page_asks_as_much_with_500_comments_as_with_5(sizes, bob, query):
    client = member(bob)
    few, many = (queries(client, post.get_absolute_url() + query) for post in sizes.values())
    assert len(few) == len(many)


def test_a_members_post_page_asks_four_questions_about_its_discussion(sizes, bob):
    asked = queries(member(bob), sizes[LARGE].get_absolute_url())
    about_comments = [
        sql
        for sql in asked
        # Bob's own roles come with the session.
        if ('FROM "comments_' in sql or "auth_group" in sql) and "in_moderators" not in sql
    ]
    # How far they had read, the comments, the people who wrote them, the settings.
    assert len(about_comments) == 4, about_comments


@pytest.mark.parametrize("path", ["", "in-thread/"])
def test_a_comments_page_asks_as_much_in_a_long_thread_as_in_a_short_one(sizes, bob, path):
    client = member(bob)
    few, many = (
        queries(client, f"/comments/{post.comments.get(number=1).pk}/{path}", expected=302 if path else 200)
        for post in sizes.values()
    )
    # The site, the session, the member, whether they write here; the comment, its thread, the people in it, and
    # the settings, which say whether it can be answered.
    assert len(few) == len(many) <= 8


@pytest.mark.parametrize("address", ["/comments/", "/comments/feed/"])
def test_lists_of_comments_ask_once(sizes, address):
    about_comments = [sql for sql in queries(Client(), address) if "comments_comment" in sql]
    assert len(about_comments) == 1


def test_a_persons_page_asks_for_the_person_the_comments_and_their_number(sizes):
    person = sizes[LARGE].comments.filter(user__isnull=False).first().user
    assert len(queries(Client(), person.get_absolute_url())) <= 5
