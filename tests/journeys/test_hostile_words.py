"""Hostile names, addresses and texts in a real browser: no script runs, nobody is pushed aside.

The browser is told to ignore the content security policy, so that only escaping stands between a text and a script.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.blog.hostile import CORPUS

pytestmark = pytest.mark.journey

WIDEST = "W" * 60
WEBSITE = "https://example.org/?'\"><img/src=x/onerror=__x=1>"
NAMES = [
    "{{7*7}}", "{% debug %}", "%s%n", "%(name)s", "{name}", "{0.__class__}", "${7*7}", "$&", "$`", "$'", "$$", "$1",
    "' OR 1=1 --", "\" onfocus=\"__x=1", "' autofocus onfocus='__x=1", "`onerror=__x=1", "<img src=x onerror=__x=1>",
    "</title><script>__x=1</script>", "</script><script>__x=1</script>", "</textarea><svg onload=__x=1>", "<!-- x",
    "]]>x", "&lt;b&gt;x", "&#60;script&#62;", "\\u003cscript\\u003e", "javascript:alert(1)", "\u202eevil", "\u200bx",
    "אבג 123 (x)", "مرحبا #12", "Z" + "\u0308" * 50, "﷽﷽﷽", WIDEST,
]  # fmt: skip
TEXTS = [
    *CORPUS,
    "e" + "\u0301" * 2000,
    "W" * 4000,
    "\u202e" * 50 + "reversed (12)",
    *(f"<b title='{name}' onclick='__x=1'>{name}</b> [{name}](javascript:__x=1)" for name in NAMES),
]
# Nothing on our pages has these, so whatever has them was typed.
STRANGE = """() => [...document.querySelectorAll("*")].filter((element) =>
  element.matches("iframe, object, embed, base, math, frame, style, svg svg, form form")
  || (element.localName === "script" && element.type !== "application/ld+json"
    && !/^\\/static\\/js\\//.test(element.getAttribute("src") ?? ""))
  || [...element.attributes].some(({ name, value }) => /^(on.*|style|srcdoc)$/.test(name)
    || (/^(href|src|action|formaction)$/.test(name) && /^[\\s\\x00-\\x1f]*(javascript|data|vbscript):/i.test(value)))
).map((element) => element.outerHTML.slice(0, 200))"""
# What a script that ran would have done, and every box that a narrow screen does not hold.
RAN = "() => window.__x"
TOO_WIDE = "() => document.documentElement.scrollWidth - innerWidth"
# Presses Reply under every comment and returns the names that the label says otherwise.
WRONG_LABELS = """() => [...document.querySelectorAll("article.comment")].flatMap((comment) => {
  comment.querySelector(":scope > footer > .reply").click();
  const form = comment.parentElement.querySelector(":scope > .comment-form");
  const [label, name] = [form.querySelector("label[for$='-text']"), comment.querySelector("bdi")];
  const said = label.textContent;
  form.remove();
  return said === `Your reply to ${name.textContent}` ? [] : [[name.textContent, said]];
})"""


def write(page: Page, post: int, name: str, text: str) -> int:
    """Send a comment as the form does, and return the status."""
    # The wire has no half of a surrogate pair.
    words = {
        "name": name,
        "text": text.encode("utf-8", "replace").decode(),
        "email": "x@example.org",
        "do": "post",
    }
    words |= {"website": WEBSITE}
    headers = {"Sec-Fetch-Site": "same-origin"}
    address = f"/posts/{post}/comments/"
    # Each is somebody new.
    page.context.clear_cookies(name="writer")
    return page.context.request.post(address, form=words, headers=headers, max_redirects=0).status


@pytest.fixture
def hostile(visit, talk):
    """A browser without our policy, and a post on which all of it was written."""
    page = visit(width=360, height=800, bypass_csp=True)
    page.add_init_script(
        "for (const way of ['alert', 'confirm', 'prompt']) window[way] = () => { window.__x = way; }"
    )
    page.goto(talk)
    post = int(page.locator("#discussion").get_attribute("data-post"))
    texts = iter(TEXTS)
    statuses = {write(page, post, name, next(texts)) for name in NAMES}
    statuses |= {
        write(page, post, f"Reader {number}", text) for number, text in enumerate(texts) if number % 4 == 0
    }
    # 400: texts of which nothing can be shown, or too much of one sign.
    assert statuses <= {303, 400}
    assert write(page, post, WIDEST, "The last word, quite long.") == 303
    page.context.clear_cookies()
    return page


def check(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate(STRANGE) == [], address
    assert page.evaluate(RAN) is None, address
    assert page.evaluate(TOO_WIDE) <= 0, address


def test_nothing_that_was_typed_does_anything(hostile, talk):
    for address in (f"{talk}?all", f"{talk}?all&order=flat", "/comments/", "/search/?q=long", "/"):
        check(hostile, address)
    hostile.goto(f"{talk}?all")
    # The scripts of writing come with the first press.
    hostile.locator("a.reply").first.click()
    expect(hostile.locator(".thread .comment-form")).to_be_visible()
    hostile.locator(".thread .comment-form").evaluate("(form) => form.remove()")
    assert hostile.evaluate(WRONG_LABELS) == []
    expect(hostile.locator("article.comment bdi", has_text="$&").first).to_be_visible()


def test_a_cookie_that_is_no_address_text_breaks_no_script(visit, talk):
    page = visit()
    page.context.add_cookies([{"name": "guest", "value": "%E0%A4%A", "url": visit.site.url}])
    page.goto(talk)
    expect(page.locator("#join").get_by_label("Name", exact=True)).to_have_value("")
