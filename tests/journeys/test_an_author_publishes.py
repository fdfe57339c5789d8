"""An author writes a post in the admin and its readers find it: with scripts, and without."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from blog.models import Post
from tests import factories
from tests.journeys.stage import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada():
    return factories.make_author(display_name="Ada").user


def sign_in(context, client, user, live_server) -> None:
    client.force_login(user)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


def test_with_scripts_a_source_is_put_where_the_caret_is(browser, client, ada, live_server):
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(context, client, ada, live_server)
    page.goto(f"{live_server.url}/admin/blog/post/add/")
    page.fill("[name=title]", "A close count")
    page.fill("[name=body]", "First paragraph.\n\nLast paragraph.")
    page.evaluate("document.querySelector('[name=body]').setSelectionRange(3, 3)")
    opener = page.get_by_role("button", name="Insert a source")
    opener.click()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    opener.click()
    page.fill("[name=source-publication]", "The Ledger")
    page.fill("[name=source-url]", "https://ledger.example/a")
    page.fill("[name=source-text]", "Words to leave out. And more.")
    # With the spaces on both sides, as a mouse selects them.
    page.evaluate("document.querySelector('[name=source-text]').setSelectionRange(5, 20)")
    page.get_by_role("button", name="[…]").click()
    page.press("[name=source-url]", "Enter")
    expect(page.locator("[name=body]")).to_be_focused()
    page.fill("[name=add_tag]", "Ohio")
    page.press("[name=add_tag]", "Enter")
    expect(page.locator("[name=tags]")).to_have_value("Ohio")
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator(".messagelist")).to_contain_text("published")
    post = Post.objects.get()
    assert post.body.startswith("First paragraph.\n\n:::source\npublication: The Ledger\n")
    assert post.body.endswith("Words […] And more.\n:::\n\nLast paragraph.")
    assert complaints == []
    context.close()


def test_without_scripts_a_post_is_written_previewed_and_published(browser, client, ada, live_server):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 780})
    sign_in(context, client, ada, live_server)
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/blog/post/add/")
    page.fill("[name=title]", "A close count")
    page.fill("[name=body]", "My own words.")
    page.fill("[name=source-publication]", "The Ledger")
    page.fill("[name=source-text]", "Their words.")
    page.get_by_role("button", name="Insert source").click()
    expect(page.locator("[name=body]")).to_have_value(
        "My own words.\n\n:::source\npublication: The Ledger\nheadline:\nurl:\nwriter:\ndate:\n\nTheir words.\n:::"
    )
    page.get_by_role("button", name="Preview").first.click()
    expect(page.locator(".clip")).to_contain_text("Their words.")
    page.goto(f"{live_server.url}/admin/blog/post/{Post.objects.get().pk}/change/")
    page.get_by_role("button", name="Publish now").click()
    page.get_by_role("link", name="View on site").click()
    expect(page.locator("h1")).to_have_text("A close count")
    context.close()


# --- signed out meanwhile -------------------------------------------------------------------------------------

TEXT = "First paragraph.\n\nA second one, with “quotes” and <b>tags</b>."
SCREENS = {
    "desktop, scripts": {"viewport": {"width": 1280, "height": 900}},
    "phone, no scripts": {"viewport": {"width": 360, "height": 780}, "java_script_enabled": False},
}


@pytest.fixture(params=SCREENS)
def writing(request, browser, client, ada, live_server):
    """A page on which Ada has typed a post that is not saved."""
    ada.set_password(PASSWORD)
    ada.save()
    context = browser.new_context(base_url=live_server.url, **SCREENS[request.param])
    sign_in(context, client, ada, live_server)
    page = context.new_page()
    page.goto("/admin/blog/post/add/")
    page.fill("[name=title]", "A close count")
    page.fill("[name=tags]", "ohio, recounts")
    page.fill("[name=body]", TEXT)
    yield page
    context.close()


def has_scripts(page) -> bool:
    return page.locator("html.js, .counter").count() > 0


def enter(page, user) -> None:
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_text_sent_signed_out_is_back_after_signing_in(writing, ada):
    page = writing
    if has_scripts(page):
        page.evaluate("document.querySelector('[name=body]').setSelectionRange(5, 5)")
        page.focus("[name=body]")
        expect(page.locator("[name=caret]")).to_have_value("5")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.get_by_text("Sign in within an hour, and your text is back in the form.")).to_be_visible()
    enter(page, ada)
    expect(page.get_by_text("Your text is back. It isn’t saved yet.")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("A close count")
    expect(page.locator("[name=tags]")).to_have_value("ohio, recounts")
    expect(page.locator("[name=body]")).to_have_value(TEXT)
    if has_scripts(page):
        expect(page.locator("[name=body]")).to_be_focused()
        assert page.evaluate("document.activeElement.selectionStart") == 5
    assert not Post.objects.exists()
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    assert Post.objects.get().body == TEXT


def test_a_text_sent_after_signing_in_again_elsewhere_is_sent_by_one_button(writing, ada):
    page = writing
    Session.objects.all().delete()
    other = page.context.new_page()
    other.goto("/accounts/login/")
    enter(other, ada)
    expect(other).to_have_url(f"{page.url.split('/admin/')[0]}/")
    page.get_by_role("button", name="Save draft").first.click()
    expect(page.get_by_role("heading", name="Do you want to send this?")).to_be_visible()
    expect(page.get_by_label("Your text")).to_have_value(TEXT)
    page.get_by_role("button", name="Send it").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    post = Post.objects.get()
    assert (post.title, post.body) == ("A close count", TEXT)
