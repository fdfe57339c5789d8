"""The plan of a repair of numbers: 1 … last, each once, and none changed that may be right."""

from hypothesis import given
from hypothesis import strategies as st

from comments.integrity.numbers import LONGEST_GAP, plan_numbers

NUMBERS = st.one_of(
    st.integers(-2, 12), st.integers(LONGEST_GAP - 5, LONGEST_GAP + 20), st.integers(10**6, 2**31 - 1)
)


def applied(comments, left_behind, plan):
    """Return all numbers as they are once a plan has been carried out."""
    after = comments | plan.renumbered
    kept = [number for pk, number in left_behind.items() if pk not in plan.dropped]
    return [*after.values(), *kept, *plan.lost]


@given(
    st.dictionaries(st.integers(1, 30), st.none() | NUMBERS, max_size=8),
    st.dictionaries(st.integers(1, 30), NUMBERS, max_size=4),
    NUMBERS.map(abs),
)
def test_every_plan_ends_with_each_number_once(comments, left_behind, last):
    plan = plan_numbers(comments, left_behind, last=last)
    assert plan is not None
    assert sorted(applied(comments, left_behind, plan)) == list(range(1, plan.last + 1))
    # What is planned once needs no plan any more.
    after = comments | plan.renumbered
    kept = {pk: number for pk, number in left_behind.items() if pk not in plan.dropped}
    kept |= {1000 + place: number for place, number in enumerate(plan.lost)}
    assert plan_numbers(after, kept, last=plan.last) == (plan.last, {}, [], [])


def test_a_number_within_the_longest_gap_is_kept():
    plan = plan_numbers({1: 1, 2: LONGEST_GAP + 1}, {}, last=1)
    assert (plan.renumbered, plan.last, len(plan.lost)) == ({}, LONGEST_GAP + 1, LONGEST_GAP - 1)


def test_a_last_number_is_lowered_only_where_it_cannot_be():
    assert plan_numbers({1: 1}, {}, last=3).last == 3
    assert plan_numbers({1: 1}, {}, last=LONGEST_GAP + 2).last == 1


def test_where_too_many_would_get_other_numbers_a_person_has_to_look():
    far = {pk: pk + 2 * LONGEST_GAP for pk in range(1, LONGEST_GAP + 3)}
    assert plan_numbers(far, {}, last=0) is None
