"""A reader makes an account, comes back to it in every way, and guards it: with scripts, and without."""

import dataclasses
import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value
from playwright.sync_api import Page, expect

from tests.journeys.axe import inspect
from tests.journeys.conftest import READERS, Site, Visits
from tests.journeys.stage import PASSWORD

pytestmark = pytest.mark.journey

DIFFERENT = ["phone, dark, no scripts", "desktop, dark, scripts"]


@pytest.fixture
def here(site, browser):
    """Visits by the name at which browsers allow passkeys."""
    visits = Visits(browser, dataclasses.replace(site, url=site.url.replace("127.0.0.1", "localhost")))
    yield visits
    visits.close()
    assert visits.complaints == []


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.locator("main").get_by_role("link", name=name, exact=True).click()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_role("textbox", name="E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    press(page, "Sign in")


def fill_in_account(page: Page, name: str, email: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_role("textbox", name="E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Create account")


def fill_in_code(page: Page, site: Site, email: str) -> None:
    """Type the code that was mailed, once the page asks for it: then the mail is there."""
    expect(page.get_by_label("Code")).to_be_visible()
    page.get_by_label("Code").fill(site.mailed_code(email))
    press(page, "Continue")


def sign_up(page: Page, site: Site, name: str) -> str:
    """Make an account, and return its address."""
    email = f"{name.casefold()}@example.org"
    page.goto("/accounts/signup/")
    fill_in_account(page, name, email)
    fill_in_code(page, site, email)
    expect(page.locator("footer").get_by_role("button", name="Sign out")).to_be_attached()
    return email


def sign_out(page: Page) -> None:
    page.locator("footer").get_by_role("button", name="Sign out").click()
    expect(page.locator("footer").get_by_role("button", name="Sign out")).to_have_count(0)


def inspect_if_scripts_run(page: Page, params: dict) -> None:
    """axe is a script itself, so a page is looked at where scripts run."""
    if params["java_script_enabled"]:
        size = page.viewport_size
        inspect(page)
        page.set_viewport_size(size)


@pytest.mark.parametrize("kind", READERS)
def test_signing_up_and_back_to_the_comment_one_was_reading(visit, site, kind, newcomer):
    page, name = visit(**READERS[kind]), newcomer
    email = f"{name.casefold()}@example.org"
    place = f"{site.lanes}#comment-{site.comments['dee']}"
    page.goto(f"/accounts/login/?next={place.replace('#', '%23')}")
    expect(page.locator("main")).to_contain_text("You’ll then return to where you were.")
    follow(page, "Create an account")
    fill_in_account(page, "Rаe", email)
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_contain_text("This name, or one very like it, is taken.")
    expect(page.get_by_role("textbox", name="E-mail")).to_have_value(email)
    inspect_if_scripts_run(page, READERS[kind])
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Create account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    page.get_by_label("Code").fill("BBBB-BBBB")
    press(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("That code is wrong or has expired.")
    inspect_if_scripts_run(page, READERS[kind])
    fill_in_code(page, site, email)
    expect(page).to_have_url(re.compile(f"{re.escape(place)}$"))
    expect(page.locator("*:target")).to_be_in_viewport()
    expect(page.get_by_role("navigation", name="Main").get_by_text(name)).to_be_attached()


@pytest.mark.parametrize("kind", DIFFERENT)
def test_a_member_signs_in_by_code_changes_what_is_hers_and_signs_out(visit, site, kind, member):
    page, name = visit(**READERS[kind]), member
    email = f"{name.casefold()}@example.org"
    page.goto("/accounts/login/")
    follow(page, "Get a code by e-mail")
    page.get_by_role("textbox", name="E-mail").fill(email)
    press(page, "Send the code")
    fill_in_code(page, site, email)
    page.locator("footer").get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    page.get_by_role("link", name="Change your name").click()
    page.get_by_label("Name").fill(f"{name} Reader")
    press(page, "Save")
    expect(page.locator("main")).to_contain_text("Your name has been changed.")
    page.get_by_role("link", name="Change your e-mail address").click()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Continue")
    page.get_by_role("textbox", name="E-mail").fill(f"new-{email}")
    inspect_if_scripts_run(page, READERS[kind])
    press(page, "Send the code")
    fill_in_code(page, site, f"new-{email}")
    expect(page.locator("main")).to_contain_text(f"new-{email}")
    follow(page, "See devices")
    expect(page.locator("main")).to_contain_text("Chrome, Linux this device")
    sign_out(page)


@pytest.mark.parametrize("kind", DIFFERENT)
def test_an_app_guards_an_account(visit, site, kind, newcomer):
    page = visit(**READERS[kind])
    email = sign_up(page, site, newcomer)
    page.goto("/accounts/second-factor/")
    follow(page, "Add an app")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Continue")
    expect(page.get_by_role("img")).to_be_visible()
    secret = page.locator(".key").inner_text().replace(" ", "")
    inspect_if_scripts_run(page, READERS[kind])
    page.get_by_label("Code from the app").fill("000000")
    press(page, "Add the app")
    expect(page.get_by_role("alert")).to_contain_text("That code is wrong")
    page.get_by_label("Code from the app").fill(app_code(secret))
    press(page, "Add the app")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    recovery = page.locator(".recovery kbd").first.inner_text()
    inspect_if_scripts_run(page, READERS[kind])
    sign_out(page)
    page.goto("/accounts/login/?next=/tags/")
    sign_in(page, email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Two-step sign-in")
    inspect_if_scripts_run(page, READERS[kind])
    page.get_by_label("Code from your app").fill(recovery)
    press(page, "Sign in")
    expect(page).to_have_url(re.compile("/tags/$"))


def app_code(secret: str) -> str:
    from allauth.mfa.totp.internal.auth import hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_a_password_is_shown_while_its_button_is_pressed_in(visit):
    page = visit(width=360)
    page.goto("/accounts/login/")
    field, show = page.get_by_label("Password"), page.get_by_role("button", name="Show Password")
    field.fill("a word or two")
    expect(show).to_have_attribute("aria-pressed", "false")
    show.click()
    expect(show).to_have_attribute("aria-pressed", "true")
    expect(field).to_have_attribute("type", "text")
    inspect(page)
    show.click()
    expect(field).to_have_attribute("type", "password")


def test_without_scripts_nothing_is_shown_that_needs_them(visit):
    page = visit(width=360, java_script_enabled=False)
    page.goto("/accounts/login/")
    expect(page.get_by_role("button", name="Show Password")).to_have_count(0)
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)


# --- passkeys -------------------------------------------------------------------------------------------------


def give_device(page: Page, *, verified: bool = True):
    """Let the browser have a device that keeps passkeys; its owner is recognised, or is not."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    return session, made["authenticatorId"]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_passkey_is_made_signs_in_alone_and_is_removed(here, site, width, newcomer):
    page = here(width=width)
    email = sign_up(page, site, newcomer)
    session, device = give_device(page)
    page.goto("/accounts/second-factor/")
    follow(page, "Add a passkey")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Continue")
    expect(page.get_by_text("your browser runs none")).to_be_hidden()
    inspect(page)
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_label("Name of this passkey").fill("my phone")
    press(page, "Create passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    follow(page, "‹ Two-step sign-in")
    expect(page.get_by_text("my phone").first).to_be_visible()
    inspect(page)
    page.set_viewport_size({"width": width, "height": 900})
    sign_out(page)

    page.goto(f"/accounts/login/?next={site.lanes}%23comment-{site.comments['dee']}")
    press(page, "Use a passkey")
    expect(page).to_have_url(re.compile(f"#comment-{site.comments['dee']}$"))
    sign_out(page)

    page.goto("/accounts/login/?next=/tags/")
    sign_in(page, email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Two-step sign-in")
    press(page, "Use your passkey")
    expect(page).to_have_url(re.compile("/tags/$"))

    # Somebody else holds the phone: the finger is not the right one.
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    sign_out(page)
    page.goto("/accounts/login/")
    press(page, "Use a passkey")
    expect(page.get_by_role("alert")).to_contain_text("Cancelled.")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    press(page, "Use a passkey")
    expect(page.locator("footer").get_by_role("button", name="Sign out")).to_be_visible()

    page.goto("/accounts/second-factor/")
    page.get_by_role("link", name="Remove my phone").click()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Continue")
    press(page, "Remove passkey")
    expect(page.locator("main")).to_contain_text("The passkey has been removed.")
    sign_out(page)
    page.goto("/accounts/login/?next=/tags/")
    sign_in(page, email)
    expect(page).to_have_url(re.compile("/tags/$"))


def test_at_a_number_one_is_told_where_passkeys_work(visit, member_state):
    page = visit(storage_state=member_state)
    page.goto("/accounts/second-factor/")
    expect(page.locator("main")).to_contain_text("Passkeys don’t work at a numeric address")
    expect(page.get_by_role("link", name="http://localhost")).to_be_visible()


def test_without_scripts_the_page_of_a_new_passkey_says_why_not(here):
    page = here(java_script_enabled=False)
    page.goto("/accounts/login/?next=/accounts/second-factor/passkeys/add/")
    sign_in(page, "rae@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Continue")
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Create passkey")).to_have_count(0)
