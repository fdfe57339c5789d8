"""The network comes late or not at all: the reader stays in the thread, is told so, and what is typed is kept."""

import re

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.journeys.conftest import READERS
from tests.journeys.test_a_reader_takes_part import by, introduce, reply_to, saying
from tests.journeys.waiting import Slow, expect_soon, wait_for_scripts

pytestmark = pytest.mark.journey

OFFLINE = "You seem to be offline. Nothing was sent. Try again when you’re back online."
NOT_OPENED = "You seem to be offline, so this can’t be opened."


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

# These open something; the others send something.
LINKS = ("reply", "more", "keys")


# --- no network -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", PRESSED)
def test_without_a_network_the_first_press_stays_in_the_thread(scripted, talk, what):
    page = scripted
    page.goto(talk)
    page.context.set_offline(True)
    page.get_by_label("Your comment").fill("Typed in a tunnel.")
    control = PRESSED[what](page)
    for _press in range(2):
        control.click()
        expect(page.get_by_role("alert")).to_have_text(NOT_OPENED if what in LINKS else OFFLINE)
        expect(page.get_by_role("alert")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(f"{talk}$"))
    expect(page.get_by_label("Your comment")).to_have_value("Typed in a tunnel.")


def test_back_in_the_network_the_same_presses_do_what_they_say(scripted, talk):
    page = scripted
    page.goto(talk)
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
    # Its scripts come by pointing at it; what it asks for is asked when it is pressed.
    with page.expect_request(re.compile(rf"/js/{'menu' if what == 'more' else what}\.")):
        PRESSED[what](page).hover()
    wait_for_scripts(page, "menu" if what == "more" else what)
    page.context.set_offline(True)
    PRESSED[what](page).click()
    expect(page.get_by_role("alert")).to_have_text(NOT_OPENED)
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


# --- a network that is slow -----------------------------------------------------------------------------------


@pytest.mark.parametrize("late", ["send", "keys"])
@pytest.mark.parametrize(("key", "before"), [("r", ""), ("q", r"> .+\n> — bo, #\d+\n\n")])
def test_what_is_typed_while_the_form_is_on_its_way_goes_into_it(scripted, talk, late, key, before):
    page = scripted
    slow = Slow(page, f"**/js/{late}.*")
    page.goto(talk)
    by(page, "bo").focus()
    page.keyboard.press(key)
    page.keyboard.type("vexing question, jx.?", delay=5)
    slow.let_go()
    box = page.get_by_label("Your reply to bo")
    expect(box).to_have_value(re.compile(f"^{before}vexing question, jx\\.\\?$"))
    expect(box).to_be_focused()
    page.keyboard.type(" And on.")
    expect(box).to_have_value(re.compile(r"question, jx\.\? And on\.$"))
    expect(page.locator(".comment button[aria-pressed=true]")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_typing_at_once_after_a_press_of_reply_works_too(scripted, talk):
    page = scripted
    slow = Slow(page, "**/js/send.*")
    page.goto(talk)
    PRESSED["reply"](page).click()
    page.keyboard.type("vivid", delay=5)
    slow.let_go()
    expect(page.get_by_label("Your reply to fay")).to_have_value("vivid")
    # Afterwards keys are shortcuts again.
    by(page, "fay").focus()
    page.keyboard.press("v")
    expect(vote(page)).to_have_attribute("aria-pressed", "true")


def test_keys_after_an_answer_that_could_not_be_opened_are_shortcuts_again(scripted, talk):
    page = scripted
    page.goto(talk)
    by(page, "fay").focus()
    wait_for_scripts(page, "keys")
    # After each failure the page asks whether it is the network's.
    asked: list[Request] = []
    page.on("requestfailed", lambda request: asked.append(request) if request.method == "HEAD" else None)
    page.context.set_offline(True)
    for press in (1, 2):
        page.keyboard.press("q")
        expect_soon(page, lambda wanted=press: len(asked) == wanted)
        expect(page.get_by_role("alert")).to_have_text(NOT_OPENED)
    expect(page.get_by_role("alert")).to_have_count(1)
    page.context.set_offline(False)
    page.keyboard.press("v")
    expect(vote(page)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("form.comment-form")).to_have_count(1)
    reply_to(page, "fay")
