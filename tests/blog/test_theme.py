"""A reader chooses light or dark: a form of every page, without a token, that only our own pages may send."""

import pytest

from tests.forms import page_of

pytestmark = pytest.mark.django_db

OURS = {"sec-fetch-site": "same-origin"}


def test_the_choice_is_kept_and_shown_from_the_first_byte(client):
    response = client.post("/theme/", {"theme": "dark"}, headers=OURS)
    cookie = response.cookies["theme"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("dark", "Lax", True)
    answer = client.get("/")
    assert '<html lang="en" data-theme="dark">' in answer.content.decode()
    pressed = page_of(answer).xpath("//button[@name='theme'][@aria-pressed='true']/@value")
    assert pressed == ["dark"]


def test_the_device_decides_again_when_asked_to(client):
    client.cookies["theme"] = "dark"
    response = client.post("/theme/", {"theme": ""}, headers=OURS)
    assert response.cookies["theme"].value == ""
    assert response.cookies["theme"]["max-age"] == 0
    assert "data-theme" not in client.get("/").content.decode()


def test_a_theme_nobody_offers_is_none(client):
    assert client.post("/theme/", {"theme": '"><script>'}, headers=OURS).cookies["theme"].value == ""
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"origin": "https://evil.example"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "null"},
        {},
    ],
)
def test_a_form_of_another_site_is_refused_in_words(client, headers):
    response = client.post("/theme/", {"theme": "dark"}, headers=headers)
    assert response.status_code == 403
    assert "We couldn’t confirm that this came from you" in response.content.decode()
    assert "theme" not in response.cookies


def test_an_older_browser_that_sends_only_our_origin_is_believed(client):
    assert (
        client.post("/theme/", {"theme": "dark"}, headers={"origin": "http://testserver"}).status_code == 303
    )


@pytest.mark.parametrize(
    ("referer", "leads_to"),
    [
        ("http://testserver/tags/?x=1", "/tags/?x=1"),
        ("http://testserver//evil.example/", "/evil.example/"),
        ("http://testserver/\\evil.example/", "/evil.example/"),
        ("https://evil.example/tags/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://testserver", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_it_leads_back_to_the_page_and_never_elsewhere(client, referer, leads_to):
    response = client.post("/theme/", {"theme": "light"}, headers=OURS | {"referer": referer})
    assert (response.status_code, response["Location"]) == (303, leads_to)


def test_it_is_changed_by_a_form_only(client):
    assert client.get("/theme/").status_code == 405
