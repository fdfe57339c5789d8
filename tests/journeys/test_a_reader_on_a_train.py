"""The network comes late or not at all: the reader stays in the thread, is told so, and what is typed is kept."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import READERS
from tests.journeys.test_a_reader_takes_part import by, introduce, saying

pytestmark = pytest.mark.journey

OFFLINE = "You seem to be offline. Nothing was sent and nothing is lost: try again in a moment."


@pytest.fixture(params=[name for name in READERS if name.endswith(", scripts")])
def scripted(request, visit) -> Page:
    return visit(**READERS[request.param])


def vote(page: Page) -> Locator:
    return by(page, "fay").get_by_role("button", name=re.compile("Upvote"))


# What needs scripts that have not come, by what it is called.
PRESSED = {
    "vote": vote,
    "reply": lambda page: by(page, "fay").get_by_role("link", name="Reply to fay"),
    "more": lambda page: by(page, "fay").get_by_role("link", name=re.compile("^More")),
    "keys": lambda page: page.locator("a.keys"),
    "post": lambda page: page.get_by_role("button", name="Post comment"),
    "preview": lambda page: page.get_by_role("button", name="Preview"),
}


# --- no network -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", PRESSED)
def test_without_a_network_the_first_press_stays_in_the_thread(scripted, talk, what):
    page = scripted
    page.goto(talk)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_label("Your comment").fill("Typed in a tunnel.")
    control = PRESSED[what](page)
    for _press in range(2):
        control.click()
        expect(page.get_by_role("alert")).to_have_text(OFFLINE)
        expect(page.get_by_role("alert")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(f"{talk}$"))
    expect(page.get_by_label("Your comment")).to_have_value("Typed in a tunnel.")


def test_back_in_the_network_the_same_presses_do_what_they_say(scripted, talk):
    page = scripted
    page.goto(talk)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    join = page.locator("#join form")
    introduce(join, "Gus")
    join.get_by_label("Your comment").fill("Typed in a tunnel.")
    for what in ("vote", "post"):
        PRESSED[what](page).click()
        expect(page.get_by_role("alert")).to_have_text(OFFLINE)
    page.context.set_offline(False)
    vote(page).click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(vote(page)).to_have_attribute("aria-pressed", "true")
    PRESSED["post"](page).click()
    expect(saying(page, "Typed in a tunnel.")).to_be_focused()
    expect(saying(page, "Typed in a tunnel.")).to_have_count(1)


@pytest.mark.parametrize("what", ["more", "keys"])
def test_what_was_on_its_way_when_the_network_went_is_said_too(scripted, talk, what):
    page = scripted
    page.goto(talk)
    PRESSED[what](page).hover()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    PRESSED[what](page).click()
    expect(page.get_by_role("alert")).to_have_text(OFFLINE)
    expect(page).to_have_url(re.compile(f"{talk}$"))


# --- a script that is broken ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("script", "what"), [("reply", "reply"), ("menu", "more")])
def test_a_script_that_is_broken_leaves_the_plain_way(scripted, talk, script, what):
    page = scripted
    page.route(f"**/js/{script}.*", lambda route: route.abort())
    page.goto(talk)
    PRESSED[what](page).click()
    expect(page).to_have_url(re.compile(r"/comments/\d+/(reply/)?$"))


def test_a_script_that_is_broken_does_not_keep_a_comment_back(scripted, talk):
    page = scripted
    page.route("**/js/send.*", lambda route: route.abort())
    page.goto(talk)
    join = page.locator("#join form")
    introduce(join, "Gus")
    join.get_by_label("Your comment").fill("Sent all the same.")
    PRESSED["post"](page).click()
    expect(saying(page, "Sent all the same.")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(r"#comment-\d+$"))
