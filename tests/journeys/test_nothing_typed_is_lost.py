"""Whatever happens between the first letter and the posted comment, what was typed is still there."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import READERS
from tests.journeys.test_a_reader_takes_part import (
    by,
    fill_in_sign_in,
    introduce,
    remove,
    reply_to,
    saying,
    sign_in,
)
from tests.journeys.waiting import Slow, expect_soon, wait_for_scripts

pytestmark = pytest.mark.journey

SENDING = "**/posts/*/comments/"
KEPT = re.compile(r"^Draft saved at \d\d:\d\d$")
RESTORED = re.compile(r"^Restored your draft from \w{3} \d\d:\d\d\. Discard$")


@pytest.fixture(params=[name for name in READERS if name.endswith(", scripts")])
def scripted(request, visit) -> Page:
    """Each of the readers whose browser runs scripts: what goes wrong here goes wrong on the way."""
    return visit(**READERS[request.param])


def type_reply(page: Page, name: str, words: str) -> Locator:
    """Begin an answer and wait until it is kept."""
    form = reply_to(page, name)
    form.get_by_label(f"Your reply to {name}").press_sequentially(words)
    expect(form.locator(".draft")).to_have_text(KEPT)
    return form


def drafts(page: Page) -> list[str]:
    return page.evaluate("() => Object.keys(localStorage).filter((key) => key.startsWith('draft:'))")


def expect_drafts(page: Page, count: int) -> None:
    """So many drafts are kept, or come to be: what is posted is forgotten by the page that shows it."""
    expect_soon(page, lambda: len(drafts(page)), count)


def expect_nothing_restored(page: Page, label: str) -> None:
    """The scripts that bring drafts back have looked, and have not opened this form."""
    wait_for_scripts(page, "writing")
    expect(page.get_by_label(label)).to_have_count(0)


def answer_with(page: Page, **answer) -> None:
    page.route(SENDING, lambda route: route.fulfill(**answer))


# --- leaving and coming back ----------------------------------------------------------------------------------


def test_a_reload_restores_the_answer_that_was_begun(scripted, talk):
    page = scripted
    page.goto(talk)
    type_reply(page, "bo", "Half a thought")
    page.reload()
    expect(page.get_by_label("Your reply to bo")).to_have_value("Half a thought")
    form = page.locator("form.comment-form", has=page.get_by_label("Your reply to bo"))
    expect(form.locator(".draft")).to_have_text(RESTORED)
    # Nobody asked for the focus.
    expect(page.get_by_label("Your reply to bo")).not_to_be_focused()
    introduce(form, "Gus")
    form.get_by_label("Your reply to bo").press_sequentially(", finished.")
    form.get_by_role("button", name="Post reply").click()
    expect(saying(page, "Half a thought, finished.")).to_be_focused()
    expect_drafts(page, 0)
    page.reload()
    expect_nothing_restored(page, "Your reply to bo")


def test_what_was_typed_in_the_last_moment_is_there_too(scripted, talk):
    page = scripted
    page.goto(talk)
    box = page.get_by_label("Your comment")
    box.fill("Typed")
    expect(page.locator("#join .draft")).to_have_text(KEPT)
    box.press_sequentially(" and gone")
    page.goto("/about/")
    page.goto(talk)
    expect(page.get_by_label("Your comment")).to_have_value("Typed and gone")


def test_a_draft_can_be_thrown_away(scripted, talk):
    page = scripted
    page.goto(talk)
    type_reply(page, "eve", "Better not")
    page.reload()
    form = page.locator("form.comment-form", has=page.get_by_label("Your reply to eve"))
    form.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Your reply to eve")).to_have_value("")
    expect(page.get_by_label("Your reply to eve")).to_be_focused()
    expect(form.locator(".draft")).to_be_hidden()
    expect_drafts(page, 0)


def test_going_back_finds_the_text(scripted, talk):
    page = scripted
    page.goto(talk)
    type_reply(page, "fay", "I looked something up")
    page.goto("/about/")
    page.go_back()
    expect(page.get_by_label("Your reply to fay")).to_have_value("I looked something up")


def test_two_answers_and_a_comment_are_kept_apart(scripted, talk):
    page = scripted
    page.goto(talk)
    type_reply(page, "ann", "To ann")
    type_reply(page, "eve", "To eve")
    page.get_by_label("Your comment").press_sequentially("To all")
    expect(page.locator("#join .draft")).to_have_text(KEPT)
    page.reload()
    for label, words in {
        "Your reply to ann": "To ann",
        "Your reply to eve": "To eve",
        "Your comment": "To all",
    }.items():
        expect(page.get_by_label(label)).to_have_value(words)


def test_the_page_of_an_answer_and_the_form_in_the_thread_share_a_draft(scripted, talk):
    page = scripted
    page.goto(talk)
    type_reply(page, "cy", "Begun in the thread")
    page.goto(by(page, "cy").get_by_role("link", name="Reply to cy").get_attribute("href"))
    box = page.get_by_label("Your reply to cy")
    expect(box).to_have_value("Begun in the thread")
    box.press_sequentially(", ended here.")
    introduce(page.locator("form.comment-form"), "Gus")
    page.get_by_role("button", name="Post reply").click()
    expect(saying(page, "Begun in the thread, ended here.")).to_be_in_viewport()
    expect_drafts(page, 0)
    expect_nothing_restored(page, "Your reply to cy")


def test_control_and_enter_send_it_once_however_late_their_script_comes(scripted, talk):
    page = scripted
    slow = Slow(page, "**/js/draft.*")
    page.goto(talk)
    join = page.locator("#join form")
    introduce(join, "Gus")
    join.get_by_label("Your comment").fill("Sent by keys.")
    join.get_by_label("Your comment").press("Control+Enter")
    slow.let_go()
    expect(saying(page, "Sent by keys.")).to_be_focused()
    page.reload()
    expect(saying(page, "Sent by keys.")).to_have_count(1)


def test_changes_to_a_comment_are_kept_until_they_are_saved(scripted, talk):
    page = scripted
    page.goto(talk)
    join = page.locator("#join form")
    introduce(join, "Gus")
    join.get_by_label("Your comment").fill("As it was.")
    join.get_by_label("Your comment").press("Control+Enter")
    own = saying(page, "As it was.")
    expect(own).to_be_focused()
    address = own.get_by_role("link", name="Edit your comment").get_attribute("href")
    page.goto(address)
    box = page.get_by_label("Your comment")
    box.press_sequentially(" Or not.")
    expect(page.locator(".draft")).to_have_text(KEPT)
    changed = box.input_value()
    # The comment on the post whose number this comment has is another matter.
    page.goto(talk)
    expect(page.locator("#join form").get_by_label("Your comment")).to_have_value("")
    page.goto(address)
    expect(box).to_have_value(changed)
    page.get_by_role("button", name="Discard").click()
    expect(box).to_have_value("As it was.")
    box.fill("As it is.")
    box.press("Control+Enter")
    expect(saying(page, "As it is.")).to_be_in_viewport()
    expect_drafts(page, 0)


@pytest.mark.parametrize("is_reply", [True, False])
def test_the_pages_of_their_own_post_by_ctrl_and_enter(scripted, talk, is_reply):
    page = scripted
    page.goto(talk)
    reply = by(page, "cy").get_by_role("link", name="Reply to cy").get_attribute("href")
    page.goto(reply if is_reply else page.locator("#join form").get_attribute("action"))
    introduce(page.locator("form.comment-form"), "Gus")
    box = page.get_by_label("Your reply to cy" if is_reply else "Your comment")
    box.fill("By the keys.")
    box.press("Control+Enter")
    expect(saying(page, "By the keys.")).to_be_in_viewport()
    expect_drafts(page, 0)


def test_a_draft_of_last_month_is_gone(scripted, talk):
    page = scripted
    page.goto(talk)
    box = page.get_by_label("Your comment")
    box.press_sequentially("Long ago")
    expect(page.locator("#join .draft")).to_have_text(KEPT)
    [key] = drafts(page)
    draft = {"text": "Long ago", "at": page.evaluate("() => Date.now() - 31 * 86400000")}
    page.goto("/about/")
    page.evaluate("([key, draft]) => localStorage.setItem(key, draft)", [key, json.dumps(draft)])
    page.goto(talk)
    expect(page.get_by_role("heading", name="Add a comment")).to_be_visible()
    wait_for_scripts(page, "writing")
    expect(box).to_have_value("")
    expect_drafts(page, 0)


def test_without_storage_everything_works_as_before(scripted, talk):
    page = scripted
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page.goto(talk)
    form = reply_to(page, "bo")
    introduce(form, "Gus")
    form.get_by_label("Your reply to bo").fill("Not kept, but posted.")
    form.get_by_role("button", name="Post reply").click()
    expect(saying(page, "Not kept, but posted.")).to_be_focused()


# --- whose draft it is ----------------------------------------------------------------------------------------


def test_signing_out_leaves_no_draft_and_an_ended_session_keeps_it_from_others(scripted, talk, member):
    page = scripted
    sign_in(page, member)
    page.goto(talk)
    type_reply(page, "dee", "Jude’s own words")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.reload()
    expect_nothing_restored(page, "Your reply to dee")
    page.context.add_cookies(cookies)
    page.reload()
    expect(page.get_by_label("Your reply to dee")).to_have_value("Jude’s own words")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    expect_drafts(page, 0)


def test_an_ended_session_is_said_and_the_way_back_leads_to_the_text(scripted, visit, talk, member):
    visit.expected.add((403, "/comments/"))
    page = scripted
    sign_in(page, member)
    page.goto(talk)
    form = type_reply(page, "dee", "Before it ended.")
    page.context.clear_cookies()
    form.get_by_role("button", name="Post reply").click()
    alert = form.get_by_role("alert")
    expect(alert).to_contain_text("You’ve been signed out. Your text is saved on this device.")
    alert.get_by_role("button", name="Sign in").click()
    fill_in_sign_in(page, member)
    expect(page.get_by_label("Your reply to dee")).to_have_value("Before it ended.")
    page.get_by_role("button", name="Post reply").click()
    expect(saying(page, "Before it ended.")).to_be_in_viewport()
    expect_drafts(page, 0)


def test_a_guest_who_signs_in_first_takes_the_draft_along(scripted, talk, member):
    page = scripted
    page.goto(talk)
    form = type_reply(page, "eve", "I have an account.")
    form.get_by_role("button", name="Sign in").click()
    fill_in_sign_in(page, member)
    expect(page.get_by_label("Your reply to eve")).to_have_value("I have an account.")
    # The server gives it back; once it is a member's draft, it is a guest's no more.
    expect_soon(page, lambda: [key.endswith(":guest") for key in drafts(page)], [False])
    page.get_by_role("button", name="Post reply").click()
    expect(saying(page, "I have an account.")).to_be_in_viewport()
    expect_drafts(page, 0)


def test_signing_in_takes_no_words_of_another_tab_away(scripted, talk, member):
    page = scripted
    page.goto(talk)
    form = type_reply(page, "eve", "From here.")
    [key] = drafts(page)
    page.evaluate(
        """(key) => {
          const draft = JSON.parse(localStorage.getItem(key));
          localStorage.setItem(key, JSON.stringify({ ...draft, others: [["another", "From there."]] }));
        }""",
        key,
    )
    form.get_by_role("button", name="Sign in").click()
    fill_in_sign_in(page, member)
    expect(page.get_by_label("Your reply to eve")).to_have_value("From here.")
    expect_soon(page, lambda: words_under(page, key), "From there.")


def words_under(page: Page, key: str) -> str:
    """Return the words of a draft and of what other tabs wrote."""
    return page.evaluate(
        """(key) => {
          const { text = "", others = [] } = JSON.parse(localStorage.getItem(key)) ?? {};
          return [text, ...others.map(([, words]) => words)].join(" / ");
        }""",
        key,
    )


# --- what the server answers ----------------------------------------------------------------------------------


def test_an_answer_that_was_lost_and_a_reload_give_one_comment(scripted, talk):
    page = scripted
    page.goto(talk)
    form = type_reply(page, "eve", "From a train.")
    introduce(form, "Gus")
    page.route(SENDING, lambda route: (route.fetch(), route.abort()))
    form.get_by_role("button", name="Post reply").click()
    expect(form.get_by_role("alert")).to_contain_text("Your text is still here")
    page.unroute_all()
    page.reload()
    form = page.locator("form.comment-form", has=page.get_by_label("Your reply to eve"))
    expect(form.get_by_label("Your reply to eve")).to_have_value("From a train.")
    introduce(form, "Gus")
    form.get_by_role("button", name="Post reply").click()
    expect(saying(page, "From a train.")).to_be_focused()
    page.reload()
    expect(saying(page, "From a train.")).to_have_count(1)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            {"status": 429, "content_type": "text/plain", "body": "Please try again in 3 minutes."},
            "in 3 minutes",
        ),
        (
            {"status": 500, "content_type": "text/html", "body": "<h1>Broken</h1>"},
            "Your comment wasn’t sent.",
        ),
        (
            {"status": 503, "content_type": "text/plain", "body": "Nothing can be saved."},
            "Nothing can be saved.",
        ),
        (
            {"status": 413, "content_type": "text/html", "body": "<h1>Too large</h1>"},
            "Your comment wasn’t sent.",
        ),
        # The page of a café's network that wants to be accepted first.
        (
            {"status": 200, "content_type": "text/html", "body": "<h1>Welcome</h1>"},
            "Your comment wasn’t sent.",
        ),
    ],
)
def test_whatever_is_answered_the_text_stays_and_is_there_after_a_reload(
    scripted, visit, talk, answer, words
):
    visit.expected.add((answer["status"], "/comments/"))
    page = scripted
    page.goto(talk)
    form = type_reply(page, "ann", "Still here.")
    answer_with(page, **answer)
    form.get_by_role("button", name="Post reply").click()
    expect(form.get_by_role("alert")).to_contain_text(words)
    expect(form.get_by_role("alert")).to_be_focused()
    expect(form.get_by_role("alert")).not_to_contain_text("Welcome")
    expect(form.get_by_label("Your reply to ann")).to_have_value("Still here.")
    page.unroute_all()
    page.reload()
    expect(page.get_by_label("Your reply to ann")).to_have_value("Still here.")


def test_a_held_comment_is_posted_so_its_draft_is_gone(scripted, talk):
    page = scripted
    page.goto(talk)
    links = " and then ".join(f"https://example.org/{number}" for number in range(4))
    form = type_reply(page, "cy", links)
    introduce(form, "Linus")
    form.get_by_role("button", name="Post reply").click()
    expect(saying(page, "https://example.org/3").get_by_text("Waiting for review")).to_be_in_viewport()
    expect_drafts(page, 0)


def test_an_answer_to_what_was_removed_meanwhile_can_be_posted_by_itself(
    scripted, visit, talk, moderator_state
):
    visit.expected.add((409, "/comments/"))
    page = scripted
    page.goto(talk)
    form = type_reply(page, "fay", "Said all the same.")
    introduce(form, "Gus")
    remove(visit(storage_state=moderator_state), by(page, "fay").get_attribute("id").removeprefix("comment-"))
    form.get_by_role("button", name="Post reply").click()
    expect(form.get_by_role("alert")).to_contain_text("Post this as a new comment?")
    expect(form.get_by_label("Your reply to fay")).to_have_value("Said all the same.")
    # After a reload there is no comment to answer any more, and the words stand in the form of a comment.
    page.reload()
    expect(page.get_by_label("Your comment")).to_have_value("Said all the same.")
    introduce(page.locator("#join form"), "Gus")
    page.get_by_role("button", name="Post comment").click()
    expect(saying(page, "Said all the same.")).to_be_focused()
    expect_drafts(page, 0)


def test_where_the_discussion_was_closed_meanwhile_the_words_can_be_copied(scripted, visit, site):
    page = scripted
    page.goto(site.posts["a-ceiling-is-not-a-gag"])
    post = page.locator("#discussion").get_attribute("data-post")
    draft = json.dumps({"text": "Too late?", "at": page.evaluate("() => Date.now()")})
    page.evaluate("([key, draft]) => localStorage.setItem(key, draft)", [f"draft:{post}:new:guest", draft])
    page.reload()
    box = page.get_by_label("Your text is safe.")
    expect(box).to_be_visible()
    expect(box).to_have_value(re.compile("Too late?"))
