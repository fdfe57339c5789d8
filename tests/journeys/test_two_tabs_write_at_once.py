"""Two tabs write the same comment: one goes along with the other until both have words, and then neither loses any."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import READERS
from tests.journeys.test_a_reader_takes_part import introduce, reply_to, saying
from tests.journeys.test_nothing_typed_is_lost import KEPT, expect_drafts, type_reply
from tests.journeys.waiting import expect_soon

pytestmark = pytest.mark.journey

OTHER = re.compile(r"You have a different draft of this open in another tab\. Add it here$")


@pytest.fixture(params=[name for name in READERS if name.endswith(", scripts")])
def scripted(request, visit) -> Page:
    return visit(**READERS[request.param])


def stop_time(page: Page) -> None:
    """Let no timer of this browser's pages go off: what is typed is kept only when a page is told to."""
    page.clock.pause_at(page.evaluate("() => Date.now() + 1000"))


def keep_now(page: Page, other: Page) -> None:
    """Have a tab keep what is typed, as it does when somebody looks at another one, and the other tab hear of it."""
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    kept = page.evaluate(STORED)
    expect_soon(other, lambda: other.evaluate(STORED), kept)


STORED = "() => ({ ...localStorage })"


def test_another_tab_goes_along_unless_something_was_typed_in_it(scripted, talk):
    page = scripted
    page.clock.install()
    page.goto(talk)
    box = page.get_by_label("Your comment")
    box.press_sequentially("One")
    expect(page.locator("#join .draft")).to_have_text(KEPT)
    other = page.context.new_page()
    other.goto(talk)
    expect(other.get_by_label("Your comment")).to_have_value("One")
    other.get_by_label("Your comment").press_sequentially(", two")
    expect(box).to_have_value("One, two")
    # At once: neither hears of the other before it has words of its own.
    stop_time(page)
    box.press_sequentially(", three")
    other.get_by_label("Your comment").press_sequentially(", and mine")
    keep_now(other, page)
    expect(other.locator("#join .draft")).to_have_text(KEPT)
    keep_now(page, other)
    expect(other.locator("#join .draft")).to_have_text(OTHER)
    expect(box).to_have_value("One, two, three")
    expect(other.get_by_label("Your comment")).to_have_value("One, two, and mine")


def both_typed(page: Page, talk: str) -> tuple[Locator, Page, Locator]:
    """Two tabs with different answers to bo, typed at once; the second one is kept last."""
    page.clock.install()
    page.goto(talk)
    other = page.context.new_page()
    other.goto(talk)
    first, second = reply_to(page, "bo"), reply_to(other, "bo")
    # At once: neither hears of the other before it has words of its own.
    stop_time(page)
    for form, words in ((first, "Typed here."), (second, "Typed there.")):
        form.get_by_label("Your reply to bo").fill(words)
    for tab, sibling, form in ((page, other, first), (other, page, second)):
        keep_now(tab, sibling)
        expect(form.locator(".draft")).to_contain_text("Draft saved at")
    for form in (first, second):
        expect(form.locator(".draft")).to_have_text(OTHER)
    page.clock.resume()
    return first, other, second


def test_two_tabs_take_nothing_from_each_other(scripted, talk):
    page = scripted
    first, other, second = both_typed(page, talk)
    # Whatever goes on in one, the other keeps what it has.
    second.get_by_label("Your reply to bo").press_sequentially(" And more.")
    expect(second.locator(".draft")).to_have_text(OTHER)
    expect(first.get_by_label("Your reply to bo")).to_have_value("Typed here.")
    # What either tab had is there after the other one is gone.
    other.close()
    page.reload()
    page.get_by_role("button", name="Add it here").click()
    box = page.get_by_label("Your reply to bo")
    expect(box).to_have_value("Typed there. And more.\n\nTyped here.")
    page.reload()
    expect(box).to_have_value("Typed there. And more.\n\nTyped here.")
    expect(page.get_by_role("button", name="Add it here")).to_have_count(0)


def test_what_is_posted_in_one_tab_leaves_what_was_typed_in_the_other(scripted, talk):
    page = scripted
    first, other, second = both_typed(page, talk)
    introduce(second, "Gus")
    second.get_by_role("button", name="Post reply").click()
    expect(saying(other, "Typed there.")).to_be_focused()
    other.close()
    page.reload()
    form = page.locator("form.comment-form", has=page.get_by_label("Your reply to bo"))
    expect(form.get_by_label("Your reply to bo")).to_have_value("Typed here.")
    introduce(form, "Gus")
    form.get_by_role("button", name="Post reply").click()
    expect(saying(page, "Typed here.")).to_be_focused()
    expect(saying(page, "Typed there.")).to_be_visible()
    expect_drafts(page, 0)


def test_what_is_thrown_away_in_one_tab_leaves_what_was_typed_in_the_other(scripted, talk):
    page = scripted
    _first, other, second = both_typed(page, talk)
    other.close()
    page.reload()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Your reply to bo")).to_have_value("")
    page.get_by_role("button", name="Add it here").click()
    expect(page.get_by_label("Your reply to bo")).to_have_value(re.compile("^Typed (t?)here.$"))


def test_going_on_in_another_tab_after_posting_is_another_comment(scripted, talk):
    page = scripted
    page.goto(talk)
    first = type_reply(page, "bo", "A thought")
    other = page.context.new_page()
    other.goto(talk)
    box = other.get_by_label("Your reply to bo")
    expect(box).to_have_value("A thought")
    introduce(first, "Gus")
    first.get_by_role("button", name="Post reply").click()
    expect(saying(page, "A thought")).to_be_focused()
    box.press_sequentially(", and another")
    form = other.locator("form.comment-form", has=box)
    expect(form.locator(".draft")).to_have_text(KEPT)
    introduce(form, "Gus")
    form.get_by_role("button", name="Post reply").click()
    expect(saying(other, "A thought, and another")).to_be_focused()
