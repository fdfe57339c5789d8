"""A reader mutes, finds, and goes through a thread by keys and menus; with scripts and without."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.test_a_reader_takes_part import by, has_scripts, saying, sign_in
from tests.journeys.waiting import expect_soon, wait_for_scripts

pytestmark = pytest.mark.journey

MUTED_PERSON = "Muted reader"


@pytest.fixture
def scripted(visit) -> Page:
    return visit(width=360)


def ask_for_more(page: Page, name: str) -> None:
    by(page, name).get_by_role("link", name=f"More on {name}").click()


def mute(page: Page, name: str, button: str) -> None:
    """Mute by the menu, or by the page that it stands for."""
    ask_for_more(page, name)
    if has_scripts(page):
        page.get_by_role("menuitem", name=button).click()
    else:
        page.get_by_role("link", name="Mute…").click()
        page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile("#comment-"))


def heading(page: Page, words: str) -> Locator:
    return page.get_by_role("heading", name=words)


def focus_is_on(page: Page, name: str) -> None:
    expect(by(page, name)).to_be_focused()
    expect(by(page, name)).to_be_in_viewport()


# --- muting ---------------------------------------------------------------------------------------------------


def test_a_guest_mutes_a_person_looks_all_the_same_and_shows_them_again(every_reader, talk):
    page = every_reader
    page.goto(talk)
    mute(page, "bo", "Mute bo")
    stub = saying(page, "Text of bo.")
    expect(stub.get_by_role("heading")).to_have_text(MUTED_PERSON)
    expect(stub.get_by_text("Text of bo.")).to_be_hidden()
    expect(stub.get_by_role("link", name="Reply to bo")).to_be_hidden()
    # The answer to it stays, and does not name them.
    expect(by(page, "cy").get_by_text("a muted reader")).to_be_visible()
    stub.get_by_text("Show", exact=False).first.click()
    expect(stub.get_by_text("Text of bo.")).to_be_visible()
    expect(stub.get_by_role("link", name="Reply to bo")).to_be_visible()

    stub.get_by_role("link", name=MUTED_PERSON).click()
    expect(page.get_by_role("listitem").filter(has_text="muted ")).to_have_count(1)
    page.get_by_role("button", name=re.compile("^Unmute.*bo$")).click()
    expect(page.get_by_text("You haven’t muted anyone")).to_be_visible()
    page.goto(talk)
    expect(by(page, "bo").get_by_text("Text of bo.")).to_be_visible()


def test_a_muted_branch_is_one_line_until_it_is_shown_again(reader, talk):
    page = reader
    page.goto(talk)
    mute(page, "bo", "Mute these replies")
    expect(heading(page, "Muted: 3 comments")).to_be_visible()
    for hidden in ("bo", "cy", "dee"):
        expect(by(page, hidden)).to_have_count(0)
    expect(by(page, "eve")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Show .*its replies$")).click()
    expect(saying(page, "Text of bo.")).to_be_visible()
    expect(by(page, "dee")).to_be_visible()
    page.get_by_role("button", name="Unmute").click()
    page.wait_for_url(re.compile("#comment-"))
    expect(by(page, "cy")).to_be_visible()


def test_a_member_finds_what_they_muted_from_their_settings(visit, talk, member):
    page = visit(java_script_enabled=False)
    sign_in(page, member)
    page.goto(talk)
    mute(page, "fay", "Mute these replies")
    page.goto("/accounts/")
    page.get_by_role("link", name="Muted people and replies").click()
    page.get_by_role("button", name=re.compile("^Unmute.*its replies")).click()
    expect(page.get_by_role("button", name=re.compile("^Unmute.*its replies"))).to_have_count(0)
    page.goto(talk)
    expect(by(page, "fay")).to_be_visible()


# --- the menu -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["Enter", " "])
def test_the_menu_goes_by_arrows_and_gives_the_focus_back(scripted, talk, key):
    page = scripted
    page.goto(talk)
    more = by(page, "fay").get_by_role("link", name="More on fay")
    more.focus()
    page.keyboard.press(key)
    expect(page.get_by_role("menu", name="More on fay’s comment")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Copy link")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="Feed of these replies")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Copy link")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem").last).to_be_focused()
    page.keyboard.press("Home")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_be_hidden()
    expect(more).to_be_focused()
    page.keyboard.press(key)
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("menu")).to_be_hidden()


def test_the_menu_stays_within_the_window_and_closes_by_a_click_elsewhere(scripted, talk):
    page = scripted
    page.goto(talk)
    ask_for_more(page, "dee")
    menu = page.locator(".menu")
    expect(menu).to_be_visible()

    def is_within_the_window() -> bool:
        box = menu.bounding_box()
        return 0 <= box["x"] <= 360 - box["width"] and 0 <= box["y"] <= 900 - box["height"]

    expect_soon(page, is_within_the_window)
    page.mouse.click(5, 5)
    expect(menu).to_be_hidden()


def test_the_link_is_copied_and_it_is_said(visit, talk):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    page.goto(talk)
    ask_for_more(page, "cy")
    page.get_by_role("menuitem", name="Copy link").click()
    expect(page.locator("#say")).to_have_text("Link copied")
    expect(by(page, "cy").get_by_role("link", name="More on cy")).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/in-thread/")


def test_without_an_answer_more_leads_to_its_page(visit, talk):
    page = visit()
    page.route(
        "**/comments/*/",
        lambda route: route.abort() if "x-fragment" in route.request.headers else route.continue_(),
    )
    page.goto(talk)
    ask_for_more(page, "fay")
    page.wait_for_url(re.compile(r"/comments/\d+/$"))


def test_without_scripts_the_page_of_a_comment_does_not_lead_to_itself(visit, talk):
    page = visit(java_script_enabled=False)
    page.goto(talk)
    ask_for_more(page, "fay")
    page.wait_for_url(re.compile(r"/comments/\d+/$"))
    expect(page.locator(".comment-page > .comment .more")).to_be_hidden()


# --- finding --------------------------------------------------------------------------------------------------


def test_a_reader_finds_words_and_goes_on_reading_there(every_reader, talk):
    page = every_reader
    page.goto(talk)
    page.get_by_text("Search this discussion").click()
    page.get_by_label("Search for").fill("TEXT dee")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("1 comment found")).to_be_visible()
    expect(page.locator("mark")).to_have_text(["Text", "dee"])
    # It answers this one.
    expect(page.get_by_text("Text of cy.")).to_be_visible()
    page.get_by_role("link", name="Show in the discussion").click()
    page.wait_for_url(re.compile("#comment-"))
    expect(by(page, "dee")).to_be_in_viewport()


# --- keys -----------------------------------------------------------------------------------------------------


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_keys_go_from_comment_to_comment_and_from_thread_to_thread(scripted, talk):
    page = scripted
    page.goto(f"{talk}#discussion")
    # The first key fetches the script, and counts.
    press(page, "j")
    focus_is_on(page, "ann")
    for key, name in [
        ("j", "bo"),
        ("j", "cy"),
        ("j", "dee"),
        ("j", "eve"),
        ("j", "fay"),
        ("j", "fay"),
        ("k", "eve"),
    ]:
        press(page, key)
        focus_is_on(page, name)
    for key, name in [("Shift+j", "fay"), ("Shift+k", "ann"), ("Shift+k", "ann"), ("k", "ann")]:
        press(page, key)
        focus_is_on(page, name)


def test_keys_work_where_nothing_can_be_stored(scripted, talk):
    page = scripted
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page.goto(f"{talk}#discussion")
    press(page, "j")
    focus_is_on(page, "ann")


def test_keys_pass_by_what_is_folded(scripted, talk):
    page = scripted
    page.goto(f"{talk}#discussion")
    page.locator("summary", has_text="to ann").click()
    press(page, "j")
    focus_is_on(page, "fay")
    press(page, "k")
    focus_is_on(page, "ann")


def test_one_key_folds_and_opens_the_replies(scripted, talk):
    page = scripted
    page.goto(f"{talk}#discussion")
    press(page, "j")
    focus_is_on(page, "ann")
    press(page, "x")
    expect(by(page, "bo")).to_be_hidden()
    focus_is_on(page, "ann")
    press(page, "x", "j")
    focus_is_on(page, "bo")


def test_one_key_leads_to_the_parent_and_the_link_back(scripted, talk):
    page = scripted
    page.goto(f"{talk}#discussion")
    press(page, "j")
    focus_is_on(page, "ann")
    press(page, "j", "j", "u")
    focus_is_on(page, "bo")
    page.get_by_role("link", name="Back to cy’s reply").click()
    focus_is_on(page, "cy")


def test_one_key_answers_and_one_votes(scripted, talk):
    page = scripted
    page.goto(f"{talk}#discussion")
    press(page, "j")
    focus_is_on(page, "ann")
    with page.expect_response("**/comments/vote/"):
        press(page, "v")
    expect(by(page, "ann").locator("footer > button[aria-pressed]")).to_have_attribute("aria-pressed", "true")
    focus_is_on(page, "ann")
    press(page, "r")
    box = page.get_by_label("Your reply to ann")
    expect(box).to_be_focused()
    # The key itself was not typed, and in a field keys are letters.
    page.keyboard.type("jkvx?")
    expect(box).to_have_value("jkvx?")
    expect(box).to_be_focused()


def test_other_keys_are_said_to_who_answers_them(scripted, talk):
    page = scripted
    page.goto(f"{talk}#discussion")
    press(page, "j")
    focus_is_on(page, "ann")
    page.evaluate(
        """() => { window.heard = []; for (const name of ["fold", "quote", "next-new", "previous-new", "show-arrived"])
        document.addEventListener(name, (event) => heard.push(`${name} ${event.target.id ?? ""}`.trim())); }"""
    )
    # What is pressed after "q" is typed into the answer.
    press(page, "x", "n", "p", ".", "Control+x", "Alt+q", "q", "n")
    ann = by(page, "ann").get_attribute("id")
    expect(page.get_by_label("Your reply to ann")).to_have_value(re.compile(r"\n\nn$"))
    wanted = [f"fold {ann}", "next-new", "previous-new", "show-arrived", f"quote {ann}"]
    expect_soon(page, lambda: page.evaluate("heard"), wanted)


def test_the_list_of_keys_is_a_dialog_that_gives_the_focus_back(scripted, talk):
    page = scripted
    page.goto(f"{talk}#discussion")
    press(page, "j")
    focus_is_on(page, "ann")
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    press(page, "j")
    expect(dialog).to_be_visible()
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    focus_is_on(page, "ann")


def test_a_device_without_shortcuts_answers_to_no_key(visit, talk):
    page = visit()
    page.goto(talk)
    page.get_by_role("link", name="Shortcuts").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Turn keyboard shortcuts off").click()
    expect(dialog.get_by_role("button", name="Turn keyboard shortcuts on")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    page.reload()
    press(page, "j", "?")
    wait_for_scripts(page, "keys")
    expect(page.locator(".comment:focus")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto("/shortcuts/")
    page.get_by_role("button", name="Turn keyboard shortcuts on").click()
    expect(page.get_by_role("button", name="Turn keyboard shortcuts off")).to_be_visible()
    page.goto(f"{talk}#discussion")
    press(page, "j")
    focus_is_on(page, "ann")


def test_in_a_private_window_shortcuts_are_off_for_this_page(visit, talk):
    page = visit()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page.goto(talk)
    press(page, "?")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Turn keyboard shortcuts off").click()
    expect(dialog.get_by_role("button", name="Turn keyboard shortcuts on")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    press(page, "j")
    expect(page.locator(".comment:focus")).to_have_count(0)
    page.get_by_role("link", name="Shortcuts").click()
    dialog.get_by_role("button", name="Turn keyboard shortcuts on").click()
    expect(dialog.get_by_role("button", name="Turn keyboard shortcuts off")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    press(page, "j")
    focus_is_on(page, "ann")


def test_a_member_turns_shortcuts_off_in_the_account(visit, talk, member):
    page = visit()
    sign_in(page, member)
    page.goto("/shortcuts/")
    page.get_by_role("button", name="Turn keyboard shortcuts off").click()
    expect(page.get_by_text("Keyboard shortcuts are off.")).to_be_visible()
    page.goto(talk)
    press(page, "j", "?")
    wait_for_scripts(page, "keys")
    expect(page.locator(".comment:focus")).to_have_count(0)
    page.goto("/shortcuts/")
    page.get_by_role("button", name="Turn keyboard shortcuts on").click()
    expect(page.get_by_text("Keyboard shortcuts are on.")).to_be_visible()


def test_without_scripts_the_list_is_a_page(visit, talk):
    page = visit(java_script_enabled=False)
    page.goto(talk)
    page.get_by_role("link", name="Shortcuts").click()
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    expect(page.get_by_text("Keyboard shortcuts need JavaScript")).to_be_visible()


def test_a_link_for_a_finger_does_not_tear_the_lines_of_what_was_answered_apart(visit, site):
    page = visit(width=360, finger=True)
    page.goto(site.busy)
    page.goto(f"/posts/{page.locator('#discussion').get_attribute('data-post')}/find/?q=ruler")
    above = page.locator(".above").first
    height = above.evaluate(
        "(it) => it.getBoundingClientRect().height / parseFloat(getComputedStyle(it).lineHeight)"
    )
    # A whole number of lines: the link makes its own no higher than the others.
    assert height == pytest.approx(round(height), abs=0.1)
    assert above.locator("a").bounding_box()["height"] >= 43.5
