"""What is seldom said, in the pseudo-language: error pages, mails, commands. And that the search can fail."""

import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone

from accounts.adapters import LETTERS, NOTICES, SAID
from blog.models import SiteSettings
from blog.views import errors
from comments.fragments import states
from comments.models import Comment
from tests.cast import client_of
from tests.translation.escapes import escapes_of_page, escapes_of_text, escapes_of_xml
from tests.translation.pseudo import marked, pseudo_language
from tests.translation.stage import make_greek_site
from web import responses
from web.mail import send_letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def spoken():
    with pseudo_language() as catalogue:
        yield catalogue


@pytest.fixture
def stage(db, spoken):
    return make_greek_site()


# --- error pages ----------------------------------------------------------------------------------------------

TYPED = "Λόγια που έγραψα."
PAGES = {
    "400": errors.bad_request,
    "403": errors.forbidden,
    "403, refused": lambda request: responses.refused(request, "Όχι."),
    "403, form": lambda request: responses.form_refused(request, TYPED),
    "403, form once more": lambda request: responses.form_refused(request, TYPED, again=True),
    "404": errors.not_found,
    "404, typed": lambda request: responses.not_found(request, TYPED),
    "410": lambda request: responses.gone(request),
    "429": lambda request: responses.too_many(request, seconds=60, wait="60", typed_text=TYPED),
    "500": errors.server_error,
    "503": responses.unavailable,
}


def request_of(stage, who, **headers):
    """Return a request of a comment, as middleware would have left it."""
    request = RequestFactory().post("/posts/1/comments/", {"text": TYPED}, headers=headers)
    request.user, request.session = stage["cast"].people[who], {}
    request.site = SiteSettings.load()
    return request


@pytest.mark.parametrize("name", PAGES)
def test_error_pages_are_translated(stage, name):
    request = request_of(stage, "reader")
    assert escapes_of_page(PAGES[name](request).content.decode()) == []
    request = request_of(stage, "reader", **{"X-Fragment": "1"})
    answer = PAGES[name](request)
    check = escapes_of_text if answer["Content-Type"].startswith("text/plain") else escapes_of_page
    assert check(answer.content.decode()) == []


def test_a_body_that_is_too_large_is_refused_in_words_that_are_translated(stage):
    client = client_of(stage["cast"].people["reader"])
    answer = client.post(f"/posts/{stage['posts'][0].pk}/comments/", {"text": "α" * 3_000_000})
    assert answer.status_code in {400, 413}
    assert escapes_of_page(answer.content.decode()) == []


def test_a_comment_that_another_decision_overtook_is_told_so_in_words_that_are_translated(stage):
    client = client_of(stage["cast"].people["moderator"])
    # Its page knew of no decision.
    address = f"/comments/{stage['event'].comment_id}/decision/"
    answer = client.post(address, {"do": "approve", "rev": "0"})
    assert answer.status_code == 409
    assert escapes_of_page(answer.content.decode()) == []


# --- mails ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*sorted(LETTERS), "notice"])
def test_mails_are_translated(stage, name):
    words = {"what": NOTICES["password_changed"], "device": marked("Firefox")} if name == "notice" else {}
    send_letter(name, to="a@example.org", site_name="Ημερολόγιο", code="", **words)
    [letter] = mail.outbox
    assert letter.body.strip()
    assert escapes_of_text(f"{letter.subject}\n{letter.body}") == []


def test_the_mail_of_a_note_is_translated(stage, django_capture_on_commit_callbacks):
    client = client_of(stage["cast"].people["reader"])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/posts/{stage['posts'][0].pk}/comments/", {"text": TYPED, "do": "note", "once": "1"})
    assert mail.outbox, "no note was sent"
    assert [
        line for letter in mail.outbox for line in escapes_of_text(f"{letter.subject}\n{letter.body}")
    ] == []


def test_what_is_said_and_mailed_of_accounts_is_translated(spoken):
    assert [words for words in (*SAID.values(), *NOTICES.values()) if escapes_of_text(str(words))] == []


# --- commands -------------------------------------------------------------------------------------------------

COMMANDS = (
    ("check_trees", "--repair"),
    ("check_moments",),
    ("check_moments", "--repair"),
    ("purge_personal_data",),
    ("list_collisions", "--repair"),
    ("rerender", "--all"),
    ("optimize_database",),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_what_commands_say_is_translated(stage, capsys, words):
    Comment.objects.filter(state="public").update(score=7)
    Comment.objects.filter(number=1).update(created_at=timezone.now() + timezone.timedelta(days=2))
    said = ""
    try:
        call_command(*words)
    except CommandError as error:
        said = f"{error}\n"
    said += capsys.readouterr().out
    assert said
    # Options and names of columns are the same in every language.
    assert escapes_of_text(re.sub(r"--repair|\b\w+\.\w+\.\w+\b", "", said)) == []


# --- that the search can fail ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "<p>Ĥéļļô there</p>",
        "<p><b>Ĥéļļô</b> there</p>",
        "<p><!-- Why --> there</p>",
        "<p><code>make</code> there</p>",
        "<html><head><title>Home</title></head><body></body></html>",
        '<html><head><meta name="description" content="Posts"></head><body></body></html>',
        '<p title="Close">×</p>',
        '<p aria-label="Close">×</p>',
        '<input placeholder="Search">',
        '<img alt="A map">',
        '<input type="submit" value="Send">',
        '<p data-failed="Try again.">×</p>',
        '<p data-label="Cancel">×</p>',
        '<script type="application/json">{"words": ["Try again."]}</script>',
        "<template><p>Later</p></template>",
    ],
)
def test_a_word_that_was_not_translated_is_found(source):
    assert escapes_of_page(source)


@pytest.mark.parametrize(
    "source",
    [
        "<p>Ĥéļļô ţĥéŕé, Νίκος</p>",
        "<p>a@example.org, https://example.org/a-post, /old/: Commonplace</p>",
        '<script>const words = "Try again.";</script>',
        "<p><code>make test</code></p>",
        '<p data-next="/comments/7/" data-state="on" class="big words" id="main">×</p>',
        '<input type="text" value="typed by somebody"><textarea>typed</textarea>',
    ],
)
def test_what_is_translated_or_no_word_of_ours_is_not(source):
    assert escapes_of_page(source) == []


def test_untranslated_words_of_feeds_and_texts_are_found():
    assert escapes_of_text("Ĥéļļô\nthere") == ["there"]
    assert escapes_of_xml(b"<feed><title>Comments</title></feed>") == ["Comments"]
    assert escapes_of_xml(b"<feed><summary>&lt;p&gt;Gone&lt;/p&gt;</summary></feed>") == ["Gone"]


def test_a_word_that_skips_gettext_is_found_on_a_page(stage, monkeypatch):
    monkeypatch.setattr(states, "translated", lambda text: text)
    page = client_of(None).get(stage["posts"][0].get_absolute_url()).content.decode()
    assert "Deleted by its author" in escapes_of_page(page)


def test_messages_keep_what_is_for_programs():
    assert (
        marked("Hi %(name)s, {count} of %d <b>5</b>&nbsp;100%%")
        == "Ĥî %(name)s, {count} ôƒ %d <b>5</b>&nbsp;100%%"
    )
