"""Going back to a page that has to be loaded again, words stand where they were typed and nowhere else."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import READERS
from tests.journeys.test_a_reader_takes_part import introduce, reply_to, saying
from tests.journeys.test_nothing_typed_is_lost import expect_drafts, type_reply

pytestmark = pytest.mark.journey


@pytest.fixture(params=[name for name in READERS if name.endswith(", scripts")])
def scripted(request, visit) -> Page:
    return visit(**READERS[request.param])


def test_going_back_leaves_an_answer_where_it_was_typed(scripted, talk):
    page = scripted
    page.goto(talk)
    type_reply(page, "bo", "Under bo")
    page.get_by_label("Your reply to bo").press_sequentially(", in haste")
    page.goto("/about/")
    page.go_back()
    expect(page.get_by_label("Your reply to bo")).to_have_value("Under bo, in haste")
    expect(page.get_by_label("Your comment")).to_have_value("")
    expect(page.locator("#join .draft")).to_be_empty()
    expect_drafts(page, 1)
    form = page.locator("form.comment-form", has=page.get_by_label("Your reply to bo"))
    introduce(form, "Gus")
    form.get_by_role("button", name="Post reply").click()
    expect(saying(page, "Under bo, in haste")).to_be_focused()
    expect(page.get_by_label("Your comment")).to_have_value("")
    expect_drafts(page, 0)


def test_going_back_to_ones_own_comment_and_an_answer_finds_both(scripted, talk):
    page = scripted
    page.goto(talk)
    page.get_by_label("Your comment").press_sequentially("At the end")
    type_reply(page, "bo", "Under bo")
    page.goto("/about/")
    page.go_back()
    expect(page.get_by_label("Your reply to bo")).to_have_value("Under bo")
    expect(page.get_by_label("Your comment")).to_have_value("At the end")


def test_where_nothing_can_be_kept_the_browser_still_keeps_it(scripted, talk):
    page = scripted
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page.goto(talk)
    reply_to(page, "bo").get_by_label("Your reply to bo").press_sequentially("Only here")
    page.goto("/about/")
    page.go_back()
    # By order, since it knows no better.
    expect(page.get_by_label("Your comment")).to_have_value("Only here")
