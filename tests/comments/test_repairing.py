"""Repair: damage of every kind is found and repaired, nothing is lost, and pages are renewed."""

import pytest
from django.db import connection

from blog.models import PageState
from comments import actions, tree
from comments.integrity import audit, repair
from comments.models import Comment, Discussion, ModerationEvent, MovedComment, Thread
from tests.comments.damage import change_schema, no_check, no_opener_index, parents, repaired, sql, version_of
from tests.factories import make_comment, make_guest, make_post, make_thread

pytestmark = pytest.mark.django_db


# --- trees ----------------------------------------------------------------------------------------------------

PLACES = {
    "left and right numbers": "UPDATE comments_comment SET lft = lft + 9, rght = rght + 9 WHERE guest_name = 'c'",
    "all numbers the same": "UPDATE comments_comment SET lft = 2, rght = 3 WHERE parent_id IS NOT NULL",
    "a level": "UPDATE comments_comment SET level = 9 WHERE guest_name = 'b'",
    "the opener's right number": "UPDATE comments_comment SET rght = 40 WHERE guest_name = 'a'",
    "a reply in a tree that never was": "UPDATE comments_comment SET tree_id = tree_id + 1000 WHERE guest_name = 'c'",
    "an opener in a tree that never was": "UPDATE comments_comment SET tree_id = 90000 WHERE guest_name = 'a'",
    "all in trees that never were": "UPDATE comments_comment SET tree_id = tree_id + 5000",
    "replies in another tree": """UPDATE comments_comment SET tree_id = (
        SELECT o.tree_id FROM comments_comment o WHERE o.guest_name = 'e') WHERE guest_name IN ('b', 'c')""",
    "a missing thread": "DELETE FROM comments_thread WHERE id = (SELECT MIN(id) FROM comments_thread)",
    "all threads missing": "DELETE FROM comments_thread",
}


@pytest.mark.parametrize("damage", PLACES.values(), ids=PLACES)
def test_wrong_places_are_computed_anew_from_the_parents(damage):
    post, other = make_post(), make_post()
    make_thread(post, "a(b(c),d),e(f)")
    make_thread(other, "x(y)")
    before = parents(post)
    sql(damage)
    repaired()
    assert parents(post) == before
    numbers = Comment.objects.filter(post=post).order_by().values_list("guest_name", "lft", "rght", "level")
    assert {name: place for name, *place in numbers} == {
        "a": [1, 8, 0], "b": [2, 5, 1], "c": [3, 4, 2], "d": [6, 7, 1], "e": [1, 4, 0], "f": [2, 3, 1],
    }  # fmt: skip


def test_whoever_answers_in_a_thread_that_was_missing_is_heard_again():
    post = make_post()
    opener = make_thread(post, "a(b)")["a"]
    Thread.objects.all().delete()
    with pytest.raises(tree.TreeError):
        actions.post_comment(post, writer=make_guest(), parent=opener, text="Hello?")
    repaired()
    actions.post_comment(post, writer=make_guest(), parent=opener, text="Hello.")
    actions.post_comment(post, writer=make_guest(), text="An opener.")
    assert list(audit.findings()) == []


def test_two_openers_of_one_tree_get_a_tree_each():
    post = make_post()
    made = make_thread(post, "a(b),c(d)")
    with no_opener_index():
        sql("UPDATE comments_comment SET tree_id = %s WHERE post_id = %s", made["a"].tree_id, post.pk)
        repaired()
    trees = dict(Comment.objects.order_by().values_list("guest_name", "tree_id"))
    assert trees["a"] == trees["b"] == made["a"].tree_id
    assert trees["c"] == trees["d"] != trees["a"]


def test_an_opener_that_is_numbered_like_a_reply_is_an_opener_again():
    post = make_post()
    make_thread(post, "a(b)")
    with no_check("comment_opener_has_root_shape"):
        sql("UPDATE comments_comment SET lft = 5, rght = 8, level = 2 WHERE guest_name = 'a'")
        repaired()


def test_a_reply_to_another_post_goes_to_its_nearest_ancestor_at_home():
    post, other = make_post(), make_post()
    made = make_thread(post, "a(b(c(d)),e)")
    # The comment between stands on another post now: what it answered, and who answered it, does not.
    sql("UPDATE comments_comment SET post_id = %s, number = 1 WHERE guest_name = 'b'", other.pk)
    sql("UPDATE comments_discussion SET comment_count = 4 WHERE post_id = %s", post.pk)
    said = repaired()
    assert parents(post) == {"a": None, "c": "a", "d": "c", "e": "a"}
    assert parents(other) == {"b": None}
    assert any(str(made["b"].pk) in sentence and "another post" in sentence for sentence in said)


def test_what_a_repair_moves_leaves_an_event():
    post, other = make_post(), make_post()
    made, there = make_thread(post, "a(b)"), make_thread(other, "x")
    sql("UPDATE comments_comment SET parent_id = %s WHERE guest_name = 'b'", there["x"].pk)
    before = version_of(post)
    repaired()
    event = ModerationEvent.objects.get()
    assert (event.comment_id, event.actor, event.action) == (made["b"].pk, None, "move")
    assert event.before == {"post": post.pk, "parent": there["x"].pk}
    assert event.after == {"post": post.pk, "parent": None}
    assert version_of(post) > before


def test_a_reply_to_nothing_becomes_an_opener():
    post = make_post()
    make_thread(post, "a(b(c))")
    # The database itself looks at this only at the end of the transaction.
    sql("UPDATE comments_comment SET parent_id = 999999 WHERE guest_name = 'b'")
    said = repaired()
    assert parents(post) == {"a": None, "b": None, "c": "b"}
    assert any("is gone" in sentence for sentence in said)


@pytest.mark.parametrize(
    ("shape", "child", "parent", "after"),
    [
        ("a(b(c,d))", "b", "c", {"a": None, "b": None, "c": "b", "d": "b"}),
        ("a(b(c(d)))", "b", "b", {"a": None, "b": None, "c": "b", "d": "c"}),
        ("a(b(c(d)))", "c", "d", {"a": None, "b": "a", "c": None, "d": "c"}),
    ],
)
def test_of_a_circle_the_earliest_becomes_an_opener(shape, child, parent, after):
    post = make_post()
    made = make_thread(post, shape)
    sql("UPDATE comments_comment SET parent_id = %s WHERE id = %s", made[parent].pk, made[child].pk)
    repaired()
    assert parents(post) == after


def test_a_circle_through_another_post_is_opened_on_both():
    post, other = make_post(), make_post()
    made, there = make_thread(post, "a(b)"), make_thread(other, "x(y)")
    sql("UPDATE comments_comment SET parent_id = %s WHERE guest_name = 'b'", there["y"].pk)
    sql("UPDATE comments_comment SET parent_id = %s WHERE guest_name = 'y'", made["b"].pk)
    repaired()
    assert parents(post) == {"a": None, "b": None}
    assert parents(other) == {"x": None, "y": None}


def test_threads_without_comments_are_removed_and_are_no_damage():
    make_thread(make_post(), "a(b)")
    Thread.objects.create()
    assert list(audit.findings()) == []
    assert list(repair.repair()) == ["1 thread without comments was removed."]
    assert Thread.objects.count() == 1


def test_pages_of_repaired_posts_are_made_anew_and_no_others():
    post, other = make_post(), make_post()
    make_thread(post, "a(b)")
    make_thread(other, "x(y)")
    before = version_of(post), version_of(other)
    sql("UPDATE comments_comment SET level = 7 WHERE guest_name = 'b'")
    repaired()
    assert version_of(post) > before[0]
    assert version_of(other) == before[1]


# --- numbers, counts, scores, pages ---------------------------------------------------------------------------


@pytest.mark.parametrize("last", [0, 1, 2])
def test_a_last_number_that_is_too_low_is_put_right(last):
    post = make_post()
    make_thread(post, "a(b),c")
    sql("UPDATE comments_discussion SET last_number = %s", last)
    repaired()
    assert Discussion.objects.get().last_number == 3
    assert make_comment(post).number == 4


def test_numbers_that_are_lost_are_kept_as_taken():
    post = make_post()
    make_thread(post, "a,b,c")
    sql("DELETE FROM comments_comment WHERE guest_name = 'b'")
    sql("UPDATE comments_discussion SET last_number = 5")
    repaired()
    assert list(MovedComment.objects.values_list("number", "comment").order_by("number")) == [
        (2, None), (4, None), (5, None),
    ]  # fmt: skip
    assert make_comment(post).number == 6


def test_a_number_that_was_never_given_in_turn_is_given_again():
    post = make_post()
    made = make_thread(post, "a,b,c")
    sql("UPDATE comments_comment SET number = 2147483647 WHERE guest_name = 'b'")
    sql("UPDATE comments_discussion SET last_number = 2147483647")
    said = repaired()
    assert dict(Comment.objects.order_by().values_list("guest_name", "number")) == {"a": 1, "b": 4, "c": 3}
    assert any(f"comment {made['b'].pk} is #4 now" in sentence for sentence in said)
    assert make_comment(post).number == 5


def test_a_last_number_that_cannot_be_is_lowered():
    post = make_post()
    make_thread(post, "a")
    sql("UPDATE comments_discussion SET last_number = 2000000000")
    repaired()
    assert make_comment(post).number == 2


def test_a_number_that_a_comment_has_is_not_that_of_one_that_left():
    post = make_post()
    made = make_thread(post, "a,b")
    MovedComment.objects.create(post=post, number=2, comment=made["a"])
    repaired()
    assert dict(Comment.objects.order_by().values_list("guest_name", "number")) == {"a": 1, "b": 2}
    assert not MovedComment.objects.exists()


def test_a_public_comment_without_a_number_gets_the_next():
    make_thread(make_post(), "a,b")
    with no_check("public_comment_has_number"):
        sql("UPDATE comments_comment SET number = NULL, published_at = NULL WHERE guest_name = 'b'")
        repaired()
    assert Comment.objects.get(guest_name="b").published_at is not None


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite cannot forget a constraint of a table")
def test_of_two_comments_with_one_number_the_first_keeps_it():
    make_thread(make_post(), "a,b,c")
    change_schema("ALTER TABLE comments_comment DROP CONSTRAINT one_comment_per_number")
    sql("UPDATE comments_comment SET number = 1 WHERE guest_name = 'c'")
    repaired()
    assert dict(Comment.objects.order_by().values_list("guest_name", "number")) == {"a": 1, "b": 2, "c": 4}


OTHERS = {
    "the count": "UPDATE comments_discussion SET comment_count = 7",
    "the count of what waits": "UPDATE comments_discussion SET held_count = 2, spam_count = 9",
    "scores": "UPDATE comments_comment SET score = score + 3",
    "votes that are lost": "DELETE FROM comments_vote",
    "the row of the discussion": "DELETE FROM comments_discussion",
    "the version of the page": "DELETE FROM blog_pagestate",
}


@pytest.mark.parametrize("damage", OTHERS.values(), ids=OTHERS)
def test_what_is_counted_is_counted_anew(damage, bob):
    post = make_post()
    made = make_thread(post, "a(b-),c")
    make_comment(post, state="held")
    actions.cast_vote(made["a"], voter=bob, value=1)
    before = Discussion.objects.values().get()
    sql(damage)
    repaired()
    assert Discussion.objects.values().get() == before
    assert PageState.objects.filter(pk=post.pk).exists()


def test_everything_at_once_is_put_right():
    post, other = make_post(), make_post()
    made, there = make_thread(post, "a(b(c),d),e(f)"), make_thread(other, "x(y(z))")
    sql("UPDATE comments_comment SET parent_id = %s WHERE guest_name = 'b'", there["y"].pk)
    sql("UPDATE comments_comment SET parent_id = %s WHERE guest_name = 'y'", there["z"].pk)
    sql("UPDATE comments_comment SET tree_id = %s WHERE guest_name = 'z'", made["e"].tree_id)
    sql("UPDATE comments_comment SET level = level + 2 WHERE parent_id IS NOT NULL")
    sql("DELETE FROM comments_thread WHERE id = %s", made["e"].tree_id)
    sql("UPDATE comments_discussion SET last_number = 1, comment_count = 0")
    sql("UPDATE comments_comment SET score = 5")
    sql("DELETE FROM blog_pagestate")
    repaired()
    assert parents(post) == {"a": None, "b": None, "c": "b", "d": "a", "e": None, "f": "e"}
    assert parents(other) == {"x": None, "y": None, "z": "y"}
