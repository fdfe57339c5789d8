"""Words that no page expects, long ones, addresses, Hebrew and Arabic: no page is pushed aside, each runs its way."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import overflow
from tests.journeys.hard_words import HEBREW, WORD
from tests.journeys.test_pages_are_accessible import (
    PAGES,
    PAGES_OF_AUTHORS,
    PAGES_OF_MEMBERS,
    PAGES_OF_MODERATORS,
)

pytestmark = pytest.mark.journey

NARROW = 320
# Found on these: what was looked for, in vain too.
SEARCHES = {
    "search": f"/search/?q={WORD}",
    "search in vain": f"/search/?q={WORD}{WORD}",
    "search with an author": f"/search/?q={HEBREW}&author=hard-words",
    "year": "/2021/",
    "404": f"/{WORD}/{WORD}/",
}
OF_OWNERS = {
    "queue that was searched": f"/moderation/?state=all&q={WORD}",
    "decisions": "/moderation/?state=decided",
    "comments in the admin": f"/admin/comments/comment/?q={WORD}",
    "history in the admin": "/admin/blog/post/1/history/",
    **{f"list of {name} in the admin": f"/admin/{name}/" for name in (
        "blog/tag", "blog/category", "blog/author", "blog/publication", "blog/article", "blog/figure", "accounts/user",
    )},
    "settings of the site": "/admin/blog/sitesettings/1/change/",
}  # fmt: skip
# Words of up to sixteen letters that stand on two lines: what breaks to let a long one in must not break these.
BROKEN = """() => {
  const found = [], range = document.createRange();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const holder = node.parentElement;
    if (!holder.checkVisibility() || holder.closest("pre, textarea, script, .vh, .skip")) continue;
    for (const { 0: word, index } of node.data.matchAll(/(?<=^|\\s)[A-Za-z]{2,16}(?=$|\\s)/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const tops = [...range.getClientRects()].filter((it) => it.width).map((it) => Math.round(it.top));
      const isBroken = tops.length > 1 && Math.max(...tops) - Math.min(...tops) > 4;
      if (isBroken) found.push(`${word}: ${holder.outerHTML.slice(0, 90)}`);
    }
  }
  return found;
}"""
# The texts of an owner stand on every page; the words of strangers in the lists of the front page change daily.
FILLED = ".mast > a, .foot-say, .popular li a, .recent li a, .crumbs a"
SET = """([places, word]) => {
  for (const place of document.querySelectorAll(places)) place.textContent = word;
}"""
WAYS = """(selector) => [...document.querySelectorAll(selector)].map((it) => {
  const { direction } = getComputedStyle(it);
  return [it.localName, direction];
})"""


def look_at(page: Page, pages: dict[str, str], *, fill: str = "") -> list[str]:
    """Return what is wrong on these pages at the narrowest width."""
    page.set_viewport_size({"width": NARROW, "height": 800})
    complaints = []
    for kind, path in pages.items():
        page.goto(path)
        if fill:
            page.evaluate(SET, [FILLED, fill])
        complaints += [
            f"{kind} {path}: {found}" for found in (overflow(page), *page.evaluate(BROKEN)) if found
        ]
    return complaints


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_no_page_of_readers_is_wider_than_a_phone(visit, site, scripts):
    page = visit(java_script_enabled=scripts)
    assert look_at(page, {**site.hard, **SEARCHES}) == []


def test_no_page_of_owners_is_wider_than_a_phone(visit, site, owner_state):
    page = visit(storage_state=owner_state)
    places = {kind: path for kind, path in PAGES_OF_MODERATORS.items() if "{" not in path}
    assert look_at(page, {**site.hard, **PAGES_OF_MEMBERS, **PAGES_OF_AUTHORS, **places, **OF_OWNERS}) == []


@pytest.mark.parametrize("word", [WORD, HEBREW], ids=["long", "Hebrew"])
def test_the_name_of_the_site_and_what_is_said_on_it_fit_too(visit, site, word):
    kinds = (
        "home",
        "comment",
        "tags",
        "sign-in",
        "404",
        "410",
        "post with clippings, a figure and 120 comments",
    )
    paths = {kind: PAGES[kind].format(**vars(site), post=site.post) for kind in kinds}
    assert look_at(visit(), paths, fill=word) == []


def test_answers_to_a_hard_name_fit(visit, site):
    page = visit(width=NARROW)
    page.goto(site.hard["post"])
    page.get_by_role("link", name="Reply to").first.click()
    form = page.locator(".thread .comment-form")
    form.get_by_role("textbox", name="Your reply").fill(f"{WORD}{WORD}\n\n{HEBREW}")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator(".preview .comment-text")).to_be_visible()
    assert overflow(page) == ""
    page.get_by_role("link", name="More on").first.click()
    expect(page.get_by_role("menu")).to_be_visible()
    assert overflow(page) == ""


def test_paragraphs_of_posts_run_their_own_way(every_reader, site):
    page = every_reader
    page.goto(site.hard["post"])
    of_body = {(name, way) for name, way in map(tuple, page.evaluate(WAYS, ".post > .prose *"))}
    for block in ("p", "h2", "ul", "li", "blockquote", "th"):
        assert (block, "rtl") in of_body, block
    assert {("p", "ltr"), ("h2", "ltr"), ("li", "ltr"), ("pre", "ltr"), ("figure", "ltr")} <= of_body
    assert page.evaluate(WAYS, ".dek") == [["p", "ltr"]]
    page.goto(site.hard["post after it"])
    assert page.evaluate(WAYS, "h1, .post .dek") == [["h1", "rtl"], ["p", "rtl"]]
    assert ["span", "ltr"] in page.evaluate(WAYS, ".neighbours span")
    page.goto(site.hard["month"])
    ways = page.locator(".entry h3").evaluate_all("(all) => all.map((it) => getComputedStyle(it).direction)")
    assert sorted(ways) == ["ltr", "ltr", "rtl"]
