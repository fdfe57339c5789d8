"""Two at the same moment, in real transactions: a name goes to one member, and a code works once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.doors import alert_of, make_rita, sign_in, sign_up, who

pytestmark = [pytest.mark.two_at_once, pytest.mark.django_db(transaction=True)]


def at_once(*steps):
    """Run the steps in threads of their own and return what they return."""

    def run(step):
        try:
            return step()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def test_one_name_sent_six_times_at_once_is_one_members_and_refused_in_words_to_five():
    names = ["Nora", "N0ra", "NORA", "Nöra", "No ra", "nora."]
    answers = at_once(
        *(
            lambda name=name, number=number: sign_up(Client(), name=name, email=f"n{number}@example.org")
            for number, name in enumerate(names)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [302]
    for answer in answers:
        assert answer.status_code == 302 or "This name, or one very like it, is taken." in alert_of(answer)
    assert User.objects.count() == 1


def test_one_address_sent_four_times_at_once_is_one_members_and_looks_the_same_to_all():
    names = ["Ann", "Bea", "Cem", "Dan"]
    answers = at_once(*(lambda name=name: sign_up(Client(), name=name) for name in names))
    assert {answer.get("Location") for answer in answers} == {reverse("account_email_verification_sent")}
    assert User.objects.exclude(email__endswith=".invalid").count() == 1
    assert len([letter for letter in mail.outbox if "You already have an account" in letter.subject]) == 3


def test_one_code_of_an_app_sent_six_times_at_once_opens_one_door():
    rita = make_rita()
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(rita, secret)
    clients = [Client() for _number in range(6)]
    steps = [sign_in(client)["Location"] for client in clients]
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    at_once(
        *(
            lambda client=client, step=step: client.post(step, {"code": code})
            for client, step in zip(clients, steps, strict=True)
        )
    )
    assert sorted(who(client) for client in clients) == [""] * 5 + ["Rita"]
    assert Authenticator.objects.count() == 1
