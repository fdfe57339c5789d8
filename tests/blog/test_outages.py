"""While the database is down or full: an error page that keeps the text, and reading from the cache."""

import gzip
import re
import time
from contextlib import contextmanager

import brotli
import pytest
import time_machine
from django.db import InternalError, OperationalError, connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext

from blog import as_of, page_cache, page_versions
from blog.actions import save_site_settings, withdraw_post
from blog.models import SiteSettings
from tests.blog.pages import make_kept
from tests.factories import make_page, make_post, make_thread
from tests.forms import page_of
from web import db_errors, lru_cache

pytestmark = pytest.mark.own_database

READING = ("DECLARE", "SELECT", "SAVEPOINT", "RELEASE")
TEXT = "Three paragraphs <b>that took an hour</b>."
FORM = {"text": TEXT, "name": "Gus", "email": "gus@example.org", "do": "post"}
HERE = {"Sec-Fetch-Site": "same-origin"}


@contextmanager
def database_away():
    """Let every question to the database fail, as with a server that is stopped."""

    def fail(execute, sql, params, many, context):
        raise OperationalError("connection to server failed: Connection refused")

    with connection.execute_wrapper(fail):
        yield


@contextmanager
def disk_full():
    """Let the database answer questions and fail to write, as on a full disk."""

    def fail_to_write(execute, sql, params, many, context):
        if sql.lstrip().startswith(READING):
            return execute(sql, params, many, context)
        raise OperationalError("database or disk is full")

    with connection.execute_wrapper(fail_to_write):
        yield


@pytest.fixture
def post(db):
    with committed():
        post = make_post(title="A post")
        make_thread(post, "a(b),c")
    return post


def committed():
    """Let what waits for the commit happen at the end of the block; the test itself never commits."""
    return TestCase.captureOnCommitCallbacks(execute=True)


@pytest.fixture
def reader():
    return Client(raise_request_exception=False)


def typed_texts(response):
    return [box.text_content().strip() for box in page_of(response).xpath("//textarea[@readonly]")]


# --- what is an outage ----------------------------------------------------------------------------------------


def caused_by(error, cause):
    error.__cause__ = cause
    return error


class DriverError(Exception):
    """What a driver raises, with the code that it carries."""

    def __init__(self, **codes):
        super().__init__()
        vars(self).update(codes)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("connection refused"), True),
        (caused_by(OperationalError("full"), DriverError(sqlite_errorcode=13)), True),
        (caused_by(OperationalError("no such table"), DriverError(sqlite_errorcode=1)), False),
        (caused_by(InternalError("read-only"), DriverError(sqlstate="25006")), True),
        (caused_by(InternalError("other"), DriverError(sqlstate="XX000")), False),
        (caused_by(ValueError(), OperationalError("connection refused")), True),
        (ValueError(), False),
        (None, False),
    ],
)
def test_an_outage_is_told_apart_from_a_wrong_statement(error, expected):
    assert db_errors.is_outage(error) is expected


@pytest.mark.django_db
def test_a_wrong_statement_is_no_outage():
    with pytest.raises(Exception, match="nowhere") as caught, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM nowhere")
    assert not db_errors.is_outage(caught.value)


# --- the page -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fails", [database_away, disk_full])
def test_a_comment_that_cannot_be_saved_comes_back_with_its_text(post, reader, fails):
    with fails():
        response = reader.post(f"/posts/{post.pk}/comments/", FORM, headers=HERE)
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert response["Cache-Control"] == "no-store"
    assert typed_texts(response) == [TEXT]
    assert "Content-Security-Policy" in response.headers


@pytest.mark.parametrize("fails", [database_away, disk_full])
def test_a_script_is_told_in_one_sentence(post, reader, fails):
    with fails():
        response = reader.post(f"/posts/{post.pk}/comments/", FORM, headers={**HERE, "X-Fragment": "1"})
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert response["Content-Type"].startswith("text/plain")
    assert "Your text is still in the box" in response.content.decode()


def test_an_author_gets_the_body_back(owner):
    author = Client(raise_request_exception=False)
    author.force_login(owner)
    with database_away():
        response = author.post("/admin/blog/post/add/", {"title": "New", "slug": "new", "body": TEXT})
    assert response.status_code == 503
    assert typed_texts(response) == [TEXT]


def test_a_form_that_cannot_be_read_gets_the_page_without_a_text(post, reader):
    with database_away():
        response = reader.generic(
            "POST", f"/posts/{post.pk}/comments/", b"--", "multipart/form-data; boundary=x"
        )
    assert response.status_code == 503
    assert typed_texts(response) == []


@pytest.mark.parametrize("path", ["/", "/archive/", "/feed/", "/comments/", "/admin/login/", "/robots.txt"])
def test_what_needs_the_database_says_that_it_is_away(db, reader, path):
    with database_away():
        assert reader.get(path).status_code == 503


def test_an_uncached_post_is_queried_once_and_has_all_headers(post, reader):
    asked = []

    def fail(execute, sql, params, many, context):
        asked.append(sql)
        raise OperationalError("connection refused")

    with connection.execute_wrapper(fail):
        response = reader.get(post.get_absolute_url())
    assert response.status_code == 503
    assert len(asked) == 1
    assert {"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options"} <= response.headers.keys()


def test_the_process_still_says_that_it_lives_and_that_it_is_not_ready(db, reader):
    with database_away():
        assert reader.get("/healthz").status_code == 200
        assert reader.get("/readyz").status_code == 503


# --- reading goes on ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_a_cached_page_is_served_while_the_database_is_down_and_says_how_old_it_is(post, reader, encoding):
    site = SiteSettings.load()
    site.time_zone = "Asia/Kolkata"
    with committed():
        save_site_settings(site)
    path, headers = post.get_absolute_url(), {"Accept-Encoding": encoding}
    with time_machine.travel("2030-03-05T10:32:30Z", tick=False):
        plain = reader.get(path)
        first = reader.get(path, headers=headers)
        with database_away():
            again = reader.get(path, headers=headers)
            unchanged = reader.get(path, headers=headers | {"If-None-Match": first["ETag"]})
            head = reader.head(path, headers=headers)
        assert reader.get(path).content == plain.content
    notice = b"This page is as of 16:02."
    assert notice not in plain.content
    shown = as_read(again)
    assert notice in shown
    assert (
        re.sub(rb'<p class="notice" role="note">\s*This page is as of.*?</p>', as_of.MARK, shown, flags=re.S)
        == plain.content
    )
    assert (again.status_code, unchanged.status_code, head.status_code) == (200, 200, 200)
    for answer in (again, unchanged, head):
        assert answer["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
    lasting = first.headers.keys() - {"ETag", "Cache-Control", "Content-Length", "Content-Encoding"}
    assert {name: again[name] for name in lasting} == {name: first[name] for name in lasting}


def as_read(response):
    """Return the bytes that a browser makes of an answer."""
    encoding = response.headers.get("Content-Encoding")
    return {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding, bytes)(response.content)


def test_what_scripts_ask_is_given_out_as_it_was(post, reader):
    path = f"/posts/{post.pk}/latest/"
    first = reader.get(path)
    with database_away():
        again = reader.get(path)
    assert (again.status_code, again.content) == (200, first.content)


@pytest.mark.parametrize("most", [600, 120])
def test_a_page_is_given_out_for_some_minutes_only(post, reader, monkeypatch, settings, most):
    settings.KEPT_WITHOUT_DATABASE = most
    began = time.monotonic()
    reader.get(post.get_absolute_url())
    with database_away():
        monkeypatch.setattr(page_cache.time, "monotonic", lambda: began + most - 2)
        assert reader.get(post.get_absolute_url()).status_code == 200
        monkeypatch.setattr(page_cache.time, "monotonic", lambda: began + most + 2)
        assert reader.get(post.get_absolute_url()).status_code == 503


def test_a_member_does_not_get_the_public_cached_page_in_an_outage(post, bob):
    Client().get(post.get_absolute_url())
    member = Client(raise_request_exception=False)
    member.force_login(bob)
    with database_away():
        assert member.get(post.get_absolute_url()).status_code == 503


def test_a_page_that_is_known_to_be_old_is_not_given_out(post, reader):
    """The database said that it changed, and failed before the new one was made."""
    reader.get(post.get_absolute_url())
    page_versions.touch(post.pk)
    asked = []

    def fail_after_the_version(execute, sql, params, many, context):
        asked.append(sql)
        if len(asked) > 2:
            raise OperationalError("connection refused")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_after_the_version):
        assert reader.get(post.get_absolute_url()).status_code == 503
    with database_away():
        assert reader.get(post.get_absolute_url()).status_code == 503


def test_a_withdrawn_post_is_not_cached(post, reader):
    reader.get(post.get_absolute_url())
    withdraw_post(post, by=None)
    assert reader.get(post.get_absolute_url()).status_code == 410
    with database_away():
        assert reader.get(post.get_absolute_url()).status_code == 503


def test_what_is_dropped_from_the_shelf_gives_its_room_back():
    page = make_kept(b"x" * 100)
    shelf = lru_cache.LRUCache(most_bytes=2 * page.size + 50)
    for number in range(20):
        shelf.put((number,), page)
        shelf.drop((number,))
    shelf.drop((99,))
    shelf.put((0,), page)
    shelf.put((1,), page)
    assert shelf.get((0,)) is page
    assert shelf.get((1,)) is page


def readers(post, bob):
    """A stranger, a guest who wrote, and a member who is signed in."""
    guest, member = Client(), Client()
    assert guest.post(f"/posts/{post.pk}/comments/", FORM, headers=HERE).status_code == 303
    member.force_login(bob)
    return Client(), guest, member


def test_nothing_that_is_read_needs_to_write(post, bob):
    comment = post.comments.first()
    make_page(title="About")
    addresses = [
        post.get_absolute_url(), "/", "/archive/", "/search/?q=text", "/feed/", "/comments/", "/comments/feed/",
        f"/comments/{comment.pk}/", f"/comments/{comment.pk}/reply/", f"/posts/{post.pk}/comments/", "/about/",
    ]  # fmt: skip
    for somebody in readers(post, bob):
        for address in addresses:
            with disk_full(), CaptureQueriesContext(connection) as asked:
                assert somebody.get(address).status_code == 200, address
            # PostgreSQL's driver keeps no text of a statement that was refused.
            statements = [query["sql"] for query in asked if query["sql"]]
            wrote = [sql for sql in statements if not sql.lstrip().startswith(READING)]
            # How far a member has read is written down where that is possible.
            assert [sql for sql in wrote if "comments_visit" not in sql] == [], address
