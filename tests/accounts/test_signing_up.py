"""Signing up: a free name, an address confirmed by a code, and no hint about who has an account."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.accounts.doors import (
    PASSWORD,
    alert_of,
    mailed_code,
    sign_in,
    sign_up,
    title_of,
    who,
)
from tests.forms import page_of, submit

pytestmark = pytest.mark.django_db


def test_the_name_is_asked_for_and_the_address_proven_by_a_code(client):
    step = sign_up(client)
    nora = User.objects.get()
    assert (nora.display_name, nora.slug, nora.email) == ("Nora", "nora", "nora@example.org")
    assert who(client) == ""
    client.post(step["Location"], {"code": mailed_code().lower().replace("-", " ")})
    assert who(client) == "Nora"
    assert nora.emailaddress_set.get().verified


def test_nobody_is_signed_in_before_the_code_is_typed(client):
    sign_up(client)
    response = sign_in(client, "nora@example.org")
    assert response["Location"] == reverse("account_email_verification_sent")
    assert who(client) == ""


@pytest.mark.parametrize("name", ["Bob", "b0b", "B о b", "Вob", "bob."])
def test_a_name_that_reads_like_a_members_is_refused_in_words(client, bob, name):
    response = sign_up(client, name=name)
    assert "This name, or one very like it, is taken." in alert_of(response)
    assert title_of(response).startswith("Error:")
    assert page_of(response).xpath("//input[@name='email']/@value") == ["nora@example.org"]
    assert page_of(response).xpath("//input[@name='password1']/@value") == []


def test_a_name_that_speaks_for_the_site_is_refused(client):
    assert "This name is reserved." in alert_of(sign_up(client, name="M0derator"))
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["***", "\u200b", "   ", "x" * 61])
def test_a_name_without_letters_or_with_too_many_is_refused(client, name):
    assert "Your account hasn’t been created yet" in alert_of(sign_up(client, name=name))
    assert not User.objects.exists()


def test_a_weak_password_is_refused_in_words(client):
    assert "too short" in alert_of(sign_up(client, password="short"))
    assert "too common" in alert_of(sign_up(client, password="password123"))


def test_an_address_that_has_an_account_looks_like_any_other(client, bob):
    new, known = sign_up(client, email="new@example.org"), sign_up(client, name="Not Bob", email=bob.email)
    assert new["Location"] == known["Location"]
    pages = [client.get(known["Location"]).content.decode()]
    assert bob.email in pages[0]
    assert "You already have an account" in mail.outbox[-1].subject
    assert User.objects.filter(email=bob.email).count() == 1
    wrong = client.post(known["Location"], {"code": "AAAA-AAAA"})
    assert "That code is wrong" in alert_of(wrong)


def test_nobody_learns_from_the_name_that_was_typed_beside_it(client, bob):
    for number, email in enumerate(["new@example.org", bob.email]):
        name = f"Not Bob {number}"
        step = sign_up(client, name=name, email=email)
        taken = sign_up(Client(), name=name, email=f"other-{number}@example.org")
        assert "This name, or one very like it, is taken." in alert_of(taken)
        # Neither has a page before an address is confirmed.
        assert client.get(f"/people/not-bob-{number}/").status_code == 404
        client.post(step["Location"], {"action": "again"})
        assert sign_up(Client(), name=name, email=f"third-{number}@example.org").status_code == 302


def test_a_sign_up_with_a_taken_address_reserves_the_name_for_a_day_only(client, bob):
    sign_up(client, email=bob.email)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert sign_up(Client()).status_code == 302
    assert {member.email for member in User.objects.all()} == {"nora@example.org", bob.email}


def test_nobody_learns_from_the_time_it_takes(client, bob, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda member, password: hashed.append(password))
    sign_up(client, email="new@example.org")
    sign_up(Client(), name="Not Bob", email=bob.email)
    # Hashing is all that takes long. What somebody typed for their own account is kept nowhere else.
    assert len(hashed) == 2 and hashed[0] == PASSWORD != hashed[1]


def test_after_a_mistyped_address_one_starts_over_with_the_same_name(client):
    code_page = client.get(sign_up(client, email="nroa@example.org", next="/tags/")["Location"])
    again = client.post(code_page.request["PATH_INFO"], {"action": "again"})
    assert again["Location"] == "/accounts/signup/?next=%2Ftags%2F"
    assert not User.objects.exists()
    step = sign_up(client, email="nora@example.org")
    assert client.post(step["Location"], {"code": mailed_code()})["Location"] == "/"


def test_beginning_again_looks_the_same_for_an_address_that_is_taken_and_removes_nobody(client, bob):
    step = sign_up(client, name="Not Bob", email=bob.email)
    assert client.post(step["Location"], {"action": "again"})["Location"] == "/accounts/signup/"
    assert User.objects.filter(pk=bob.pk).exists()


def test_beginning_again_removes_no_account_that_was_used(client, bob):
    """Bob signs in and out, and somebody with his unproven password page cannot remove him."""
    sign_up(client)
    User.objects.filter(display_name="Nora").update(last_login="2024-01-01T00:00Z")
    client.post(reverse("account_email_verification_sent"), {"action": "again"})
    assert User.objects.filter(display_name="Nora").exists()


def test_a_name_whose_code_nobody_typed_for_a_day_is_free_again(client, bob):
    sign_up(client, email="mistyped@example.org")
    assert "This name, or one very like it, is taken." in alert_of(sign_up(Client()))
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert sign_up(Client()).status_code == 302
    assert {member.email for member in User.objects.all()} == {"nora@example.org", bob.email}


def test_three_wrong_codes_end_it_and_say_so(client):
    step = sign_up(client)
    for _attempt in range(3):
        response = client.post(step["Location"], {"code": "AAAA-AAAA"})
    page = client.get(response["Location"])
    assert "Request a new code." in page.content.decode()


def test_another_code_can_be_sent_twice(client):
    step = sign_up(client)
    first = mailed_code()
    page = client.get(step["Location"])
    for _time in range(2):
        page = client.get(client.post(step["Location"], {"action": "resend"})["Location"])
    assert page_of(page).xpath("//button[@value='resend']") == []
    assert len(mail.outbox) == 3
    client.post(step["Location"], {"code": first})
    assert who(client) == ""
    client.post(step["Location"], {"code": mailed_code()})
    assert who(client) == "Nora"


def test_a_code_runs_out(client):
    step = sign_up(client)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        client.post(step["Location"], {"code": mailed_code()})
        assert who(client) == ""


def test_when_the_mail_server_fails_the_form_comes_back_with_a_sentence(client, settings):
    settings.EMAIL_BACKEND = "tests.accounts.mailboxes.Broken"
    response = sign_up(client)
    assert response.status_code == 503
    assert "We can’t send e-mail at the moment." in alert_of(response)
    assert page_of(response).xpath("//input[@name='email']/@value") == ["nora@example.org"]


def test_the_form_says_how_the_fields_are_filled(client):
    page = page_of(client.get(reverse("account_signup")))
    kinds = {field.get("name"): field.get("autocomplete") for field in page.xpath("//main//form//input[@id]")}
    assert kinds == {"display_name": "nickname", "email": "email", "password1": "new-password"}


def test_signing_up_follows_as_a_form(client):
    page = client.get(reverse("account_signup"))
    submit(client, page, display_name="Zoë", email="zoe@example.org", password1=PASSWORD)
    assert User.objects.get().slug == "zoë"
