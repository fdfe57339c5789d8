"""Repair of any forest, with few queries however many comments there are, and while others write."""

import random
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from comments import actions, tree
from comments.integrity import audit, repair
from comments.models import Comment, Discussion
from comments.tree import repair as tree_repair
from tests.comments.damage import parents, sql
from tests.comments.test_cost_of_writing import discussed
from tests.comments.test_two_at_once import at_once
from tests.factories import make_comment, make_guest, make_moderator, make_post, make_thread

WRITES = ("INSERT", "UPDATE", "DELETE")


# --- any tree, any damage -------------------------------------------------------------------------------------


@st.composite
def damaged_forests(draw):
    """Return the parent of each comment (an index, or None), and the parents, trees and numbers after the damage."""
    size = draw(st.integers(1, 12))
    right = [
        draw(st.one_of(st.none(), st.integers(0, place - 1))) if place else None for place in range(size)
    ]
    index = st.integers(0, size - 1)
    parents = {
        child: parent
        for child, parent in draw(st.dictionaries(index, index, max_size=3)).items()
        if right[child] is not None
    }
    trees = draw(st.dictionaries(index, st.integers(0, 30), max_size=4))
    numbers = draw(st.dictionaries(index, st.tuples(st.integers(2, 30), st.integers(1, 9)), max_size=6))
    return right, parents, trees, numbers


def expected_parents(right, changed, created):
    """Return each comment's right parent after the repair, computed independently of it."""
    now = {place: changed.get(place, parent) for place, parent in enumerate(right)}
    while True:
        for start in now:
            seen, node = [], start
            while node is not None and node not in seen:
                seen.append(node)
                node = now[node]
            if node is not None:
                now[min(seen[seen.index(node) :], key=created.__getitem__)] = None
                break
        else:
            return now


def fresh(now, order):
    """Number a forest by recursion, siblings in `order`."""
    places = {}

    def number(node, left, level):
        right = left + 1
        for child in sorted((one for one in now if now[one] == node), key=order):
            right = number(child, right, level + 1)
        places[node] = (left, right, level)
        return right + 1

    for node in now:
        if now[node] is None:
            number(node, 1, 0)
    return places


@pytest.mark.django_db
@hypothesis_settings(max_examples=60)
@given(forest=damaged_forests())
def test_any_damaged_forest_comes_out_like_one_that_was_made_fresh(forest):
    right, changed, trees, numbers = forest
    post, made = make_post(), []
    for place, parent in enumerate(right):
        comment = make_comment(post, parent=None if parent is None else made[parent], name=f"c{place}")
        comment.refresh_from_db()
        made.append(comment)
    for child, parent in changed.items():
        sql("UPDATE comments_comment SET parent_id = %s WHERE id = %s", made[parent].pk, made[child].pk)
    for place, tree_id in trees.items():
        if right[place] is not None:
            sql("UPDATE comments_comment SET tree_id = %s WHERE id = %s", tree_id, made[place].pk)
    for place, (left, level) in numbers.items():
        if right[place] is not None:
            statement = "UPDATE comments_comment SET lft = %s, rght = %s, level = %s WHERE id = %s"
            sql(statement, left, left + 1, level, made[place].pk)
    lefts = dict(Comment.objects.filter(post=post).order_by().values_list("pk", "lft"))
    list(repair.repair())
    assert list(audit.findings()) == []
    wanted = expected_parents(right, changed, dict(enumerate(comment.created_at for comment in made)))
    rows = Comment.objects.filter(post=post).order_by("pk").values_list("parent_id", "lft", "rght", "level")
    places = fresh(wanted, lambda place: (lefts[made[place].pk], made[place].pk))
    assert list(rows) == [
        (None if wanted[place] is None else made[wanted[place]].pk, *places[place])
        for place in range(len(made))
    ]


# --- what it costs --------------------------------------------------------------------------------------------


def in_one_thread(size, *, deep):
    post, written = make_post(), []
    for number in range(size):
        parent = (written[-1] if deep else written[0]) if number else None
        words = {"body": "x", "body_html": "<p>x</p>", "published_at": "2026-01-01T00:00Z"}
        written.append(Comment(post=post, parent=parent, number=number + 1, guest_name=f"G{number}", **words))
    tree.write_forest(written)
    Discussion.objects.update_or_create(pk=post.pk, defaults={"comment_count": size, "last_number": size})
    return post, written


def questions_of(step):
    with CaptureQueriesContext(connection) as captured:
        step()
    return [query["sql"] for query in captured]


DAMAGES = {
    "numbers": "UPDATE comments_comment SET level = level + 3 WHERE parent_id IS NOT NULL",
    "threads": "UPDATE comments_comment SET tree_id = tree_id + 100000 WHERE parent_id IS NOT NULL",
    "no thread": "DELETE FROM comments_thread",
    "last number": "UPDATE comments_discussion SET last_number = 0, comment_count = 3",
}


@pytest.mark.django_db
@pytest.mark.parametrize("deep", [True, False])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_repair_asks_as_much_for_1000_comments_as_for_10(damage, deep):
    counts = []
    for size in (10, 1000):
        in_one_thread(size, deep=deep)
        sql(damage)
        counts.append(len(questions_of(lambda: list(repair.repair()))))
        assert list(audit.findings()) == []
        sql("UPDATE comments_comment SET parent_id = id, lft = 2, rght = 3, level = 1")
        sql("DELETE FROM comments_comment")
        sql("DELETE FROM comments_discussion")
        sql("DELETE FROM comments_thread")
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_many_threads_of_a_post_are_written_together():
    discussed(600)
    sql("UPDATE comments_comment SET level = level + 3 WHERE parent_id IS NOT NULL")
    questions = questions_of(lambda: list(repair.repair()))
    assert len([question for question in questions if question.startswith("UPDATE")]) <= 3
    assert list(audit.findings()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", [True, False])
def test_moving_a_branch_of_300_writes_as_often_as_one_of_5(elsewhere, mo):
    counts = []
    for size in (5, 300):
        post, written = in_one_thread(size, deep=True)
        target = make_post() if elsewhere else post
        questions = questions_of(
            lambda made=written, target=target: actions.move_branch(made[1], to_post=target, by=mo)
        )
        counts.append(len([question for question in questions if question.startswith(WRITES)]))
        assert list(audit.findings()) == []
    assert counts[0] == counts[1]


def test_a_chain_of_100_000_is_numbered_without_recursion():
    chain = {place: [place + 1] for place in range(100_000)}
    assert tree.number_tree(0, chain)[100_000].level == 100_000
    circle = {place: (place + 1) % 100_000 for place in range(100_000)}
    assert tree_repair.break_circles(circle, min) == {0: None}


# --- while others write ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_changed_since_it_was_read_is_looked_at_again(monkeypatch):
    monkeypatch.setattr(tree_repair, "WRITTEN_AT_ONCE", 1)
    post, other = make_post(), make_post()
    made = make_thread(post, "a(b),c(d(e),f)")
    sql("UPDATE comments_comment SET level = level + 3 WHERE parent_id IS NOT NULL")
    repair = tree.repair_trees()
    # All threads have been read by now, and the first one is written.
    first = next(repair)
    assert (first.post_id, first.comments) == (post.pk, 1)
    answer = actions.post_comment(post, writer=make_guest(name="g"), parent=made["e"], text="Just now.")
    actions.move_branch(made["f"], to_post=other, by=None)
    list(repair)
    assert list(audit.findings()) == []
    assert parents(post) == {"a": None, "b": "a", "c": None, "d": "c", "e": "d", "g": "e"}
    assert Comment.objects.get(pk=answer.pk).level == 3


@pytest.mark.two_at_once
@pytest.mark.django_db(transaction=True)
def test_repair_while_writers_write_leaves_whole_trees():
    posts = [make_post(), make_post()]
    made = [make_thread(post, ",".join("a(b(c),d(e(f)))" for _number in range(6))) for post in posts]
    guests = [make_guest(name=f"W{number}") for number in range(4)]
    ids = list(Comment.objects.order_by("pk").values_list("pk", flat=True))
    sql("UPDATE comments_comment SET level = level + 3 WHERE parent_id IS NOT NULL")
    sql("UPDATE comments_discussion SET last_number = 2, comment_count = 1")
    sql("UPDATE comments_comment SET score = 4 WHERE id % 2 = 0")

    def write(guest, seed):
        dice, written = random.Random(seed), 0
        for number in range(12):
            target = Comment.objects.get(pk=dice.choice(ids))
            # It may go to another post between the two.
            with suppress(actions.Refused):
                actions.post_comment(target.post, writer=guest, parent=target, text=f"{seed}, {number}")
                written += 1
            actions.cast_vote(Comment.objects.get(pk=dice.choice(ids)), voter=guest, value=1)
        return written

    def move():
        for one in made:
            actions.move_branch(one["d"], to_post=posts[0], by=None)
            actions.move_branch(one["b"], to_post=posts[1], by=None)
        return "done"

    def put_right():
        for _round in range(4):
            list(repair.repair())
        return "done"

    steps = [lambda guest=guest, seed=seed: write(guest, seed) for seed, guest in enumerate(guests)]
    *others, one, two, three, four = at_once(put_right, put_right, move, *steps)
    assert others == ["done"] * 3
    list(repair.repair())
    assert list(audit.findings()) == []
    assert Comment.objects.count() == len(ids) + one + two + three + four


@pytest.mark.two_at_once
@pytest.mark.django_db(transaction=True)
def test_threads_that_became_empty_are_removed_while_others_answer_in_them():
    post = make_post()
    made = make_thread(post, "a,t")
    guest, mo = make_guest(), make_moderator()

    def answer():
        for number in range(15):
            actions.post_comment(post, writer=guest, parent=made["a"], text=f"Answer {number}")
        return "done"

    def move():
        for _round in range(8):
            actions.move_branch(made["a"], to_post=post, to_parent=made["t"], by=mo)
            actions.move_branch(made["a"], to_post=post, by=mo)
        return "done"

    def remove():
        return sum(tree.remove_empty_threads() for _round in range(40))

    answered, moved, removed = at_once(answer, move, remove)
    assert (answered, moved) == ("done", "done")
    removed += tree.remove_empty_threads()
    assert removed >= 8
    assert list(audit.findings()) == []


# --- the command ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_stops_after_100_sentences_and_counts_the_rest(capsys):
    discussed(120)
    sql("UPDATE comments_comment SET score = 1")
    with pytest.raises(CommandError, match=r"^120 problems found\.$"):
        call_command("check_trees")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 101
    assert lines[-1] == "… and 20 more."


@pytest.mark.django_db
def test_the_command_says_what_it_put_right(capsys):
    make_thread(make_post(), "a(b(c))")
    sql("UPDATE comments_comment SET level = 5 WHERE guest_name = 'c'")
    call_command("check_trees", repair=True)
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith("places repaired (comments: 1, threads: 1).")
    assert said[1:] == ["Repairs made: 1.", "All is well. Comments: 3; threads: 1."]


@pytest.mark.django_db
def test_trees_are_checked_in_parts_that_leave_none_out(monkeypatch):
    monkeypatch.setattr(tree_repair, "CHECKED_AT_ONCE", 3)
    monkeypatch.setattr(tree_repair, "ASKED_AT_ONCE", 2)
    post = make_post()
    make_thread(post, "a(b(c(d))),e,f(g),h,i(j)")
    sql("UPDATE comments_comment SET level = level + 1 WHERE parent_id IS NOT NULL")
    heard = []
    trees = [tree_id for tree_id, _wrong in tree.broken_trees(tell=heard.append)]
    wanted = Comment.objects.filter(level__gt=0).order_by("tree_id").values_list("tree_id", flat=True)
    assert trees == sorted(set(wanted))
    assert heard[-1] == 10
    list(repair.repair())
    assert list(audit.findings()) == []


@pytest.mark.django_db
def test_a_number_given_twice_is_still_refused_by_the_database():
    post = make_post()
    made = make_thread(post, "a,b")
    with pytest.raises(IntegrityError):
        Comment.objects.filter(pk=made["b"].pk).order_by().update(number=1)
