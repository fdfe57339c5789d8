"""A reader answers, votes and withdraws, with scripts and without; whatever goes wrong, the text stays."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.stage import PASSWORD
from tests.journeys.waiting import expect_soon

pytestmark = pytest.mark.journey


# What the page shows of every comment's place: read after a comment came by script, and again as the server has it.
PLACES = """() => [...document.querySelectorAll(".thread .comment")].map((comment) => {
  const list = comment.closest("ol").className;
  const fold = comment.nextElementSibling?.querySelector(":scope > summary")?.textContent.replace(/\\s+/g, " ").trim();
  const run = comment.querySelector(":scope > footer > .fold")?.textContent;
  return [comment.id, comment.className, list, fold, run].join(" | ");
})"""


@pytest.fixture
def scripted(visit) -> Page:
    return visit(width=360)


def has_scripts(page: Page) -> bool:
    return page.locator("html").evaluate("() => matchMedia('(scripting: enabled)').matches")


def by(page: Page, name: str) -> Locator:
    """The comment of this writer."""
    heading = page.locator(":is(h3, h4) bdi", has_text=re.compile(f"^{name}$"))
    return page.locator("article.comment").filter(has=heading)


def saying(page: Page, words: str) -> Locator:
    """The comment with these words."""
    return page.locator("article.comment").filter(has=page.locator(".comment-text", has_text=words))


def reply_to(page: Page, name: str) -> Locator:
    """Press Reply under a comment, and return the form."""
    by(page, name).get_by_role("link", name=f"Reply to {name}").click()
    form = page.locator("form.comment-form").filter(has=page.get_by_label(f"Your reply to {name}"))
    expect(form).to_be_visible()
    return form


def open_page_of(page: Page, comment: Locator) -> None:
    """Go to the comment's own page by More: with scripts that is a menu."""
    comment.get_by_role("link", name=re.compile("^More")).click()
    if has_scripts(page):
        page.get_by_role("menuitem", name="Open comment page").click()


def introduce(form: Locator, name: str) -> None:
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_role("textbox", name="E-mail").fill("somebody@example.org")


def upvote(page: Page, name: str) -> Locator:
    """Press the arrow under a comment, wait until the site has the vote, and return the arrow."""
    arrow = by(page, name).get_by_role("button", name=re.compile("Upvote"))
    with page.expect_response("**/comments/vote/"):
        arrow.click()
    return arrow


def remove(page: Page, number: str) -> None:
    """Remove a comment as a moderator, by its number in addresses."""
    page.goto(f"/comments/{number}/removal/")
    page.get_by_label("Off topic").check()
    page.get_by_role("main").get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.locator("#moderation .receipt").first).to_contain_text("Removed")


def expect_places(page: Page, places: list[str]) -> None:
    """The page shows every comment in this place."""
    expect_soon(page, lambda: page.evaluate(PLACES), places)


def fill_in_sign_in(page: Page, name: str) -> None:
    page.get_by_role("textbox", name="E-mail").fill(f"{name.lower()}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def sign_in(page: Page, name: str = "rae") -> None:
    page.goto("/accounts/login/")
    fill_in_sign_in(page, name)
    page.get_by_role("button", name="Sign out").wait_for(state="attached")


# --- the whole way --------------------------------------------------------------------------------------------


def test_a_guest_answers_votes_and_withdraws(every_reader, talk):
    page = every_reader
    page.goto(talk)
    form = reply_to(page, "bo")
    form.get_by_label("Your reply to bo").fill("I *quite* agree.")
    introduce(form, "Gus")
    form.get_by_role("button", name="Post reply").click()
    own = saying(page, "I quite agree.")
    expect(own).to_be_in_viewport()
    expect(own.get_by_role("link", name="In reply to bo")).to_be_visible()
    expect(page.get_by_role("heading", name="Discussion 7")).to_be_attached()

    expect(upvote(page, "fay")).to_have_attribute("aria-pressed", "true")
    expect(by(page, "fay").get_by_role("button")).to_have_accessible_name("1 upvote. Upvote fay’s comment")

    open_page_of(page, saying(page, "I quite agree."))
    page.locator("summary", has_text="Delete").click()
    page.get_by_role("button", name="Delete this comment").click()
    expect(page.get_by_role("heading", name="Deleted by its author")).to_be_in_viewport()
    page.goto(talk)
    expect(page.get_by_text("I quite agree.")).to_have_count(0)
    expect(by(page, "fay").get_by_role("button")).to_have_attribute("aria-pressed", "true")


def test_a_guest_opens_a_thread_under_the_post(every_reader, talk):
    page = every_reader
    page.goto(talk)
    form = page.locator("#join form")
    introduce(form, "Gus")
    form.get_by_label("Your comment").fill("A thread of my own.")
    form.get_by_role("button", name="Post comment").click()
    own = saying(page, "A thread of my own.")
    expect(own).to_be_in_viewport()
    expect(own.locator("h3")).to_have_text("Gus")


def test_a_member_answers_and_votes(reader, talk):
    page = reader
    sign_in(page)
    page.goto(talk)
    expect(page.locator("#join").get_by_text("Commenting as Rae")).to_be_visible()
    form = reply_to(page, "ann")
    form.get_by_label("Your reply to ann").fill("From a member.")
    form.get_by_role("button", name="Post reply").click()
    expect(saying(page, "From a member.").get_by_role("link", name="Rae", exact=True)).to_be_visible()
    expect(upvote(page, "eve")).to_have_attribute("aria-pressed", "true")


def test_a_preview_is_what_will_stand_there(reader, talk):
    page = reader
    page.goto(talk)
    form = reply_to(page, "ann")
    form.get_by_label("Your reply to ann").fill("See #2, **really**.")
    form.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("strong")).to_have_text("really")
    expect(preview.get_by_role("link", name="#2")).to_be_visible()
    expect(page.get_by_label("Your reply to ann")).to_have_value("See #2, **really**.")
    if has_scripts(page):
        page.get_by_label("Your reply to ann").press_sequentially("!")
        expect(preview.get_by_role("heading")).to_have_text("Preview (outdated – preview again)")


def test_a_held_comment_stands_in_its_place_for_its_writer_only(reader, visit, talk):
    page = reader
    page.goto(talk)
    form = reply_to(page, "cy")
    introduce(form, "Linus")
    # Links between words, as people set them: alone on a line each would have to be a finger high.
    links = " and then ".join(f"https://example.org/{number}" for number in range(4))
    form.get_by_label("Your reply to cy").fill(links)
    form.get_by_role("button", name="Post reply").click()
    own = saying(page, "https://example.org/3")
    expect(own.get_by_text("Waiting for review: Comments with 3 or more links")).to_be_in_viewport()
    other = visit()
    other.goto(talk)
    expect(saying(other, "https://example.org/3")).to_have_count(0)
    expect(other.get_by_role("heading", name="Discussion 6")).to_be_attached()


def test_this_device_remembers_a_guest_who_asked_it_to(visit, talk, site):
    page = visit()
    page.goto(talk)
    form = page.locator("#join form")
    introduce(form, "Gus")
    form.get_by_label("Remember my name").check()
    form.get_by_label("Your comment").fill("Remember me.")
    form.get_by_role("button", name="Post comment").click()
    expect(saying(page, "Remember me.")).to_be_visible()
    # A month later the page is the one that everybody gets, and a script fills in the name.
    page.context.clear_cookies(name="writer")
    page.goto(talk)
    expect(page.locator("#join").get_by_label("Name", exact=True)).to_have_value("Gus")
    expect(page.locator("#join").get_by_role("textbox", name="E-mail")).to_have_value("somebody@example.org")
    expect(page.locator("#join").get_by_label("Remember my name")).to_be_checked()


def test_the_next_answer_on_the_same_page_knows_who_asked_to_be_remembered(scripted, talk):
    page = scripted
    page.goto(talk)
    form = reply_to(page, "bo")
    introduce(form, "Gus")
    form.get_by_label("Remember my name").check()
    form.get_by_label("Your reply to bo").fill("The first of two.")
    form.get_by_role("button", name="Post reply").click()
    expect(saying(page, "The first of two.")).to_be_focused()
    for following in (reply_to(page, "eve"), page.locator("#join form")):
        expect(following.get_by_label("Name", exact=True)).to_have_value("Gus")
        expect(following.get_by_role("textbox", name="E-mail")).to_have_value("somebody@example.org")
        expect(following.get_by_label("Remember my name")).to_be_checked()


def test_who_did_not_ask_for_it_is_not_remembered(scripted, talk):
    page = scripted
    page.goto(talk)
    form = reply_to(page, "bo")
    introduce(form, "Gus")
    form.get_by_label("Your reply to bo").fill("The only one.")
    form.get_by_role("button", name="Post reply").click()
    expect(saying(page, "The only one.")).to_be_focused()
    expect(reply_to(page, "eve").get_by_label("Name", exact=True)).to_have_value("")


# --- what is wrong is said, and the text stays ----------------------------------------------------------------


def test_what_is_missing_is_said_and_led_to(reader, visit, talk):
    visit.expected.add((400, "/comments/"))
    page = reader
    page.goto(talk)
    form = page.locator("#join form")
    form.get_by_label("Your comment").fill("Who am I?")
    form.get_by_role("button", name="Post comment").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Your comment was not posted")
    if has_scripts(page):
        expect(alert).to_be_focused()
    else:
        expect(page).to_have_title(re.compile("^Error:"))
    alert.get_by_role("link", name="Enter your name.").click()
    expect(page.get_by_label("Name", exact=True)).to_be_in_viewport()
    expect(page.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Your comment")).to_have_value("Who am I?")


def test_a_name_of_a_member_is_refused(reader, visit, talk):
    visit.expected.add((400, "/comments/"))
    page = reader
    page.goto(talk)
    form = page.locator("#join form")
    introduce(form, "R\u0430\u0435")
    form.get_by_label("Your comment").fill("It is me.")
    form.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("alert")).to_contain_text("A member already uses this name, or one very like it.")
    expect(page.get_by_label("Your comment")).to_have_value("It is me.")


def test_beyond_the_limit_the_time_to_wait_is_said(reader, visit, talk, site, member):
    visit.expected.add((429, "/comments/"))
    page = reader
    sign_in(page, member)
    page.goto(talk)
    action = page.locator("#join form").get_attribute("action")
    token = page.locator("#join [name=csrfmiddlewaretoken]").get_attribute("value")
    for number in range(20):
        sent = {"text": f"No. {number}", "do": "post", "csrfmiddlewaretoken": token}
        page.request.post(
            action, form=sent, headers={"Referer": f"{site.url}{talk}", "Sec-Fetch-Site": "same-origin"}
        )
    page.goto(talk)
    form = page.locator("#join form")
    form.get_by_label("Your comment").fill("One more.")
    form.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("alert")).to_contain_text("You can post this one in")
    expect(page.get_by_label("Your comment")).to_have_value("One more.")


def test_an_ended_session_keeps_the_text_through_the_sign_in(reader, visit, talk):
    visit.expected.add((403, "/comments/"))
    page = reader
    sign_in(page)
    page.goto(talk)
    form = reply_to(page, "dee")
    form.get_by_label("Your reply to dee").fill("Written before it ended.")
    page.context.clear_cookies()
    form.get_by_role("button", name="Post reply").click()
    expect(page.get_by_role("alert")).to_contain_text(
        re.compile("You’ve been signed out. Your text is (safe|saved)")
    )
    page.get_by_role("alert").get_by_role("button", name="Sign in").click()
    page.get_by_role("textbox", name="E-mail").fill("rae@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Your reply to dee")).to_have_value("Written before it ended.")
    page.get_by_role("button", name="Post reply").click()
    expect(saying(page, "Written before it ended.")).to_be_in_viewport()


def test_with_the_network_cut_the_text_stays_and_a_second_try_gives_one_comment(scripted, talk):
    page = scripted
    page.goto(talk)
    form = reply_to(page, "eve")
    introduce(form, "Gus")
    form.get_by_label("Your reply to eve").fill("From a train.")
    # The first try reaches the server and its answer is lost; the second does not even leave.
    page.route("**/comments/", lambda route: (route.fetch(), route.abort()))
    form.get_by_role("button", name="Post reply").click()
    expect(form.get_by_role("alert")).to_contain_text("Your text is still here")
    expect(form.get_by_role("alert")).to_be_focused()
    page.unroute("**/comments/")
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        form.get_by_role("button", name="Post reply").click()
    # Another press while it is under way would do nothing.
    expect(form.get_by_role("button", name="Post reply")).to_be_enabled()
    expect(form.get_by_role("alert")).to_contain_text("Your text is still here")
    expect(form.get_by_label("Your reply to eve")).to_have_value("From a train.")
    page.context.set_offline(False)
    form.get_by_role("button", name="Post reply").click()
    expect(saying(page, "From a train.")).to_be_focused()
    page.goto(talk)
    expect(saying(page, "From a train.")).to_have_count(1)


def test_a_server_that_fails_loses_neither_text_nor_vote(scripted, visit, talk):
    visit.expected |= {(500, "/comments/"), (500, "/vote/")}
    page = scripted
    page.goto(talk)
    for address in ("**/posts/*/comments/", "**/comments/vote/"):
        page.route(
            address, lambda route: route.fulfill(status=500, body="<h1>Broken</h1>", content_type="text/html")
        )
    form = page.locator("#join form")
    form.get_by_label("Your comment").fill("Once more.")
    form.get_by_role("button", name="Post comment").click()
    expect(form.get_by_role("alert")).to_contain_text("Your comment wasn’t sent.")
    expect(form.get_by_label("Your comment")).to_have_value("Once more.")
    form.get_by_role("button", name="Preview").click()
    expect(form.get_by_role("alert")).to_have_text(
        "The preview couldn’t be loaded. Your text is still here – try again in a moment."
    )
    vote = upvote(page, "fay")
    expect(page.get_by_role("alert").filter(has_text="Vote not saved. Try again.")).to_be_visible()
    expect(vote).to_have_attribute("aria-pressed", "false")
    expect(vote).to_be_focused()
    page.unroute_all()
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("alert").filter(has_text="Vote not saved")).to_have_count(0)


# --- with scripts ---------------------------------------------------------------------------------------------


def test_reply_by_keyboard_and_back(scripted, talk):
    page = scripted
    page.goto(talk)
    link = by(page, "bo").get_by_role("link", name="Reply to bo")
    link.focus()
    page.keyboard.press("Enter")
    box = page.get_by_label("Your reply to bo")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Half a thought")
    page.keyboard.press("Escape")
    expect(box).to_be_visible()
    page.locator("form.comment-form", has=box).get_by_role("button", name="Cancel").click()
    expect(link).to_be_focused()
    link.click()
    expect(box).to_have_value("Half a thought")


def test_several_answers_may_be_open(scripted, talk):
    page = scripted
    page.goto(talk)
    for name in ("ann", "eve"):
        reply_to(page, name).get_by_label(f"Your reply to {name}").fill(f"To {name}.")
    ids = page.locator("[id]").evaluate_all("(elements) => elements.map((it) => it.id)")
    assert len(ids) == len(set(ids))
    form = page.locator("form.comment-form", has=page.get_by_label("Your reply to ann"))
    introduce(form, "Gus")
    page.get_by_label("Your reply to ann").press("Control+Enter")
    expect(saying(page, "To ann.")).to_be_focused()
    expect(page.get_by_label("Your reply to eve")).to_have_value("To eve.")
    expect(page.locator("#say")).to_have_text("Comment posted")


def test_a_comment_that_comes_stands_where_the_server_puts_it(visit, talk):
    page = visit()
    page.goto(talk)
    introduce(page.locator("#join form"), "Gus")
    # A run that becomes a fork, a run that goes on, a first answer, an answer to an answer of one's own.
    for number, name in enumerate(["cy", "dee", "fay", "cy", "bo", "ann", "eve", "eve", "cy"]):
        form = reply_to(page, name)
        form.get_by_label(f"Your reply to {name}").fill(f"Answer {number} to {name}.")
        form.get_by_role("button", name="Post reply").click()
        expect(saying(page, f"Answer {number} to {name}.")).to_be_focused()
    came = page.evaluate(PLACES)
    page.reload()
    expect_places(page, came)


def test_a_long_text_is_counted_near_its_end_and_never_cut(scripted, talk):
    page = scripted
    page.goto(talk)
    box = page.get_by_label("Your comment")
    count = page.locator("#join .count")
    box.fill("x" * 4499)
    expect(count).to_be_hidden()
    box.fill("x" * 4988)
    expect(count).to_have_text("12 characters left")
    box.fill("x" * 6200)
    expect(count).to_have_text("1,200 characters over the limit")
    expect(box).to_have_value("x" * 6200)


def test_two_quick_presses_take_a_vote_back(scripted, talk):
    page = scripted
    page.goto(talk)
    vote = by(page, "dee").get_by_role("button", name=re.compile("Upvote"))
    answers: list[int] = []
    page.on("response", lambda it: answers.append(it.status) if it.url.endswith("/comments/vote/") else None)
    vote.dblclick()
    expect_soon(page, lambda: len(answers), 2)
    expect(vote).to_have_attribute("aria-pressed", "false")
    expect(vote).to_have_accessible_name("Upvote dee’s comment")
    page.reload()
    expect(by(page, "dee").get_by_role("button", name=re.compile("Upvote"))).to_have_attribute(
        "aria-pressed", "false"
    )
