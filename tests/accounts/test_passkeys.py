"""Passkeys without a browser: challenges, where they cannot work, and garbage. Journeys test the rest in Chromium."""

import json

import pytest
from django.test import RequestFactory
from django.urls import reverse

from accounts.adapters import passkey_host
from accounts.views.common import passkeys_work
from tests.accounts.doors import PASSWORD, alert_of, make_rita, sign_in, who
from tests.forms import page_of

pytestmark = pytest.mark.django_db

GARBAGE = [
    "[" * 100_000,
    "",
    "no json",
    "null",
    "[]",
    "{}",
    '"words"',
    "17",
    '{"response": []}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    json.dumps(
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "e30",
                "authenticatorData": "AA",
                "signature": "AA",
                "userHandle": "MQ",
            },
        }
    ),
    json.dumps(
        {
            "id": "%%",
            "rawId": "%%",
            "type": "public-key",
            "response": {
                "clientDataJSON": "%",
                "authenticatorData": "%",
                "signature": "%",
                "userHandle": "%",
            },
        }
    ),
]


@pytest.fixture
def rita():
    return make_rita()


def challenge(client) -> dict:
    answer = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    return answer.json()["request_options"]["publicKey"]


def test_a_script_gets_a_challenge_for_the_sites_own_host(client):
    asked = challenge(client)
    assert asked["rpId"] == "testserver"
    assert asked["userVerification"] == "required"
    assert asked["challenge"] != challenge(client)["challenge"]


@pytest.mark.parametrize("credential", GARBAGE)
def test_garbage_signs_nobody_in_and_breaks_nothing(client, rita, credential):
    challenge(client)
    response = client.post(reverse("mfa_login_webauthn"), {"credential": credential, "next": "/tags/"})
    assert response.status_code == 200
    assert alert_of(response).startswith("Couldn’t sign you in")
    assert page_of(response).xpath("//input[@name='next']/@value")[0] == "/tags/"
    assert who(client) == ""


@pytest.mark.parametrize("credential", GARBAGE)
def test_garbage_is_refused_as_a_new_passkey(client, rita, credential):
    sign_in(client)
    asked = client.get(reverse("mfa_add_webauthn"))["Location"]
    client.get(client.post(asked, {"password": PASSWORD})["Location"])
    response = client.post(reverse("mfa_add_webauthn"), {"credential": credential, "name": "my key"})
    assert response.status_code == 200
    assert alert_of(response).startswith("No passkey was added")
    assert page_of(response).xpath("//input[@name='name']/@value") == ["my key"]
    assert not rita.authenticator_set.exists()


def test_a_network_that_sends_garbage_for_ever_waits(client):
    for _time in range(30):
        response = client.post(reverse("mfa_login_webauthn"), {"credential": '{"id": "AA"}'})
    assert response.status_code == 200
    response = client.post(reverse("mfa_login_webauthn"), {"credential": '{"id": "AA"}'})
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("site_url", "host", "work"),
    [
        ("https://blog.example.org", "blog.example.org", True),
        ("https://example.org", "www.example.org", True),
        ("https://blog.example.org", "evil.example", False),
        ("http://blog.example.org", "blog.example.org", False),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", False),
        ("http://127.0.0.1:8000", "localhost:8000", True),
        ("https://[2001:db8::1]", "[2001:db8::1]", False),
    ],
)
def test_where_browsers_allow_passkeys(settings, site_url, host, work):
    settings.SITE_URL, settings.SECURE, settings.ALLOWED_HOSTS = site_url, site_url.startswith("https"), ["*"]
    assert passkeys_work(RequestFactory().get("/", HTTP_HOST=host)) is work


def test_a_host_that_somebody_sends_is_not_whose_the_passkeys_are(settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert passkey_host(RequestFactory().get("/", HTTP_HOST="evil.example")) == "testserver"


def test_at_a_numeric_address_the_page_says_where_passkeys_work(client, rita, settings):
    settings.SITE_URL = "http://127.0.0.1:8000"
    client.force_login(rita)
    page = client.get(reverse("mfa_index"), headers={"host": "127.0.0.1:8000"}).content.decode()
    assert "Passkeys don’t work at a numeric address such as 127.0.0.1" in page
    assert 'href="http://localhost:8000/accounts/second-factor/"' in page


def test_without_https_the_page_says_that_passkeys_need_it(client, rita):
    client.force_login(rita)
    page = client.get(reverse("mfa_index")).content.decode()
    assert "Passkeys work only over https" in page
