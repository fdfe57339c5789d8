"""One command creates the first owner of a server, says what it did, and takes nothing from anybody."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from blog import actions
from blog.models import Author, Post
from tests.factories import make_author, make_owner, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
EMAIL = "olive@example.org"


def run(monkeypatch, *words, typed=""):
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    out = io.StringIO()
    call_command("make_owner", "--email", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def make(monkeypatch):
    return lambda *words, **options: run(monkeypatch, *words, **options)


def unproven(email):
    member = make_user(display_name="Mallory")
    User.objects.filter(pk=member.pk).update(email=email)
    member.emailaddress_set.all().delete()
    member.emailaddress_set.create(email=email, verified=False, primary=True)
    return User.objects.get(pk=member.pk)


def test_a_new_owner_signs_in_and_writes_under_their_own_name(make, client):
    said = make(EMAIL, "--name", "Olive", "--password-stdin", typed=f"{PASSWORD}\n")
    made = User.objects.get(email=EMAIL)
    assert made.is_superuser and made.is_staff and made.check_password(PASSWORD)
    assert PASSWORD not in said
    assert "http://testserver/accounts/login/" in said and "/author/olive/" in said
    answer = client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}, follow=True)
    assert answer.status_code == 200 and client.get("/admin/").status_code == 200
    post = actions.save_post(Post(title="First", slug="first", body="Words."), by=made)
    assert [author.name for author in post.authors.all()] == ["Olive"]


def test_without_a_terminal_a_password_is_made_and_printed(make):
    said = make(EMAIL)
    password = said.partition("Password: ")[2].split()[0]
    assert User.objects.get(email=EMAIL).check_password(password)
    assert User.objects.get(email=EMAIL).display_name == "Owner"


def test_at_a_terminal_name_and_password_are_asked_for(monkeypatch):
    answers = iter([PASSWORD, PASSWORD])
    monkeypatch.setattr("exchange.management.commands.make_owner.getpass", lambda words: next(answers))
    monkeypatch.setattr("builtins.input", lambda words: "Olive")
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdin", terminal)
    call_command("make_owner", "--email", EMAIL, stdout=io.StringIO())
    made = User.objects.get(email=EMAIL)
    assert made.display_name == "Olive" and made.check_password(PASSWORD)


def test_again_it_changes_nothing(make):
    make(EMAIL, "--name", "Olive", "--password-stdin", typed=PASSWORD)
    before = User.objects.values().get(email=EMAIL)
    said = make(EMAIL)
    assert User.objects.values().get(email=EMAIL) == before
    assert "already owns the site" in said and "The password was not changed." in said
    assert Author.objects.count() == User.objects.count() == 1


def test_a_member_becomes_an_owner_and_keeps_name_password_and_author_page(make):
    ada = make_author(display_name="Ada").user
    ada.set_password(PASSWORD)
    ada.save()
    said = make(ada.email.upper(), "--name", "Somebody else")
    ada.refresh_from_db()
    assert ada.is_superuser and ada.is_staff and ada.check_password(PASSWORD) and ada.display_name == "Ada"
    assert "already had an account, and now owns the site" in said and "The name was not changed" in said
    assert Author.objects.filter(user=ada).count() == 1


def test_a_password_is_changed_when_that_is_asked_for(make, client):
    owner = make_owner()
    client.force_login(owner)
    said = make(owner.email, "--new-password")
    password = said.partition("Password: ")[2].split()[0]
    owner.refresh_from_db()
    assert owner.check_password(password) and "The password was changed." in said
    # Whoever was signed in with the one of before is signed out.
    assert client.get("/admin/").status_code == 302


def test_an_account_that_anybody_may_have_made_is_not_promoted_with_its_password(make):
    """Else whoever signs up with the owner's address first, and proves nothing, gets the site."""
    mallory = unproven(EMAIL)
    with pytest.raises(CommandError, match="never confirmed"):
        make(EMAIL)
    mallory.refresh_from_db()
    assert not mallory.is_superuser
    make(EMAIL, "--password-stdin", typed=PASSWORD)
    mallory.refresh_from_db()
    assert mallory.is_superuser and mallory.check_password(PASSWORD)
    assert mallory.emailaddress_set.get().verified


def test_a_suspended_account_becomes_active_again_and_the_command_says_so(make):
    bob = make_user(display_name="Bob")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert "active again" in make(bob.email)
    assert User.objects.get(pk=bob.pk).is_active


@pytest.mark.parametrize(
    ("words", "typed", "why"),
    [
        (["olive"], "", "“olive” is not an e-mail address"),
        ([""], "", "is not an e-mail address"),
        ([EMAIL, "--name", "b0b"], "", "This name, or one very like it, is taken."),
        ([EMAIL, "--name", "…"], "", "The name must contain letters"),
        ([EMAIL, "--password-stdin"], "short\n", "too short"),
        ([EMAIL, "--password-stdin"], "", "No password was given on standard input"),
        ([EMAIL, "--password-stdin"], "password1234\n", "too common"),
    ],
)
def test_invalid_input_is_refused_with_a_reason_and_changes_nothing(make, words, typed, why):
    make_user(display_name="Bob")
    with pytest.raises(CommandError, match=why):
        make(*words, typed=typed)
    assert User.objects.count() == 1 and not Author.objects.exists()


def test_the_address_of_another_author_is_not_taken(make):
    Author.objects.create(name="Olive", slug="olive")
    make(EMAIL, "--name", "Olive")
    assert sorted(Author.objects.values_list("slug", flat=True)) == ["olive", "olive-2"]
