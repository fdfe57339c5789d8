"""Signing in and out: one message for both mistakes, and no way off the site."""

import pytest
from django.urls import reverse

from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def rita():
    return make_user(display_name="Rita", email="rita@example.org", password=PASSWORD)


def sign_in(client, email, password, **more):
    return client.post(reverse("accounts:login"), {"username": email, "password": password, **more})


def test_a_member_signs_in_with_the_address_in_any_letters(client, rita):
    assert sign_in(client, "Rita@Example.org", PASSWORD).status_code == 302
    assert "Rita" in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("email", "password"), [("rita@example.org", "wrong"), ("nobody@example.org", PASSWORD)]
)
def test_one_message_for_a_wrong_address_and_a_wrong_password(client, rita, email, password):
    page = sign_in(client, email, password).content.decode()
    assert "The e-mail address or the password is not right." in page
    assert f'value="{email}"' in page


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_else(client, rita, target):
    assert sign_in(client, "rita@example.org", PASSWORD, next=target)["Location"] == "/"


def test_signing_in_leads_back_to_where_one_was(client, rita):
    assert sign_in(client, "rita@example.org", PASSWORD, next="/archive/")["Location"] == "/archive/"


def test_a_link_asks_and_a_form_signs_out(client, rita):
    client.force_login(rita)
    assert "You are signed in as Rita." in client.get(reverse("accounts:logout")).content.decode()
    assert "Rita" in client.get("/").content.decode()
    client.post(reverse("accounts:logout"))
    assert "Rita" not in client.get("/").content.decode()
