"""Limits of attempts: shared by all processes, explained in words, and nothing typed is lost."""

import socket
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from tests.accounts.doors import PASSWORD, alert_of, mailed_code, make_rita, sign_up, title_of, who
from tests.forms import page_of

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def _a_moment():
    """Shares of a limit come back with time; here none passes."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def rita():
    return make_rita()


def guess(client, times, address=HERE, email="rita@example.org"):
    for _time in range(times):
        response = sign_in(client, email, "wrong", REMOTE_ADDR=address)
    return response


def sign_in(client, email="rita@example.org", password=PASSWORD, *, REMOTE_ADDR=HERE, **more):  # noqa: N803
    form = {"login": email, "password": password, **more}
    return client.post(reverse("account_login"), form, REMOTE_ADDR=REMOTE_ADDR)


def ask(client, name, email, address=HERE):
    return client.post(reverse(name), {"email": email}, REMOTE_ADDR=address)


@pytest.mark.slow
def test_the_sixth_guess_waits_and_the_right_password_too(client, rita):
    assert guess(client, 5).status_code == 200
    response = sign_in(client, next="/tags/")
    assert response.status_code == 429
    assert int(response["Retry-After"]) == 180
    assert "Too many attempts. Please wait 3 minutes and try again." in alert_of(response)
    assert title_of(response).startswith("Error:")
    assert page_of(response).xpath("//input[@name='login']/@value") == ["rita@example.org"]
    assert page_of(response).xpath("//input[@name='next']/@value") == ["/tags/"]
    assert who(client) == ""


@pytest.mark.slow
def test_a_member_on_another_network_is_not_locked_out(client, rita):
    guess(client, 6)
    assert sign_in(client, REMOTE_ADDR=ELSEWHERE).status_code == 302


def test_a_neighbour_of_the_guesser_shares_the_limit_of_the_account_only(client, rita, bob):
    guess(client, 6)
    assert sign_in(client, REMOTE_ADDR="192.0.2.200").status_code == 429
    bob.set_password(PASSWORD)
    bob.save()
    assert sign_in(client, bob.email, REMOTE_ADDR="192.0.2.200").status_code == 302


def test_after_three_minutes_one_may_try_once_more(client, rita):
    guess(client, 5)
    with time_machine.travel(timezone.now() + timedelta(seconds=181)):
        assert sign_in(client).status_code == 302


def test_signing_in_well_uses_nothing_up(client, rita):
    guess(client, 4)
    for _time in range(8):
        assert sign_in(client).status_code == 302
        client.post(reverse("account_logout"))
    assert guess(client, 1).status_code == 200
    assert guess(client, 1).status_code == 429


def test_a_network_that_tries_many_accounts_waits(client, rita):
    for number in range(30):
        assert guess(client, 1, email=f"reader-{number}@example.org").status_code == 200
    assert guess(client, 1, email="another@example.org").status_code == 429
    assert sign_in(client, REMOTE_ADDR=ELSEWHERE).status_code == 302


def test_unknown_addresses_are_limited_like_those_of_members(client, rita):
    known, unknown = guess(client, 6), guess(client, 6, address=ELSEWHERE, email="nobody@example.org")
    assert (known.status_code, alert_of(known)) == (unknown.status_code, alert_of(unknown))


def test_what_a_proxy_we_do_not_trust_says_makes_no_new_network(client, rita):
    for number in range(6):
        form = {"login": rita.email, "password": "wrong"}
        response = client.post(
            reverse("account_login"), form, REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}"
        )
    assert response.status_code == 429


def test_ten_sign_ups_an_hour_from_one_network(client):
    for number in range(10):
        response = client.post(
            reverse("account_signup"),
            {
                "display_name": f"Nora {'x' * number}",
                "email": f"n{number}@example.org",
                "password1": PASSWORD,
            },
            REMOTE_ADDR=HERE,
        )
        assert response.status_code == 302
    response = client.post(
        reverse("account_signup"),
        {"display_name": "One more", "email": "more@example.org", "password1": PASSWORD},
        REMOTE_ADDR=HERE,
    )
    assert (response.status_code, int(response["Retry-After"])) == (429, 360)
    assert page_of(response).xpath("//input[@name='display_name']/@value") == ["One more"]
    assert page_of(response).xpath("//input[@name='email']/@value") == ["more@example.org"]


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password"])
@pytest.mark.parametrize("email", ["rita@example.org", "nobody@example.org"])
def test_five_mails_an_hour_to_one_address(client, rita, name, email):
    for _time in range(5):
        assert ask(client, name, email).status_code == 302
    response = ask(client, name, email, address=ELSEWHERE)
    assert (response.status_code, int(response["Retry-After"])) == (429, 720)
    assert "Please wait 12 minutes" in alert_of(response)
    assert page_of(response).xpath("//input[@name='email']/@value") == [email]
    assert len(mail.outbox) == 5


def test_codes_and_resets_share_the_limit_of_a_mailbox(client, rita):
    for _time in range(3):
        ask(client, "account_request_login_code", rita.email)
    for _time in range(2):
        ask(client, "account_reset_password", rita.email)
    assert ask(client, "account_reset_password", rita.email).status_code == 429


def test_twenty_mails_an_hour_from_one_network(client):
    for number in range(20):
        assert ask(client, "account_request_login_code", f"n{number}@example.org").status_code == 302
    assert ask(client, "account_request_login_code", "more@example.org").status_code == 429
    assert ask(client, "account_request_login_code", "more@example.org", ELSEWHERE).status_code == 302


def test_sending_a_code_again_counts_too_and_keeps_the_page(client, rita):
    for _time in range(4):
        step = ask(client, "account_request_login_code", rita.email)
    client.post(step["Location"], {"action": "resend"}, REMOTE_ADDR=HERE)
    response = client.post(step["Location"], {"action": "resend"}, REMOTE_ADDR=HERE)
    assert response.status_code == 429
    assert "Please wait 12 minutes" in alert_of(response)
    client.post(step["Location"], {"code": mailed_code()}, REMOTE_ADDR=HERE)
    assert who(client) == "Rita"


def test_a_sign_up_whose_mail_must_wait_leaves_no_account(client):
    from accounts.models import User

    for _time in range(5):
        ask(client, "account_request_login_code", "nora@example.org")
    response = sign_up(client)
    assert response.status_code == 429
    assert not User.objects.exists()


def test_a_session_left_open_is_no_place_to_guess_the_password(client, rita):
    client.force_login(rita)
    form = {"oldpassword": "wrong", "password1": "another long password"}
    for _time in range(5):
        assert client.post(reverse("account_change_password"), form).status_code == 200
    right = form | {"oldpassword": PASSWORD}
    assert client.post(reverse("account_change_password"), right).status_code == 429
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 429


@pytest.fixture
def hanging_cache(settings):
    """A Redis that takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CACHES = {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": f"redis://127.0.0.1:{server.getsockname()[1]}/0",
                "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
            }
        }
        yield


def test_limits_do_not_wait_for_a_cache_that_hangs(client, rita, hanging_cache):
    assert guess(client, 5).status_code == 200
    assert sign_in(client).status_code == 429
