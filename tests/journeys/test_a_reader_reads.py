"""A reader finds a post, reads it and its discussion, and finds the way round: with scripts, and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import overflow
from tests.journeys.test_a_reader_comes_back import LEAVE
from tests.journeys.test_a_reader_takes_part import introduce, open_page_of, reply_to, saying
from tests.journeys.waiting import expect_soon

pytestmark = pytest.mark.journey

PAPER = {"light": "rgb(250, 248, 243)", "dark": "rgb(20, 22, 23)"}
TITLE = "One Vote, From the Chair"


@pytest.fixture
def scripted(visit) -> Page:
    """A reader whose browser runs scripts."""
    return visit(width=360)


@pytest.fixture
def plain(visit) -> Page:
    """A reader whose browser runs none."""
    return visit(width=360, java_script_enabled=False)


def follow_menu(page: Page, name: str) -> None:
    menu = page.get_by_role("navigation", name="Main")
    if page.viewport_size["width"] < 640:
        menu.locator("summary").click()
    menu.get_by_role("link", name=name, exact=True).click()


def comment(page: Page, site, name: str):
    return page.locator(f"#comment-{site.comments[name]}")


def expect_at(page: Page, site, name: str) -> None:
    """The reader stands before this comment, and it is marked."""
    expect(page).to_have_url(re.compile(rf"#comment-{site.comments[name]}$"))
    expect(comment(page, site, name)).to_be_in_viewport()
    expect(page.locator("*:target")).to_have_id(f"comment-{site.comments[name]}")


# --- posts ----------------------------------------------------------------------------------------------------


def test_from_the_front_page_to_a_post_and_round_it(every_reader, site):
    page = every_reader
    page.goto("/")
    scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    expect(page.locator("html")).to_have_css("background-color", PAPER[scheme])
    page.get_by_role("heading", name=TITLE).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    sources = page.get_by_role("navigation", name="Sources in this post")
    if page.viewport_size["width"] < 640:
        sources.locator("summary").click()
    sources.locator('[href="#s-2"]').click()
    expect(page.locator("#s-2")).to_be_in_viewport()
    page.get_by_role("list", name="More topics").get_by_role("link", name="casting vote").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("casting vote")
    page.get_by_role("link", name=TITLE).click()
    page.locator(".post header").get_by_role("link", name="Maren Holloway").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Maren Holloway")
    page.get_by_role("link", name=TITLE).click()
    neighbours = page.get_by_role("navigation", name="Previous and next post")
    neighbours.get_by_role("link", name="Previous post").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The Ferry Nobody Wanted to Run")
    neighbours.get_by_role("link", name="Next post").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def test_the_skip_links_lead_to_the_post_and_to_the_discussion(reader, site):
    page = reader
    page.goto(site.post)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to article")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to discussion")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Discussion 120")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.locator("#discussion :focus")).to_be_attached()


def test_with_letters_twice_as_large_the_sources_fold_under_the_text(visit, site):
    page = visit()
    page.goto(site.post)
    sources = page.get_by_role("navigation", name="Sources in this post")
    expect(sources.locator("summary")).to_be_hidden()
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    expect(sources.locator("summary")).to_be_visible()
    above, below = page.locator(".post > .prose").bounding_box(), sources.bounding_box()
    assert above["width"] > 600 and below["width"] > 600
    assert below["y"] >= above["y"] + above["height"]
    # A name that is cut off on one side is cut off below too if the line is too low for its letters.
    sign_in = page.get_by_role("link", name="Sign in").first
    assert sign_in.evaluate("(link) => link.scrollHeight <= link.clientHeight")
    assert overflow(page) == ""


def test_letters_twice_as_large_fit_on_a_phone(visit, site):
    page = visit(width=360)
    for path in (site.post, site.busy, f"{site.vast}?page=2"):
        page.goto(path)
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        assert overflow(page) == ""


def test_each_paragraph_runs_as_its_script_does(every_reader, talk):
    page = every_reader
    page.goto(talk)
    form = reply_to(page, "bo")
    form.get_by_label("Your reply to bo").fill("שלום, זה טוב.\n\nIn Latin letters.")
    introduce(form, "Gus")
    form.get_by_role("button", name="Post reply").click()
    starts = """(text) => {
      const words = document.createRange();
      words.selectNodeContents(text);
      const box = text.getBoundingClientRect(), line = words.getBoundingClientRect();
      return Math.abs(line.left - box.left) < Math.abs(line.right - box.right) ? "left" : "right";
    }"""
    comment = saying(page, "In Latin letters.")
    expect(comment).to_be_visible()
    sides = [part.evaluate(starts) for part in comment.locator(".comment-text > p").all()]
    assert sides == ["right", "left"]


def test_a_page_of_a_long_discussion_says_above_it_which_one_it_is(every_reader, site):
    page = every_reader
    page.goto(f"{site.vast}?page=2")
    above = page.get_by_role("navigation", name="Pages of the discussion, above it")
    expect(above).to_contain_text("Page 2 of")
    lines = above.get_by_role("link").evaluate_all("(links) => links.map((it) => it.getClientRects().length)")
    assert set(lines) == {1}
    comments, pager = (
        page.locator(part).first.bounding_box() for part in (".thread > li > .comment", ".pager")
    )
    assert pager["x"] + pager["width"] <= comments["x"] + comments["width"] + 1
    above.get_by_role("link", name="Next threads").click()
    expect(above).to_contain_text("Page 3 of")


def test_the_archive_leads_to_a_post(reader, site):
    page = reader
    page.goto("/about/")
    follow_menu(page, "Archive")
    year = page.locator("section.year", has=page.get_by_role("heading", name=site.lanes.split("/")[1]))
    year.get_by_role("link", name="June").click()
    page.get_by_role("heading", name="A thread with lanes").get_by_role("link").click()
    expect(page).to_have_url(f"{site.url}{site.lanes}")


def test_search_finds_posts_and_comments_with_the_words_marked(reader, site):
    page = reader
    page.goto("/search/")
    page.get_by_label("Search this site").fill("casting vote")
    page.get_by_label("Search in").select_option("posts")
    page.get_by_label("Search this site").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search: casting vote")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.locator(".results mark").first).to_be_visible()
    page.get_by_label("Search this site").fill("deputy clerk")
    page.get_by_label("Search in").select_option("comments")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".results mark").first).to_have_text(re.compile("deputy|clerk"))
    page.locator(".results").get_by_role("link", name=f"P. Ormerod on “{TITLE}”").first.click()
    expect(page.locator(".comment:target")).to_contain_text("deputy clerk")
    page.goto("/search/?q=xyzzy")
    expect(page.get_by_role("main")).to_contain_text("No results for xyzzy.")


def test_the_theme_is_chosen_by_a_form_and_stays(every_reader, site):
    page = every_reader
    page.goto("/rules/")
    expect(page.get_by_role("button", name="Auto")).to_have_attribute("aria-pressed", "true")
    assert page.context.cookies() == []
    for choice, scheme in (("Dark", "dark"), ("Light", "light")):
        page.get_by_role("button", name=choice).click()
        expect(page.locator("html")).to_have_css("background-color", PAPER[scheme])
        expect(page).to_have_url(f"{site.url}/rules/")
    page.goto(site.post)
    expect(page.locator("html")).to_have_css("background-color", PAPER["light"])
    expect(page.get_by_role("button", name="Light", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Auto").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile("."))
    assert page.context.cookies() == []


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [("/nowhere/", 404, "Page not found"), ("{withdrawn}", 410, "This page has been removed")],
)
def test_what_is_not_there_says_so_with_a_search_and_a_way_back(reader, site, path, status, says):
    page = reader
    answer = page.goto(path.format(withdrawn=site.withdrawn))
    assert answer.status == status
    expect(page.get_by_role("heading", level=1)).to_have_text(says)
    page.get_by_label("Search this site").fill("ferry")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Search: ferry")
    page.goto(path.format(withdrawn=site.withdrawn))
    page.get_by_role("link", name="Back to the latest posts").click()
    expect(page).to_have_url(f"{site.url}/")


# --- discussions ----------------------------------------------------------------------------------------------


def test_the_time_of_a_comment_leads_to_the_comment_marked(every_reader, site):
    page = every_reader
    page.goto(site.lanes)
    comment(page, site, "dee").locator(".comment-when").click()
    expect_at(page, site, "dee")
    expect(comment(page, site, "dee")).to_be_focused()


ON_TWO_LINES = """() => [...document.querySelectorAll(".comment > header")].filter((header) => {
  const [name, when] = ["h3, h4", ".comment-when"].map((part) => header.querySelector(part).getBoundingClientRect());
  return when.top > name.bottom;
}).map((header) => header.textContent)"""


@pytest.mark.parametrize("finger", [True, False])
def test_name_parent_and_time_stand_on_one_line_of_a_phone_in_every_lane(visit, site, finger):
    page = visit(width=360, finger=finger)
    page.goto(site.busy)
    expect(page.locator(".lane-6").first).to_be_attached()
    assert page.evaluate(ON_TWO_LINES) == []
    # What is new says so on that line too.
    page.evaluate(LEAVE, 1)
    page.reload()
    expect(page.locator("header > b.new").first).to_be_attached()
    assert page.evaluate(ON_TWO_LINES) == []


def test_up_leads_to_the_comment_answered_and_back_to_the_reply(scripted, site):
    page = scripted
    page.goto(site.lanes)
    comment(page, site, "dee").get_by_role("link", name="In reply to ann3").click()
    expect_at(page, site, "ann3")
    expect(comment(page, site, "ann3")).to_be_focused()
    page.get_by_role("link", name="Back to dee’s reply").click()
    expect_at(page, site, "dee")
    expect(comment(page, site, "dee")).to_be_focused()
    expect(page.get_by_role("link", name="Back to")).to_have_count(0)


def test_without_scripts_up_leads_to_the_page_of_the_comment_answered(plain, site):
    page = plain
    page.goto(site.lanes)
    comment(page, site, "dee").get_by_role("link", name="In reply to ann3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comment #5 by ann3")
    page.go_back()
    expect(page).to_have_url(f"{site.url}{site.lanes}")


def test_a_branch_folds_by_its_summary_with_scripts_and_without(reader, site):
    page = reader
    page.goto(site.lanes)
    fold = page.locator("summary", has_text="2 replies to ann3")
    fold.click()
    expect(comment(page, site, "cy")).to_be_hidden()
    expect(comment(page, site, "ann3")).to_be_visible()
    fold.press("Enter")
    expect(comment(page, site, "cy")).to_be_visible()


def test_scripts_fold_a_run_and_all_branches_at_once(scripted, site):
    page = scripted
    page.goto(site.lanes)
    fold = comment(page, site, "bo2").get_by_role("button", name="3 replies")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(comment(page, site, "ann3")).to_be_hidden()
    expect(comment(page, site, "dee")).to_be_hidden()
    expect(comment(page, site, "bo2")).to_be_visible()
    fold.click()
    expect(comment(page, site, "dee")).to_be_visible()
    page.get_by_role("button", name="Fold all replies").click()
    expect(comment(page, site, "bo")).to_be_hidden()
    expect(comment(page, site, "ivy")).to_be_visible()
    page.get_by_role("button", name="Open all replies").click()
    expect(comment(page, site, "bo")).to_be_visible()


def test_a_link_to_a_comment_in_a_fold_opens_it(scripted, site):
    page = scripted
    page.goto(site.lanes)
    comment(page, site, "bo2").get_by_role("button", name="3 replies").click()
    page.locator("summary", has_text="6 replies to ann").click()
    expect(comment(page, site, "dee")).to_be_hidden()
    page.evaluate("id => { location.hash = `comment-${id}` }", site.comments["dee"])
    expect(comment(page, site, "dee")).to_be_visible()
    expect_at(page, site, "dee")


def test_without_scripts_a_fold_opens_for_a_link_to_what_is_in_it(plain, site):
    page = plain
    page.goto(site.lanes)
    page.locator("summary", has_text="2 replies to ann3").click()
    expect(comment(page, site, "dee")).to_be_hidden()
    page.goto(f"/comments/{site.comments['dee']}/in-thread/")
    expect_at(page, site, "dee")


def test_an_order_is_followed_and_remembered(reader, site):
    page = reader
    page.goto(site.post)
    openers = page.locator(".thread > li > .comment .comment-when")
    expect(openers.first).to_contain_text("#1 ·")
    assert page.context.cookies() == []
    orders = page.get_by_role("navigation", name="Order")
    orders.get_by_role("link", name="Newest").click()
    expect(orders.locator("[aria-current]")).to_have_text("Newest")
    expect(page.get_by_role("heading", name="Discussion 120")).to_be_in_viewport()
    expect_soon(page, lambda: newest_first(openers.all_inner_texts()))
    orders.get_by_role("link", name="Best").click()
    expect(openers.first).not_to_contain_text("#122")
    orders.get_by_role("link", name="Flat list").click()
    expect(page.locator(".fork")).to_have_count(0)
    expect(page.locator(".thread > li > .comment:not(.gone)")).to_have_count(120)
    page.goto(site.lanes)
    expect(orders.locator("[aria-current]")).to_have_text("Flat list")
    orders.get_by_role("link", name="Oldest").click()
    expect(orders.locator("[aria-current]")).to_have_text("Oldest")
    page.goto(site.post)
    expect(orders.locator("[aria-current]")).to_have_text("Oldest")


def newest_first(texts: list[str]) -> bool:
    numbers = [int(re.search(r"#(\d+)", text)[1]) for text in texts]
    return len(numbers) > 5 and numbers == sorted(numbers, reverse=True)


def test_a_page_of_its_own_shows_a_comment_with_what_stands_round_it(reader, site):
    page = reader
    page.goto(site.lanes)
    open_page_of(page, comment(page, site, "ann3"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Comment #5 by ann3")
    expect(page.locator(".ancestors .comment-text")).to_have_text([f"Text of {name}." for name in ABOVE_ANN3])
    expect(page.locator(".answers .comment-text")).to_have_text(["Text of cy.", "Text of dee."])
    page.get_by_role("link", name="Show in the discussion").click()
    expect_at(page, site, "ann3")


ABOVE_ANN3 = ("ann", "bo", "ann2", "bo2")


def test_what_was_taken_away_leaves_its_place_to_the_replies(reader, site):
    page = reader
    page.goto(site.lanes)
    expect(comment(page, site, "fay")).to_contain_text("Removed: Off topic")
    expect(comment(page, site, "gus")).to_contain_text("Text of gus.")
    expect(comment(page, site, "jo")).to_contain_text("Deleted by its author")
    expect(page.get_by_text("An answer stays.")).to_be_visible()
    for words in ("Text of fay", "I take it back", "Jo"):
        expect(page.locator("#discussion").get_by_text(words, exact=words == "Jo")).to_have_count(0)
    answer = page.goto(f"/comments/{site.comments['jo']}/")
    assert answer.status == 410
    expect(page.get_by_role("main")).not_to_contain_text("I take it back")


def test_a_comment_that_waits_for_review_is_nowhere(reader, site):
    page = reader
    page.goto(site.lanes)
    expect(comment(page, site, "held")).to_have_count(0)
    expect(page.get_by_text("Not yet to be seen.")).to_have_count(0)
    answer = page.goto(f"/comments/{site.comments['held']}/")
    assert answer.status == 404
    page.goto("/search/?q=seen&kind=comments")
    expect(page.get_by_text("Not yet to be")).to_have_count(0)
