"""A form of the admin that is sent without a valid session or token loses nothing, and saves nothing unasked."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils.crypto import get_random_string

from blog.models import Category, Post, SiteSettings
from blog.signed_out import KEPT_FORMS
from tests import factories
from tests.forms import form_of, page_of, submit, values_of
from web import kept_forms

pytestmark = pytest.mark.django_db

ADD = "/admin/blog/post/add/"
HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
TEXT = "First paragraph.\r\n\r\nA second one, with “quotes” and <b>tags</b>."


@pytest.fixture
def desk(ada):
    """A browser in which Ada is signed in; tokens are checked as they are on a site."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    return client


def editor_of(post):
    return reverse("admin:blog_post_change", args=[post.pk])


def typed(response, **changes):
    """Return what the form of this page sends after somebody has typed `changes`."""
    return values_of(form_of(response, form_id="post_form")) | {"do": "save"} | changes


def sign_out_elsewhere():
    Session.objects.all().delete()


def sign_in_again(desk, user):
    """Sign in: the browser's session goes on, and its token is another one."""
    desk.force_login(user)
    desk.cookies["csrftoken"] = get_random_string(32)


def words_on(response):
    return {
        name: value.replace("\r\n", "\n") for name, value in typed(response).items() if isinstance(value, str)
    }


# --- the session has ended ------------------------------------------------------------------------------------


def test_after_signing_in_the_form_is_back_with_everything(desk, ada):
    courts = factories.make_category("Courts")
    sent = typed(
        desk.get(ADD),
        title="A close count",
        dek="Two sentences.",
        body=TEXT,
        tags="ohio, recounts",
        add_tag="late mail",
        categories_0=str(courts.pk),
        comment_policy="members",
        caret="17",
        do="publish",
    )
    sign_out_elsewhere()
    answer = desk.post(ADD, sent, **HERE)
    assert answer.status_code == 302 and answer.url == f"/accounts/login/?next={ADD}"
    told = page_of(desk.get(answer.url)).text_content()
    assert "Sign in within an hour, and your text is back in the form." in told
    sign_in_again(desk, ada)
    page = desk.get(ADD)
    assert page.status_code == 200 and not Post.objects.exists()
    back = words_on(page)
    for name in ("title", "dek", "tags", "add_tag", "categories_0", "comment_policy", "caret"):
        assert back[name] == sent[name], name
    assert back["body"] == TEXT.replace("\r\n", "\n")
    assert "Your text is back. It isn’t saved yet." in page_of(page).text_content()
    assert form_of(page, form_id="post_form").get("data-unsaved")
    # Until it is saved it comes again, whatever one opens meanwhile; then it is done with.
    assert words_on(desk.get(ADD))["title"] == "A close count"
    saved = desk.post(ADD, typed(desk.get(ADD)), **HERE)
    assert saved.status_code == 302 and Post.objects.get().title == "A close count"
    assert words_on(desk.get(ADD))["title"] == ""


def test_a_source_that_was_being_inserted_is_in_the_text(desk, ada):
    fields = {
        "source-url": "https://example.org/a",
        "source-text": "They said so.",
        "source-publication": "The Paper",
    }
    sent = typed(desk.get(ADD), title="A", body="Words.", **fields)
    sign_out_elsewhere()
    desk.post(ADD, sent, **HERE)
    sign_in_again(desk, ada)
    body = words_on(desk.get(ADD))["body"]
    assert body.startswith("Words.") and "They said so." in body and "https://example.org/a" in body


def test_a_post_that_somebody_saved_meanwhile_is_shown_beside_it(desk, ada):
    post = factories.make_post(by=ada.author, title="Before")
    sent = typed(desk.get(editor_of(post)), title="Mine", body=TEXT)
    sign_out_elsewhere()
    desk.post(editor_of(post), sent, **HERE)
    Post.objects.filter(pk=post.pk).update(title="Theirs", updated_at="2030-01-01T00:00Z")
    sign_in_again(desk, ada)
    page = desk.get(editor_of(post))
    assert words_on(page)["title"] == "Mine" and "Theirs" in page_of(page).text_content()
    post.refresh_from_db()
    assert post.title == "Theirs"


def test_it_can_be_discarded(desk, ada):
    sent = typed(desk.get(ADD), title="Mine")
    sign_out_elsewhere()
    desk.post(ADD, sent, **HERE)
    sign_in_again(desk, ada)
    first = page_of(desk.get(ADD)).xpath("//main//form")[0]
    assert first.xpath(".//button[@name='discard_kept_form']")
    token = dict(first.form_values())["csrfmiddlewaretoken"]
    answer = desk.post(ADD, {"csrfmiddlewaretoken": token, "discard_kept_form": "1"}, **HERE)
    assert answer.status_code == 302 and words_on(desk.get(ADD))["title"] == ""


def test_enter_in_the_form_never_discards(desk, ada):
    sent = typed(desk.get(ADD), title="Mine")
    sign_out_elsewhere()
    desk.post(ADD, sent, **HERE)
    sign_in_again(desk, ada)
    editor = form_of(desk.get(ADD), form_id="post_form")
    assert "discard_kept_form" not in [button.get("name") for button in editor.xpath(".//button")]


def test_another_account_never_sees_it(desk, ada):
    sent = typed(desk.get(ADD), title="A secret plan", body=TEXT)
    sign_out_elsewhere()
    desk.post(ADD, sent, **HERE)
    sign_in_again(desk, factories.make_author(display_name="Ben").user)
    page = desk.get(ADD)
    assert words_on(page)["title"] == "" and b"A secret plan" not in page.content


def test_after_an_hour_it_is_gone(desk, ada, monkeypatch):
    sent = typed(desk.get(ADD), title="Mine")
    sign_out_elsewhere()
    desk.post(ADD, sent, **HERE)
    assert desk.session.get_expiry_age() == kept_forms.LONGEST_KEPT
    sign_in_again(desk, ada)
    # The session itself lasts as long as others again.
    assert desk.session.get_expiry_age() > 24 * 60 * 60
    now = kept_forms.time.time()
    monkeypatch.setattr(kept_forms.time, "time", lambda: now + kept_forms.LONGEST_KEPT + 1)
    assert words_on(desk.get(ADD))["title"] == ""
    assert "kept_form" not in desk.session


def test_too_long_a_text_is_given_back_to_be_copied(desk):
    text = "word " * (kept_forms.MOST_BYTES // 4)
    sent = typed(desk.get(ADD), title="Mine", body=text)
    sign_out_elsewhere()
    answer = desk.post(ADD, sent, **HERE)
    assert answer.status_code == 403 and b"too long to keep" in answer.content
    page = page_of(answer)
    assert page.get_element_by_id("typed").text.strip().endswith(text.strip()) and not page.xpath(
        "//main//form[@method='post']"
    )
    assert "kept_form" not in desk.session


def test_one_network_fills_no_database(desk):
    sent = typed(desk.get(ADD), title="Mine", body=TEXT)
    sign_out_elsewhere()
    statuses = [desk.post(ADD, sent, **HERE).status_code for _time in range(KEPT_FORMS.most + 1)]
    assert statuses == [302] * KEPT_FORMS.most + [403]


@pytest.mark.parametrize(
    "said", [{"HTTP_SEC_FETCH_SITE": "cross-site"}, {"HTTP_ORIGIN": "https://evil.example"}, {}]
)
def test_nothing_is_kept_that_our_page_did_not_send(ada, said):
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post(ADD, {"title": "Buy now", "body": TEXT, "opened_by": ada.pk}, **said)
    assert answer.status_code == 403 and not Session.objects.exists()
    assert not page_of(answer).xpath("//main//form[@method='post']")


# --- signed in again in another tab ---------------------------------------------------------------------------


def test_the_token_of_before_leads_to_a_page_that_sends_all_of_it(desk, ada):
    sent = typed(desk.get(ADD), title="A close count", dek="Two sentences.", body=TEXT, tags="ohio")
    sign_in_again(desk, ada)
    answer = desk.post(ADD, sent, **HERE)
    assert answer.status_code == 403 and not Post.objects.exists()
    assert "Do you want to send this?" in page_of(answer).text_content()
    assert "reload the page" not in page_of(answer).text_content()
    saved = submit(desk, answer)
    assert saved.status_code == 302
    post = Post.objects.get()
    assert (post.title, post.dek) == ("A close count", "Two sentences.")
    assert post.body == TEXT.replace("\r\n", "\n")
    assert [filed.tag.name for filed in post.post_tags.all()] == ["ohio"]


@pytest.mark.parametrize("said", [{"HTTP_SEC_FETCH_SITE": "cross-site"}, {}])
def test_no_button_for_what_the_browser_does_not_vouch_for(desk, ada, said):
    sent = typed(desk.get(ADD), title="A close count", body=TEXT)
    sign_in_again(desk, ada)
    answer = desk.post(ADD, sent, **said)
    page = page_of(answer)
    assert answer.status_code == 403 and not page.xpath("//main//form[@method='post']")
    assert "A second one, with “quotes”" in page.get_element_by_id("typed").text
    assert "A close count" in page.get_element_by_id("typed").text


def test_no_button_for_another_account(desk, ada):
    sent = typed(desk.get(ADD), title="A close count", body=TEXT)
    sign_in_again(desk, factories.make_author(display_name="Ben").user)
    answer = desk.post(ADD, sent, **HERE)
    page = page_of(answer)
    assert answer.status_code == 403 and not page.xpath("//main//form[@method='post']")
    assert "A second one" in page.get_element_by_id("typed").text and not Post.objects.exists()


# --- which forms ----------------------------------------------------------------------------------------------


def test_other_forms_of_authors_come_back_too(owner):
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(owner)
    path = "/admin/blog/category/add/"
    sent = values_of(form_of(desk.get(path), form_id="category_form")) | {
        "name": "Courts",
        "slug": "courts",
        "_save": "1",
    }
    sign_out_elsewhere()
    assert desk.post(path, sent, **HERE).status_code == 302
    sign_in_again(desk, owner)
    page = desk.get(path)
    assert values_of(form_of(page, form_id="category_form"))["name"] == "Courts"
    assert not Category.objects.exists() and not page_of(page).xpath("//*[@role='alert']")


def test_forms_of_rights_and_settings_are_never_kept(owner):
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(owner)
    SiteSettings.load()
    for path, form_id in (
        (f"/admin/accounts/user/{owner.pk}/change/", "user_form"),
        ("/admin/blog/sitesettings/1/change/", "sitesettings_form"),
    ):
        desk.force_login(owner)
        sent = values_of(form_of(desk.get(path), form_id=form_id)) | {"_save": "1"}
        sign_out_elsewhere()
        answer = desk.post(path, sent, **HERE)
        assert re.match(r"/(admin|accounts)/login/", answer.url) and not Session.objects.exists()


def test_passwords_codes_and_keys_are_never_given_back(rf):
    names = ("password", "new_password", "password1", "code", "secret_key", "csrfmiddlewaretoken", "token")
    request = rf.post("/", dict.fromkeys(names, "hunter2") | {"title": "A"})
    assert kept_forms.fields_of(request) == [("title", "A")]


# --- no longer allowed ----------------------------------------------------------------------------------------


def test_who_lost_their_role_meanwhile_can_copy_their_words(desk, ada):
    sent = typed(desk.get(ADD), title="A close count", body=TEXT)
    ada.author.delete()
    answer = desk.post(ADD, sent, **HERE)
    assert answer.status_code == 403
    assert "A second one, with “quotes”" in page_of(answer).get_element_by_id("typed").text


def test_whose_post_is_gone_can_copy_their_words(desk, ada):
    post = factories.make_post(by=ada.author, state="draft")
    sent = typed(desk.get(editor_of(post)), title="A close count", body=TEXT)
    Post.objects.filter(pk=post.pk).delete()
    answer = desk.post(editor_of(post), sent, **HERE)
    assert answer.status_code == 404
    assert "A close count" in page_of(answer).get_element_by_id("typed").text


def test_a_form_that_nobody_may_send_again_gives_no_words_back(client, ada):
    client.force_login(ada)
    answer = client.post("/admin/accounts/user/1/change/", {"display_name": "Two words"})
    assert answer.status_code == 403 and not page_of(answer).xpath("//*[@id='typed']")
