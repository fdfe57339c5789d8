"""The trees: every permitted change numbers them correctly, and every other is refused."""

from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.deletion import RestrictedError
from hypothesis import given
from hypothesis import strategies as st

from comments import tree
from comments.integrity import audit
from comments.models import Comment, Thread
from comments.tree import Place, TreeError
from tests.factories import make_comment, make_post, make_thread

pytestmark = pytest.mark.django_db


def places(post):
    """Map each comment's name to (lft, rght, level)."""
    rows = Comment.objects.filter(post=post).order_by().values_list("guest_name", "lft", "rght", "level")
    return {name: tuple(numbers) for name, *numbers in rows}


def sound():
    return list(tree.broken_trees()) == []


def test_each_opener_is_the_root_of_its_own_thread():
    made = make_thread(make_post(), "a(b(c),d),e")
    assert made["a"].tree_id != made["e"].tree_id
    assert Thread.objects.filter(pk__in=[made["a"].tree_id, made["e"].tree_id]).count() == 2
    assert {name: comment.tree_id for name, comment in made.items() if name in "bcd"} == dict.fromkeys(
        "bcd", made["a"].tree_id
    )


def test_replies_are_numbered_from_the_left_in_the_order_they_came():
    post = make_post()
    make_thread(post, "a(b(c),d)")
    assert places(post) == {"a": (1, 8, 0), "b": (2, 5, 1), "c": (3, 4, 2), "d": (6, 7, 1)}


def test_a_reply_to_a_stale_parent_lands_in_the_tree_of_today():
    post = make_post()
    opener = make_thread(post, "a")["a"]
    stale = Comment.objects.get(pk=opener.pk)
    make_comment(post, parent=opener, name="b")
    make_comment(post, parent=stale, name="c")
    assert places(post)["a"] == (1, 6, 0)
    assert sound()


def test_a_plain_move_keeps_the_tree_whole():
    post = make_post()
    made = make_thread(post, "a(b(c),d)")
    made["b"].move_to(made["d"], "last-child")
    assert places(post) == {"a": (1, 8, 0), "d": (2, 7, 1), "b": (3, 6, 2), "c": (4, 5, 3)}
    assert Comment.objects.get(pk=made["b"].pk).parent_id == made["d"].pk


def test_a_changed_parent_moves_the_reply():
    post = make_post()
    made = make_thread(post, "a(b(c),d)")
    reply = Comment.objects.get(pk=made["c"].pk)
    reply.parent = made["d"]
    reply.save()
    assert places(post)["c"][2] == 2
    assert sound()


def test_a_comment_with_replies_cannot_be_deleted():
    post = make_post()
    made = make_thread(post, "a(b)")
    with pytest.raises(RestrictedError):
        made["a"].delete()
    assert places(post) == {"a": (1, 4, 0), "b": (2, 3, 1)}


def test_a_deleted_leaf_closes_its_gap_and_keeps_its_number_taken():
    post = make_post()
    made = make_thread(post, "a(b,c)")
    made["b"].delete()
    assert places(post) == {"a": (1, 4, 0), "c": (2, 3, 1)}
    assert list(audit.findings()) == []


@pytest.mark.parametrize(
    "road",
    [
        lambda made: Comment.objects.bulk_create([Comment(post=made["a"].post, body="x")]),
        lambda made: Comment.objects.filter(pk=made["c"].pk).delete(),
        lambda made: Comment.objects.rebuild(),
        lambda made: Comment.objects.partial_rebuild(made["a"].tree_id),
        lambda made: Comment.objects.insert_node(Comment(post=made["a"].post), made["a"]),
        lambda made: Comment.objects.insert_node(Comment(post=made["a"].post), None),
        lambda made: Comment.objects.move_node(made["c"], made["a"]),
        lambda made: Comment.objects._get_next_tree_id(),
        lambda made: Comment.objects._create_tree_space(1),
        lambda made: Comment.objects.build_tree_nodes({"body": "x"}),
        lambda made: Comment.objects.disable_mptt_updates().__enter__(),
        lambda made: Comment.objects.delay_mptt_updates().__enter__(),
        lambda made: Comment.objects.filter(pk=made["c"].pk).update(lft=7),
        lambda made: Comment.objects.filter(pk=made["c"].pk).update(parent=made["a"]),
        lambda made: made["c"].move_to(made["e"], "last-child"),
        lambda made: made["c"].move_to(made["a"], "right"),
        lambda made: made["a"].move_to(made["e"], "last-child"),
        lambda made: _with_parent(made["c"], made["e"]),
        lambda made: _with_parent(made["c"], None),
        lambda made: _with_parent(made["e"], made["a"]),
    ],
)
def test_changes_without_the_lock_are_refused(road):
    post = make_post()
    made = make_thread(post, "a(b(c),d),e")
    before = places(post)
    with pytest.raises(TreeError), transaction.atomic():
        road(made)
    assert places(post) == before
    assert sound()


def _with_parent(comment, parent):
    comment = Comment.objects.get(pk=comment.pk)
    comment.parent = parent
    comment.save()


def test_what_fails_under_a_lock_that_is_held_already_cannot_be_committed():
    """There is no savepoint, so the tree may be half numbered: the whole outer transaction is rolled back."""
    post = make_post()
    parent = make_thread(post, "a(b)")["a"]
    with suppress(IntegrityError), transaction.atomic(), tree.locked(parent.tree_id):
        with suppress(IntegrityError):
            # Number 1 is taken.
            make_comment(post, parent=parent, number=1, published_at=parent.published_at)
        with pytest.raises(transaction.TransactionManagementError):
            Comment.objects.count()
    assert list(audit.findings()) == []


def test_a_reply_on_another_post_than_its_parent_is_refused():
    opener = make_thread(make_post(), "a")["a"]
    with pytest.raises(TreeError):
        Comment(post=make_post(), parent=opener, body="astray").save()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE comments_comment SET lft = 0 WHERE id = %s",
        "UPDATE comments_comment SET rght = lft WHERE id = %s",
        "UPDATE comments_comment SET parent_id = NULL WHERE id = %s",
        "UPDATE comments_comment SET number = NULL WHERE id = %s",
        "UPDATE comments_comment SET number = 1 WHERE id = %s",
    ],
)
def test_the_database_has_the_last_word(statement):
    made = make_thread(make_post(), "a(b)")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [made["b"].pk])


def test_no_index_holds_left_or_right_numbers():
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "comments_comment")
    indexed = {
        column
        for found in constraints.values()
        if found["index"] or found["unique"]
        for column in found["columns"]
    }
    assert not {"lft", "rght"} & indexed
    assert {"tree_id", "parent_id"} <= indexed


# --- numbering in memory --------------------------------------------------------------------------------------


def test_a_tree_is_numbered_in_memory_as_in_the_database():
    assert tree.number_tree(1, {1: [2, 4], 2: [3]}) == {
        1: Place(1, 8, 0),
        2: Place(2, 5, 1),
        3: Place(3, 4, 2),
        4: Place(6, 7, 1),
    }


def test_a_very_deep_tree_is_numbered_without_recursion():
    deep = tree.number_tree(0, {node: [node + 1] for node in range(5000)})
    assert deep[5000] == Place(5001, 5002, 5000)


@given(st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=30))
def test_any_tree_comes_out_contiguous_and_nested(parents):
    children: dict[int, list[int]] = {}
    for node, parent in enumerate(parents, start=1):
        children.setdefault(parent % node, []).append(node)
    numbered = tree.number_tree(0, children)
    edges = sorted(edge for place in numbered.values() for edge in (place.lft, place.rght))
    assert edges == list(range(1, 2 * len(numbered) + 1))
    for parent, below in children.items():
        for child in below:
            assert numbered[parent].lft < numbered[child].lft < numbered[child].rght < numbered[parent].rght
            assert numbered[child].level == numbered[parent].level + 1


# --- writing and moving many ----------------------------------------------------------------------------------


def _unsaved(post, shape):
    """`shape` is a list of (name, parent's name or None)."""
    made = {}
    for number, (name, parent) in enumerate(shape, start=1):
        made[name] = Comment(
            post=post,
            parent=made.get(parent),
            guest_name=name,
            body=name,
            number=number,
            published_at=post.published_at,
        )
    return made


def test_a_forest_is_written_at_once_and_sound():
    post = make_post()
    made = _unsaved(post, [("a", None), ("b", "a"), ("c", "b"), ("d", "a"), ("e", None)])
    tree.write_forest(list(made.values()))
    assert places(post) == {"a": (1, 8, 0), "b": (2, 5, 1), "c": (3, 4, 2), "d": (6, 7, 1), "e": (1, 2, 0)}
    assert sound()
    make_comment(post, parent=made["d"], name="f", number=6, published_at=post.published_at)
    assert sound()


def test_a_forest_with_a_reply_before_its_parent_is_refused():
    made = _unsaved(make_post(), [("a", None), ("b", "a")])
    with pytest.raises(TreeError):
        tree.write_forest([made["b"], made["a"]])


@pytest.mark.parametrize(
    ("root", "target", "levels"),
    [
        ("b", "e", {"a": 0, "b": 1, "c": 2, "d": 1, "e": 0}),
        ("b", None, {"a": 0, "b": 0, "c": 1, "d": 1, "e": 0}),
        ("a", "e", {"a": 1, "b": 2, "c": 3, "d": 2, "e": 0}),
        ("c", "d", {"a": 0, "b": 1, "c": 2, "d": 1, "e": 0}),
        ("a", None, {"a": 0, "b": 1, "c": 2, "d": 1, "e": 0}),
    ],
)
def test_a_branch_moves_with_all_its_replies(root, target, levels):
    post = make_post()
    made = make_thread(post, "a(b(c),d),e")
    tree.move_branch(made[root].pk, to_parent_id=target and made[target].pk, to_post_id=post.pk)
    assert {name: place[2] for name, place in places(post).items()} == levels
    assert sound()


def test_a_branch_cannot_move_into_itself():
    post = make_post()
    made = make_thread(post, "a(b(c))")
    with pytest.raises(TreeError), transaction.atomic():
        tree.move_branch(made["b"].pk, to_parent_id=made["c"].pk, to_post_id=post.pk)
    assert sound()


# --- proving and repairing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE comments_comment SET lft = lft + 100, rght = rght + 100 WHERE guest_name = 'c'",
        "UPDATE comments_comment SET level = 9 WHERE guest_name = 'b'",
        "UPDATE comments_comment SET tree_id = tree_id + 1000 WHERE guest_name = 'c'",
        "UPDATE comments_comment SET rght = 40 WHERE guest_name = 'a'",
        "UPDATE comments_comment SET lft = 2, rght = 3 WHERE parent_id IS NOT NULL",
        "UPDATE comments_comment SET tree_id = tree_id + 5000",
    ],
)
def test_damage_is_found_and_repaired_from_the_parents(damage):
    post = make_post()
    make_thread(post, "a(b(c),d),e(f)")
    with connection.cursor() as cursor:
        cursor.execute(damage)
    assert not sound()
    list(tree.repair_trees())
    assert sound()
    assert {name: place[2] for name, place in places(post).items()} == {
        "a": 0, "b": 1, "c": 2, "d": 1, "e": 0, "f": 1,
    }  # fmt: skip
