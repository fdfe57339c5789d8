"""All scripts: marks count as letters, one Unicode spelling is stored, and cuts keep letters whole."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.spelling import IS_SLUG, MARKS, cut, folded, nfc, slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("तेल", "तेल"),
        ("ताल", "ताल"),
        ("น้ำ ใจ", "น้ำ-ใจ"),
        ("മലയാളം ഭാഷ", "മലയാളം-ഭാഷ"),
        ("বাংলা", "বাংলা"),
        ("தமிழ்", "தமிழ்"),
        ("မြန်မာ", "မြန်မာ"),
        ("ខ្មែរ", "ខ្មែរ"),
        ("བོད་ཡིག", "བོདཡིག"),
        ("שָׁלוֹם", nfc("שָׁלוֹם")),
        ("مُحَمَّد", nfc("مُحَمَّد")),
        ("がぎ", "がぎ"),
        ("한국어", "한국어"),
        ("e\u0301te\u0301", "été"),
        ("Straße", "straße"),
        ("STRAẞE", "straße"),
        ("İstanbul", "istanbul"),
        ("I\u0307stanbul", "istanbul"),
        ("ΣΟΦΟΣ", "σοφος"),
        ("Ｗｉｄｅ ﬁt", "wide-fit"),
        ("C++", "c"),
        ("O'Reilly & Sons", "oreilly-sons"),
        ("  __a--b_ ", "a-b"),
        ("\u0301stray", "stray"),
        ("!!!", ""),
        ("🎉", ""),
    ],
)
def test_an_address_keeps_the_letters_and_marks_of_every_script(text, slug):
    assert slugify(text) == slug


def test_all_marks_are_letters_of_an_address():
    marks = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code))[0] == "M"]
    assert len(marks) > 2000
    assert [mark for mark in marks if not IS_SLUG.fullmatch(f"x{mark}")] == []
    assert not re.search(f"[{MARKS}]", "az09_-. é中")


@pytest.mark.slow
@given(st.text(max_size=60))
def test_what_becomes_an_address_is_one_and_stays_the_same(text):
    slug = slugify(text)
    assert slug == "" or IS_SLUG.fullmatch(slug)
    assert slug == nfc(slug)
    assert slugify(slug) == slug


@given(st.text(alphabet="aéत\u0947\u0301ใ\u0e49", max_size=30), st.integers(1, 20))
def test_a_cut_leaves_letters_their_marks(text, most):
    short = cut(text, most)
    rest = text[len(short) :]
    assert len(short) <= most
    assert text.startswith(short)
    assert not rest or unicodedata.category(rest[0])[0] != "M" or len(short) == most


def test_a_cut_goes_back_to_the_letter():
    assert cut("कितेल", 3) == "कि"
    assert slugify("ते" * 100, most=61) == "ते" * 30


@pytest.mark.parametrize(
    ("one", "other"), [("Été", "e\u0301te\u0301"), ("STRASSE", "Straße"), ("ΣΟΦΟΣ", "σοφος"), ("Ｃ", "c")]
)
def test_one_name_in_two_spellings_is_one(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("तेल", "ताल"), ("C++", "C#"), ("が", "か"), ("José", "Jose")])
def test_names_of_other_letters_or_signs_are_two(one, other):
    assert folded(one) != folded(other)
