"""Every kind of page holds in axe, at both widths and in both themes, under fingers, on paper and at 320 pixels."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.test_a_reader_quotes import FAR

pytestmark = pytest.mark.journey

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WHOLE = {
    "runOnly": STANDARDS,
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations", "incomplete"],
}
# What a change of colours alone can break.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations", "incomplete"]}

# Without selectors, which take much of its time; the element itself says which one it is. Colours are what takes the
# rest: those of the sixth thread of a discussion are those of the first, so far threads are left out of all but one.
RUN_AXE = """async ({ options, far, only }) => {
  const where = only ? { include: [only] } : far ? document : { exclude: [".thread > li:nth-child(n + 6)"] };
  const { violations, incomplete } = await axe.run(where, { ...options, selectors: false });
  return { violations, incomplete };
}"""

# Every page of interface.md §2 that exists, by where it is found: a path, or a link on another page.
PAGES = {
    "home": "/",
    "older posts": "/?before=1",
    "post with clippings, a figure and 120 comments": "{post}",
    "post in flat order": "{posts[the-polls-failed-together]}?order=flat",
    "post with closed comments": "{posts[a-ceiling-is-not-a-gag]}",
    "post without comments": "{posts[in-praise-of-the-slow-count]}",
    "thread with lanes and tombstones": "{lanes}",
    "comment": "/comments/{comments[ann3]}/",
    "comment that is gone": "/comments/{comments[jo]}/",
    "form of an answer": "/comments/{comments[ann3]}/reply/",
    "form of a comment": "/posts/{open_post}/comments/",
    "form where only members comment": "/comments/{members_only}/reply/",
    "recent comments": "/comments/",
    "category": "/category/the-assembly/",
    "tag": "/tag/speaker/",
    "author": "/author/maren-holloway/",
    "publication": "/source/the-statehouse-monitor/",
    "article": "{article}",
    "tags": "/tags/",
    "archive": "/archive/",
    "year": "/2024/",
    "month": "/2024/06/",
    "search": "/search/",
    "search that finds": "/search/?q=vote",
    "search that finds nothing": "/search/?q=xyzzy",
    "about": "/about/",
    "rules": "/rules/",
    "privacy": "/privacy/",
    "person": "/people/maren-holloway/",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "code by mail": "/accounts/login/code/",
    "forgotten password": "/accounts/password/reset/",
    "suspended": "/accounts/suspended/",
    "404": "/nowhere/",
    "410": "{withdrawn}",
}
# A form that asks who one is needs its token.
PAGES_WITH_TOKEN = {"sign-in", "sign-up", "code by mail", "forgotten password"}
PAGES_OF_MEMBERS = {
    "settings": "/accounts/",
    "name": "/accounts/name/",
    "change of password": "/accounts/password/change/",
    "sessions": "/accounts/sessions/",
    "second factor": "/accounts/second-factor/",
    "being asked again": "/accounts/email/",
    "signing out": "/accounts/logout/",
}
PAGES_OF_AUTHORS = {
    "admin": "/admin/",
    "list of posts in the admin": "/admin/blog/post/",
    "form of a post in the admin": "/admin/blog/post/1/change/",
    "form of a new post in the admin": "/admin/blog/post/add/",
    "list of figures in the admin": "/admin/blog/figure/",
    "preview of a draft": "/posts/1/preview/",
    "403": "/admin/accounts/user/",
}
PAGES_OF_MODERATORS = {
    "queue": "/moderation/",
    "queue of reports": "/moderation/?state=reported",
    "queue of all": "/moderation/?state=all",
    "queue with nothing in it": "/moderation/?q=xyzzy",
    "removal": "/comments/{comments[ann3]}/removal/",
    "comment with its decisions": "/comments/{comments[held]}/",
    "thread with decisions": "{lanes}",
    "list of comments in the admin": "/admin/comments/comment/?q=Holloway",
}

HEADINGS_AND_IDS = """() => {
  const faults = [];
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((it) => it.checkVisibility());
  const ones = headings.filter((it) => it.matches("h1")).length;
  if (ones !== 1) faults.push(`${ones} h1`);
  let last = 0;
  for (const heading of headings) {
    const level = Number(heading.tagName[1]);
    if (level > last + 1) faults.push(`${heading.tagName} “${heading.textContent}” after h${last}`);
    last = level;
  }
  const ids = [...document.querySelectorAll("[id]")].map((it) => it.id);
  faults.push(...ids.filter((id, place) => ids.indexOf(id) !== place).map((id) => `id ${id} twice`));
  return faults;
}"""

# Prose is what somebody wrote: there a link is part of a line, and a finger's width would tear lines apart.
SMALL_CONTROLS = """() => {
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const faults = [];
  for (const control of document.querySelectorAll(controls)) {
    if (control.closest(".prose, .comment-text, .empty, .notice") || !control.checkVisibility()) continue;
    const around = control.matches("[type=checkbox], [type=radio]") && control.closest("label");
    const box = (around || control).getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1) continue;
    if (Math.min(box.width, box.height) < 43.5)
      faults.push(`${Math.round(box.width)}×${Math.round(box.height)} ${control.outerHTML.slice(0, 90)}`);
  }
  return faults;
}"""

WIDER_TEXT = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""


def overflow(page) -> str:
    """Say what stands out of the page sideways, if it can be scrolled there."""
    return page.evaluate(
        """() => {
          const root = document.documentElement;
          if (root.scrollWidth <= root.clientWidth) return "";
          const wide = [...document.body.querySelectorAll("*")]
            .filter((it) => it.getBoundingClientRect().right > root.clientWidth + 1);
          return `${root.scrollWidth} px: ${wide.map((it) => it.outerHTML.slice(0, 90)).slice(0, 5).join("\\n")}`;
        }"""
    )


# Why axe may leave a contrast undecided, by how the element begins. Everything else it cannot measure fails.
EXCEPTIONS = {
    # Arrows such as “↑”: no letters, hidden from screen readers, in the colour of the words beside them.
    ("nonBmp", "<"),
    # On a phone the admin's tables scroll sideways in a box of their own; at 1280 pixels their cells are measured.
    ("bgOverlap", '<a href="?o='),
    ("elmPartiallyObscured", '<a href="?o='),
    ("elmPartiallyObscured", "<td"),
    ("elmPartiallyObscured", "<span>Words</span>"),
    # Nothing lies on it (elementsFromPoint says so); tests/test_tokens.py has its colours.
    ("bgOverlap", '<button class="button" name="do"'),
    ("elmPartiallyObscured", "<span>Moderation</span>"),
    ("elmPartiallyObscured", '<a href="/moderation/?comment='),
    ("elmPartiallyObscured", '<a href="/admin/comments/comment/'),
    # A fold's switch reaches over the edge of a comment that is marked; tests/test_tokens.py has both colours.
    ("elmPartiallyObscured", "<summary>"),
}


def is_undecided(node) -> bool:
    """Whether axe could not measure this contrast, for a reason that is not listed here."""
    reasons = {check["data"].get("messageKey") for check in node["any"]}
    known = {reason for reason, beginning in EXCEPTIONS if node["html"].startswith(beginning)}
    return not reasons <= known


def violations(page, options, *, far: bool = False, only: str = "") -> list[str]:
    found = page.evaluate(RUN_AXE, {"options": options, "far": far, "only": only})
    faults = [(rule, node) for rule in found["violations"] for node in rule["nodes"]]
    contrasts = [rule for rule in found["incomplete"] if rule["id"] == "color-contrast"]
    faults += [(rule, node) for rule in contrasts for node in rule["nodes"] if is_undecided(node)]
    return [f"{rule['id']} {node['html'][:150]}: {node['failureSummary']}" for rule, node in faults]


def inspect(page) -> None:
    """Look at the open page at both widths and in both themes."""
    page.evaluate(Axe().axe_script)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        assert violations(page, WHOLE, far=width == 1280) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page, COLOURS) == []
        assert overflow(page) == ""
    assert page.evaluate(HEADINGS_AND_IDS) == []
    page.set_viewport_size({"width": 320, "height": 900})
    assert overflow(page) == ""


def inspect_above_the_page(page, selector: str) -> None:
    """Look at what lies on other things for a moment: under it nothing can be measured."""
    page.evaluate(Axe().axe_script)
    for scheme, options in (("light", WHOLE), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        assert violations(page, options, only=selector) == []
    assert overflow(page) == ""
    assert page.evaluate(HEADINGS_AND_IDS) == []


def inspect_under_a_finger(page) -> None:
    assert page.evaluate(SMALL_CONTROLS) == []
    page.set_viewport_size({"width": 320, "height": 780})
    page.add_style_tag(content=WIDER_TEXT)
    assert overflow(page) == ""


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_each_kind_has_no_barriers(visit, site, kind):
    path = PAGES[kind].format(**vars(site), post=site.post)
    page = visit()
    page.goto(path)
    inspect(page)
    # Nobody has acted yet.
    assert [cookie["name"] for cookie in page.context.cookies()] == (
        ["csrftoken"] if kind in PAGES_WITH_TOKEN else []
    )


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_each_kind_fits_under_a_finger(visit, site, kind):
    path = PAGES[kind].format(**vars(site), post=site.post)
    # Style sheets that a test adds are not the page's own.
    page = visit(width=360, height=780, finger=True, bypass_csp=True)
    page.goto(path)
    inspect_under_a_finger(page)


@pytest.mark.parametrize("kind", PAGES_OF_MEMBERS)
def test_a_page_for_members_has_no_barriers(visit, member_state, kind):
    page = visit(storage_state=member_state)
    page.goto(PAGES_OF_MEMBERS[kind])
    inspect(page)


@pytest.mark.parametrize("kind", PAGES_OF_MEMBERS)
def test_a_page_for_members_fits_under_a_finger(visit, member_state, kind):
    page = visit(width=360, height=780, finger=True, bypass_csp=True, storage_state=member_state)
    page.goto(PAGES_OF_MEMBERS[kind])
    inspect_under_a_finger(page)


@pytest.mark.parametrize("kind", PAGES_OF_AUTHORS)
def test_a_page_for_authors_has_no_barriers(visit, author_state, kind):
    page = visit(storage_state=author_state)
    page.goto(PAGES_OF_AUTHORS[kind])
    inspect(page)


@pytest.mark.parametrize("kind", PAGES_OF_AUTHORS)
def test_a_page_for_authors_fits_under_a_finger(visit, author_state, kind):
    page = visit(width=360, height=780, finger=True, bypass_csp=True, storage_state=author_state)
    page.goto(PAGES_OF_AUTHORS[kind])
    inspect_under_a_finger(page)


@pytest.mark.parametrize("kind", PAGES_OF_MODERATORS)
def test_a_page_for_moderators_has_no_barriers(visit, site, moderator_state, kind):
    page = visit(storage_state=moderator_state)
    page.goto(PAGES_OF_MODERATORS[kind].format(**vars(site)))
    inspect(page)


@pytest.mark.parametrize("kind", PAGES_OF_MODERATORS)
def test_a_page_for_moderators_fits_under_a_finger(visit, site, moderator_state, kind):
    page = visit(width=360, height=780, finger=True, bypass_csp=True, storage_state=moderator_state)
    page.goto(PAGES_OF_MODERATORS[kind].format(**vars(site)))
    inspect_under_a_finger(page)


def test_a_refused_sign_in_has_no_barriers(visit):
    page = visit()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill("nobody@example.org")
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
    expect(page.locator(".draft", has_text="Draft kept")).to_be_visible()
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
        form.get_by_label("E-mail").fill("gus@example.org")
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
    form = page.locator("#join form")
    form.get_by_label("Name", exact=True).fill("Gus")
    form.get_by_label("E-mail").fill("gus@example.org")
    form.get_by_label("Your comment").fill("> A thought.\n> — ann, #1\n\nSo?")
    form.get_by_role("button", name="Post comment").click()
    expect(form.get_by_label("Your comment")).to_have_value("")
    form.get_by_label("Your comment").fill("More")
    expect(form.locator(".draft")).to_have_text(re.compile("^Draft kept"))
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
    form.get_by_label("E-mail").fill("gus@example.org")
    form.get_by_label("Your comment").fill(" ".join(f"https://example.org/{number}" for number in range(3)))
    form.get_by_role("button", name="Post comment").click()
    expect(page.locator(".comment .note")).to_be_visible()
    with page.expect_response("**/comments/vote/"):
        page.get_by_role("button", name="Upvote ann").click()
    page.reload()
    expect(page.locator('.comment [aria-pressed="true"]')).to_be_visible()
    inspect(page)
    page.locator("article", has=page.locator(".note")).get_by_role("link", name="More on Gus").click()
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
    expect(page.get_by_role("heading", name="Send this?")).to_be_visible()
    expect(page.get_by_label("Your text")).to_have_value("Typed with care.")
    inspect(page)


def sent_silently(page, request):
    kind = {"Content-Type": request.headers["content-type"]}
    return page.request.post(request.url, data=request.post_data, headers=kind)


def test_a_discussion_with_folds_and_a_way_back_has_no_barriers(visit, site):
    page = visit()
    page.goto(site.lanes)
    page.locator("summary", has_text="2 replies to eve").click()
    page.get_by_role("button", name="5 replies").click()
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


def test_forced_colours_keep_focus_and_the_comment_that_was_asked_for(visit, site):
    page = visit(forced_colors="active")
    page.goto(f"{site.lanes}#comment-{site.comments['dee']}")
    expect(page.locator(".comment:target")).to_have_css("outline-style", "solid")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_css("outline-style", "solid")
    # Rails are borders, which this mode keeps.
    expect(page.locator(".fork > li > .comment").first).to_have_css("border-inline-start-style", "solid")
