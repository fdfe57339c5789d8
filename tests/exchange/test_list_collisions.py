"""An owner lists names that can be mistaken for each other."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from blog.models import Author, Tag
from blog.topics import tags_named
from tests.factories import make_category, make_user

pytestmark = pytest.mark.django_db


def listed(*words: str) -> list[str]:
    out = StringIO()
    call_command("list_collisions", *words, stdout=out)
    return out.getvalue().splitlines()


def test_where_nothing_collides_it_says_so():
    tags_named(["तेल", "ताल", "Ohio"])
    make_category("Ohio")
    make_user(display_name="सीता")
    make_user(display_name="सती")
    assert listed() == ["No two names collide."]


def test_it_lists_each_collision_with_names_and_addresses():
    tags_named(["C++", "C#"])
    Author.objects.create(name="Ann", slug="ann")
    Author.objects.create(name="ANN", slug="ann-2")
    assert listed() == [
        "tag: “C++” (/tag/c/), “C#” (/tag/c-2/): names that would share a web address",
        "author: “Ann” (/author/ann/), “ANN” (/author/ann-2/): the same name",
        "2 collisions.",
    ]


def test_members_whose_names_look_alike_are_listed_once_their_keys_are_filled_in():
    first, second = make_user(display_name="Ægir"), make_user(display_name="Bea")
    User.objects.filter(pk=first.pk).update(name_key="ægir")
    User.objects.filter(pk=second.pk).update(display_name="Aegir", name_key="aegir")
    assert listed() == ["No two names collide."]
    assert listed("--repair")[0] == "Filled in the name keys of 2 members."
    assert "“Ægir” (/people/ægir/), “Aegir” (/people/bea/): names that look alike" in listed()[0]
    assert listed()[-1] == "1 collision."
    assert Tag.objects.count() == 0
