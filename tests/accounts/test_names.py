"""Names: how they are cleaned, and which look alike."""

import unicodedata

import pytest
from django.db import IntegrityError

from accounts.models import User
from accounts.names import clean_name, keys_of, name_key, name_slug, next_free, reserved_name
from accounts.slugs import free_slug
from tests.factories import make_user


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ann \t Whitfield \n", "Ann Whitfield"),
        ("Ann\u200bWhitfield", "AnnWhitfield"),
        ("\u202eAnn\u202c", "Ann"),
        ("Zoë", "Zoë"),
        ("Zoe\u0308", "Zoë"),
        ("\u2066mo\u2069", "mo"),
        ("名無し", "名無し"),
        ("\x00\x07", ""),
    ],
)
def test_a_name_keeps_only_what_can_be_seen(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "other",
    ["mo", "MO", "Mо", "ｍｏ", "M0", "M\u200bo", "m o", "Mö", "\u202eMo", "rno", "M.o"],
)
def test_a_look_alike_has_the_same_key(other):
    assert name_key(other) == name_key("Mo")


@pytest.mark.parametrize(("one", "other"), [("Mo", "Moe"), ("Ann", "Anna"), ("日本", "中国"), ("Ada", "Ida")])
def test_different_names_have_different_keys(one, other):
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("Ada", "Ada\u3164"),
        ("Ada", "\uffa0A\u115fda\u1160"),
        ("Ada", "Ada\u2800"),
        ("Ada", "ᴀᴅᴀ"),
        ("Ada", "Ꭺda"),
        ("Soren", "Søren"),
        ("Lou", "Łou"),
        ("Nadia", "Νadia"),
        ("Helen", "ΗELEΝ"),
        ("Yan", "Υan"),
        ("Zoe", "Ζoe"),
    ],
)
def test_letters_that_are_drawn_alike_or_not_at_all_make_no_other_name(name, like):
    assert name_key(name) in keys_of(like)


@pytest.mark.parametrize("name", ["\u3164", "\u115f\u1160", "\u2800", "\u200b\u3164"])
def test_invisible_characters_are_no_name(name):
    assert clean_name(name) == ""


def test_greek_names_of_other_letters_stay_apart():
    assert keys_of("Νίκος").isdisjoint(keys_of("Λίκος"))


def test_marks_are_not_piled_over_the_lines_above_and_below():
    assert clean_name("Z" + "\u0308" * 50 + "o") == "Z" + "\u0308" * 4 + "o"
    # Vietnamese, Hebrew with points and Thai keep theirs.
    for name in ("Nguyễn Thị Ánh", "שָׁלוֹם", "กิ๊ฟ"):
        assert len(clean_name(name)) == len(unicodedata.normalize("NFC", name))


def test_a_name_without_letters_still_gets_an_address():
    assert name_slug("!!!") == "reader"
    assert next_free("reader", {"reader", "reader-2"}) == "reader-3"


def test_two_members_cannot_look_alike(db):
    make_user(display_name="Paula")
    with pytest.raises(IntegrityError):
        make_user(display_name="Pаulа")


def test_two_members_cannot_share_an_address_in_other_letters(db):
    make_user(display_name="One", email="one@example.org")
    with pytest.raises(IntegrityError):
        make_user(display_name="Two", email="ONE@example.org")


def test_a_changed_name_changes_its_key_and_keeps_the_address(db):
    user = make_user(display_name="Before")
    user.display_name = "After"
    user.save(update_fields=["display_name"])
    user = User.objects.get(pk=user.pk)
    assert (user.name_key, user.slug) == (name_key("After"), "before")


@pytest.mark.parametrize(
    "name", ["Admin", "ΑDΜΙΝ", "M0derator", "the editor", "SYSTEM", "Webmaster", "Ѕtaff", "Support"]
)
def test_a_name_that_speaks_for_the_site_is_reserved(name):
    assert reserved_name(name)


@pytest.mark.parametrize("name", ["Adam", "Moderato", "Stafford", "Edit O'Reilly", "Ada Author", "Owen", ""])
def test_a_name_that_only_resembles_one_is_free(name):
    assert not reserved_name(name)


def test_a_free_address_is_not_one_that_another_number_has(db):
    """Of “ada-2” the next one is “ada-3”, which does not begin with it."""
    for name in ("Ada", "Ada 2", "Ada 3"):
        make_user(display_name=name)
    assert free_slug("ada-2", User.objects.all()) == "ada-4"
    assert free_slug("bob", User.objects.all()) == "bob"
