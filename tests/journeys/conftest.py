"""The browser of the journeys, Debian's Chromium, and a site of their own under the real server.

The site has its own processes, settings, database and collected files, as `make run` would start it; the whole
session shares it, so journeys on it change nothing that another one looks at.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from bench import server
from tests.journeys.stage import PASSWORD

# Playwright's own loop runs in the test's thread, and Django mistakes that for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium_path():
    """Where Chromium is; without it a laptop skips the journeys and CI fails."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None and os.environ.get("CI", "").lower() in {"true", "1"}:
        pytest.fail("Chromium is missing. CI drives the journeys in it: install the package chromium.")
    if path is None:
        pytest.skip("Chromium is not installed (package chromium), so nothing can be driven in a browser.")
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium_path):
    # No sandbox of Chromium's own: CI runs as root in a container, where it cannot start one.
    return {**browser_type_launch_args, "executable_path": chromium_path, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "UTC"}


# --- the site -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """A running site and where on it everything stands: paths by the names that `stage.py` gives them."""

    url: str
    posts: dict[str, str]
    lanes: str
    comments: dict[str, int]
    article: str
    long: str
    busy: str
    vast: str
    withdrawn: str
    draft: str
    talks: list[str]
    open_post: int
    members_only: int
    # Where the site's mail lies.
    mail: Path

    @property
    def post(self) -> str:
        """A post with clippings, a figure and 120 comments."""
        return self.posts["one-vote-from-the-chair"]

    def mailed_code(self, address: str) -> str:
        """Return the code of the last mail to this address."""
        files = sorted(self.mail.iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        letters = (message_from_bytes(file.read_bytes()) for file in files)
        letter = next(letter for letter in letters if letter["To"] == address)
        return re.findall(r"^    ([A-Z]{4}-[A-Z]{4})$", letter.get_payload(), re.M)[-1]


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    """The demo site, filled and served by programs of its own."""
    folder = tmp_path_factory.mktemp("site")
    environment = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": "http://127.0.0.1",
        # Browsers allow passkeys at localhost and at no number.
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "CACHE_URL": "",
        "LOG_LEVEL": "ERROR",
        "WEB_PROCESSES": "1",
    }
    staged = subprocess.run(
        [sys.executable, "-m", "tests.journeys.stage"],
        cwd=server.ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    places = json.loads(staged.stdout.splitlines()[-1])
    running = server.start("config.wsgi", environment=environment, check="/healthz")
    try:
        yield Site(url=f"http://127.0.0.1:{running.port}", mail=folder / "mail", **places)
    finally:
        running.stop()


@pytest.fixture
def talk(site) -> str:
    """A post with six comments (ann, bo, cy, dee, eve, fay) that no other test looks at."""
    return site.talks.pop()


# --- who visits it --------------------------------------------------------------------------------------------


class Visits:
    """Opens pages of the site in browsers that know nothing yet, and keeps a list of all that went wrong there."""

    def __init__(self, browser, site: Site) -> None:
        self.browser = browser
        self.site = site
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        # Answers that a test means to get: status and the end of the address.
        self.expected: set[tuple[int, str]] = set()

    def __call__(
        self,
        *,
        width: int = 1280,
        height: int = 900,
        scheme: str = "light",
        finger: bool = False,
        **more: Any,
    ) -> Page:
        """Open an empty page; `finger` makes the pointer coarse, `more` goes to Playwright's new_context."""
        context = self.browser.new_context(
            base_url=self.site.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="en-GB",
            # Colours that are still changing would be measured as they are halfway.
            reduced_motion="reduce",
            has_touch=finger,
            is_mobile=finger,
            **more,
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", self._hear)
        page.on("request", lambda request: self._look_at(request.url))
        page.on("response", self._look_at_answer)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        # Violations of the content security policy are said here too. An answer such as 404 to a page that was
        # asked for is heard in _look_at_answer.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console, {message.location.get('url')}: {message.text}")

    def _look_at(self, url: str) -> None:
        if not url.startswith((f"{self.site.url}/", "data:", "blob:")):
            self.complaints.append(f"a request to another host: {url}")

    def _look_at_answer(self, response: Response) -> None:
        is_expected = any(
            response.status == status and response.url.endswith(end) for status, end in self.expected
        )
        if response.status >= 400 and response.request.resource_type != "document" and not is_expected:
            self.complaints.append(f"{response.status}: {response.url}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def visit(browser, site) -> Iterator[Visits]:
    """Visits to the site; at the end nothing may have gone wrong in any of them."""
    visits = Visits(browser, site)
    yield visits
    visits.close()
    assert visits.complaints == []


# Each width with each theme, and each of these with scripts and without.
READERS = {
    "phone, light, scripts": {"width": 360, "scheme": "light", "java_script_enabled": True},
    "phone, dark, no scripts": {"width": 360, "scheme": "dark", "java_script_enabled": False},
    "desktop, light, no scripts": {"width": 1280, "scheme": "light", "java_script_enabled": False},
    "desktop, dark, scripts": {"width": 1280, "scheme": "dark", "java_script_enabled": True},
}


@pytest.fixture(params=READERS)
def every_reader(request, visit) -> Page:
    """Each of the readers, before a page."""
    return visit(**READERS[request.param])


@pytest.fixture(params=["phone, dark, no scripts", "desktop, dark, scripts"])
def reader(request, visit) -> Page:
    """The two who differ most."""
    return visit(**READERS[request.param])


@pytest.fixture(scope="session")
def author_state(browser, site) -> Any:
    """The cookies of an author who has signed in by the form."""
    return _state_of(browser, site, "maren-holloway@demo.invalid", "Maren Holloway")


@pytest.fixture(scope="session")
def member_state(browser, site) -> Any:
    """The cookies of a member who has signed in by the form."""
    return _state_of(browser, site, "rae@example.org", "Rae")


@pytest.fixture(scope="session")
def moderator_state(browser, site) -> Any:
    """The cookies of a moderator who has signed in by the form."""
    return _state_of(browser, site, "max@example.org", "Max")


def _state_of(browser, site, email: str, name: str) -> Any:
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=name).first.wait_for(state="attached")
    state = context.storage_state()
    context.close()
    return state
