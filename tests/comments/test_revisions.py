"""The differences of an edit, word by word: exact, readable and quickly computed, whatever the texts."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.revisions.diff import MOST_PIECES, Change, Kind, Version, edits_between, shortened, word_diff

SAME, OUT, IN = Kind.EQUAL, Kind.DELETED, Kind.INSERTED
# Few words, so that many are alike, with every kind of space between them.
TEXTS = st.lists(st.sampled_from(["a", "b", "cc", " ", "\n", "\u00a0", "\u2028", "é"]), max_size=40).map(
    "".join
)


def side(changes, kind):
    return "".join(words for which, words in changes if which in {SAME, kind})


@given(TEXTS | st.text(max_size=60), TEXTS | st.text(max_size=60))
def test_both_texts_can_be_read_from_the_difference(before, after):
    changes = word_diff(before, after)
    assert (side(changes, OUT), side(changes, IN)) == (before, after)
    assert all(words for _kind, words in changes)
    assert all(one.kind != other.kind for one, other in zip(changes, changes[1:], strict=False))


@given(TEXTS)
def test_the_same_text_differs_in_nothing(text):
    assert [kind for kind, _words in word_diff(text, text)] == ([SAME] if text else [])


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("one two three", "one 2 three", [(SAME, "one"), (OUT, " two"), (IN, " 2"), (SAME, " three")]),
        ("A claim.", "A claim. And its source.", [(SAME, "A claim."), (IN, " And its source.")]),
        ("One.\n\nTwo.", "One.", [(SAME, "One."), (OUT, "\n\nTwo.")]),
        ("", "All new.", [(IN, "All new.")]),
    ],
)
def test_whole_words_and_ends_of_lines_are_what_changes(before, after, changes):
    assert word_diff(before, after) == changes


def test_a_long_text_is_compared_by_paragraphs_and_a_longer_one_as_a_whole():
    lines = [f"{number} " + "word " * 30 for number in range(MOST_PIECES // 10)]
    mended = ["One " + lines[0], *lines[1:-1], lines[-1] + "!"]
    changes = word_diff("\n".join(lines), "\n".join(mended))
    assert [kind for kind, _words in changes] == [OUT, IN, SAME, OUT, IN]
    assert changes[0].words == lines[0] + "\n"
    many = "\n".join(str(number) for number in range(3 * MOST_PIECES))
    assert [kind for kind, _words in word_diff(many, many.replace("1", "one"))][1:3] == [OUT, IN]


@pytest.mark.parametrize("size", [150, MOST_PIECES, 2500, 20_000])
def test_a_text_made_to_be_slow_is_soon_compared(size):
    half = size // 2
    before = " ".join(f"a x{number}" for number in range(half))
    after = " ".join(f"y{number} a" for number in range(half))
    began = time.perf_counter()
    word_diff(before, after)
    assert time.perf_counter() - began < 1


def test_of_what_stayed_the_same_the_words_beside_a_change_are_shown():
    text = " ".join(f"w{number}" for number in range(200))
    changes = shortened(word_diff(text, text.replace("w100", "X")))
    assert [change.kind for change in changes] == [SAME, OUT, IN, SAME]
    assert changes[0].words.startswith(" … ") and changes[0].words.endswith(" w98 w99")
    assert changes[-1].words.startswith(" w101 w102") and changes[-1].words.endswith(" … ")
    assert max(len(change.words.split()) for change in changes) < 20


def test_edits_are_told_from_the_latest_on_each_with_its_moments():
    moments = [datetime(2026, 3, 3, 9, minute, tzinfo=UTC) for minute in (0, 5, 8)]
    versions = [Version(text, moment) for text, moment in zip(("one", "two", "three"), moments, strict=True)]
    latest, first = edits_between(versions)
    assert (first.before, first.at, latest.before, latest.at) == (*moments[:2], *moments[1:])
    assert latest.changes == [Change(OUT, "two"), Change(IN, "three")]
