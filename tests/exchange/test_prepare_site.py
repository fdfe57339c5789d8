"""The first start creates the owner once and prints that once; later starts have nothing to do."""

import fcntl
import json
import stat
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from blog.models import Author, Category, Post, SiteSettings
from comments.models import Comment
from exchange import owner
from exchange.demo import load, people
from exchange.management.commands.prepare_site import one_at_a_time
from exchange.models import ImportedItem
from tests.exchange.exports import bring, comment, everything, export, item
from tests.factories import make_owner, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


def prepare_site(*words: str) -> str:
    out = StringIO()
    call_command("prepare_site", *words, stdout=out)
    return out.getvalue()


@pytest.mark.slow
def test_an_empty_site_gets_the_demo_and_an_owner_who_can_sign_in(folder, client):
    said = prepare_site()
    assert Post.objects.listed().count() == 9
    made = User.objects.get(is_superuser=True)
    password = said.partition("password: ")[2].split()[0]
    assert made.email == "owner@example.org" and made.email in said
    assert client.login(email=made.email, password=password)
    assert Author.objects.get(user=made).name == made.display_name == "Owner"
    again = prepare_site()
    assert password not in again and "password" not in again
    assert "http://testserver/" in again and str(folder / "owner.txt") in again
    assert Post.objects.posts().count() == 9


def test_the_sign_in_is_kept_for_its_owner_only(folder):
    make_post()
    said = prepare_site()
    note = folder / "owner.txt"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    password = said.partition("password: ")[2].split()[0]
    assert password in note.read_text()
    assert sorted(path.name for path in folder.iterdir()) == ["owner.txt", "prepare.lock"]


def test_a_site_that_has_an_owner_gets_no_other(folder):
    make_post()
    make_owner()
    said = prepare_site()
    assert "password" not in said
    assert User.objects.filter(is_superuser=True).count() == 1
    assert not (folder / "owner.txt").exists()


def test_a_member_called_owner_does_not_stop_the_start(folder):
    make_post()
    make_user(display_name="0wner")
    assert "password" not in prepare_site()


def test_a_start_with_nothing_to_do_makes_few_queries(folder, django_assert_max_num_queries):
    make_post()
    prepare_site()
    # Nine of them look for personal data whose time is over, two for texts of an earlier version, one for a page.
    with django_assert_max_num_queries(17):
        prepare_site()


def test_two_starts_at_once_prepare_one_after_the_other(tmp_path):
    with (tmp_path / "prepare.lock").open("w") as other_start:
        with one_at_a_time(tmp_path), pytest.raises(BlockingIOError):
            fcntl.flock(other_start, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(other_start, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize(
    ("site_url", "email"),
    [
        ("https://blog.example.net", "owner@blog.example.net"),
        ("http://127.0.0.1:8000", "owner@example.org"),
        ("http://localhost:8000", "owner@example.org"),
        ("http://[::1]:8000", "owner@example.org"),
    ],
)
def test_the_owners_address_is_at_the_site_where_that_can_have_mail(tmp_path, site_url, email):
    sign_in = owner.make_owner(site_url=site_url, note=tmp_path / "owner.txt")
    assert sign_in is not None and sign_in.email == email
    assert owner.make_owner(site_url=site_url, note=tmp_path / "owner.txt") is None


def test_an_empty_site_stays_empty_when_that_is_asked_for_once(folder):
    said = prepare_site("--no-demo")
    assert not Post.objects.posts().exists() and not ImportedItem.objects.exists()
    assert "The demo was not loaded" in said and "password: " in said
    assert SiteSettings.load().name == "Commonplace"
    # A later start without the word finds an owner, who has chosen.
    assert "already has members" in prepare_site()
    assert not Post.objects.posts().exists() and User.objects.count() == 1


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(folder):
    said = prepare_site("--dry-run")
    assert "Would load the demo" in said and "owner@example.org" in said and "Nothing was written." in said
    assert not User.objects.exists() and not Post.objects.exists() and list(folder.iterdir()) == []
    make_post()
    said = prepare_site("--dry-run", "--demo")
    assert "Would not load the demo: the site already has posts." in said


@pytest.mark.slow
def test_a_public_site_gets_the_demo_only_when_asked(folder, settings):
    settings.SITE_URL, settings.IS_LOCAL = "https://blog.example.org", False
    assert "is a public site" in prepare_site()
    assert not Post.objects.posts().exists()
    # As it was before that start.
    Post.objects.all().delete()
    User.objects.all().delete()
    Author.objects.all().delete()
    prepare_site("--demo")
    assert Post.objects.listed().count() == 9


@pytest.mark.parametrize(
    ("begun", "why"),
    [
        (lambda: make_post(), "already has posts"),
        (lambda: make_user(display_name="Bob"), "already has members"),
        (
            lambda: ImportedItem.objects.create(site="old", kind="author", old_id="1", new_id=1),
            "import has been started",
        ),
        (lambda: SiteSettings.objects.update_or_create(pk=1, defaults={"name": "Mine"}), "its own name"),
        (
            lambda: SiteSettings.objects.update_or_create(pk=1, defaults={"time_zone": "Asia/Tokyo"}),
            "its own name",
        ),
    ],
)
def test_a_site_that_somebody_has_begun_with_gets_no_demo(folder, begun, why):
    begun()
    assert why in prepare_site("--dry-run")
    prepare_site("--demo")
    assert not ImportedItem.objects.filter(site="demo").exists()


def test_a_demo_that_was_not_loaded_to_its_end_is_left_when_the_owner_writes(folder):
    ImportedItem.objects.create(site="demo", kind="post", old_id="half", new_id=load.STILL_TO_COME)
    assert load.is_wanted()
    make_post()
    assert load.refusal() == "the site already has posts."


@pytest.mark.slow
def test_an_import_before_the_demo_changes_neither(folder):
    """A demo loaded by hand beside an import leaves every imported row, and is the demo that an empty site gets."""
    filed = [("category", "press", "Press"), ("post_tag", "sea", "Sea")]
    bring(folder, export(item(5, comment(11), comment(12, parent=11), filed=filed), item(6, comment(900))))
    prepare_site()
    before = rows()
    load.load_demo()
    after = rows()
    assert before and {key: after[key] for key in before} == before
    assert sorted(slug for slug, _id in load_slugs()) == sorted(row.slug for row in load.content.load_posts())
    assert Comment.objects.filter(post__in=[pk for _slug, pk in load_slugs()]).order_by("pk").first().pk > 900
    names = {author.slug: author.name for author in Author.objects.all()}
    assert {row.slug: row.name for row in load.content.load_authors()}.items() <= names.items()


def rows() -> dict[tuple, dict]:
    """Return every row by model and id, without the version of the site that rises with every post."""
    found = {(row["model"], row["pk"]): row["fields"] for row in json.loads(everything())}
    found["blog.sitesettings", 1].pop("version", None)
    return found


def load_slugs():
    ids = ImportedItem.objects.filter(site="demo", kind="post").values_list("new_id", flat=True)
    return Post.objects.filter(pk__in=ids).values_list("slug", "pk")


@pytest.mark.parametrize(
    "real",
    [
        lambda: make_post(slug="the-ferry-and-the-tender"),
        lambda: Author.objects.create(name="Real", slug=load.content.load_authors()[0].slug),
        lambda: make_user(display_name=load.content.load_authors()[0].name),
        lambda: Category.objects.create(
            name="Quite another", slug=load.slugify(load.content.load_posts()[0].categories[0])
        ),
    ],
)
def test_a_demo_that_would_share_a_name_with_something_real_is_not_loaded_in_part(folder, real):
    real()
    before = everything()
    with pytest.raises(people.NameTaken, match="Nothing was loaded"):
        load.load_demo()
    assert everything() == before


def test_a_start_rerenders_what_an_earlier_version_has_rendered(folder):
    make_owner()
    post = make_post(body="It is <name>.")
    Post.objects.filter(pk=post.pk).update(markup_version=1, body_html="<p>It is .</p>")
    assert "Would re-render texts stored by an earlier version." in prepare_site("--dry-run")
    said = prepare_site()
    assert "Re-rendered. Posts and pages: 1; comments: 0" in said
    assert Post.objects.get(pk=post.pk).body_html == "<p>It is &lt;name&gt;.</p>"
    assert "Re-rendered" not in prepare_site()
