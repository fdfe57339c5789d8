"""A site from before marks counted as letters: slugs are corrected, and every old address redirects."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from accounts.models import User
from accounts.names import is_key_of, name_key
from accounts.respelling import write_keys
from accounts.spelling import slugify
from blog.models import Author, Category, OldAddress, Post, Publication, SiteSettings, Tag
from blog.respelling import former_slug
from tests.factories import make_category, make_draft, make_post, make_tag, make_user

pytestmark = pytest.mark.django_db

MARKS = import_module("blog.migrations.0008_marks_are_letters")
PEOPLE = import_module("comments.migrations.0015_addresses_of_people")


def as_before(row, *, slug: str = "", **columns) -> None:
    """Let a row stand as former code would have written it."""
    slug = slug or former_slug(getattr(row, "title", None) or getattr(row, "display_name", None) or row.name)
    type(row).objects.filter(pk=row.pk).update(slug=slug, **columns)
    row.refresh_from_db()


def upgrade() -> None:
    write_keys(User)
    MARKS.write_names(apps, None)
    MARKS.write_addresses(apps, None)
    PEOPLE.write_addresses(apps, None)


def leads(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 301, path
    assert Client().get(answer["Location"]).status_code == 200
    return answer["Location"]


def test_slugs_get_their_marks_and_old_ones_redirect():
    post = make_post(title="तेल की कीमत", tags=("तेल",), categories=("बाज़ार",))
    tag, category = Tag.objects.get(), Category.objects.get()
    for row in (post, tag, category):
        as_before(row)
    before = [row.get_absolute_url() for row in (post, tag, category)]
    upgrade()
    for row in (post, tag, category):
        row.refresh_from_db()
    assert [post.slug, tag.slug, category.slug] == ["तेल-की-कीमत", "तेल", "बाज़ार"]
    for row, path in zip((post, tag, category), before, strict=True):
        assert leads(path) == row.get_absolute_url()
        assert leads(f"{path}feed/") == f"{row.get_absolute_url()}feed/"


def test_what_would_be_the_same_stays_two():
    first, second, third = make_tag("तिल"), make_tag("ताल"), make_tag("तेल")
    for row, slug in ((first, "तल"), (second, "तल-2"), (third, "तेल")):
        as_before(row, slug=slug)
        make_post(title=f"Of {row.pk}", tags=())
    Tag.objects.filter(pk=third.pk).update(name="Other")
    for row in (first, second, third):
        make_post(title=f"Post {row.pk}").post_tags.create(tag=row)
    Tag.objects.filter(pk=second.pk).update(name="तिल")
    upgrade()
    assert list(Tag.objects.order_by("pk").values_list("slug", flat=True)) == ["तिल", "तिल-2", "तेल"]
    assert leads("/tag/तल/") == first.__class__.objects.get(pk=first.pk).get_absolute_url()
    assert leads("/tag/तल-2/") == Tag.objects.get(pk=second.pk).get_absolute_url()


def test_an_address_that_somebody_chose_stays():
    post = make_post(title="तेल की कीमत", slug="भव")
    plain = make_post(title="Oil prices")
    upgrade()
    assert list(Post.objects.order_by("pk").values_list("slug", flat=True)) == ["भव", "oil-prices"]
    assert not OldAddress.objects.exists()
    assert {post.pk, plain.pk}


def test_an_imported_address_is_what_the_old_site_called_it():
    """WordPress cuts addresses, so the title does not say where this one ended."""
    post = make_post(title="बिजली के दाम फिर से बढ़ाए गए हैं")
    as_before(post, slug=former_slug("बिजली के दाम"))
    OldAddress.objects.create(path="/2020/05/बिजली-के-दाम/", target=post.get_absolute_url())
    before = post.get_absolute_url()
    upgrade()
    post.refresh_from_db()
    assert post.slug == "बिजली-के-दाम"
    assert leads("/2020/05/बिजली-के-दाम/") == leads(before) == post.get_absolute_url()


def test_the_old_address_of_a_draft_is_not_revealed():
    post = make_draft(title="तेल")
    as_before(post)
    upgrade()
    post.refresh_from_db()
    assert post.slug == "तेल"
    assert not OldAddress.objects.exists()


def test_names_get_their_keys_and_one_spelling():
    Tag.objects.bulk_create([Tag(name="x", slug="x")])
    Tag.objects.update(key="")
    # As former code did, past the columns of now.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE blog_tag SET name = %s", ["Cafe\u0301"])
    author = Author.objects.create(name="Vera Wolf", slug="vera")
    Author.objects.update(name_key="")
    Publication.objects.create(key="sz", name="SZ", full_name="Süddeutsche", slug="sz")
    Publication.objects.update(name_key="", full_name_key="")
    SiteSettings.load()
    SiteSettings.objects.update(name="The Margin", name_key="")
    upgrade()
    tag, publication = Tag.objects.get(), Publication.objects.get()
    assert (tag.name, tag.key) == ("Café", "café")
    author.refresh_from_db()
    assert author.name_key == name_key("Vera Wolf")
    assert (publication.name_key, publication.full_name_key) == ("sz", "suddeutsche")
    assert SiteSettings.load().name_key == name_key("The Margin")


def test_two_members_whose_keys_become_one_both_keep_their_names():
    first, second, third = (make_user(display_name=name) for name in ("Ægir", "Bea", "Cem"))
    User.objects.filter(pk=first.pk).update(name_key="ægir")
    User.objects.filter(pk=second.pk).update(display_name="Aegir", name_key="aegir")
    User.objects.filter(pk=third.pk).update(name_key="what former code made of it")
    assert write_keys(User) == 3
    keys = list(User.objects.order_by("pk").values_list("name_key", flat=True))
    assert keys == ["aegir", "aegir 2", "cem"]
    assert write_keys(User) == 0
    second = User.objects.get(pk=second.pk)
    second.theme = "dark"
    second.save()
    assert User.objects.get(pk=second.pk).name_key == "aegir 2"
    assert is_key_of("aegir 2", "Ægir")
    assert not is_key_of("aegir 2", "Aegir 2")
    second.display_name = "Dan"
    second.save()
    assert User.objects.get(pk=second.pk).name_key == "dan"


def test_a_member_whose_key_was_that_of_another_lets_go_of_it():
    first, second = make_user(display_name="One"), make_user(display_name="Two")
    User.objects.filter(pk=first.pk).update(name_key="x")
    User.objects.filter(pk=second.pk).update(name_key="one")
    assert write_keys(User) == 2
    assert list(User.objects.order_by("pk").values_list("name_key", flat=True)) == ["one", "two"]


def test_a_members_page_gets_the_marks_of_their_name():
    sita = make_user(display_name="सीता")
    as_before(sita)
    assert sita.slug == "सत"
    upgrade()
    assert User.objects.get().slug == "सीता"
    assert leads("/people/सत/") == User.objects.get().get_absolute_url()


def test_again_it_changes_nothing(django_assert_max_num_queries):
    make_post(title="तेल", tags=("तेल",), categories=("Markets",))
    make_category("Ölmarkt")
    upgrade()
    before = [list(model.objects.values()) for model in (Post, Tag, Category, OldAddress)]
    with django_assert_max_num_queries(60):
        upgrade()
    assert [list(model.objects.values()) for model in (Post, Tag, Category, OldAddress)] == before


@pytest.mark.parametrize("text", ["Straße", "Élan vital", "C++", "日本語", "Привет, мир"])
def test_where_there_are_no_marks_former_addresses_are_todays(text):
    assert former_slug(text) == slugify(text)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_migrations_run_on_the_schema_of_before():
    """As they are run: with the models as the migrations know them."""
    before = [
        ("accounts", "0006_defaults_for_the_code_before"),
        ("blog", "0007_keys_of_names"),
        ("comments", "0014_one_list_of_reasons"),
    ]
    after = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        old = MigrationExecutor(connection).migrate(before).apps
        old.get_model("blog", "Tag").objects.create(name="तेल", slug="तल")
        old.get_model("accounts", "User").objects.create(
            display_name="सीता", name_key="सत", slug="सत", email="s@x.org"
        )
    finally:
        new = MigrationExecutor(connection)
        new.migrate(after)
    assert (Tag.objects.get().slug, Tag.objects.get().key) == ("तेल", "तेल")
    sita = User.objects.get()
    assert (sita.name_key, sita.slug) == ("सीता", "सीता")
    assert OldAddress.objects.filter(path__in=["/tag/तल/", "/people/सत/"]).count() == 2
