"""Every selector of every script finds something on a page made for it: one that matches nowhere does nothing.

The scripts are read for what they look for; each state below is opened in a browser and asked which of it is there.
What no state shows is listed with its reason, and the list is checked as well.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import house_rules as rules
from tests.journeys.test_a_reader_comes_back import LEAVE, ask, say
from tests.journeys.test_a_reader_takes_part import by
from tests.journeys.test_nothing_typed_is_lost import SENDING
from tests.journeys.waiting import Slow
from tests.stylesheets import selectors_in

pytestmark = pytest.mark.journey

SCRIPTS = {
    path.split("/")[-1]: rules.read(path) for path in rules.files(".js") if path.startswith("static/js/")
}

_LITERAL = r"\(\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|`([^`\n]*)`)\s*\)"
_CALLS = {
    re.compile(rf"\.(?:querySelector|querySelectorAll|closest|matches){_LITERAL}"): "{}",
    re.compile(rf"\.getElementById{_LITERAL}"): '[id="{}"]',
    re.compile(rf"\.getElementsByClassName{_LITERAL}"): ".{}",
    re.compile(rf"\.namedItem{_LITERAL}"): '[name="{}"]',
}
_DATA = re.compile(r"\b(?:\w+|\))(?:\?)?\.dataset\.([a-zA-Z]+)\b(?!\s*(?:=(?!=)|\?\?=))")
_CONSTANT = re.compile(r"""\bconst ([A-Z_]+) = (["'])(.*?)\2;""")

# What no state below shows, and why it is right all the same.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("draft.js", ".gather"): "two tabs are open (test_nothing_typed_is_lost.py)",
    ("keys.js", "[contenteditable]"): "what a browser's extension may put into a page",
    ("queue.js", "[contenteditable]"): "what a browser's extension may put into a page",
    ("moderation.js", "* > .told"): "somebody else has decided meanwhile (test_a_moderator_keeps_order.py)",
    ("moderation.js", ".told"): "somebody else has decided meanwhile (test_a_moderator_keeps_order.py)",
    ("moderation.js", "[data-plain]"): "stands there until the page is left",
    ("passkey.js", ".without-passkey"): "passkeys are for localhost (test_a_reader_signs_up.py)",
    ("passkey.js", "[data-passkey]"): "passkeys are for localhost (test_a_reader_signs_up.py)",
    ("passkey.js", "form[data-passkey]"): "passkeys are for localhost (test_a_reader_signs_up.py)",
    ("passkey.js", '[id="passkey-options"]'): "passkeys are for localhost (test_a_reader_signs_up.py)",
}
# A post without comments.
EMPTY = "{posts[in-praise-of-the-slow-count]}"


def selectors_of(source: str) -> set[str]:
    """Return what a script looks for, as selectors of the whole page."""
    source = re.sub(r"^\s*//.*$", "", re.sub(r"/\*.*?\*/", "", source, flags=re.S), flags=re.M)
    constants = {name: value for name, _quote, value in _CONSTANT.findall(source)}
    found = set()
    for call, form in _CALLS.items():
        for parts in call.findall(source):
            written = next(filter(None, parts), "")
            before, is_made, _rest = written.partition("${")
            if is_made and form.startswith("[id="):
                found.add(f'[id^="{before}"]')
            else:
                found.add(form.format(_of_the_page(written, constants)))
    for name in _DATA.findall(source):
        found.add(f"[data-{re.sub('([A-Z])', lambda letter: f'-{letter[1].lower()}', name)}]")
    # Of a list each is looked for by itself.
    return {one for selector in found for one in selectors_in(selector) if one.strip("*")}


def _of_the_page(selector: str, constants: dict[str, str]) -> str:
    """Return a selector without `:scope`, and with any value in the place of one that is made while it runs."""
    for name, value in constants.items():
        selector = selector.replace(f"${{{name}}}", value)
    # [id="${…}"], [name=do][value=${…}], [id="form-${…}-text"]: the attribute, whatever it says.
    selector = re.sub(
        r"\[([\w-]+)[*^$]?=(?:\"[^\"\]]*\$\{[^\]]*?\"|[^\]\"]*\$\{.*?\}[^\]\"]*)\]", r"[\1]", selector
    )
    selector = re.sub(r"#[\w-]+-\$\{.*\}(?=\s|$)", "[id]", selector)
    if "${" in selector:
        selector = re.sub(r"-?\$\{.*\}", "", selector) + "*" * selector.startswith("${")
    # A pointer or the focus is somewhere else by now.
    selector = re.sub(r":(?:is\(:hover, :focus-visible\)|hover|focus-visible|checked)", "", selector)
    return selector.replace(":scope", "*")


def present(page: Page, wanted: set[str]) -> set[str]:
    """Return those of the selectors that match something on the page as it is."""
    return set(page.evaluate("(all) => all.filter((one) => document.querySelector(one))", sorted(wanted)))


# --- the states -----------------------------------------------------------------------------------------------


def writing(page: Page, site: Any, talk: str) -> Iterator[None]:
    """A guest quotes, completes a name, waits for the preview, is refused, and posts."""
    answers = Slow(page, SENDING)
    page.goto(talk)
    yield
    words = page.locator(".comment .comment-text p").first
    words.evaluate("(element) => getSelection().selectAllChildren(element)")
    page.get_by_role("button", name="Quote", exact=True).click()
    page.keyboard.type("Is that so, @an")
    expect(page.get_by_role("listbox")).to_be_visible()
    yield
    page.keyboard.press("Escape")
    form = page.locator(".thread .comment-form")
    form.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-busy]")).to_have_count(1)
    yield
    answers.let_go()
    expect(form.locator(".preview .comment-text")).to_be_visible()
    yield
    form.get_by_role("button", name="Post reply").click()
    expect(form.get_by_role("alert")).to_be_visible()
    yield
    page.reload()
    expect(page.get_by_role("button", name="Discard").first).to_be_visible()
    yield
    form = page.locator("#join form")
    form.get_by_label("Name", exact=True).fill("Gus")
    form.get_by_role("textbox", name="E-mail").fill("gus@example.org")
    form.get_by_label("Your comment").fill("> Text of ann.\n> — ann, #1\n\n> Never said.\n> — ann, #1\n\nSo?")
    form.get_by_role("button", name="Post comment").click()
    expect(form.get_by_label("Your comment")).to_have_value("")
    expect(page.locator(".quote-lost")).to_have_count(1)
    yield


def coming_back(page: Page, site: Any, talk: str) -> Iterator[None]:
    """A guest finds marks, walks, jumps, looks, opens a menu, and more arrives."""
    page.goto(talk)
    expect(page.locator("#news")).to_be_hidden()
    expect(page.locator(".fold-all")).to_be_visible()
    page.evaluate(LEAVE, 0)
    under = say(
        site, page, "Under dee.", parent=(by(page, "dee").get_attribute("id") or "").removeprefix("comment-")
    )
    say(site, page, "On its own.", name="Yan")
    page.reload()
    expect(page.locator("#news a.first-new")).to_be_visible()
    yield
    page.get_by_role("button", name="Next new").click()
    expect(page.locator(".current")).to_have_count(1)
    page.locator(f"#comment-{under} .comment-parent").hover()
    expect(page.locator(".pointed-at, .peek")).to_have_count(1)
    yield
    page.get_by_role("button", name="Collapse all replies").click()
    yield
    page.get_by_role("link", name="More on").first.click()
    expect(page.get_by_role("menu")).to_be_visible()
    yield
    page.keyboard.press("Escape")
    say(site, page, "Third.", name="Xi")
    ask(page)
    expect(page.locator(".arrived:not([hidden])")).to_have_count(1)
    yield
    page.keyboard.press("?")
    expect(page.locator(".keys-dialog")).to_be_visible()
    yield


def reading(page: Page, site: Any, talk: str) -> Iterator[None]:
    """Lists, long threads, pages of a discussion, one comment, taking back and editing."""
    for path in (
        "/",
        site.post,
        site.lanes,
        site.vast,
        f"{site.vast}?page=2",
        f"{site.post}?order=flat",
        EMPTY,
    ):
        page.goto(path.format(**vars(site)))
        yield
    page.goto(site.lanes)
    page.locator(f"#comment-{site.comments['bo']} .comment-parent").hover()
    expect(page.locator(".pointed-at")).to_have_count(1)
    yield
    page.locator(".comment-parent").last.click()
    page.locator(".comment > footer > .fold:visible").first.click()
    yield
    page.goto(f"/comments/{site.edited}/in-thread/")
    expect(page.locator(".edited")).to_be_visible()
    yield
    page.goto(talk)
    page.locator(".comment > footer button[aria-pressed]").first.click()
    expect(page.locator(".comment > footer button[aria-pressed=true]")).to_have_count(1)
    page.context.set_offline(True)
    page.locator(".comment > footer button[aria-pressed]").first.click()
    expect(page.locator(".vote-failed")).to_be_visible()
    page.get_by_role("link", name="More on").first.click()
    expect(page.locator(".offline")).to_be_visible()
    yield
    page.context.set_offline(False)
    page.goto(f"/comments/{(by(page, 'fay').get_attribute('id') or '').removeprefix('comment-')}/mute/")
    page.locator("button[value=person]").click()
    expect(page).not_to_have_url(re.compile("/mute/$"))
    page.goto(talk)
    yield
    for path in (
        f"/comments/{site.comments['ann3']}/",
        site.hard["post"],
        "/mutes/",
        f"/posts/{site.open_post}/find/",
    ):
        page.goto(path)
        yield


def signing_in(page: Page, site: Any, talk: str) -> Iterator[None]:
    """The forms of accounts."""
    for path in ("/accounts/login/", "/accounts/signup/"):
        page.goto(path)
        yield
    for button in page.locator("button.show").all():
        button.click()
    yield


def being_a_member(page: Page, site: Any, talk: str) -> Iterator[None]:
    """A member's settings and a discussion with marks of theirs."""
    for path in (
        "/accounts/",
        "/accounts/second-factor/",
        "/accounts/second-factor/passkeys/add/",
        site.busy,
        talk,
    ):
        page.goto(path)
        yield
    form = page.locator("#join form")
    form.get_by_label("Your comment").fill("A thought of mine.")
    form.get_by_role("button", name="Post comment").click()
    expect(page.locator(".mine")).to_have_count(1)
    yield


def keeping_order(page: Page, site: Any, talk: str) -> Iterator[None]:
    """The queue and decisions in a thread."""
    page.goto(talk)
    yield
    row = by(page, "fay")
    row.get_by_role("button", name=re.compile("^Hold")).or_(row.locator(".decide button")).first.click()
    expect(page.locator(".receipt-line, .told").first).to_be_visible()
    yield
    by(page, "eve").locator(".decide .remove").click()
    expect(page.locator(".removal-form")).to_be_visible()
    yield
    page.goto("/moderation/?state=all")
    yield
    page.locator(".removal > summary").first.click()
    page.locator(".queue-list li input").first.check()
    yield
    page.goto("/moderation/?state=all")
    page.keyboard.press("j")
    expect(page.locator(".item:focus")).to_have_count(1)
    yield


def writing_posts(page: Page, site: Any, talk: str) -> Iterator[None]:
    """The editor with its dialog and something that is not saved."""
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title").fill("A title")
    page.get_by_role("button", name="Quoted source").or_(page.locator(".insert button")).first.click()
    expect(page.locator(".dialog")).to_be_visible()
    yield


STATES: dict[Callable[[Page, Any, str], Iterator[None]], str] = {
    writing: "",
    coming_back: "",
    reading: "",
    signing_in: "",
    being_a_member: "member_state",
    keeping_order: "moderator_state",
    writing_posts: "author_state",
}


@pytest.fixture(scope="session")
def wanted() -> dict[str, set[str]]:
    """What each script looks for."""
    return {name: selectors_of(source) for name, source in SCRIPTS.items()}


def test_every_selector_finds_something(visit, site, request, wanted):
    visit.expected |= {(400, "/comments/")}
    everything = {selector for found in wanted.values() for selector in found}
    missing = set(everything)
    for state, who in STATES.items():
        more = {"storage_state": request.getfixturevalue(who)} if who else {}
        page = visit(**more)
        for _step in state(page, site, site.talks.pop()):
            missing -= present(page, missing)
    lost = {(name, selector) for name, found in wanted.items() for selector in found & missing}
    assert lost == set(EXCEPTIONS)


def test_the_selectors_are_read_from_the_scripts(wanted):
    assert ".new-bar" in wanted["bar.js"]
    assert '[id="discussion"]' in wanted["bar.js"]
    assert "[data-last]" in wanted["live.js"]
    assert sum(map(len, wanted.values())) > 200
    source = (
        "a.querySelector('main > article a'); b.closest(`[id=\"${id}\"]`); c.dataset.isHere; d.dataset.a = 1"
    )
    assert selectors_of(source) == {"main > article a", "[id]", "[data-is-here]"}
