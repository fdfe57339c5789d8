"""A reader quotes what they select, completes a name and looks at what a link to a comment leads to."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import READERS
from tests.journeys.test_a_reader_takes_part import by, introduce, reply_to, saying
from tests.journeys.waiting import expect_soon, wait_for_scripts

pytestmark = pytest.mark.journey


@pytest.fixture(params=[name for name in READERS if name.endswith(", scripts")])
def scripted(request, visit) -> Page:
    return visit(**READERS[request.param])


def select(words: Locator) -> None:
    """Select the words of an element, as by a mouse: what listens to selections hears of it."""
    words.scroll_into_view_if_needed()
    words.evaluate("(element) => getSelection().selectAllChildren(element)")


def text_of(comment: Locator) -> Locator:
    return comment.locator(".comment-text p").first


def number_of(comment: Locator) -> str:
    return re.search(r"#\d+", comment.locator(".comment-when").inner_text()).group()


def caret(page: Page) -> int:
    return page.evaluate("() => document.activeElement.selectionStart")


# --- quoting --------------------------------------------------------------------------------------------------


def test_selected_words_and_reply_make_a_quotation_that_leads_back(scripted, talk):
    page = scripted
    page.goto(talk)
    words, number = text_of(by(page, "bo")).inner_text(), number_of(by(page, "bo"))
    select(text_of(by(page, "bo")))
    form = reply_to(page, "bo")
    box = form.get_by_label("Your reply to bo")
    start = f"> {words}\n> — bo, {number}\n\n"
    expect(box).to_have_value(start)
    expect(box).to_be_focused()
    expect_soon(page, lambda: caret(page), len(start))
    page.keyboard.type("Is it?")
    introduce(form, "Gus")
    form.get_by_role("button", name="Post reply").click()
    own = saying(page, "Is it?")
    expect(own.locator("blockquote")).to_have_attribute("cite", re.compile(r"^/comments/\d+/$"))
    expect(own.locator(".quote-lost")).to_have_count(0)
    line = by(page, "bo").locator(".quoted-by")
    expect(line).to_have_text(f"Quoted by {number_of(own)}")
    page.reload()
    expect(line).to_have_text(f"Quoted by {number_of(saying(page, 'Is it?'))}")
    line.get_by_role("link").click()
    expect(saying(page, "Is it?")).to_be_focused()
    saying(page, "Is it?").get_by_role("link", name=number, exact=True).click()
    expect(by(page, "bo")).to_be_focused()


def test_the_button_near_a_selection_quotes_it(scripted, talk):
    page = scripted
    page.goto(talk)
    select(text_of(by(page, "eve")))
    button = page.get_by_role("button", name="Quote", exact=True)
    expect(button).to_be_in_viewport()
    button.click()
    expect(page.get_by_label("Your reply to eve")).to_have_value(re.compile(r"^> .+\n> — eve, #\d+\n\n$"))
    expect(button).to_be_hidden()
    page.evaluate("() => getSelection().removeAllRanges()")
    expect(button).to_be_hidden()


def test_words_of_one_comment_are_quoted_in_the_answer_to_another(scripted, talk):
    page = scripted
    page.goto(talk)
    reply_to(page, "fay").get_by_label("Your reply to fay").fill("First.\n\nLast.")
    page.get_by_label("Your reply to fay").evaluate("(box) => box.setSelectionRange(6, 6)")
    select(text_of(by(page, "ann")))
    by(page, "fay").get_by_role("link", name="Reply to fay").click()
    expect(page.get_by_label("Your reply to fay")).to_have_value(
        re.compile(r"^First\.\n\n> .+\n> — ann, #\d+\n\nLast\.$")
    )
    page.keyboard.type("Between. ")
    expect(page.get_by_label("Your reply to fay")).to_have_value(re.compile(r"\n\nBetween\. Last\.$"))


def test_words_of_the_post_open_a_comment_of_ones_own(scripted, site):
    page = scripted
    page.goto(site.post)
    select(page.locator(".post > .prose > p").first)
    page.get_by_role("button", name="Quote", exact=True).click()
    box = page.get_by_label("Your comment")
    expect(box).to_be_focused()
    expect(box).to_have_value(re.compile(r"^> .+\n> — .+, #post\n\n$", re.S))
    form = page.locator("#join form")
    form.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("blockquote")).to_have_attribute("cite", site.post)
    expect(preview.locator(".quote-lost")).to_have_count(0)
    box.fill("> It never said so\n> — Maren Holloway, #post")
    form.get_by_role("button", name="Preview").click()
    expect(preview).to_contain_text("These words are no longer in the post: “It never said so”")


def test_the_key_does_what_the_button_does(scripted, site, talk):
    page = scripted
    page.goto(site.post)
    page.locator(".comment").nth(2).focus()
    select(page.locator(".post > .prose > p").first)
    page.keyboard.press("q")
    expect(page.get_by_label("Your comment")).to_have_value(re.compile(r"^> .+\n> — .+, #post\n\n$", re.S))
    expect(page.get_by_label("Your comment")).to_be_focused()
    expect(page.locator("form.comment-form")).to_have_count(1)
    page.goto(talk)
    by(page, "fay").focus()
    select(text_of(by(page, "ann")))
    page.keyboard.press("q")
    expect(page.get_by_label("Your reply to ann")).to_have_value(re.compile(r"^> .+\n> — ann, #\d+\n\n$"))
    expect(page.locator("form.comment-form")).to_have_count(2)


def test_without_a_selection_the_key_quotes_the_comment_that_has_the_focus(scripted, talk):
    page = scripted
    page.goto(talk)
    by(page, "cy").focus()
    page.keyboard.press("q")
    expect(page.get_by_label("Your reply to cy")).to_have_value(re.compile(r"^> .+\n> — cy, #\d+\n\n$"))


def test_the_key_of_answers_takes_selected_words_to_whom_they_are_meant_for(scripted, site, talk):
    page = scripted
    page.goto(site.post)
    select(page.locator(".post > .prose > p").first)
    page.keyboard.press("r")
    # No comment has the focus, and the first one in view has nothing to do with these words.
    expect(page.get_by_label("Your comment")).to_have_value(re.compile(r"^> .+, #post\n\n$", re.S))
    page.goto(talk)
    by(page, "fay").focus()
    select(text_of(by(page, "ann")))
    page.keyboard.press("r")
    expect(page.get_by_label("Your reply to fay")).to_have_value(re.compile(r"^> .+\n> — ann, #\d+\n\n$"))


def test_a_comment_can_say_that_it_is_to_be_quoted(scripted, talk):
    page = scripted
    page.goto(talk)
    wait_for_scripts(page, "writing")
    by(page, "cy").evaluate("(comment) => comment.dispatchEvent(new CustomEvent('quote', { bubbles: true }))")
    expect(page.get_by_label("Your reply to cy")).to_have_value(re.compile(r"^> .+\n> — cy, #\d+\n\n$"))
    expect(page.get_by_label("Your reply to cy")).to_be_focused()


def test_signs_of_markdown_in_quoted_words_stay_words(scripted, talk):
    page = scripted
    page.goto(talk)
    odd = "1. *stars*, `code`, <b>tags</b> & _lines_ in snake_case [x](y)"
    text_of(by(page, "dee")).evaluate("(element, odd) => { element.textContent = odd; }", odd)
    select(text_of(by(page, "dee")))
    form = reply_to(page, "dee")
    expect(form.get_by_label("Your reply to dee")).to_have_value(re.compile("snake_case"))
    form.get_by_role("button", name="Preview").click()
    quoted = page.get_by_role("region", name="Preview").locator("blockquote > p").first
    expect(quoted).to_have_text(odd)
    expect(quoted.locator("*")).to_have_count(0)


# --- names ----------------------------------------------------------------------------------------------------


def test_a_name_is_completed_by_keyboard(scripted, site):
    page = scripted
    page.goto(site.lanes)
    box = reply_to(page, "eve").get_by_label("Your reply to eve")
    box.press_sequentially("Well, @b")
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.type("o")
    options = page.get_by_role("option")
    expect(options).to_have_text(["bo2", "bo"])
    expect(box).to_have_attribute("aria-controls", page.get_by_role("listbox").get_attribute("id"))
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Well, @bo ")
    expect(page.get_by_role("listbox")).to_have_count(0)
    # Esc closes the list and not the form; then Enter is a new line again.
    page.keyboard.type("and @an")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(box).to_have_value("Well, @bo and @an\n")


def test_whoever_is_answered_comes_first_and_a_press_takes_a_name(scripted, site):
    page = scripted
    page.goto(site.lanes)
    box = reply_to(page, "ann2").get_by_label("Your reply to ann2")
    box.press_sequentially("@ann")
    expect(page.get_by_role("option").first).to_have_text("ann2")
    page.get_by_role("option", name="ann3").click()
    expect(box).to_have_value("@ann3 ")
    expect(box).to_be_focused()
    box.press_sequentially("x@annotated @nobody")
    expect(page.get_by_role("listbox")).to_have_count(0)


@pytest.fixture
def crowd(visit, site) -> Page:
    """A discussion with many names, on a phone."""
    page = visit(width=360, height=740, finger=True)
    page.goto(site.post)
    return page


def room(page: Page) -> tuple[float, float, float, float, float]:
    """Top and bottom of the list of names and of the field, and what of the screen the bar leaves."""
    return tuple(
        page.evaluate(
            """() => {
              const box = (selector) => document.querySelector(selector).getBoundingClientRect();
              const [list, field] = [box(".people"), box("#join textarea")];
              const free = innerHeight - document.querySelector(".new-bar").offsetHeight;
              return [list.top, list.bottom, field.top, field.bottom, free];
            }"""
        )
    )


NAMES = """() => {
  const name = (place) => `Reader ${place}`;
  document.querySelectorAll(".comment > header :is(h3, h4) bdi").forEach((bdi, at) => { bdi.textContent = name(at); });
}"""


@pytest.mark.parametrize(("scroll", "is_above"), [("end", True), ("start", False)])
def test_the_names_stay_on_the_screen_of_a_phone(crowd, scroll, is_above):
    page = crowd
    page.evaluate(NAMES)
    box = page.get_by_label("Your comment")
    box.focus()
    box.evaluate("(box, block) => box.scrollIntoView({ block })", scroll)
    page.keyboard.type("@rea")
    expect(page.get_by_role("option")).to_have_count(8)

    def names_are_beside_the_field() -> bool:
        top, bottom, field_top, field_bottom, free = room(page)
        is_beside = (bottom <= field_top + 1) if is_above else (top >= field_bottom - 1)
        return 0 <= top < bottom <= free and is_beside

    expect_soon(page, names_are_beside_the_field)
    # All of them can be chosen.
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(box).to_have_value(re.compile(r"^@Reader \d+ $"))


# --- previews -------------------------------------------------------------------------------------------------


FAR = """() => [...document.querySelectorAll(".comment-parent")].findIndex((link) => {
  const parent = document.getElementById(`comment-${link.pathname.split("/")[2]}`);
  return link.getBoundingClientRect().top - parent.getBoundingClientRect().bottom > 2 * innerHeight;
})"""


@pytest.fixture
def far(visit, site) -> Locator:
    """A link to a comment that is out of sight, on a page whose clock can be put forward."""
    page = visit(height=500)
    page.clock.install()
    page.goto(site.post)
    link = page.locator(".comment-parent").nth(page.evaluate(FAR))
    link.scroll_into_view_if_needed()
    return link


def test_the_focus_shows_what_a_link_leads_to_and_esc_hides_it(far):
    page = far.page
    far.evaluate("(link) => link.closest('.comment').focus()")
    # Only a few controls of its header stand before it.
    for _press in range(5):
        if far.evaluate("(link) => link !== document.activeElement"):
            page.keyboard.press("Tab")
    peek = page.get_by_role("tooltip")
    expect(peek).to_contain_text(far.locator("bdi").inner_text())
    expect(far).to_be_focused()
    expect(far).to_have_accessible_description(re.compile(r" #\d+ "))
    page.keyboard.press("Escape")
    expect(peek).to_be_hidden()
    expect(far).to_be_focused()
    expect(far).to_have_accessible_description("")


def test_a_preview_stays_while_the_pointer_is_in_it(far):
    page = far.page
    far.hover()
    peek = page.get_by_role("tooltip")
    expect(peek).to_be_visible()
    peek.hover()
    page.clock.run_for(60_000)
    expect(peek).to_be_visible()
    page.mouse.move(2, 2)
    expect(peek).to_be_hidden()


def test_a_comment_that_is_in_view_is_outlined(visit, site):
    page = visit()
    page.goto(site.lanes)
    page.locator(f"#comment-{site.comments['bo']} .comment-parent").hover()
    ann = page.locator(f"#comment-{site.comments['ann']}")
    expect(ann).to_have_class(re.compile("pointed-at"))
    expect(page.get_by_role("tooltip")).to_have_count(0)
    page.mouse.move(2, 2)
    expect(ann).not_to_have_class(re.compile("pointed-at"))


def test_a_comment_that_is_gone_is_said_to_be(visit, site):
    visit.expected.add((410, "/preview/"))
    page = visit(height=500)
    page.goto(site.lanes)
    text = page.locator(f"#comment-{site.comments['ivy']} .comment-text")
    text.evaluate(
        f"(it) => {{ it.innerHTML = '<p><a href=\"/comments/{site.comments['fay']}/\">#99</a></p>'; }}"
    )
    page.locator(f"#comment-{site.comments['fay']}").evaluate("(it) => it.remove()")
    text.get_by_role("link").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("has been deleted.")
