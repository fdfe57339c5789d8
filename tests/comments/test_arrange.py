"""Arranging a discussion: rows in; reading order, lanes, counts, tombstones and pages out. Pure."""

import re
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.thread import (
    BEST,
    FLAT,
    LANE_CAP,
    NEWEST,
    ORDERS,
    NegativeSignals,
    Row,
    Viewer,
    ancestors,
    arrange,
    page_of,
    page_starts,
    quality,
    wilson,
)


def row(pk, parent=None, *, state="public", **columns):
    """A row of the database; comments are written in the order of their ids."""
    values = {
        "number": pk, "reason": "", "user_id": None, "guest_id": None, "guest_name": f"Guest {pk}", "website": "",
        "score": 0, "imported_score": 0, "created": f"2026-03-03 09:00:{pk:06d}", "edited": None, "html": "",
    }  # fmt: skip
    return Row(id=pk, parent_id=parent, state=state, **(values | columns))


def rows_of(shape, **states):
    """Rows from a drawing: "1(2(3),4)" is an opener with two replies, 3 under 2; `states` name those not public."""
    rows, above, last = [], [None], None
    for token in re.findall(r"\d+|[()]", shape):
        if token == "(":
            above.append(last)
        elif token == ")":
            above.pop()
        else:
            last = int(token)
            rows.append(row(last, above[-1], state=states.get(f"_{token}", "public")))
    return rows


def ids(shown):
    return [item.row.id for item in shown]


def lanes(shown):
    return {item.row.id: item.lane for item in shown}


# --- order ----------------------------------------------------------------------------------------------------


def test_replies_stand_under_what_they_answer_in_order_of_time():
    assert ids(arrange(rows_of("1(2(5),4),3(6)"))) == [1, 2, 5, 4, 3, 6]


def test_the_newest_first_turns_every_level_round():
    assert ids(arrange(rows_of("1(2(5),4),3(6,7)"), order=NEWEST)) == [3, 7, 6, 1, 4, 2, 5]


def test_flat_is_the_order_of_numbers_without_lanes():
    shown = arrange(rows_of("1(2(5),4),3(6)"), order=FLAT)
    assert ids(shown) == [1, 2, 3, 4, 5, 6]
    assert {item.lane for item in shown} == {0}


def test_the_best_order_puts_what_readers_agree_with_first_at_every_level():
    rows = rows_of("1(2,3),4")
    votes = {3: 5, 4: 9}
    rows = [item._replace(score=votes.get(item.id, 0)) for item in rows]
    assert ids(arrange(rows, order=BEST)) == [4, 1, 3, 2]


def test_comments_without_votes_keep_the_order_of_time_in_the_best_order():
    assert ids(arrange(rows_of("1,2,3"), order=BEST)) == [1, 2, 3]


def test_reports_and_down_votes_count_against_a_comment_in_the_best_order():
    rows = [row(1, score=5), row(2, score=5)]
    assert ids(arrange(rows, order=BEST, signals={1: NegativeSignals(reports=2)})) == [2, 1]
    assert ids(arrange(rows, order=BEST, signals={1: NegativeSignals(down_votes=3)})) == [2, 1]


# --- lanes ----------------------------------------------------------------------------------------------------


def test_two_people_answering_each_other_stay_in_one_lane():
    shown = arrange(rows_of("1(2(3(4(5))))"))
    assert lanes(shown) == {1: 0, 2: 1, 3: 1, 4: 1, 5: 1}
    assert [item.run for item in shown] == [False, False, True, True, True]


def test_a_fork_steps_in():
    assert lanes(arrange(rows_of("1(2(3,4(5,6)))"))) == {1: 0, 2: 1, 3: 2, 4: 2, 5: 3, 6: 3}


def test_an_only_reply_to_an_opener_steps_in_and_is_no_run():
    shown = arrange(rows_of("1(2)"))
    assert lanes(shown) == {1: 0, 2: 1}
    assert not shown[1].run


def test_sixty_replies_in_turn_end_in_the_first_lane():
    shown = arrange([row(1), *(row(pk, pk - 1) for pk in range(2, 62))])
    assert {item.lane for item in shown[1:]} == {1}
    assert sum(item.run for item in shown) == 59


def test_forty_replies_to_one_comment_stand_in_one_lane():
    shown = arrange([row(1), *(row(pk, 1) for pk in range(2, 42))])
    assert [item.lane for item in shown] == [0] + [1] * 40
    assert shown[0].below == 40


def test_past_the_last_lane_everything_is_in_one_list_depth_first():
    # Every second comment has a second reply, so that each step is a fork.
    rows = [row(1)]
    for depth in range(1, 12):
        rows += [
            row(2 * depth, 1 if depth == 1 else 2 * depth - 2),
            row(2 * depth + 1, max(1, 2 * depth - 2)),
        ]
    shown = arrange(rows)
    assert max(item.lane for item in shown) == LANE_CAP
    deep = [item for item in shown if item.deep]
    assert {item.lane for item in deep} == {LANE_CAP}
    assert len(deep) == 2 * (11 - LANE_CAP)
    assert not any(item.run for item in shown)


def test_the_seventh_fork_has_no_lane_of_its_own():
    """The numbers are written out, so that changing the constant fails: readers see six lines beside a comment."""
    steps = [
        (row(10 * depth, 10 * (depth - 1)), row(10 * depth + 1, 10 * (depth - 1))) for depth in range(2, 10)
    ]
    shown = arrange([row(10), *(one for step in steps for one in step)])
    places = {item.row.id: (item.lane, item.deep) for item in shown}
    assert [places[10 * depth] for depth in range(1, 10)] == [
        (0, False), (1, False), (2, False), (3, False), (4, False), (5, False), (6, False), (6, True), (6, True),
    ]  # fmt: skip


def test_an_only_answer_runs_on_in_the_last_lane_and_is_as_deep_as_what_it_answers():
    forks = "1(2(3(4(5(6(7(8,20),21),22),23),24),25),26)"
    before, past = forks.replace("7(8,20)", "7(8)"), forks.replace("7(8,20)", "7(8(9),20)")
    assert {item.row.id: (item.lane, item.run, item.deep) for item in arrange(rows_of(before))}[8] == (
        6,
        True,
        False,
    )
    assert {item.row.id: (item.lane, item.run, item.deep) for item in arrange(rows_of(past))}[9] == (
        6,
        True,
        True,
    )


def test_a_chain_of_three_thousand_needs_no_recursion():
    shown = arrange([row(1), *(row(pk, pk - 1) for pk in range(2, 3001))])
    assert len(shown) == 3000
    assert shown[0].below == 2999


# --- what is shown --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["held", "spam", "removed", "withdrawn"])
def test_a_comment_that_is_not_public_is_not_shown(state):
    assert ids(arrange(rows_of("1(2),3", _2=state))) == [1, 3]


@pytest.mark.parametrize("state", ["held", "spam", "removed", "withdrawn"])
def test_it_leaves_a_tombstone_when_a_public_comment_stands_under_it(state):
    shown = arrange(rows_of("1(2(3(4)))", _2=state, _3=state))
    assert ids(shown) == [1, 2, 3, 4]
    assert [item.gone for item in shown] == [False, True, True, False]
    assert [item.below for item in shown] == [1, 1, 1, 0]


def test_what_is_not_shown_makes_no_fork():
    assert lanes(arrange(rows_of("1(2(3,4))", _4="held"))) == {1: 0, 2: 1, 3: 1}


@pytest.mark.parametrize("state", ["held", "spam", "removed"])
def test_its_writer_sees_a_comment_in_place_while_others_do_not(state):
    rows = [row(1), row(2, 1, state=state, user_id=7, number=None), row(3, 1)]
    assert ids(arrange(rows)) == [1, 3]
    assert ids(arrange(rows, viewer=Viewer(user_id=8))) == [1, 3]
    shown = arrange(rows, viewer=Viewer(user_id=7))
    assert ids(shown) == [1, 2, 3]
    assert not shown[1].gone


def test_a_guest_sees_their_own_held_comment():
    rows = [row(1, state="held", guest_id=7, number=None)]
    assert ids(arrange(rows, viewer=Viewer(guest_id=7))) == [1]
    assert arrange(rows, viewer=Viewer(guest_id=8)) == []


def test_nobody_reads_a_withdrawn_comment_not_even_its_writer():
    assert arrange([row(1, state="withdrawn", user_id=7)], viewer=Viewer(user_id=7)) == []


def test_a_comment_whose_writer_is_forgotten_belongs_to_nobody():
    assert arrange([row(1, state="held")], viewer=Viewer(user_id=7)) == []


def test_a_reply_without_its_parent_is_an_opener():
    assert lanes(arrange([row(2, 1), row(3, 2)])) == {2: 0, 3: 1}


def test_replies_under_one_comment_are_the_openers_of_its_page():
    shown = arrange(rows_of("1(2(3(5),4),6)"), under=2)
    assert ids(shown) == [3, 5, 4]
    assert lanes(shown) == {3: 0, 5: 1, 4: 0}


# --- any tree -------------------------------------------------------------------------------------------------


@st.composite
def trees(draw):
    """Any tree of up to 60 comments, in any states; a parent may have a higher id, as imports can have it."""
    count = draw(st.integers(0, 60))
    names = draw(st.permutations(range(1, count + 1)))
    states = st.sampled_from(["public"] * 6 + ["held", "spam", "removed", "withdrawn"])
    rows = []
    for position, pk in enumerate(names):
        above = draw(st.integers(-1, position - 1)) if position else -1
        rows.append(row(pk, None if above < 0 else names[above], state=draw(states)))
    return rows


@given(trees(), st.sampled_from(ORDERS))
def test_in_any_tree_every_public_comment_is_shown_once_and_after_its_parent(rows, order):
    shown = arrange(rows, order=order)
    seen = ids(shown)
    assert len(seen) == len(set(seen))
    assert {item.row.id for item in shown if not item.gone} == {r.id for r in rows if r.state == "public"}
    if order != FLAT:
        parents = {r.id: r.parent_id for r in rows}
        assert all(parents[pk] is None or parents[pk] in seen[:index] for index, pk in enumerate(seen))


@given(trees())
def test_in_any_tree_lanes_step_by_one_and_stay_below_the_cap(rows):
    shown = arrange(rows)
    before = 0
    for index, item in enumerate(shown):
        assert 0 <= item.lane <= LANE_CAP
        assert item.lane <= (before + 1 if index else 0)
        assert item.lane == LANE_CAP or not item.deep
        assert not (item.run and item.lane == 0)
        before = item.lane


@given(trees())
def test_in_any_tree_the_counts_are_the_readable_comments_below(rows):
    parents = {r.id: r.parent_id for r in rows}
    shown = arrange(rows)
    expected = dict.fromkeys(ids(shown), 0)
    for item in shown:
        above = parents[item.row.id]
        while above is not None and not item.gone:
            expected[above] += 1
            above = parents[above]
    assert {item.row.id: item.below for item in shown} == expected
    assert all(item.below for item in shown if item.gone)


@given(trees())
def test_in_any_tree_a_run_directly_follows_the_only_comment_it_answers(rows):
    shown = arrange(rows)
    for before, item in zip(shown, shown[1:], strict=False):
        if item.run:
            assert item.row.parent_id == before.row.id
            assert sum(other.row.parent_id == before.row.id for other in shown) == 1


# --- pages ----------------------------------------------------------------------------------------------------


def test_a_discussion_that_fits_is_one_page():
    assert page_starts(arrange(rows_of("1(2),3")), size=3) == [0]
    assert page_starts([]) == [0]


def test_pages_are_cut_between_threads():
    shown = arrange(rows_of("1(2,3),4(5),6,7(8)"))
    assert page_starts(shown, size=3) == [0, 3, 6]
    assert [page_of(pk, shown, size=3) for pk in (1, 3, 4, 6, 7, 8)] == [1, 1, 2, 2, 3, 3]


def test_a_long_thread_stays_whole():
    shown = arrange(rows_of("1,2(3,4,5,6),7"))
    assert page_starts(shown, size=2) == [0, 1, 6]


def test_a_comment_that_is_not_shown_is_on_no_page():
    assert page_of(99, arrange(rows_of("1"))) is None


@given(trees(), st.integers(1, 20))
def test_in_any_tree_pages_begin_with_openers_and_hold_more_than_their_size_only_as_one_thread(rows, size):
    shown = arrange(rows)
    starts = page_starts(shown, size=size)
    assert starts == sorted(set(starts))
    for start, end in zip(starts, [*starts[1:], len(shown)], strict=True):
        page = shown[start:end]
        assert not page or page[0].lane == 0
        assert len(page) <= size or sum(item.lane == 0 for item in page) == 1


def test_ancestors_are_named_from_the_opener_down():
    assert [above.id for above in ancestors(rows_of("1(2(3(4)),5)"), 4)] == [1, 2, 3]


# --- the best order's measure ---------------------------------------------------------------------------------


def test_the_wilson_bound_has_the_known_values():
    # Worked by hand from the formula with z = 1.2816.
    assert isclose(wilson(1, 0), 0.3784, abs_tol=1e-4)
    assert isclose(wilson(10, 0), 0.8589, abs_tol=1e-4)
    assert isclose(wilson(10, 5), 0.4992, abs_tol=5e-3)
    assert wilson(0, 0) == wilson(0, 5) == 0


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_wilson_bound_is_a_share_below_the_plain_one(ups, downs):
    assert 0 <= wilson(ups, downs) <= ups / max(1, ups + downs) + 1e-12


@given(st.integers(1, 1000), st.integers(0, 1000))
def test_one_more_vote_never_hurts(ups, downs):
    assert wilson(ups + 1, downs) > wilson(ups, downs) > wilson(ups, downs + 1)


def test_imported_likes_count_like_votes_and_imported_dislikes_against():
    assert quality(row(1, score=4, imported_score=4), NegativeSignals()) == wilson(4, 0)
    assert quality(row(1, score=3, imported_score=0), NegativeSignals(down_votes=2)) == wilson(5, 2)
    assert quality(row(1, score=-4, imported_score=-4), NegativeSignals()) == 0
