"""Looks for barriers on a page: axe, headings, ids, a small screen, wider text, fingers. It holds no test itself."""

from axe_playwright_python.sync_playwright import Axe

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
    ("bgOverlap", "<bdi>"),
    ("elmPartiallyObscured", "<span>Moderation</span>"),
    ("elmPartiallyObscured", '<a href="/moderation/?comment='),
    ("elmPartiallyObscured", '<a href="/admin/comments/comment/'),
    # In a dialog, above everything: axe reckons with what lies behind it. tests/test_tokens.py has ink on sheet.
    ("elmPartiallyObscuring", "<p>They work where"),
    ("elmPartiallyObscuring", "<dd>"),
    # On a phone a long name beside it is cut off; axe takes it for whole. tests/test_tokens.py has muted on paper.
    ("bgOverlap", '<a class="comment-when"'),
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


def inspect(page, *, at_end: bool = False) -> None:
    """Look at the open page at both widths and in both themes; `at_end`: scrolled to its end.

    Anywhere else a bar that stays in view lies over what one scrolls past, which axe takes for too small.
    """
    page.evaluate(Axe().axe_script)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        if at_end:
            page.evaluate("scrollTo({ top: 1e6, behavior: 'instant' })")
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
