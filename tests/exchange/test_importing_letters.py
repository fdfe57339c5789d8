"""Importing names in all scripts: two topics stay two, and what WordPress treats as one becomes one."""

import pytest

from accounts.models import User
from blog.models import Author, Category, Post, Tag
from exchange.wordpress.planning import make_plan
from exchange.wordpress.report import Noun
from exchange.wordpress.write import write
from tests.exchange.exports import author, bring, export, item, saved
from tests.factories import make_category, make_tag

pytestmark = pytest.mark.django_db


def tags_of(number: int) -> list[str]:
    return list(Post.objects.get(slug=f"post-{number}").tags.order_by("name").values_list("name", flat=True))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("%e0%a4%a4%e0%a5%87%e0%a4%b2", "तेल"), ("%e0%a4%a4%e0%a4%be%e0%a4%b2", "ताल")),
        (("c", "C++"), ("c-2", "C#")),
        (("c%2b%2b", "C++"), ("c%23", "C#")),
        (("%f0%9f%8e%89", "🎉"), ("%f0%9f%8e%88", "🎈")),
        (("%21%21%21", "!!!"), ("%3f%3f%3f", "???")),
    ],
)
@pytest.mark.parametrize("domain", ["post_tag", "category"])
def test_two_topics_stay_two(tmp_path, first, second, domain):
    posts = [item(number, filed=[(domain, *topic)]) for number, topic in ((5, first), (6, second))]
    for _again in range(2):
        bring(tmp_path, export(*posts))
        model = Tag if domain == "post_tag" else Category
        assert sorted(model.objects.values_list("name", flat=True)) == sorted([first[1], second[1]])
        assert model.objects.values("slug").distinct().count() == 2


def test_a_dry_run_counts_topics_as_the_run_makes_them(tmp_path):
    make_tag("C#")
    filed = [
        ("post_tag", "c", "C++"),
        ("post_tag", "C", "c#"),
        ("category", "%e0%a4%a4", "त"),
        ("category", "x", "त"),
    ]
    plan = make_plan(saved(tmp_path, export(item(5, filed=filed))))
    planned = plan.report.came[Noun.TAG], plan.report.came[Noun.CATEGORY]
    write(plan)
    assert planned == (plan.report.came[Noun.TAG], plan.report.came[Noun.CATEGORY]) == (1, 2)
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["C#", "C++"]


def test_a_topic_that_is_called_otherwise_here_is_no_longer_taken_for_it(tmp_path):
    here = make_tag("C#")
    assert here.slug == "c"
    bring(tmp_path, export(item(5, filed=[("post_tag", "c", "C++")])))
    assert Tag.objects.get(name="C++").slug == "c-2"
    assert tags_of(5) == ["C++"]


def test_a_topic_at_the_same_address_is_the_same_whatever_it_is_called_now(tmp_path):
    Category.objects.create(name="Court cases", slug="courts")
    make_category("Sport")
    filed = [("category", "courts", "Courts"), ("category", "sport", "SPORT")]
    bring(tmp_path, export(item(5, filed=filed)))
    assert sorted(Category.objects.values_list("name", flat=True)) == ["Court cases", "Sport"]


def test_a_post_keeps_the_marks_of_its_address(tmp_path):
    bring(tmp_path, export(item(5, slug="%e0%a4%a4%e0%a5%87%e0%a4%b2"), item(6, slug="e%CC%81t")))
    assert sorted(Post.objects.values_list("slug", flat=True)) == ["ét", "तेल"]


def test_a_login_in_other_letters_of_case_is_the_same_author(tmp_path):
    posts = [item(5, creator="jdoe"), item(6, creator="JDoe"), item(7, creator="JDOE")]
    bring(tmp_path, export(*posts, authors=author("jdoe", name="Jane Doe", email="jane@old.example")))
    assert Author.objects.get().name == "Jane Doe"
    assert User.objects.count() == 1
    bring(tmp_path, export(item(8, creator="jDoe"), authors=author("JDOE", name="Jane Doe")))
    assert Author.objects.get().bylines.count() == 4


def test_a_login_of_which_nothing_else_is_known_is_one_author_too(tmp_path):
    bring(tmp_path, export(item(5, creator="JDoe"), item(6, creator="jdoe"), authors=""))
    assert Author.objects.get().name == "JDoe"


def test_words_are_stored_in_one_spelling(tmp_path):
    bring(tmp_path, export(item(5, title="Cafe\u0301", content="<p>Un cafe\u0301.</p>", slug="x")))
    post = Post.objects.get()
    assert post.title == "Café"
    assert "café" in post.body
