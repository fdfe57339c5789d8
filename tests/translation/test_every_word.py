"""Every address, opened and sent as everybody in a language that nobody speaks: no word of ours is left in English."""

import json
import re

import pytest
from django.contrib import admin
from django.core import mail
from django.db import transaction

from accounts.models import RateBucket
from tests.cast import client_of
from tests.test_every_door import GARBAGE, PUBLIC_ROUTES, admin_addresses, filled
from tests.translation.catalogues import (
    NEEDS_GETTEXT,
    catalogue_of,
    copy_of_the_site,
    extract,
    messages_of,
    messages_of_others,
)
from tests.translation.escapes import escapes_of_page, escapes_of_text, escapes_of_xml
from tests.translation.pseudo import pseudo_language
from tests.translation.stage import make_greek_site

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def spoken():
    with pseudo_language() as catalogue:
        yield catalogue


@pytest.fixture
def stage(db, spoken):
    return make_greek_site()


@pytest.fixture(scope="session")
def messages(tmp_path_factory):
    """All messages that a translator is given; None where gettext's programs are missing."""
    if NEEDS_GETTEXT.args[0]:
        return None
    site = copy_of_the_site(tmp_path_factory.mktemp("site"))
    extract(site)
    return messages_of(catalogue_of(site)) | messages_of_others()


def answer_of(client, method, address, body=None, **headers):
    """Return the answer to a request that leaves no trace in the database."""
    cookies = client.cookies.copy()
    client.raise_request_exception = False
    with transaction.atomic():
        RateBucket.objects.all().delete()
        answer = getattr(client, method)(address, body or {}, headers=headers)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def escapes_of(answer) -> list[str]:
    """Return the words of an answer, and of the mails that were sent with it, that are still English."""
    found = [line for letter in mail.outbox for line in escapes_of_text(f"{letter.subject}\n{letter.body}")]
    mail.outbox.clear()
    kind = answer.get("Content-Type", "").partition(";")[0]
    if answer.streaming or not answer.content:
        return found
    if kind == "text/html":
        return found + escapes_of_page(answer.content.decode())
    if kind.endswith("xml"):
        return found + escapes_of_xml(answer.content)
    if kind == "application/json":
        return found + escapes_of_text("\n".join(map(str, json.loads(answer.content).values())))
    return found + escapes_of_text(answer.content.decode()) if kind == "text/plain" else found


# Of the admin: rows that are not there, and lists that others show as well.
SAID_ELSEWHERE = re.compile(r"987654|_popup|rubbish|%00|[?]p=|_facets|state=draft|x=1|[?]q=a|[?]o=")
# What is for programs, whoever asks.
FOR_PROGRAMS = {"/healthz", "/readyz", "/robots.txt"}


def complaints(client, addresses, bodies) -> dict:
    found = {}
    for address in sorted(addresses - FOR_PROGRAMS):
        asked = [("get", None, {})]
        if "?" not in address:
            asked += [("post", body, headers) for body in bodies for headers in ({}, {"X-Fragment": "1"})]
        for method, body, headers in asked:
            answer = answer_of(client, method, address, body, **headers)
            if answer.status_code == 405:
                break
            for words in escapes_of(answer):
                found.setdefault(words, (method, address, answer.status_code))
    return found


# What is wrong in a form is said to everybody in the same words, so these two are asked to send rubbish.
SEND_RUBBISH = {"visitor", "reader"}


@pytest.mark.parametrize("role", ["visitor", "reader", "author", "moderator", "owner"])
def test_no_page_shows_a_word_that_was_not_translated(stage, role, spoken, messages):
    addresses = {address for route in PUBLIC_ROUTES for address in filled(route, stage)}
    addresses |= {
        "/search/?q=λόγια",
        "/search/?q=ζζ",
        "/search/?q=λόγια&kind=comments",
        "/comments/?before=1",
        "/none/",
    }
    bodies = ({}, GARBAGE) if role in SEND_RUBBISH else ({},)
    assert complaints(client_of(stage["cast"].people[role]), addresses, bodies) == {}
    # What the program asks for is what translators were given.
    assert messages is None or spoken.asked - messages == set()


@pytest.mark.parametrize("role", ["author", "owner"])
def test_no_page_of_the_admin_shows_a_word_that_was_not_translated(stage, role):
    addresses = {"/admin/", "/admin/blog/", "/admin/none/"}
    for model_admin in admin.site._registry.values():
        known = set(admin_addresses(model_admin, stage))
        addresses |= {address for address in known if not SAID_ELSEWHERE.search(address)}
    assert complaints(client_of(stage["cast"].people[role]), addresses, ({},)) == {}
