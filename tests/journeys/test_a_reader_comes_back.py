"""A reader leaves a thread and comes back: what is new is marked and walked through; more arrives meanwhile."""

import itertools
import re
import sqlite3
import urllib.parse
import urllib.request

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import READERS
from tests.journeys.test_a_reader_takes_part import (
    PLACES,
    by,
    expect_places,
    introduce,
    remove,
    reply_to,
    saying,
    sign_in,
)
from tests.journeys.waiting import expect_soon

pytestmark = pytest.mark.journey

# Lays a guest's last visit two hours back, as their device remembers it: since, when that was, last number, seen at.
LEAVE = """(unseen) => {
  const { post, last } = document.getElementById("discussion").dataset;
  localStorage.setItem(`visit:${post}`, `0 0 ${last - unseen} ${Date.now() - 7200e3}`);
}"""


_said = itertools.count(1)


def say(site, page: Page, text: str, *, parent: str = "", name: str = "Zoe") -> int:
    """Post a comment as somebody else does meanwhile, and return its id."""
    post = page.locator("#discussion").get_attribute("data-post")
    # The same words in the same place are one comment, and a second try of a journey says them again.
    form = {
        "text": f"{text} ({next(_said)})",
        "name": name,
        "email": "zoe@example.org",
        "parent": parent,
        "do": "post",
    }
    headers = {"Sec-Fetch-Site": "same-origin", "X-Fragment": "1"}
    address = f"{site.url}/posts/{post}/comments/"
    request = urllib.request.Request(address, urllib.parse.urlencode(form).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return int(re.search(r'id="comment-(\d+)"', answer.read().decode())[1])


def id_of(comment: Locator) -> str:
    return (comment.get_attribute("id") or "").removeprefix("comment-")


def let_time_pass(site) -> None:
    """Lay the visits of all members two hours back."""
    with sqlite3.connect(site.database, timeout=20) as database:
        database.execute("UPDATE comments_visit SET seen_at = datetime(seen_at, '-2 hours')")


def marked(page: Page) -> list[str]:
    return page.locator(".thread header > b.new").evaluate_all(
        "marks => marks.map((it) => it.closest('.comment').id)"
    )


def expect_marked(page: Page, ids: list[int]) -> None:
    """These comments, in this order on the page, are marked as new, and no others."""
    expect_soon(page, lambda: marked(page), [f"comment-{pk}" for pk in ids])


def ask(page: Page) -> None:
    """Have the page ask now what it asks once a minute."""
    with page.expect_response("**/latest/"):
        page.evaluate("dispatchEvent(new Event('online'))")


# --- coming back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["phone, light, scripts", "desktop, dark, scripts"])
def test_a_guest_comes_back_and_walks_through_what_is_new(visit, site, talk, who):
    page = visit(**READERS[who])
    page.goto(talk)
    expect(page.locator("#news")).to_be_hidden()
    expect(page.locator(".new-bar")).to_be_hidden()
    page.evaluate(LEAVE, 0)
    under, alone = (
        say(site, page, "Under dee.", parent=id_of(by(page, "dee"))),
        say(site, page, "On its own."),
    )
    page.reload()
    expect(
        page.get_by_role("link", name=re.compile("^2 new comments since .* – go to the first$"))
    ).to_be_visible()
    expect_marked(page, [under, alone])
    expect(page.locator(".replies > summary b.new").first).to_have_text("1 new")
    bar = page.get_by_role("group", name="New comments")
    bar.scroll_into_view_if_needed()
    bar.get_by_role("button", name="Next new").click()
    expect(page.locator(f"#comment-{under}")).to_be_focused()
    expect(page.locator("#say")).to_have_text("1 of 2 new, Zoe")
    # A phone's row has room for one of both.
    onward = (
        bar.get_by_role("button") if "phone" in who else page.locator(f"#comment-{under}").get_by_role("link")
    )
    onward.filter(has_text="Next new").click()
    expect(page.locator(f"#comment-{alone}")).to_be_focused()
    bar.get_by_role("button", name="Next new").click()
    expect(page.locator("#say")).to_have_text("That was the last new comment.")
    bar.get_by_role("button", name="Previous").click()
    expect(page.locator(f"#comment-{under}")).to_be_focused()
    # Neither reloading nor another order takes the marks away; seeing all of them does.
    page.reload()
    expect_marked(page, [under, alone])
    page.get_by_role("link", name="Newest").click()
    expect(page.locator("[aria-current]", has_text="Newest")).to_be_visible()
    expect_marked(page, [alone, under])
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator("#say")).to_have_text("All comments marked as read.")
    page.reload()
    expect(page.get_by_text("No new comments since")).to_be_visible()
    expect_marked(page, [])


@pytest.mark.parametrize("who", ["guest", "member"])
def test_the_head_of_a_post_says_how_many_are_new(visit, site, talk, member_state, who):
    page = visit(width=360, **({"storage_state": member_state} if who == "member" else {}))
    page.goto(talk)
    head = page.locator(".post > header .by")
    expect(head.locator("b.new")).to_have_count(0)
    if who == "guest":
        page.evaluate(LEAVE, 0)
    else:
        let_time_pass(site)
    say(site, page, "The first while you were away.")
    say(site, page, "The second.", name="Yan")
    page.reload()
    expect(head.locator("b.new")).to_have_text(" · 2 new")
    expect(head).to_contain_text("8 comments · 2 new")
    page.get_by_role("button", name="Mark all as read").click()
    expect(head.locator("b.new")).to_have_count(0)


def test_what_is_new_stands_where_nothing_covers_it(visit, site):
    page = visit(width=360)
    page.goto(site.busy)
    page.evaluate(LEAVE, 14)
    page.reload()
    page.get_by_role("link", name=re.compile("^14 new")).click()
    for place in range(1, 15):
        expect(page.locator("#say")).to_contain_text(f"{place} of 14 new")
        expect_soon(page, lambda: is_clear_of_the_bar(page))
        page.get_by_role("button", name="Next new").click()
    expect(page.locator("#say")).to_have_text("That was the last new comment.")
    expect(page.locator(".place")).to_have_text("That was the last new comment.")


def is_clear_of_the_bar(page: Page) -> bool:
    """Whether the heading of the comment that has the focus is on the screen, above the bar."""
    heading = page.locator(":focus header").bounding_box()
    bar = page.locator(".new-bar").bounding_box()
    return 0 <= heading["y"] <= heading["y"] + heading["height"] <= bar["y"]


def test_n_visits_what_is_new_in_the_order_of_the_page_and_opens_folds(visit, site):
    page = visit()
    page.goto(site.busy)
    page.evaluate(LEAVE, 14)
    page.reload()
    expect_soon(page, lambda: len(marked(page)), 14)
    new = marked(page)
    page.get_by_role("button", name="Collapse all replies").click()
    page.locator("#discussion h2").click()
    visited = []
    for place in range(1, 15):
        page.keyboard.press("n")
        expect(page.locator("#say")).to_contain_text(f"{place} of 14 new")
        visited.append(page.evaluate("document.activeElement.id"))
        expect(page.locator(":focus")).to_be_in_viewport()
    assert visited == new
    page.keyboard.press("n")
    expect(page.locator("#say")).to_have_text("That was the last new comment.")
    page.keyboard.press("p")
    expect(page.locator(f"#{new[-2]}")).to_be_focused()


def test_a_guest_may_change_what_counts_as_new(visit, site):
    page = visit()
    page.goto(site.busy)
    expect(page.locator("#news")).to_be_hidden()
    page.evaluate(LEAVE, 0)
    page.reload()
    page.locator("#news summary").click()
    page.get_by_role("button", name="the last 7 days").click()
    expect(page.get_by_role("link", name=re.compile("^300 new comments since"))).to_be_visible()
    expect_soon(page, lambda: len(marked(page)), 300)
    page.locator("#news summary").click()
    page.get_by_role("button", name="only from now on").click()
    expect(page.get_by_text("No new comments since")).to_be_visible()
    expect_marked(page, [])


def test_a_member_finds_the_marks_on_every_device_and_without_scripts(visit, site, talk, member):
    phone, desk = visit(**READERS["phone, dark, no scripts"]), visit(**READERS["desktop, dark, scripts"])
    for page in (phone, desk):
        sign_in(page, member)
    phone.goto(talk)
    expect_marked(phone, [])
    let_time_pass(site)
    first = say(site, phone, "Under cy.", parent=id_of(by(phone, "cy")))
    second = say(site, phone, "On its own.")
    phone.goto(talk)
    expect_marked(phone, [first, second])
    phone.get_by_role("link", name=re.compile("^2 new comments since")).click()
    expect(phone.locator(f"#comment-{first}")).to_be_in_viewport()
    phone.locator(f"#comment-{first}").get_by_role("link", name="Next new").click()
    expect(phone.locator(f"#comment-{second}")).to_be_in_viewport()
    desk.goto(talk)
    expect_marked(desk, [first, second])
    desk.get_by_role("button", name="Mark all as read").click()
    expect(desk.locator("#say")).to_have_text("All comments marked as read.")
    phone.goto(talk)
    expect_marked(phone, [])
    phone.locator("#news summary").click()
    phone.get_by_role("button", name="comments from the last hour").click()
    expect_soon(phone, lambda: {f"comment-{first}", f"comment-{second}"} <= set(marked(phone)))


def test_lists_of_posts_say_how_many_are_new_to_a_guest(visit, site):
    page = visit(width=360)
    post = site.posts["one-vote-from-the-chair"]
    page.goto(post)
    page.evaluate(LEAVE, 12)
    page.goto("/")
    entry = page.locator(".entry", has=page.locator(f'h3 a[href="{post}"]'))
    expect(entry.locator("b.new")).to_have_text("12 new")


# --- arriving -------------------------------------------------------------------------------------------------


def test_what_arrives_is_named_under_what_it_quotes(visit, site, talk):
    page = visit()
    page.goto(talk)
    number = by(page, "bo").locator(".comment-when").inner_text().split(" ")[0]
    for name in ("Zoe", "Yan"):
        words = by(page, "bo").locator(".comment-text p").inner_text()
        say(site, page, f"> {words}\n> — bo, {number}\n\nIs it?", name=name)
    ask(page)
    page.get_by_role("button", name="Show 2 new comments").click()
    line = by(page, "bo").locator(".quoted-by")
    expect(line).to_have_text(re.compile(r"^Quoted by #\d+, #\d+$"))
    shown = line.inner_html()
    page.reload()
    expect_soon(page, line.inner_html, shown)


def test_what_comes_again_says_once_who_quotes_it(visit, site, talk):
    page = visit()
    page.goto(talk)
    form = reply_to(page, "bo")
    introduce(form, "Gus")
    form.get_by_label("Your reply to bo").fill("Worth keeping.")
    form.get_by_role("button", name="Post reply").click()
    own = saying(page, "Worth keeping.").first
    number = own.locator(".comment-when").inner_text().split(" ")[0]
    say(site, page, f"> Worth keeping.\n> — Gus, {number}\n\nIs it?")
    ask(page)
    page.get_by_role("button", name="Show 1 new comment").click()
    expect(own.locator(".quoted-by")).to_have_text(re.compile(r"^Quoted by #\d+$"))


def test_what_arrives_waits_until_it_is_asked_for(visit, site, talk):
    page = visit(width=360)
    page.goto(talk)
    before = page.evaluate(PLACES)
    under = say(site, page, "Under dee.", parent=id_of(by(page, "dee")))
    under_it = say(site, page, "Under that.", parent=str(under), name="Yan")
    say(site, page, "A third.", name="Xi")
    ask(page)
    button = page.get_by_role("button", name="Show 3 new comments")
    expect(button).to_be_attached()
    expect_places(page, before)
    # Nothing is marked yet that one could walk through.
    expect(page.locator(".walk")).to_be_hidden()
    button.click()
    expect(page.locator(f"#comment-{under}")).to_be_focused()
    expect(page.locator("#say")).to_have_text("3 new comments shown")
    expect(page.get_by_role("heading", name="Discussion 9")).to_be_attached()
    expect_soon(page, lambda: len(marked(page)), 3)
    expect(button).to_be_hidden()
    expect(page.locator(f"#comment-{under_it} .comment-parent")).to_have_text(re.compile("Zoe"))
    shown = page.evaluate(PLACES)
    page.reload()
    expect_places(page, shown)


def test_a_comment_removed_meanwhile_never_appears_and_one_that_was_read_goes(
    visit, site, talk, moderator_state
):
    page, desk = visit(), visit(storage_state=moderator_state)
    page.goto(talk)
    fay, bo = (id_of(by(page, name)) for name in ("fay", "bo"))
    gone, stays = say(site, page, "Not for long."), say(site, page, "To stay.", name="Yan")
    for pk in (str(gone), fay, bo):
        remove(desk, pk)
    ask(page)
    page.get_by_role("button", name="Show 1 new comment").click()
    expect(page.locator(f"#comment-{stays}")).to_be_focused()
    expect(page.locator(f"#comment-{gone}")).to_have_count(0)
    expect(page.locator(f"#comment-{fay}")).to_have_count(0)
    expect(page.locator(f"#comment-{bo}")).to_contain_text("Removed: Off topic")
    expect(page.get_by_text("Text of bo.")).to_have_count(0)


def test_nobody_is_told_of_what_is_said_in_a_branch_they_muted(visit, site, talk):
    page = visit()
    page.goto(talk)
    branch = id_of(by(page, "fay"))
    page.goto(f"/comments/{branch}/mute/")
    page.locator("button[value=branch]").click()
    page.wait_for_url("**#comment-*")
    page.goto(talk)
    say(site, page, "Where nobody listens.", parent=branch)
    other = say(site, page, "Words of Yan.", name="Yan")
    ask(page)
    page.get_by_role("button", name="Show 1 new comment").click()
    expect(page.locator(f"#comment-{other}")).to_be_focused()


def test_being_offline_is_said_once_and_a_failure_can_be_tried_again(visit, site, talk):
    page = visit()
    page.goto(talk)
    pk = say(site, page, "While you were away.")
    page.route("**/latest/", lambda route: route.abort())
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#say")).to_contain_text("You’re offline.")
    page.unroute("**/latest/")
    ask(page)
    page.route(re.compile("/arrived/"), lambda route: route.fulfill(status=500, body=""))
    button = page.get_by_role("button", name="Show 1 new comment")
    visit.expected.add((500, ""))
    button.click()
    expect(page.locator("#say")).to_contain_text("Couldn’t load the new comments.")
    page.unroute(re.compile("/arrived/"))
    button.click()
    expect(page.locator(f"#comment-{pk}")).to_be_focused()


@pytest.mark.parametrize("order", ["oldest", "newest", "best", "flat"])
def test_what_arrives_and_what_one_writes_stands_where_a_reload_puts_it(visit, site, talk, order):
    page = visit()
    page.goto(f"{talk}?order={order}")
    for parent in ("bo", "cy", "fay", ""):
        for name in ("Zoe", "Yan"):
            under = id_of(by(page, parent)) if parent else ""
            say(site, page, f"{name} to {parent or 'all'}.", parent=under, name=name)
    ask(page)
    page.get_by_role("button", name="Show 8 new comments").click()
    expect(page.locator("#say")).to_have_text("8 new comments shown")
    # The first in reading order has the focus.
    expect_soon(page, lambda: page.evaluate("document.activeElement.id") == marked(page)[0])
    shown = page.evaluate(PLACES)
    page.reload()
    expect_places(page, shown)
    for name in ("bo", "eve"):
        form = reply_to(page, name)
        form.get_by_label("Name", exact=True).fill("Xi")
        form.get_by_role("textbox", name="E-mail").fill("xi@example.org")
        form.get_by_label("Your reply").fill(f"Mine to {name}.")
        form.get_by_role("button", name="Post reply").click()
        expect(saying(page, f"Mine to {name}.")).to_be_focused()
    shown = page.evaluate(PLACES)
    page.reload()
    expect_places(page, shown)


def test_a_comment_restored_meanwhile_comes_back_to_its_place(visit, site, talk, moderator_state):
    page, desk = visit(), visit(storage_state=moderator_state)
    desk.goto(talk)
    eve = id_of(by(desk, "eve"))
    remove(desk, eve)
    page.goto(talk)
    say(site, page, "Under ann.", parent=id_of(by(page, "ann")))
    page.reload()
    expect(page.locator(f"#comment-{eve}")).to_have_count(0)
    desk.goto(f"/comments/{eve}/")
    desk.get_by_role("button", name=re.compile("^Restore")).first.click()
    expect(desk.locator("#say")).to_contain_text("Restored")
    say(site, page, "Something to be shown.", name="Yan")
    ask(page)
    page.get_by_role("button", name="Show 1 new comment").click()
    expect(page.locator(f"#comment-{eve}")).to_be_visible()
    shown = page.evaluate(PLACES)
    page.reload()
    expect_places(page, shown)


# --- folds ----------------------------------------------------------------------------------------------------


def test_folds_survive_a_reload_and_open_for_what_is_asked_for(visit, talk):
    page = visit(width=360)
    page.goto(talk)
    fork = page.locator(".replies").first
    fork.locator("summary").first.click()
    run = page.locator("button.fold").first
    expect(fork).not_to_have_attribute("open", "")
    # What is folded is kept in a task of its own.
    expect_soon(page, lambda: "folds" in page.evaluate("() => Object.keys(localStorage).join()"))
    page.reload()
    expect(page.locator(".replies").first).not_to_have_attribute("open", "")
    cy = id_of(by(page, "cy"))
    page.goto(f"{talk}#comment-{cy}")
    expect(page.locator(f"#comment-{cy}")).to_be_visible()
    page.reload()
    expect(page.locator(".replies").first).to_have_attribute("open", "")
    page.goto(talk)
    run.click()
    expect(run).to_have_attribute("aria-expanded", "false")
    page.reload()
    expect(page.locator("button.fold").first).to_have_attribute("aria-expanded", "false")


def test_a_run_can_still_be_opened_when_its_first_comment_was_edited_meanwhile(visit, site, talk):
    page, writer = visit(), visit()
    writer.goto(talk)
    form = reply_to(writer, "cy")
    form.get_by_label("Name", exact=True).fill("Xi")
    form.get_by_role("textbox", name="E-mail").fill("xi@example.org")
    form.get_by_label("Your reply").fill("A slip.")
    form.get_by_role("button", name="Post reply").click()
    own = saying(writer, "A slip.")
    expect(own).to_be_focused()
    pk = id_of(own)
    page.goto(talk)
    page.evaluate(LEAVE, 1)
    page.reload()
    below = say(site, page, "Under it.", parent=pk)
    page.evaluate(LEAVE, 1)
    page.reload()
    # In a fork beside dee, Xi's comment begins a run.
    switch = page.locator(f"#comment-{pk} > footer > .fold")
    switch.click()
    expect(page.locator(f"#comment-{below}")).to_be_hidden()
    own.get_by_role("link", name="Edit").click()
    expect(writer.get_by_role("heading", name="Edit your comment")).to_be_visible()
    writer.get_by_label("Your comment").fill("No slip.")
    writer.get_by_role("button", name="Save").click()
    writer.wait_for_url("**#comment-*")
    say(site, page, "On its own.", name="Yan")
    mark = page.locator(f"#comment-{pk} header > b.new")
    marks = mark.count()
    ask(page)
    page.get_by_role("button", name="Show 1 new comment").click()
    expect(page.locator(f"#comment-{pk} .comment-text")).to_have_text("No slip.")
    expect(mark).to_have_count(marks)
    expect(switch).to_have_text("+ 1 reply 1 new")
    expect(switch).to_have_attribute("aria-expanded", "false")
    switch.click()
    expect(page.locator(f"#comment-{below}")).to_be_visible()
