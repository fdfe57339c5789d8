"""What a page becomes while somebody reads and writes holds in axe too, and on paper, and in forced colours."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.axe import (
    HEADINGS_AND_IDS,
    RUN_AXE,
    WHOLE,
    inspect,
    inspect_above_the_page,
    inspect_under_a_finger,
)
from tests.journeys.test_a_reader_comes_back import LEAVE, ask, say
from tests.journeys.test_a_reader_quotes import FAR
from tests.journeys.test_a_reader_takes_part import open_page_of

pytestmark = [pytest.mark.journey, pytest.mark.barriers]


# Axe knows no top layer: whether it can tell the ground under a line of a dialog hangs on what lies below by chance.
HIDE_WHAT_IS_UNDER = """(selector) => {
  for (let kept = document.querySelector(selector); kept !== document.body; kept = kept.parentElement) {
    for (const other of kept.parentElement.children) if (other !== kept) other.style.visibility = "hidden";
  }
}"""


def test_a_refused_sign_in_has_no_barriers(visit):
    page = visit()
    page.goto("/accounts/login/")
    page.get_by_role("textbox", name="E-mail").fill("nobody@example.org")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspect(page)


def test_an_open_form_with_complaints_and_a_preview_has_no_barriers(visit, talk):
    visit.expected.add((400, "/comments/"))
    page = visit()
    page.goto(talk)
    page.get_by_role("link", name="Reply to bo", exact=True).click()
    form = page.locator("form.comment-form", has=page.get_by_label("Your reply to bo"))
    form.get_by_label("Your reply to bo").fill("A *thought*.")
    form.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_be_visible()
    inspect(page)
    form.get_by_role("button", name="Post reply").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspect(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_quoting_and_completing_a_name_have_no_barriers(visit, talk, width):
    page = visit(width=width)
    page.goto(talk)
    words = page.locator(".comment .comment-text p").first
    words.evaluate("(element) => getSelection().selectAllChildren(element)")
    quote = page.get_by_role("button", name="Quote", exact=True)
    expect(quote).to_be_visible()
    inspect_above_the_page(page, ".quote-here")
    quote.click()
    page.keyboard.type("Is that so, @an")
    expect(page.get_by_role("listbox")).to_be_visible()
    inspect_above_the_page(page, ".people")


def test_a_quotation_in_a_form_and_a_restored_draft_have_no_barriers(visit, talk):
    page = visit()
    page.goto(talk)
    page.get_by_role("link", name="Reply to bo", exact=True).click()
    page.get_by_label("Your reply to bo").press_sequentially("> A thought.\n> — ann, #1\n\nIndeed.")
    expect(page.locator(".draft", has_text="Draft saved at")).to_be_visible()
    inspect(page)
    page.reload()
    expect(page.get_by_role("button", name="Discard")).to_be_visible()
    inspect(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_preview_beside_a_link_and_an_outlined_comment_have_no_barriers(visit, site, width):
    page = visit(width=width, height=500)
    page.goto(site.post)
    page.locator(".comment-parent").nth(page.evaluate(FAR)).hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    inspect_above_the_page(page, ".peek")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site.lanes)
    page.locator(f"#comment-{site.comments['bo']} .comment-parent").hover()
    expect(page.locator(".pointed-at")).to_be_visible()
    inspect_above_the_page(page, ".thread > li:first-child")


def test_what_is_said_of_quotations_has_no_barriers(visit, talk):
    page = visit()
    page.goto(talk)
    words = page.locator(".comment .comment-text p").first.inner_text()
    for quoted in (words, "Never said"):
        form = page.locator("#join form")
        form.get_by_label("Name", exact=True).fill("Gus")
        form.get_by_role("textbox", name="E-mail").fill("gus@example.org")
        form.get_by_label("Your comment").fill(f"> {quoted}\n> — ann, #1\n\nSo?")
        form.get_by_role("button", name="Post comment").click()
        expect(form.get_by_label("Your comment")).to_have_value("")
    page.reload()
    expect(page.locator(".quoted-by")).to_be_visible()
    expect(page.locator(".quote-lost")).to_be_visible()
    inspect(page)


def test_what_is_said_of_quotations_and_drafts_can_be_pressed_with_a_finger(visit, talk):
    page = visit(width=360, finger=True, bypass_csp=True)
    page.goto(talk)
    words = page.locator(".comment .comment-text p").first.inner_text()
    form = page.locator("#join form")
    form.get_by_label("Name", exact=True).fill("Gus")
    form.get_by_role("textbox", name="E-mail").fill("gus@example.org")
    form.get_by_label("Your comment").fill(f"> {words}\n> — ann, #1\n\nSo?")
    form.get_by_role("button", name="Post comment").click()
    expect(form.get_by_label("Your comment")).to_have_value("")
    form.get_by_label("Your comment").fill("More")
    expect(form.locator(".draft")).to_have_text(re.compile("^Draft saved at"))
    page.reload()
    expect(page.locator(".quoted-by")).to_be_visible()
    expect(page.get_by_role("button", name="Discard")).to_be_visible()
    inspect_under_a_finger(page)


def test_a_refused_comment_on_a_page_of_its_own_has_no_barriers(visit, talk):
    page = visit(java_script_enabled=True)
    page.goto(talk)
    address = page.locator("#join form").get_attribute("action")
    page.goto(address)
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspect(page)


def test_ones_own_comments_and_votes_have_no_barriers(visit, talk):
    page = visit()
    page.goto(talk)
    form = page.locator("#join form")
    form.get_by_label("Name", exact=True).fill("Gus")
    form.get_by_role("textbox", name="E-mail").fill("gus@example.org")
    form.get_by_label("Your comment").fill(" ".join(f"https://example.org/{number}" for number in range(3)))
    form.get_by_role("button", name="Post comment").click()
    expect(page.locator(".comment .note")).to_be_visible()
    with page.expect_response("**/comments/vote/"):
        page.get_by_role("button", name="Upvote ann").click()
    page.reload()
    expect(page.locator('.comment [aria-pressed="true"]')).to_be_visible()
    inspect(page)
    open_page_of(page, page.locator("article", has=page.locator(".note")))
    inspect(page)


def test_what_is_muted_and_its_list_have_no_barriers(visit, talk):
    page = visit()
    page.goto(talk)
    for name, wish in (("fay", "Mute fay"), ("bo", "Mute these replies")):
        page.get_by_role("link", name=f"More on {name}’s comment").click()
        page.get_by_role("menuitem", name=wish).click()
        muted = "Muted reader" if wish == "Mute fay" else "Muted:"
        expect(page.get_by_role("heading", name=muted)).to_be_visible()
    page.wait_for_load_state()
    inspect(page)
    page.locator(".muted-text > summary").click()
    inspect(page)
    page.get_by_role("link", name="Muted reader").click()
    expect(page.get_by_role("button", name="Unmute")).to_have_count(2)
    inspect(page)


def test_the_menu_of_a_comment_has_no_barriers(visit, talk):
    page = visit()
    page.goto(talk)
    page.get_by_role("link", name="More on fay’s comment").click()
    expect(page.get_by_role("menu")).to_be_visible()
    # What lies under it cannot be measured.
    page.locator("#join").evaluate("(form) => form.style.setProperty('visibility', 'hidden')")
    inspect(page)


def test_the_list_of_keys_over_a_discussion_has_no_barriers(visit, talk):
    page = visit()
    page.goto(talk)
    page.get_by_role("link", name="Shortcuts").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate(HIDE_WHAT_IS_UNDER, "dialog[open]")
    inspect(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_thread_of_300_comments_breaks_no_rule(visit, site, width):
    page = visit(width=width)
    page.goto(site.busy)
    page.evaluate(Axe().axe_script)
    # Colours of threads that are not laid out yet cannot be measured; those of the first ones are, on other pages.
    found = page.evaluate(RUN_AXE, {"options": WHOLE, "far": True, "only": ""})
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
    assert page.evaluate(HEADINGS_AND_IDS) == []


def test_marks_their_bar_and_what_has_arrived_have_no_barriers(visit, site, talk):
    page = visit()
    page.goto(talk)
    page.evaluate(LEAVE, 4)
    page.reload()
    expect(page.get_by_role("group", name="New comments")).to_be_visible()
    say(site, page, "While you read.")
    ask(page)
    expect(page.get_by_role("button", name="Show 1 new comment")).to_be_visible()
    page.locator("#news summary").click()
    inspect(page, at_end=True)


def test_what_was_found_in_a_thread_has_no_barriers(visit, talk):
    page = visit()
    page.goto(talk)
    page.get_by_text("Search this discussion").click()
    inspect(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Search for").fill("text")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("6 comments found")).to_be_visible()
    inspect(page)


def test_a_form_that_was_asked_about_has_no_barriers(visit, talk):
    page = visit()
    page.goto(talk)
    address = page.locator("#join form").get_attribute("action")
    page.goto(address)
    # As if by a browser that does not say where a form comes from.
    page.route("**/comments/", lambda route: route.fulfill(response=sent_silently(page, route.request)))
    page.get_by_label("Your comment").fill("Typed with care.")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("heading", name="Do you want to send this?")).to_be_visible()
    expect(page.get_by_label("Your text")).to_have_value("Typed with care.")
    inspect(page)


def sent_silently(page, request):
    kind = {"Content-Type": request.headers["content-type"]}
    return page.request.post(request.url, data=request.post_data, headers=kind)


def test_a_discussion_with_folds_and_a_way_back_has_no_barriers(visit, site):
    page = visit()
    page.goto(site.lanes)
    page.locator("summary", has_text="2 replies to eve").click()
    fold = page.get_by_role("button", name="5 replies")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    page.goto(f"{site.lanes}#comment-{site.comments['dee']}")
    page.locator(f"#comment-{site.comments['dee']} .comment-parent").click()
    expect(page.get_by_role("link", name="Back to dee’s reply")).to_be_visible()
    inspect(page)


@pytest.mark.parametrize(
    "path", ["/", "{post}", "/comments/{comments[ann3]}/", "/search/?q=vote", "/nowhere/"]
)
def test_paper_shows_no_controls(visit, site, path):
    page = visit()
    page.goto(path.format(**vars(site), post=site.post))
    expect(page.get_by_role("button").first).to_be_visible()
    page.emulate_media(media="print")
    for control in page.locator("button, input, select, textarea").all():
        expect(control).to_be_hidden()
    expect(page.get_by_role("heading").first).to_be_attached()


def test_paper_shows_the_comments_that_were_asked_for_and_nothing_to_press(visit, talk):
    page = visit()
    page.goto(f"{talk}?print=all")
    page.emulate_media(media="print")
    expect(page.locator(".comment-text")).to_have_count(6)
    for text in page.locator(".comment-text").all():
        expect(text).to_be_visible()
    for control in ("Reply", "Shortcuts", "Add a comment", "Feed"):
        expect(page.locator("#discussion")).not_to_contain_text(control, use_inner_text=True)


def test_wide_paper_has_no_empty_column_beside_the_text(visit, site):
    page = visit()
    page.goto(site.post)
    expect(page.locator(".post")).to_have_css("display", "grid")
    page.emulate_media(media="print")
    expect(page.locator(".post")).to_have_css("display", "block")


def test_forced_colours_keep_focus_and_the_comment_that_was_asked_for(visit, site):
    page = visit(forced_colors="active")
    page.goto(f"{site.lanes}#comment-{site.comments['dee']}")
    expect(page.locator(".comment:target")).to_have_css("outline-style", "solid")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_css("outline-style", "solid")
    # Rails are borders, which this mode keeps.
    expect(page.locator(".fork > li > .comment").first).to_have_css("border-inline-start-style", "solid")
