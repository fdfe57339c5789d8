"""Two-step sign-in: asked for however one signs in, each code works once, and a way back after a loss."""

import re
import socket
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.accounts.doors import PASSWORD, alert_of, mailed_code, make_rita, sign_in, who
from tests.forms import page_of, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return make_rita()


@pytest.fixture
def secret(client, rita, django_capture_on_commit_callbacks) -> str:
    """The key in Rita's app, which she has added by the form; she is signed out again."""
    sign_in(client)
    again = client.get(client.get(reverse("mfa_activate_totp"))["Location"])
    page = client.get(submit(client, again, password=PASSWORD)["Location"])
    key = page_of(page).xpath("//kbd[@class='key']/text()")[0].replace(" ", "")
    with django_capture_on_commit_callbacks(execute=True):
        step = submit(client, page, code=code_of(key))
    assert step["Location"] == reverse("mfa_view_recovery_codes")
    client.post(reverse("account_logout"))
    client.cookies.clear()
    return key


def code_of(secret, *, steps=0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def recovery_codes(rita) -> list[str]:
    return Authenticator.objects.get(user=rita, type="recovery_codes").wrap().get_unused_codes()


def test_the_app_is_asked_for_after_the_password_and_leads_back(client, secret):
    step = sign_in(client, next="/tags/#a")
    assert step["Location"] == reverse("mfa_authenticate")
    assert who(client) == ""
    page = client.get(step["Location"])
    assert submit(client, page, code=code_of(secret, steps=1))["Location"] == "/tags/#a"
    assert who(client) == "Rita"


def test_it_is_asked_for_after_a_mailed_code_too(client, secret, rita):
    step = client.post(reverse("account_request_login_code"), {"email": rita.email, "next": "/tags/#a"})
    step = client.post(step["Location"], {"code": mailed_code(), "next": "/tags/#a"})
    assert step["Location"] == reverse("mfa_authenticate")
    assert who(client) == ""
    assert client.post(step["Location"], {"code": code_of(secret, steps=1)})["Location"] == "/tags/#a"


def test_it_is_asked_for_after_a_new_password_too_and_leads_back(client, secret, rita):
    step = client.post(reverse("account_reset_password"), {"email": rita.email})
    step = client.post(f"{step['Location']}?next=/tags/%23a", {"code": mailed_code()})
    step = client.post(step["Location"], {"password1": "another long password"})
    assert step["Location"] == reverse("mfa_authenticate")
    assert who(client) == ""
    assert client.post(step["Location"], {"code": code_of(secret, steps=1)})["Location"] == "/tags/#a"


def test_text_that_waits_survives_the_second_factor(client, secret):
    session = client.session
    session["kept_text"] = {"text": "What I think."}
    session.save()
    step = sign_in(client)
    assert "Your text is saved." in client.get(step["Location"]).content.decode()
    client.post(step["Location"], {"code": code_of(secret, steps=1)})
    assert client.session["kept_text"] == {"text": "What I think."}


def test_a_code_opens_once_even_in_another_process(client, secret):
    """Another process has another memory; the database is one."""
    code = code_of(secret, steps=1)
    client.post(sign_in(client)["Location"], {"code": code})
    assert who(client) == "Rita"
    thief = Client()
    response = thief.post(sign_in(thief)["Location"], {"code": code})
    assert "That code is wrong or has been used before." in alert_of(response)
    assert who(thief) == ""


def test_a_recovery_code_opens_once(client, secret, rita):
    code = recovery_codes(rita)[0]
    client.post(sign_in(client)["Location"], {"code": code})
    assert who(client) == "Rita"
    client.post(reverse("account_logout"))
    response = client.post(sign_in(client)["Location"], {"code": code})
    assert "been used before" in alert_of(response)
    assert len(recovery_codes(rita)) == 9


def test_few_codes_may_be_tried_and_then_the_right_one_waits_too(client, secret):
    step = sign_in(client)
    for _time in range(5):
        assert client.post(step["Location"], {"code": "000000"}).status_code == 200
    response = client.post(step["Location"], {"code": code_of(secret, steps=1)})
    assert (response.status_code, int(response["Retry-After"])) == (429, 180)
    assert "Too many attempts." in alert_of(response)
    assert (
        client.post(step["Location"], {"code": code_of(secret, steps=1)}, REMOTE_ADDR="198.51.100.9").url
        == "/"
    )


def test_guesses_from_many_networks_are_limited_by_account(client, secret):
    step = sign_in(client)
    answers = [
        client.post(step["Location"], {"code": "000000"}, REMOTE_ADDR=f"203.0.{number}.1").status_code
        for number in range(21)
    ]
    assert answers == [200] * 20 + [429]


def test_a_reader_who_has_none_is_not_asked(client, rita):
    assert sign_in(client)["Location"] == "/"


def test_important_changes_ask_for_confirmation(client, rita):
    sign_in(client)
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "account_email"):
        for method in (client.get, client.post):
            asked = method(reverse(name))["Location"]
            assert asked.startswith(f"{reverse('account_reauthenticate')}?next="), name
    wrong = client.post(asked, {"password": "wrong"})
    assert "Wrong password." in alert_of(wrong)


def test_a_form_that_waits_for_that_leaves_nothing_in_the_session(client, rita):
    sign_in(client)
    client.post(reverse("account_email"), {"email": "new@example.org"}, REMOTE_ADDR="192.0.2.77")
    assert "192.0.2.77" not in str(dict(client.session))


def test_the_square_is_an_image_of_ours_that_nobody_keeps(client, rita):
    sign_in(client)
    again = client.get(client.get(reverse("mfa_activate_totp"))["Location"])
    page = client.get(submit(client, again, password=PASSWORD)["Location"])
    [source] = page_of(page).xpath("//img[@class='square']/@src")
    picture = client.get(source)
    assert picture["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture["Cache-Control"]
    assert re.search(rb"<rect[^>]*fill=\"white\"", picture.content)


def test_a_member_gets_mail_when_something_changes(client, secret, rita):
    notice = mail.outbox[-1]
    assert notice.to == ["rita@example.org"]
    assert "An authenticator app was added to your account." in notice.body


def test_recovery_codes_come_as_a_file(client, secret, rita):
    client.post(sign_in(client)["Location"], {"code": code_of(secret, steps=1)})
    asked = client.get(reverse("mfa_download_recovery_codes"))["Location"]
    answer = client.get(client.post(asked, {"password": PASSWORD})["Location"])
    assert answer["Content-Type"] == "text/plain"
    assert all(code in answer.content.decode() for code in recovery_codes(rita))


def test_the_last_factor_takes_the_recovery_codes_with_it(client, secret, rita):
    client.post(sign_in(client)["Location"], {"code": code_of(secret, steps=1)})
    asked = client.get(reverse("mfa_deactivate_totp"))["Location"]
    page = client.get(client.post(asked, {"password": PASSWORD})["Location"])
    submit(client, page)
    assert not Authenticator.objects.exists()
    client.post(reverse("account_logout"))
    assert sign_in(client)["Location"] == "/"


def test_an_owner_resets_two_step_sign_in_of_a_member_who_lost_everything(client, secret, rita, owner):
    client.force_login(owner)
    page = client.get(reverse("admin:accounts_user_change", args=[rita.pk]))
    submit(client, page, press="_save=", without_factor="on")
    assert not Authenticator.objects.exists()
    client.post(reverse("account_logout"))
    assert sign_in(client)["Location"] == "/"


@pytest.mark.parametrize("model", ["mfa/authenticator", "account/emailaddress", "usersessions/usersession"])
def test_the_admin_shows_nobody_the_keys_of_others(client, owner, model):
    client.force_login(owner)
    assert client.get(f"/admin/{model}/").status_code == 404


@pytest.mark.parametrize("answers", [True, False])
def test_a_cache_that_hangs_or_is_away_costs_a_sign_in_nothing(client, secret, settings, answers):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if not answers:
            server.close()
        settings.CACHES = {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": f"redis://127.0.0.1:{port}/0",
                "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
            }
        }
        step = sign_in(client)
        started = time.perf_counter()
        client.post(step["Location"], {"code": code_of(secret, steps=1)})
        took = time.perf_counter() - started
    assert who(client) == "Rita"
    assert took < 0.25


def test_an_owner_who_has_only_the_server_gets_in_again(client, secret, capsys):
    call_command("forget_second_factor", "RITA@example.org")
    assert "Rita can now sign in without two-step sign-in (2 items removed)." in capsys.readouterr().out
    assert sign_in(client)["Location"] == "/"
    with pytest.raises(CommandError, match="No account uses the address"):
        call_command("forget_second_factor", "nobody@example.org")
