"""The browser of the journeys, Debian's Chromium, and a site of their own under the real server.

The site has its own processes, settings, database and collected files, as `make run` would start it. It is set up once
for a whole run (JOURNEYS_STAGE names a folder for the stages of .ci/run) and each process of pytest starts a copy; all
journeys of a process share that, so journeys on it change nothing that another one looks at.
"""

import fcntl
import itertools
import json
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from lab.bench import server
from tests.journeys.hard_words import WORD
from tests.journeys.stage import PASSWORD
from tests.journeys.waiting import PATIENCE

# Playwright's own loop runs in the test's thread, and Django mistakes that for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

_newcomers = itertools.count(1)
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
    members: list[str]
    authors: list[dict[str, str]]
    open_post: int
    members_only: int
    edited: int
    # Pages full of words that no page expects (hard_words.py), and who may see all of them.
    hard: dict[str, str]
    hard_owner: str
    # Where the site's mail and its database lie.
    mail: Path
    database: Path

    @property
    def post(self) -> str:
        """A post with clippings, a figure and 120 comments."""
        return self.posts["one-vote-from-the-chair"]

    def mailed_code(self, address: str) -> str:
        """Return the code of the last mail to this address."""
        # Names of files begin with their second, so the last one written is found by its time.
        files = sorted(self.mail.iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        letters = (message_from_bytes(file.read_bytes()) for file in files)
        letter = next(letter for letter in letters if letter["To"] == address)
        return re.findall(r"^    ([A-Z]{4}-[A-Z]{4})$", letter.get_payload(), re.M)[-1]

    def age(self, comment: int, *, seconds: int) -> None:
        """Let a comment have been written so much earlier; nobody waits a quarter of an hour in a test."""
        with closing(sqlite3.connect(self.mail.parent / "site.sqlite3", timeout=20)) as database, database:
            database.execute(
                "UPDATE comments_comment SET created_at = strftime('%Y-%m-%d %H:%M:%f', created_at, ?) WHERE id = ?",
                [f"-{seconds} seconds", comment],
            )


SECRET_KEY, PLACES, DATA = "secret_key", "places.json", "data"


def environment_of(data: Path, secret_key: str) -> dict[str, str]:
    """Return the settings of a site whose database, media and mail lie in `data`."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secret_key,
        # All readers of the journeys share one network.
        "READ_LIMITS": "0",
        "SITE_URL": "http://127.0.0.1",
        # Browsers allow passkeys at localhost and at no number.
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATA_DIR": str(data),
        "DATABASE_URL": f"sqlite:///{data / 'site.sqlite3'}",
        "CACHE_URL": "",
        "LOG_LEVEL": "ERROR",
        "WEB_PROCESSES": "1",
    }


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process is in this block with this folder."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_stage(folder: Path) -> None:
    """Fill the folder with a site that nobody has visited yet, its key, and where on it everything is."""
    data = folder / DATA
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    secret_key = secrets.token_urlsafe(60)
    staged = subprocess.run(
        [sys.executable, "-m", "tests.journeys.stage"],
        cwd=server.ROOT,
        env={**os.environ, **environment_of(data, secret_key)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    (folder / SECRET_KEY).write_text(secret_key)
    # Last: where this is, everything is.
    (folder / PLACES).write_text(staged.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def stage(tmp_path_factory, worker_id) -> Path:
    """The folder of the site as it is before anybody visits it: the first process that asks makes it for all."""
    # Processes that run side by side have a temporary folder each, in one that they share.
    own = tmp_path_factory.getbasetemp()
    folder = Path(
        os.environ.get("JOURNEYS_STAGE") or (own if worker_id == "master" else own.parent) / "stage"
    )
    folder.mkdir(exist_ok=True)
    with alone_in(folder):
        if not (folder / PLACES).exists():
            set_stage(folder)
    return folder


@pytest.fixture(scope="session")
def site(stage, tmp_path_factory) -> Iterator[Site]:
    """The demo site, a copy of the one on the stage, served by programs of its own."""
    data = tmp_path_factory.mktemp("site") / DATA
    shutil.copytree(stage / DATA, data)
    environment = environment_of(data, (stage / SECRET_KEY).read_text())
    running = server.start("config.wsgi", environment=environment, check="/healthz")
    try:
        files = {"mail": data / "mail", "database": data / "site.sqlite3"}
        places = json.loads((stage / PLACES).read_text())
        yield Site(url=f"http://127.0.0.1:{running.port}", **files, **places)
    finally:
        running.stop()


@pytest.fixture
def talk(site) -> str:
    """A post with six comments (ann, bo, cy, dee, eve, fay) that no other test looks at."""
    return site.talks.pop()


@pytest.fixture
def member(site) -> str:
    """The name of a member as whom no other test signs in; the address is that name at example.org."""
    return site.members.pop()


@pytest.fixture
def newcomer() -> str:
    """A name that nobody has yet."""
    return f"Newcomer{next(_newcomers)}"


@pytest.fixture(autouse=True)
def _nothing_beside_what_measures(request) -> None:
    """Refuse to measure time beside other tests."""
    beside = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) - 1
    if beside and request.node.get_closest_marker("measures"):
        pytest.fail("This measures time, so nothing may run beside it: pytest -m measures, without -n.")


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
        page.set_default_timeout(PATIENCE)
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


@pytest.fixture(scope="session")
def owner_state(browser, site) -> Any:
    """The cookies of an owner, whose name is one long word."""
    return _state_of(browser, site, site.hard_owner, WORD)


def _state_of(browser, site, email: str, name: str) -> Any:
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_role("textbox", name="E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=name).first.wait_for(state="attached")
    state = context.storage_state()
    context.close()
    return state
