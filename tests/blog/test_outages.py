"""While the database is away or full: a page that says so and keeps the text, and reading as far as it goes."""

from contextlib import contextmanager

import pytest
from django.db import InternalError, OperationalError, connection
from django.test import Client

from blog import outage
from tests.factories import make_post, make_thread
from tests.forms import page_of

READING = ("SELECT", "SAVEPOINT", "RELEASE")
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
    post = make_post(title="A post")
    make_thread(post, "a(b),c")
    return post


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
def test_an_outage_is_told_from_a_mistake(error, expected):
    assert outage.is_outage(error) is expected


@pytest.mark.django_db
def test_a_wrong_statement_is_no_outage():
    with pytest.raises(Exception, match="nowhere") as caught, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM nowhere")
    assert not outage.is_outage(caught.value)


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
    assert "Your text stays in the box" in response.content.decode()


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


def test_the_process_still_says_that_it_lives_and_that_it_is_not_ready(db, reader):
    with database_away():
        assert reader.get("/healthz").status_code == 200
        assert reader.get("/readyz").status_code == 503
