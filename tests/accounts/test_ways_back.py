"""Whoever signs in comes back to where they were, whichever way they take, and never leaves the site by it."""

import pytest
from django.urls import reverse

from accounts.adapters import stays_here
from tests.accounts.doors import PASSWORD, mailed_code, make_rita, sign_in, sign_up, who
from tests.factories import make_post
from tests.forms import page_of, submit

pytestmark = pytest.mark.django_db
BACK = "/2024/06/one/?order=newest#comment-12"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example/",
    "javascript:alert(1)",
    "http:evil.example",
    "/\r\nSet-Cookie: a=b",
    "tags/",
    "https://testserver@evil.example/",
    "",
]


@pytest.fixture
def rita():
    return make_rita()


def keep_text(client) -> None:
    session = client.session
    session["kept_text"] = {"post": 1, "text": "What I think."}
    session.save()


def test_a_password_leads_back_with_query_and_fragment(client, rita):
    assert sign_in(client, next=BACK)["Location"] == BACK


def test_a_mailed_code_leads_back(client, rita):
    page = client.get(reverse("account_request_login_code"), {"next": BACK})
    step = submit(client, page, email="rita@example.org")
    code_page = client.get(step["Location"])
    assert submit(client, code_page, code=mailed_code())["Location"] == BACK
    assert who(client) == "Rita"


def test_signing_up_leads_back(client):
    page = client.get(reverse("account_signup"), {"next": BACK})
    step = submit(client, page, display_name="Nora", email="nora@example.org", password1=PASSWORD)
    code_page = client.get(step["Location"])
    assert submit(client, code_page, code=mailed_code())["Location"] == BACK
    assert who(client) == "Nora"


def test_a_new_password_leads_back(client, rita):
    page = client.get(reverse("account_reset_password"), {"next": BACK})
    code_page = client.get(submit(client, page, email="rita@example.org")["Location"])
    new = client.get(submit(client, code_page, code=mailed_code())["Location"])
    assert submit(client, new, password1="another long password")["Location"] == BACK


@pytest.mark.parametrize("name", ["account_login", "account_request_login_code", "account_signup"])
def test_every_door_leads_to_the_others_with_the_way_back(client, name):
    page = page_of(client.get(reverse(name), {"next": BACK}))
    links = [link for link in page.xpath("//main//a/@href") if link.startswith("/accounts/")]
    assert links
    assert all(link.endswith("?next=%2F2024%2F06%2Fone%2F%3Forder%3Dnewest%23comment-12") for link in links)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_way_leads_off_the_site(client, rita, target):
    assert sign_in(client, next=target)["Location"] == "/"
    assert client.post(reverse("account_logout"), {"next": target})["Location"] == "/"
    asked = client.get(reverse("account_login"), {"next": target})
    assert page_of(asked).xpath("//input[@name='next']") == []


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_up_leads_nowhere_else_either(client, target):
    step = sign_up(client, next=target)
    response = client.post(step["Location"], {"code": mailed_code(), "next": target})
    assert response["Location"] == "/"


def test_a_line_end_in_the_url_adds_no_header(client, rita):
    response = client.post(
        "/accounts/login/?next=/%0d%0aSet-Cookie:%20a=b", {"login": rita.email, "password": PASSWORD}
    )
    assert response["Location"] == "/"
    assert "a" not in response.cookies


@pytest.mark.parametrize("target", ["/", "/tags/", "/2024/06/ü/#c", "/search/?q=a&next=//b"])
def test_paths_of_this_site_are_good(target):
    assert stays_here(target)


def test_the_pages_of_an_account_ask_and_lead_back(client, rita):
    asked = client.get(reverse("account_name"))["Location"]
    assert asked == "/accounts/login/?next=/accounts/name/"
    assert sign_in(client, next="/accounts/name/")["Location"] == "/accounts/name/"


def test_what_was_typed_waits_for_who_signs_in_and_the_page_says_so(client, rita):
    keep_text(client)
    assert "Your text is saved. You’ll return to it" in client.get(reverse("account_login")).content.decode()
    before = client.session.session_key
    sign_in(client)
    assert client.session["kept_text"]["text"] == "What I think."
    assert client.session.session_key != before
    # Who is signed in need not sign in to come back to it.
    assert "Your text is saved." not in client.get(reverse("account_reset_password")).content.decode()


def test_what_was_typed_waits_for_who_signs_in_by_code(client, rita):
    keep_text(client)
    step = client.post(reverse("account_request_login_code"), {"email": rita.email})
    assert "Your text is saved." in client.get(step["Location"]).content.decode()
    client.post(step["Location"], {"code": mailed_code()})
    assert client.session["kept_text"]["text"] == "What I think."


def test_what_was_typed_waits_for_who_signs_up(client):
    keep_text(client)
    assert "Your text is saved." in client.get(reverse("account_signup")).content.decode()
    client.post(sign_up(client)["Location"], {"code": mailed_code()})
    assert who(client) == "Nora"
    assert client.session["kept_text"]["text"] == "What I think."


def test_what_one_person_typed_is_not_another_ones(client, rita, bob):
    client.force_login(bob)
    keep_text(client)
    client.post(reverse("account_logout"))
    sign_in(client)
    assert "kept_text" not in client.session


def test_a_preview_of_a_draft_asks_who_one_is_and_leads_back(client, ada):
    post = make_post(by=ada.author, state="draft")
    path = f"/posts/{post.pk}/preview/"
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
