"""Readers over HTTP: they request the same page again and again, and check each answer."""

import random
import threading
from dataclasses import dataclass, field

from lab.stress import pages
from lab.stress.browser import Browser, GivenUp, Trouble
from lab.stress.writers import Ground

# Seconds between two pages: readers stand beside the writers, not in their way.
PAUSE = 0.2
ORDERS = ("", "order=newest&", "order=best&", "order=flat&")


@dataclass
class Seen:
    """How many pages were looked at, and what on them could not be."""

    pages: int = 0
    findings: list[str] = field(default_factory=list)
    trouble: Trouble = field(default_factory=Trouble)

    def add(self, other: "Seen") -> None:
        self.pages += other.pages
        self.findings += other.findings
        self.trouble.add(other.trouble)


def read_until(done: threading.Event, ground: Ground, *, number: int, cookies: dict[str, str]) -> Seen:
    """Read whole pages in all orders until `done`, as a visitor or, with cookies, as a member."""
    who = "member" if cookies else "visitor"
    browser, seen = ground.browser(f"Stress, reader {number}", cookies=cookies), Seen()
    dice = random.Random(number)
    try:
        while not done.is_set():
            order = dice.choice(ORDERS)
            seen.findings += [f"A {who}'s page: {finding}." for finding in look(browser, ground, order)]
            seen.pages += 1
            done.wait(PAUSE)
    except GivenUp as error:
        seen.findings.append(f"A {who}: {error}.")
    browser.close()
    seen.trouble = browser.trouble
    return seen


def look(browser: Browser, ground: Ground, order: str = "") -> list[str]:
    """Read the whole page once and return what on it cannot be."""
    answer = browser.get(f"{ground.path}?{order}all")
    if answer.status != 200:
        return [f"it is answered with {answer.status}"]
    return list(pages.findings(pages.read(answer.body), in_threads="flat" not in order))
