"""Robots, health checks, and the words of every error page."""

import json

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from lxml import etree

from blog.models import SiteSettings
from blog.views import errors, health
from tests.blog.pages import by_class, page, words
from tests.factories import make_author, make_post, make_withdrawn_post
from web import responses

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


# --- robots ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_robots_txt_names_the_site_map(client):
    response = client.get("/robots.txt", headers={"host": "localhost"})
    assert response["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /admin/" in lines
    assert "Disallow: /" not in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines


@pytest.mark.django_db
def test_the_site_map_leads_to_every_public_page(client):
    ann = make_author(display_name="Ann")
    body = ":::source\npublication: Reuters\nheadline: H\nurl: https://reuters.com/a\n\nWords.\n:::\n"
    post = make_post(body=body, by=ann, categories=("Courts",), tags=("Ohio",))
    index = etree.fromstring(client.get("/sitemap.xml", headers={"host": "localhost"}).content)
    files = index.xpath("//s:loc/text()", namespaces=SITEMAP)
    assert len(files) == 2
    found = []
    for address in files:
        assert address.startswith("http://testserver/")
        response = client.get(address.removeprefix("http://testserver"))
        assert response["Content-Type"].startswith("application/xml")
        found += etree.fromstring(response.content).xpath("//s:loc/text()", namespaces=SITEMAP)
    paths = [
        "/",
        post.get_absolute_url(),
        "/category/courts/",
        "/tag/ohio/",
        "/author/ann/",
        "/source/reuters/",
    ]
    assert {f"http://testserver{path}" for path in paths} <= set(found)
    assert {client.get(address.removeprefix("http://testserver")).status_code for address in found} == {200}


# --- watchmen -------------------------------------------------------------------------------------------------


def test_the_process_says_it_lives_without_asking_the_database(client):
    # No database fixture: a query would raise.
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_the_site_says_that_it_is_ready_and_of_which_versions(client):
    response = client.get("/readyz")
    state = json.loads(response.content)
    assert response.status_code == 200
    assert (state["ready"], state["database"], state["cache"]) == (True, "ok", "ok")
    engine = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    assert set(state["versions"]) == {"commonplace", "django", engine}
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_it_is_ready_without_its_cache_and_says_nothing_an_outsider_could_use(client, settings):
    secret = "redis://:hunter2@127.0.0.1:1/0"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": secret}
    }
    response = client.get("/readyz")
    assert response.status_code == 200
    assert json.loads(response.content)["cache"] == "fails"
    assert b"hunter2" not in response.content


FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asker",
    [{"REMOTE_ADDR": "198.51.100.7"}, {"REMOTE_ADDR": ""}]
    + [{f"HTTP_{name.upper().replace('-', '_')}": "127.0.0.1"} for name in FORWARDED],
    ids=str,
)
def test_outsiders_learn_only_whether_the_site_is_ready(client, bob, owner, asker):
    assert client.get("/readyz", **asker).json() == {"ready": True}
    client.force_login(bob)
    assert client.get("/readyz", **asker).json() == {"ready": True}
    client.force_login(owner)
    assert "versions" in client.get("/readyz", **asker).json()


def test_outsiders_learn_no_details_of_an_outage(client):
    # No database fixture: each query raises, as it would with the database away.
    client.cookies["sessionid"] = "an-owners"
    response = client.get("/readyz", REMOTE_ADDR="198.51.100.7")
    assert (response.status_code, response.json()) == (503, {"ready": False})


def test_a_database_that_does_not_answer_is_reported(client):
    # No database fixture: each query raises, as it would with the database away.
    response = client.get("/readyz")
    assert response.status_code == 503
    assert json.loads(response.content)["database"] == "fails"


def test_what_does_not_answer_does_not_raise():
    def breaks():
        raise OSError("no route")

    assert health._works(breaks) is False


# --- errors ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/nowhere/", 404, "Page not found"),
        ("/tag/nothing/", 404, "Page not found"),
        ("/gone", 410, "This page has been removed"),
    ],
)
def test_an_error_says_what_happened_and_where_to_go(client, path, status, says):
    post = make_withdrawn_post(title="Gone")
    response = client.get(post.get_absolute_url() if path == "/gone" else path)
    assert response.status_code == status
    text = response.content.decode()
    assert says in text
    assert 'action="/search/"' in text
    assert 'name="robots" content="noindex"' in text
    assert "no-cache" in response["Cache-Control"]


@pytest.fixture
def asked(db):
    request = RequestFactory().get("/")
    request.site = SiteSettings.load()
    return request


def test_too_many_says_when_to_come_back_and_keeps_the_text(asked):
    response = responses.too_many(asked, seconds=90, wait="two minutes", typed_text="My <long> argument")
    assert (response.status_code, response["Retry-After"]) == (429, "90")
    assert "two minutes" in response.content.decode()
    assert "My &lt;long&gt; argument" in response.content.decode()


def test_forbidden_says_so_in_words(asked):
    response = errors.forbidden(asked)
    assert response.status_code == 403
    assert "You don’t have access to this page" in response.content.decode()


def test_a_member_who_may_not_is_not_asked_to_sign_in(client, bob):
    client.force_login(bob)
    page = client.get("/moderation/").content.decode()
    assert "You’re signed in as Bob." in page
    assert "Sign in with an account" not in page


def test_a_broken_page_needs_neither_database_nor_request():
    response = errors.server_error(None)
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


@pytest.mark.django_db
def test_a_view_that_fails_answers_with_that_page(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("blog.archive.years", lambda: 1 / 0)
    response = client.get("/archive/")
    assert response.status_code == 500
    assert b"Something broke on our side" in response.content


@pytest.mark.django_db
def test_a_form_without_its_token_gives_the_text_back():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/accounts/login/", {"text": "My <long> argument"})
    assert response.status_code == 403
    assert "My &lt;long&gt; argument" in response.content.decode()


# --- signing in -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_signing_in_leads_back_to_where_one_was(client, bob):
    bob.set_password("a long password")
    bob.save()
    root = page(client.get("/accounts/login/?next=/tags/"))
    assert root.xpath("//input[@name='next']/@value") == ["/tags/"]
    assert root.xpath("//input[@name='login']/@autocomplete") == ["username"]
    form = {"login": bob.email.upper(), "password": "a long password", "next": "/tags/"}
    response = client.post("/accounts/login/", form)
    assert (response.status_code, response["Location"]) == (302, "/tags/")


@pytest.mark.django_db
def test_a_wrong_password_gives_one_message_and_keeps_address_and_way_back(client, bob):
    form = {"login": bob.email, "password": "wrong", "next": "/tags/"}
    for address in (bob.email, "nobody@example.org"):
        root = page(client.post("/accounts/login/", form | {"login": address}))
        assert "Wrong e-mail address or password." in words(root.xpath("//*[@role='alert']")[0])
        assert root.xpath("//input[@name='login']/@value") == [address]
        assert root.xpath("//input[@name='next']/@value") == ["/tags/"]
        assert words(root.xpath("//title")[0]).startswith("Error:")
        assert words(by_class(root, "mast").xpath("a")[0]) == "Commonplace"


@pytest.mark.django_db
def test_a_member_signs_out_with_a_form_and_a_visitor_sees_none(bob):
    strict = Client(enforce_csrf_checks=True)
    assert b"/accounts/logout/" not in strict.get("/").content
    strict.force_login(bob)
    [form] = page(strict.get("/")).xpath("//form[@action='/accounts/logout/']")
    token = form.xpath(".//input[@name='csrfmiddlewaretoken']/@value")[0]
    assert strict.post("/accounts/logout/", {"csrfmiddlewaretoken": token})["Location"] == "/"
    assert b"/accounts/logout/" not in strict.get("/").content


@pytest.mark.django_db
def test_the_way_back_stays_on_this_site(client, bob):
    bob.set_password("a long password")
    bob.save()
    form = {"login": bob.email, "password": "a long password", "next": "https://evil.example/"}
    assert client.post("/accounts/login/", form)["Location"] == "/"
