"""The first start makes the owner once and says so once; later starts have nothing to do and say little."""

import fcntl
import stat
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from blog.models import Author, Post
from exchange import owner
from exchange.management.commands.prepare_site import one_at_a_time
from tests.factories import make_owner, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


def prepare_site() -> str:
    out = StringIO()
    call_command("prepare_site", stdout=out)
    return out.getvalue()


def test_an_empty_site_gets_the_demo_and_an_owner_who_can_sign_in(folder, client):
    said = prepare_site()
    assert Post.objects.published().count() == 9
    made = User.objects.get(is_superuser=True)
    password = said.partition("password: ")[2].split()[0]
    assert made.email == "owner@example.org" and made.email in said
    assert client.login(email=made.email, password=password)
    assert Author.objects.get(user=made).name == made.display_name == "Owner"
    again = prepare_site()
    assert password not in again and "password" not in again
    assert "http://testserver/" in again and str(folder / "owner.txt") in again
    assert Post.objects.count() == 9


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


def test_a_member_called_owner_stops_no_start(folder):
    make_post()
    make_user(display_name="0wner")
    assert "password" not in prepare_site()


def test_a_start_with_nothing_to_do_asks_little(folder, django_assert_max_num_queries):
    make_post()
    prepare_site()
    # Nine of them look for personal data whose time is over.
    with django_assert_max_num_queries(13):
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
