"""Waits for what a page shows, has loaded or has sent: for a state, never for a time.

`expect` of Playwright waits for what an element shows. This is for everything else that a test reads off a page. A busy
machine takes its time, so a journey that reads once, or sleeps, fails by chance (house rule: tests/house_rules.py).
"""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Page, Route, expect

# Milliseconds until what a page should come to show counts as missing; a journey that passes waits for none of them.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def expect_soon(page: Page, read: Callable[[], Any], wanted: Any = True) -> None:
    """Read until it gives what is wanted, and fail with what it gave last."""
    until = time.monotonic() + PATIENCE / 1000
    while True:
        try:
            got = read()
        except Error as error:
            # The page is just being left for another one.
            got = error
        if got == wanted:
            return
        if time.monotonic() > until:
            raise AssertionError(f"It is {got!r} and does not become {wanted!r}.")
        # Playwright hears of requests and routes only while it is asked for something.
        page.wait_for_timeout(50)


def wait_for_scripts(page: Page, group: str) -> None:
    """Wait until the scripts of a group (static/js/later.js) have come and run, and have done what they do first."""
    page.evaluate(
        """(group) => new Promise((then, otherwise) => {
          document.dispatchEvent(new CustomEvent("need", { detail: { group, then, otherwise } }));
        })""",
        group,
    )


class Slow:
    """Keeps answers for some addresses back until they are let go; it has to be there before the page is opened."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.page = page
        self.held: list[Route] = []
        self.is_open = False
        page.context.route(pattern, self._hold)

    def _hold(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.held.append(route)

    def let_go(self) -> None:
        """Wait until something was asked for, and let it and all that follow pass."""
        expect_soon(self.page, lambda: bool(self.held))
        self.is_open = True
        for route in self.held:
            route.continue_()
