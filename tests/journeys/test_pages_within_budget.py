"""Pages weigh and take what interface.md §8 allows, as a browser on a phone measures it; never times of a network."""

import gzip
import json
import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

KILOBYTE = 1024
# Milliseconds for all scripts of a page at their start, and for one task while it is scrolled, on a processor that is
# four times slower than one of today. Counted is the processor's time, in which other programs have no part; they
# make its caches colder, so there are three tries and half as much again, and this fails for code and not for company.
START_UPS = {"long": 50, "vast": 150}
LONG_TASK = 50
SLOWER = 4
LEEWAY = 1.5
TRIES = 3

SHIFTS = """() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => tell(sum))));
})"""


def fetch(site, path: str) -> tuple[bytes, bytes]:
    """Return a page as it travels and as it is read; without a web server in front only posts are compressed."""
    request = urllib.request.Request(f"{site.url}{path}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
        is_compressed = answer.headers["Content-Encoding"] == "gzip"
    return body, gzip.decompress(body) if is_compressed else body


def test_500_comments_fit_their_bytes_and_elements(visit, site):
    sent, _html = fetch(site, site.long)
    page = visit(width=360)
    page.goto(site.long)
    expect(page.locator(".comment")).to_have_count(500)
    elements = page.evaluate("document.getElementsByTagName('*').length")
    print(f"500 comments: {len(sent) / KILOBYTE:.0f} KB, {elements} elements")
    assert len(sent) <= 180 * KILOBYTE
    assert elements <= 13_000


@pytest.mark.parametrize("path", ["/", "{post}", "/tags/", "/search/?q=vote", "/about/"])
def test_the_html_beside_comments_fits_its_budget(site, path):
    _sent, html = fetch(site, path.format(post=site.post))
    beside = re.sub(rb'<ol class="thread.*</ol>', b"", html, flags=re.DOTALL)
    assert len(gzip.compress(beside, compresslevel=6)) <= 30 * KILOBYTE


@pytest.mark.parametrize("path", ["/", "{post}"])
def test_text_does_not_move_when_fonts_arrive(visit, site, path):
    page = visit(width=360)
    page.goto(path.format(post=site.post))
    shift = page.evaluate(SHIFTS)
    print(f"{path}: layout shift {shift:.4f}")
    assert shift <= 0.05


def test_the_fonts_of_a_post_fit_their_budget(visit, site):
    page = visit(width=360)
    fonts: dict[str, int] = {}
    page.on(
        "response",
        lambda answer: fonts.update({answer.url: len(answer.body())}) if ".woff2" in answer.url else None,
    )
    page.goto(site.post)
    page.evaluate("document.fonts.ready")
    print({url.split("/")[-1]: size for url, size in fonts.items()})
    assert sum(size for url, size in fonts.items() if "italic" not in url) <= 86 * KILOBYTE
    assert sum(fonts.values()) <= 149 * KILOBYTE
    # Only the serif is asked for before the stylesheets are read.
    preloads = page.locator("link[rel=preload]").evaluate_all("links => links.map((link) => link.href)")
    assert len(preloads) == 1 and "newsreader-latin-wght-normal" in preloads[0]


def quickest(measure: Callable[[], float], most: float) -> float:
    """Return the least of what a few tries give, and try no more when one is within the budget."""
    times: list[float] = []
    while len(times) < TRIES and min(times, default=most + 1) > most:
        times.append(measure() * SLOWER)
    return min(times)


def events_of(browser) -> list[dict]:
    return json.loads(browser.stop_tracing())["traceEvents"]


def start_up(browser, page, path: str) -> float:
    """Return for how many milliseconds the scripts of a page keep a processor busy when it is opened."""
    browser.start_tracing(page=page, categories=["devtools.timeline", "v8"])
    page.goto(path)
    # By class: roles of 5,000 comments take longer to find than all the scripts to start.
    page.locator(".fold-all").wait_for(state="attached")
    events = events_of(browser)
    # Other pages may be open in this browser; this one's process is the one that compiles fold.js.
    compiled = [event for event in events if event["name"] == "v8.compileModule"]
    process = next(event["pid"] for event in compiled if "/fold." in event["args"]["fileName"])
    started = [it for it in events if it["name"] == "v8.evaluateModule" and it["pid"] == process]
    expect(page.locator("script[type=module]")).to_have_count(len(started))
    return sum(event["tdur"] for event in started) / 1000


@pytest.mark.measures
@pytest.mark.parametrize(("size", "most"), START_UPS.items())
def test_scripts_start_quickly(browser, visit, site, size, most):
    path = getattr(site, size) + ("?all" if size == "vast" else "")
    took = quickest(lambda: start_up(browser, visit(width=360), path), most)
    print(f"{size}: start-up at a quarter of the speed: {took:.0f} ms")
    assert took <= most * LEEWAY


# Scrolls by two thirds of a screen a frame. The mark says in the trace in which thread.
SCROLL = """() => new Promise((tell) => {
  performance.mark("scroll");
  let steps = 0;
  const step = () => {
    scrollBy(0, innerHeight / 1.5);
    if (++steps < 100) requestAnimationFrame(step);
    else requestAnimationFrame(() => setTimeout(tell));
  };
  requestAnimationFrame(step);
})"""


def held_up(browser, page, path: str) -> float:
    """Return for how many milliseconds the longest task keeps a processor busy while this page is scrolled."""
    page.goto(path)
    page.locator(".fold-all").wait_for(state="attached")
    browser.start_tracing(
        page=page, categories=["blink.user_timing", "disabled-by-default-devtools.timeline"]
    )
    page.evaluate(SCROLL)
    events = events_of(browser)
    mark = next(event for event in events if event["name"] == "scroll")
    tasks = [
        it
        for it in events
        if it["name"] == "RunTask" and (it["pid"], it["tid"]) == (mark["pid"], mark["tid"])
    ]
    # A frame is a task of its own, at the least.
    assert len(tasks) > 100
    return max(task["tdur"] for task in tasks) / 1000


@pytest.mark.measures
def test_5000_comments_scroll_without_a_hitch(browser, visit, site):
    took = quickest(lambda: held_up(browser, visit(width=360), f"{site.vast}?all"), LONG_TASK)
    print(f"the longest task while scrolling at a quarter of the speed: {took:.0f} ms")
    assert took <= LONG_TASK * LEEWAY
