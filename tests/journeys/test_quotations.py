"""A quotation is known for one on every screenful of it, and a text looks the same wherever it is shown."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.journey

LOOKS = {f"{width} px, {scheme}": (width, scheme) for width in (360, 1280) for scheme in ("light", "dark")}
# WCAG 1.4.11: what is needed to understand a graphic.
LEAST_CONTRAST = 3.0
EDGE = 2

READ = """(quotation) => {
  const of = (it) => getComputedStyle(it);
  const [style, box] = [of(quotation), quotation.getBoundingClientRect()];
  const lines = [...quotation.querySelectorAll("p, li")].map(of);
  const words = lines.map((it) => [it.fontSize, it.color, it.lineHeight]);
  return {
    edge: [parseFloat(style.borderInlineStartWidth), style.borderInlineStartStyle, style.borderInlineStartColor],
    paper: of(document.documentElement).backgroundColor,
    looks: [...new Set(words.map(String))],
    count: words.length,
    left: box.left, top: box.top + scrollY, bottom: box.bottom + scrollY, inside: box.left >= 0,
  };
}"""


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def check(page: Page, selector: str, *, least: int = 1) -> list[dict]:
    """Look at every quotation that the selector names, and return what was read of each."""
    found = page.locator(selector).evaluate_all(f"(all) => all.map({READ})")
    assert len(found) >= least
    for quotation in found:
        width, style, colour = quotation["edge"]
        assert (width, style) == (EDGE, "solid")
        assert contrast(colour, quotation["paper"]) >= LEAST_CONTRAST
        assert quotation["inside"]
    return found


@pytest.fixture(params=LOOKS)
def page(request, visit) -> Page:
    """A page of each width in each theme."""
    width, scheme = LOOKS[request.param]
    return visit(width=width, height=800, scheme=scheme)


def test_all_paragraphs_of_a_quoted_source_look_alike(page, site):
    page.goto(site.hard["post after it"])
    (quotation,) = check(page, ".clip blockquote")
    assert quotation["count"] == 30
    assert len(quotation["looks"]) == 1
    page.goto(site.post)
    assert all(len(quotation["looks"]) <= 1 for quotation in check(page, ".clip blockquote"))


def test_a_long_quotation_is_known_for_one_on_every_screenful(page, site):
    page.goto(site.hard["post after it"])
    (quotation,) = check(page, ".clip blockquote")
    screens = range(int(quotation["top"]), int(quotation["bottom"]) - 800, 700)
    assert len(screens) > 3
    name = page.locator(".clip .pub")
    for place in screens:
        page.evaluate("(y) => scrollTo(0, y)", place)
        box = page.locator(".clip blockquote").bounding_box()
        assert box["y"] <= 1 and box["y"] + box["height"] >= 799
        if page.viewport_size["width"] >= 1152:
            expect(name).to_be_in_viewport(ratio=1)


def test_any_other_quotation_has_the_same_edge(page, site):
    page.goto(site.hard["post before it"])
    (quotation,) = check(page, ".prose > blockquote")
    assert len(quotation["looks"]) == 1
    page.goto(site.hard["post"])
    check(page, ".prose > blockquote", least=2)
    check(page, ".comment-text blockquote", least=2)


def test_the_line_that_names_the_source_of_a_comments_quotation_is_small(page, site):
    page.goto(site.hard["post"])
    last = page.locator(".comment-text blockquote[cite] > p:last-child").first
    assert last.evaluate("(it) => parseFloat(getComputedStyle(it).fontSize)") < 15
    assert last.evaluate("(it) => getComputedStyle(it.parentElement).fontSize") != "14px"


@pytest.mark.parametrize("width", [360, 794, 1280])
def test_a_quotation_on_paper_has_its_edge_and_its_source(visit, site, width):
    page = visit(width=width, scheme="dark")
    page.goto(site.hard["post after it"])
    page.emulate_media(media="print")
    (quotation,) = check(page, ".clip blockquote")
    assert len(quotation["looks"]) == 1
    expect(page.locator(".clip .pub")).to_be_visible()
    page.goto(site.hard["post before it"])
    # What an author folds away is not folded away on paper, and its first line is printed.
    expect(page.locator(".prose details > summary")).to_be_visible()


# --- a text looks the same wherever it is shown -------------------------------------------------------------------

# Everything that a text may hold, put into a text on the page, and how it looks there, in sizes of the text itself.
PROBE = """(place) => {
  place.replaceChildren();
  const add = (parent, name, words = "", more = {}) => {
    const made = Object.assign(document.createElement(name), { textContent: words });
    for (const [key, value] of Object.entries(more)) made.setAttribute(key, value);
    parent.append(made);
    return made;
  };
  // The first of a text may stand closer to what is above it.
  add(place, "p", "First");
  const isComment = place.classList.contains("comment-text");
  if (!isComment) for (const name of ["h2", "h3", "h4"]) add(place, name, "Heading");
  const line = add(place, "p", "Words ");
  for (const name of ["a", "b", "em", "s", "code"]) add(line, name, "more", name === "a" ? { href: "/" } : {});
  const quote = add(place, "blockquote", "", { cite: "/comments/1/" });
  for (const words of ["First", "Second", "Last"]) add(quote, "p", words);
  for (const name of ["ul", "ol"]) {
    const list = add(place, name);
    for (const words of ["One", "Two"]) add(list, "li", words);
  }
  add(place, "pre", "code");
  if (!isComment) {
    const row = add(add(add(place, "table"), "tbody"), "tr");
    add(row, "th", "Head"); add(row, "td", "Cell");
    const details = add(place, "details", "", { open: "" });
    add(details, "summary", "Summary"); add(details, "p", "Folded");
    const list = add(place, "dl");
    add(list, "dt", "Term"); add(list, "dd", "Meaning");
  }
  const size = parseFloat(getComputedStyle(place).fontSize);
  const sizes = ["fontSize", "marginBlockStart", "marginBlockEnd", "paddingInlineStart", "paddingInlineEnd",
    "paddingBlockStart", "paddingBlockEnd", "borderInlineStartWidth", "borderBlockStartWidth",
    "borderBlockEndWidth", "minBlockSize"];
  const others = ["fontWeight", "fontStyle", "textTransform", "textDecorationLine", "whiteSpace", "display", "float",
    "fontFamily"];
  return [...place.querySelectorAll("*")].slice(1).map((it) => {
    const style = getComputedStyle(it);
    const looks = Object.fromEntries(others.map((name) => [name, style[name]]));
    if (it.localName === "li") looks.bullet = style.listStyleType;
    // In pixels, and in sizes of the text: one of them stays the same where the text is larger.
    for (const name of sizes) {
      const pixels = parseFloat(style[name]) || 0;
      looks[name] = [pixels, pixels / size].map((it) => it.toFixed(2));
    }
    return [it.localName, looks];
  });
}"""


def look_alike(one, other) -> bool:
    """Whether two values of a property are the same, in pixels or in sizes of the text."""
    return one == other or (isinstance(one, list) and any(map(str.__eq__, one, other)))


def differences(page: Page, selector: str, usual: list) -> list[str]:
    """Return how a text at this place looks otherwise than it usually does."""
    there = page.locator(selector).first.evaluate(PROBE)
    return [
        f"{page.url} {selector} {name}: {prop} {looks[prop]}, usually {value}"
        for (name, usually), (_name, looks) in zip(usual, there, strict=True)
        for prop, value in usually.items()
        if not look_alike(value, looks[prop])
    ]


def test_a_post_looks_the_same_in_its_previews(visit, site, owner_state):
    page = visit(storage_state=owner_state)
    page.goto(site.hard["post before it"])
    usual = page.locator(".post > .prose").evaluate(PROBE)
    page.goto(site.hard["draft"])
    complaints = differences(page, ".post > .prose", usual)
    page.goto("/about/")
    complaints += differences(page, ".prose", usual)
    page.goto(site.hard["editor of an HTML post"])
    page.get_by_role("button", name="Preview").first.click()
    expect(page.locator(".preview .prose")).to_be_visible()
    complaints += differences(page, ".preview .prose", usual)
    assert complaints == []


def test_a_comment_looks_the_same_wherever_it_is_shown(visit, site, owner_state):
    page = visit(storage_state=owner_state)
    page.goto(site.hard["flat discussion"])
    usual = page.locator(".comment .comment-text").first.evaluate(PROBE)
    complaints = []
    for path in (
        site.hard["page of a comment"],
        site.hard["answer of a comment"],
        site.hard["report of a comment"],
        site.hard["removal of a comment"],
        site.hard["person"],
        site.hard["found in the discussion"],
        "/comments/",
        "/moderation/",
    ):
        page.goto(path)
        if page.locator(".comment-text").count():
            complaints += differences(page, ".comment-text", usual)
    page.goto(site.hard["post"])
    page.get_by_role("link", name="Reply to").first.click()
    form = page.locator(".thread .comment-form")
    form.get_by_role("textbox", name="Your reply").fill("A thought.")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator(".preview .comment-text")).to_be_visible()
    complaints += differences(page, ".thread .comment-form .preview .comment-text", usual)
    assert complaints == []
