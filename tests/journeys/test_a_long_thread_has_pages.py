"""A thread of 5,000 comments has pages: what is new, arrives or is asked for may stand on another."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_a_reader_comes_back import LEAVE, ask, id_of, let_time_pass, marked, say
from tests.journeys.test_a_reader_takes_part import PLACES
from tests.journeys.waiting import expect_soon

pytestmark = pytest.mark.journey


def test_the_next_new_comment_may_stand_on_another_page(visit, site):
    page = visit(width=360)
    page.goto(site.vast)
    page.evaluate(LEAVE, 2500)
    page.reload()
    first = page.get_by_role("link", name=re.compile("^2,500 new comments since"))
    expect(first).to_be_visible()
    first.click()
    page.wait_for_url(re.compile(r"page=\d+#comment-"))
    expect(page.locator(".place")).to_have_text("1 of 2,500 new")
    # The last one on this page leads to the next page.
    page.evaluate(
        "[...document.querySelectorAll('.thread header > b.new')].at(-1).closest('.comment').focus()"
    )
    count = len(marked(page))
    page.get_by_role("button", name="Next new").click()
    expect(page.locator(".place")).to_have_text(f"{count + 1} of 2,500 new")


def first_of_page(visit, site, number: int) -> str:
    """Return the id of the first comment on a page of the longest thread."""
    page = visit()
    page.goto(f"{site.vast}?page={number}")
    return id_of(page.locator(".thread .comment").first)


def test_what_arrives_for_other_pages_is_told_and_not_shown_among_others(visit, site):
    page, away = visit(), first_of_page(visit, site, 3)
    page.goto(f"{site.vast}?order=oldest")
    here = say(site, page, "On this page.", parent=id_of(page.locator(".thread .comment").first))
    elsewhere = say(site, page, "On the third page.", parent=away, name="Yan")
    say(site, page, "On the last page.", name="Xi")
    ask(page)
    page.get_by_role("button", name="Show 3 new comments").click()
    expect(page.locator(f"#comment-{here}")).to_be_focused()
    expect(page.locator("#say")).to_have_text("1 new comment shown, 2 new on other pages")
    expect(page.locator(f"#comment-{elsewhere}")).to_have_count(0)
    shown = page.evaluate(PLACES)
    link = page.get_by_role("link", name="2 new on other pages")
    expect(link).to_be_visible()
    link.click()
    page.wait_for_url(re.compile(rf"order=oldest&page=3#comment-{elsewhere}$"))
    expect(page.locator(f"#comment-{elsewhere} .comment-parent")).to_be_visible()
    page.goto(f"{site.vast}?order=oldest")
    # What is new on other pages is asked for first.
    expect(page.locator(".thread header > b.new").first).to_be_attached()
    # One more may be one too many for the last thread of the page.
    expect_soon(page, lambda: (there := page.evaluate(PLACES)) and there == shown[: len(there)])


def test_what_is_changed_on_other_pages_stays_there(visit, site, moderator_state):
    page, desk = visit(), visit(storage_state=moderator_state)
    desk.goto(f"{site.vast}?order=oldest&page=2")
    # Right before the first of the third page, beside which it would be put.
    pk = id_of(desk.locator(".thread > li").last.locator(".comment").first)
    page.goto(f"{site.vast}?order=oldest&page=3")
    before = int(page.locator("#discussion h2 span").inner_text().replace(",", ""))
    desk.goto(f"/comments/{pk}/")
    for decision, receipt in (("Hold", "Held"), ("Approve", "Approved")):
        desk.locator("#moderation").get_by_role("button", name=decision).click()
        expect(desk.locator("#moderation .receipt").first).to_contain_text(receipt)
    here = say(site, page, "Beside it.", parent=id_of(page.locator(".thread .comment").first))
    ask(page)
    page.get_by_role("button", name="Show 1 new comment").click()
    expect(page.locator(f"#comment-{here}")).to_be_focused()
    expect(page.locator(f"#comment-{pk}")).to_have_count(0)
    expect(page.locator("#discussion h2 span")).to_have_text(f"{before + 1:,}")


def test_nothing_of_what_arrives_may_belong_to_this_page(visit, site):
    page = visit(width=360)
    page.goto(f"{site.vast}?order=newest&page=2")
    pk = say(site, page, "At the head of the first page.")
    ask(page)
    page.get_by_role("button", name="Show 1 new comment").click()
    link = page.get_by_role("link", name="1 new on other pages")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    expect(page.locator(f"#comment-{pk}")).to_have_count(0)
    page.keyboard.press("n")
    page.wait_for_url(re.compile(rf"\?order=newest#comment-{pk}$"))


@pytest.mark.parametrize(("order", "page_number"), [("oldest", 6), ("newest", 1), ("flat", 6)])
def test_ones_own_comment_leads_to_the_page_on_which_it_stands(visit, site, order, page_number):
    page = visit()
    page.goto(f"{site.vast}?order={order}&page=2")
    form = page.locator("#join form")
    form.get_by_label("Name", exact=True).fill("Xi")
    form.get_by_role("textbox", name="E-mail").fill("xi@example.org")
    form.get_by_label("Your comment").fill(f"Where am I, in {order}?")
    form.get_by_role("button", name="Post comment").click()
    number = f"&page={page_number}" if page_number > 1 else ""
    page.wait_for_url(re.compile(rf"order={order}{number}#comment-\d+$"))
    own = page.locator(f"#comment-{page.url.rpartition('-')[2]}")
    expect(own).to_be_in_viewport()
    expect(own).to_contain_text(f"Where am I, in {order}?")


@pytest.mark.parametrize("who", ["guest", "member"])
def test_the_previous_new_comment_may_stand_on_another_page(visit, site, member_state, who):
    page = visit(storage_state=member_state) if who == "member" else visit()
    first = first_of_page(visit, site, 2)
    page.goto(site.vast)
    page.evaluate(LEAVE, 0)
    let_time_pass(site)
    there = say(site, page, f"On the second page, {who}.", parent=first)
    here = say(site, page, f"At the end, {who}.", name="Yan")
    page.goto(f"{site.vast}?page=6")
    expect(page.locator(".place")).to_have_text("2 new")
    page.keyboard.press("n")
    expect(page.locator(f"#comment-{here}")).to_be_focused()
    expect(page.locator(".place")).to_have_text("2 of 2 new")
    page.keyboard.press("p")
    page.wait_for_url(re.compile(rf"page=2#comment-{there}$"))
    expect(page.locator(".place")).to_have_text("1 of 2 new")
    page.keyboard.press("p")
    expect(page.locator("#say")).to_have_text("That was the first new comment.")


def test_an_address_of_a_comment_on_another_page_keeps_its_order(visit, site):
    page, pk = visit(), first_of_page(visit, site, 3)
    for order in ("newest", "flat"):
        page.goto(f"{site.vast}?order={order}#comment-{pk}")
        page.wait_for_url(re.compile(rf"\?order={order}&page=\d#comment-{pk}$"))
        expect(page.locator(f"#comment-{pk}")).to_be_in_viewport()
