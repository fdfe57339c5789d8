"""Signing in by password and out: one message for both mistakes, and the suspended are told."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import User
from tests.accounts.doors import PASSWORD, alert_of, make_rita, sign_in, title_of, who
from tests.forms import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return make_rita()


def test_a_member_signs_in_with_the_address_in_any_letters(client, rita):
    assert sign_in(client, "Rita@Example.org").status_code == 302
    assert who(client) == "Rita"


@pytest.mark.parametrize(
    ("email", "password"), [("rita@example.org", "wrong"), ("nobody@example.org", PASSWORD)]
)
def test_one_message_for_a_wrong_address_and_a_wrong_password(client, rita, email, password):
    response = sign_in(client, email, password)
    assert alert_of(response) == "Couldn’t sign you in Wrong e-mail address or password."
    assert title_of(response).startswith("Error:")
    page = page_of(response)
    assert page.xpath("//input[@name='login']/@value") == [email]
    assert page.xpath("//input[@name='password']/@value") == []


def test_fields_say_what_they_are_for_and_let_one_paste(client):
    page = page_of(client.get(reverse("account_login")))
    assert page.xpath("//input[@name='login']/@autocomplete") == ["username"]
    assert page.xpath("//input[@name='password']/@autocomplete") == ["current-password"]
    assert page.xpath("//main//input/@onpaste | //main//input/@placeholder | //main//input/@maxlength") == [
        "320"
    ]


def test_a_link_asks_and_a_form_signs_out(client, rita):
    client.force_login(rita)
    assert "You’re signed in as Rita." in client.get(reverse("account_logout")).content.decode()
    assert who(client) == "Rita"
    client.post(reverse("account_logout"))
    assert who(client) == ""


def test_a_suspended_member_learns_of_it_after_the_right_password(client, rita):
    User.objects.update(is_active=False)
    assert "Wrong e-mail address or password." in alert_of(sign_in(client, password="wrong"))
    response = client.get(sign_in(client)["Location"])
    assert "This account is suspended" in response.content.decode()
    assert who(client) == ""


def test_a_member_suspended_while_signed_in_is_signed_out(client, rita):
    sign_in(client)
    User.objects.update(is_active=False)
    assert who(client) == ""


def test_a_session_of_the_former_way_to_sign_in_ends_quietly(client, rita):
    sign_in(client)
    session = client.session
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    assert client.get("/").status_code == 200
    assert who(client) == ""


def test_the_sign_in_page_alone_sets_no_session(client):
    client.get(reverse("account_login") + "?next=/tags/")
    assert not Session.objects.exists()


def test_the_way_into_the_admin_is_the_same_one(client, ada, owner):
    """Django's own form knows of no second factor, so nobody may send it, signed in or not."""
    owner.set_password(PASSWORD)
    owner.save()
    form = {"username": owner.email, "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", form)["Location"] == "/accounts/login/?next=/admin/"
    assert who(client) == ""
    client.force_login(ada)
    assert client.post("/admin/login/", form)["Location"] == "/admin/"
    assert who(client) == "Ada"


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/admin/logout/", "/accounts/logout/"),
        ("/admin/password_change/", "/accounts/password/change/"),
        ("/admin/password_change/done/", "/accounts/"),
    ],
)
def test_no_page_of_djangos_own_look_is_left_in_the_admin(client, owner, path, leads_to):
    client.force_login(owner)
    assert client.post(path)["Location"] == leads_to
