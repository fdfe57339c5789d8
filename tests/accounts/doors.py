"""Sign-in and sign-up as a browser without scripts does them, for the tests in this folder."""

import re
from contextlib import contextmanager

from django.core import mail
from django.db.models.signals import pre_save
from django.urls import reverse

from tests.factories import make_user
from tests.forms import page_of

PASSWORD = "correct horse battery"


def make_rita(**fields):
    """Rita is a member who knows her password."""
    return make_user(display_name="Rita", email="rita@example.org", password=PASSWORD, **fields)


def sign_in(client, email="rita@example.org", password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def sign_up(client, name="Nora", email="nora@example.org", password=PASSWORD, **more):
    words = {"display_name": name, "email": email, "password1": password, **more}
    return client.post(reverse("account_signup"), words)


def mailed_code() -> str:
    """Return the code of the last mail, as it stands in its text."""
    found = re.search(r"^    ([A-Z]{4}-[A-Z]{4})$", mail.outbox[-1].body, re.M)
    assert found, mail.outbox[-1].body
    return found[1]


def who(client) -> str:
    """Return the name that the masthead shows, or "" for a visitor."""
    return "".join(
        page_of(client.get("/")).xpath("//li[@class='mine']/a[starts-with(@href, '/people/')]/text()")
    )


def alert_of(response) -> str:
    """Return what the summary of errors says."""
    return " ".join("".join(page_of(response).xpath("//*[@class='errs']//text()")).split())


def title_of(response) -> str:
    """Return a page's title as a browser shows it."""
    return " ".join(page_of(response).xpath("//title/text()")[0].split())


@contextmanager
def just_before_saving(model, happens):
    """Let something happen once, between what a form has looked at and the row that it writes."""
    left = [happens]

    def receive(**_rest):
        while left:
            left.pop()()

    pre_save.connect(receive, sender=model)
    try:
        yield
    finally:
        pre_save.disconnect(receive, sender=model)
