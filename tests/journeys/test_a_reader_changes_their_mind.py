"""A reader edits what they wrote, reports what should not be there, takes that back, and tells the author of a typo."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_a_reader_takes_part import by, has_scripts, introduce, open_page_of, saying, sign_in

pytestmark = pytest.mark.journey


def comment_under(page: Page, talk: str, text: str, *, name: str = "") -> None:
    page.goto(talk)
    form = page.locator("#join form")
    if name:
        introduce(form, name)
    form.get_by_label("Your comment").fill(text)
    form.get_by_role("button", name="Post comment").click()
    expect(saying(page, text)).to_be_in_viewport()


def edit(page: Page, old: str, new: str) -> None:
    """Follow Edit under one's own comment, look at the preview, and save."""
    saying(page, old).get_by_role("link", name="Edit your comment").click()
    fill_in_edit(page, old, new)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_contain_text(new)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**#comment-*")
    expect(saying(page, new)).to_be_in_viewport()


def fill_in_edit(page: Page, old: str, new: str) -> None:
    """Wait for the page on which a comment is edited, and change the words; the post's own form has the same label."""
    expect(page.get_by_role("heading", name="Edit your comment")).to_be_visible()
    box = page.get_by_label("Your comment")
    expect(box).to_have_value(old)
    box.fill(new)


def wait_a_minute(site, page: Page, text: str, *, minutes: int = 1) -> None:
    """Let the comment have stood for some minutes and a bit."""
    pk = saying(page, text).get_attribute("id").removeprefix("comment-")
    site.age(int(pk), seconds=60 * minutes + 5)


def test_a_guest_mends_a_slip_and_later_everybody_reads_what_changed(every_reader, visit, site, talk):
    page = every_reader
    comment_under(page, talk, "They met on Teusday.", name="Gus")
    edit(page, "They met on Teusday.", "They met on Tuesday.")
    expect(saying(page, "They met on Tuesday.").get_by_role("link", name="edited")).to_have_count(0)
    wait_a_minute(site, page, "They met on Tuesday.")
    edit(page, "They met on Tuesday.", "They met on Wednesday. I was there.")

    other = visit(java_script_enabled=has_scripts(page), width=page.viewport_size["width"])
    other.goto(talk)
    saying(other, "They met on Wednesday.").get_by_role("link", name="edited").click()
    changes = other.get_by_role("region", name="What changed")
    expect(changes).to_be_in_viewport()
    expect(changes.get_by_role("deletion")).to_have_text("[removed: Tuesday.]")
    expect(changes.get_by_role("insertion")).to_have_text("[added: Wednesday. I was there.]")
    expect(other.get_by_role("link", name="Edit", exact=True)).to_have_count(0)


def test_a_member_edits_from_the_comments_own_page_until_it_is_too_late(reader, site, talk, member):
    page = reader
    sign_in(page, member)
    comment_under(page, talk, "I was rong.")
    open_page_of(page, saying(page, "I was rong."))
    yours = page.get_by_role("region", name="Your comment")
    expect(yours).to_contain_text(re.compile(r"Edit ·\s+you have 1[45] minutes left"))
    yours.get_by_role("link", name="Edit").click()
    fill_in_edit(page, "I was rong.", "I was wrong.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**#comment-*")
    expect(saying(page, "I was wrong.")).to_be_in_viewport()

    saying(page, "I was wrong.").get_by_role("link", name="Edit your comment").click()
    fill_in_edit(page, "I was wrong.", "I was right, after all.")
    number = page.url.rstrip("/").split("/")[-2]
    site.age(int(number), seconds=16 * 60)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "Comments can only be edited for 15 minutes after posting."
    )
    expect(page.get_by_label("Your text is safe")).to_have_value("I was right, after all.")
    page.get_by_role("link", name="Back to the discussion").click()
    own = saying(page, "I was wrong.")
    expect(own).to_be_in_viewport()
    expect(own.get_by_role("link", name="Edit your comment")).to_have_count(0)


def test_links_that_come_by_an_edit_wait_for_a_moderator(reader, visit, talk):
    page = reader
    comment_under(page, talk, "No links yet.", name="Gus")
    saying(page, "No links yet.").get_by_role("link", name="Edit your comment").click()
    fill_in_edit(page, "No links yet.", "https://a.example https://b.example https://c.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Waiting for review: Comments with 3 or more links")).to_be_visible()
    other = visit()
    other.goto(talk)
    expect(saying(other, "a.example")).to_have_count(0)


def test_a_reader_reports_a_comment_and_takes_it_back(every_reader, talk):
    page = every_reader
    page.goto(talk)
    open_page_of(page, by(page, "cy"))
    page.get_by_role("link", name="Report this comment…").click()
    expect(page.locator(".comment-text")).to_have_text("Text of cy.")
    page.get_by_label("Something else").check()
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("alert")).to_contain_text("Tell us briefly what’s wrong.")
    expect(page.get_by_label("Something else")).to_be_checked()
    page.get_by_label("Details").fill("It is not what cy said on Monday.")
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text(re.compile(r"You reported this on .*: Something else\."))).to_be_visible()
    expect(page.get_by_text("It is not what cy said on Monday.")).to_be_visible()
    page.get_by_role("button", name="Withdraw report").click()
    page.get_by_role("link", name="Report this comment…").click()
    expect(page.get_by_role("button", name="Send report")).to_be_visible()


def test_a_reader_tells_the_author_of_a_typo(every_reader, talk):
    page = every_reader
    page.goto(talk)
    form = page.locator("#join form")
    introduce(form, "Gus")
    form.get_by_label("Your comment").fill("“Teh” in the first paragraph.")
    page.locator("summary", has_text="Just spotted a typo or an error?").click()
    form.get_by_role("button", name="Send privately to the author").click()
    sentence = "Sent to the author. It won’t be published."
    expect(page.locator("main").get_by_text(sentence)).to_be_visible()
    if has_scripts(page):
        expect(page.locator("#say")).to_have_text(sentence)
        expect(form.get_by_label("Your comment")).to_have_value("")
        form.get_by_label("Your comment").fill("And a comment.")
        form.get_by_role("button", name="Post comment").click()
        expect(saying(page, "And a comment.")).to_be_in_viewport()
        expect(page.locator("main").get_by_text(sentence)).to_have_count(0)
    else:
        page.get_by_role("link", name="Back to the post").click()
    expect(page.get_by_text("“Teh” in the first paragraph.")).to_have_count(0)


def test_a_note_that_cannot_be_sent_stays_in_its_box(reader, visit, talk):
    page = reader
    visit.expected.add((400, "/comments/"))
    page.goto(talk)
    form = page.locator("#join form")
    form.get_by_label("Your comment").fill("Nobody signed this.")
    page.locator("summary", has_text="Just spotted a typo or an error?").click()
    form.get_by_role("button", name="Send privately to the author").click()
    form = page.locator("form.comment-form").first
    expect(form.get_by_role("heading", name="Your note was not sent")).to_be_visible()
    expect(form.get_by_label("Your comment")).to_have_value("Nobody signed this.")


def test_an_author_reads_the_notes_to_them(visit, site):
    author = site.authors.pop()
    reader = visit(width=360)
    reader.goto(author["post"])
    form = reader.locator("#join form")
    introduce(form, "Gus")
    form.get_by_label("Your comment").fill("The division was 74 to 74, not 75.")
    reader.locator("summary", has_text="Just spotted a typo or an error?").click()
    form.get_by_role("button", name="Send privately to the author").click()
    expect(reader.locator("main").get_by_text(f"sent to {author['name']}")).to_be_visible()

    page = visit()
    sign_in(page, author["name"])
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Notes 1 unread").click()
    page.get_by_role("link", name="The division was 74 to 74").click()
    expect(page.get_by_role("main")).to_contain_text("Gus")
    page.goto("/")
    expect(page.get_by_role("banner").get_by_role("link", name="Notes")).to_have_count(0)
