"""A comment and a vote take one transaction, and as many queries in a long discussion as in a short one."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Guest
from comments import tree
from comments.models import Comment, Discussion
from tests.factories import make_post, make_thread

SIZES = (5, 500)
WRITES = ("INSERT", "UPDATE", "DELETE")
HERE = {"Sec-Fetch-Site": "same-origin"}
GUS = {"name": "Gus", "email": "gus@example.org", "do": "post"}


def discussed(size):
    """Publish a post with so many comments, a third of them openers."""
    post, written = make_post(), []
    for number in range(size):
        parent = written[number // 2] if number % 3 else None
        words = {"body": "x", "body_html": "<p>x</p>", "published_at": timezone.now()}
        written.append(Comment(post=post, parent=parent, number=number + 1, guest_name=f"G{number}", **words))
    tree.write_forest(written)
    Discussion.objects.update_or_create(pk=post.pk, defaults={"comment_count": size, "last_number": size})
    return post


def comment(client, post, *, once, **more):
    form = {**GUS, "text": f"Words {once}", "once": once * 8, **more}
    return client.post(f"/posts/{post.pk}/comments/", form, headers=HERE)


def answer(client, post, *, once):
    return comment(client, post, once=once, parent=str(post.comments.order_by("pk").last().pk))


def vote(client, post, *, once):
    pk = post.comments.exclude(guest_name="Gus").first().pk
    return client.post("/comments/vote/", {"up": str(pk)}, headers=HERE)


def unvote(client, post, *, once):
    return client.post("/comments/vote/", {"unup": str(post.comments.first().pk)}, headers=HERE)


def asked(step):
    with CaptureQueriesContext(connection) as captured:
        assert step().status_code == 303
    return [query["sql"] for query in captured if query["sql"] != "SELECT 1"]


@pytest.mark.django_db
@pytest.mark.parametrize(("write", "most"), [(comment, 20), (answer, 28), (vote, 13)])
def test_writing_asks_as_much_with_500_comments_as_with_5(write, most):
    counts = []
    for size in SIZES:
        client, post = Client(), discussed(size)
        # The first makes the guest.
        assert comment(client, post, once=f"a{size:03}").status_code == 303
        questions = asked(lambda client=client, post=post, size=size: write(client, post, once=f"b{size:03}"))
        counts.append(len([sql for sql in questions if "SAVEPOINT" not in sql]))
    assert counts[0] == counts[1] <= most


@pytest.mark.two_at_once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("write", [comment, answer, vote, unvote])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_write_is_one_transaction(write, is_known):
    """Each transaction waits for the disk, and on SQLite all other writers wait too."""
    client, post = Client(), make_post()
    make_thread(post, "a")
    if is_known:
        comment(client, post, once="aaaa")
    alone = []

    def look(execute, sql, params, many, context):
        if sql.lstrip().startswith(WRITES) and not connection.in_atomic_block:
            alone.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        captured = asked(lambda: write(client, post, once="bbbb"))
    assert alone == []
    assert captured.count("COMMIT") == 1


@pytest.mark.django_db
def test_a_refused_comment_leaves_nothing_behind(post_with_limit_reached):
    client, post = post_with_limit_reached
    before = Guest.objects.count()
    refused = comment(client, post, once="zzzz")
    assert refused.status_code == 429
    assert Guest.objects.count() == before


@pytest.fixture
def post_with_limit_reached(db):
    post = make_post()
    for number in range(5):
        assert comment(Client(), post, once=f"{number}xxx").status_code == 303
    return Client(), post


@pytest.mark.django_db
def test_a_thread_is_locked_once_for_an_answer():
    post = make_post()
    parent = make_thread(post, "a")["a"]
    questions = asked(lambda: comment(Client(), post, once="aaaa", parent=str(parent.pk)))
    assert len([sql for sql in questions if 'FROM "comments_thread"' in sql]) == 1
