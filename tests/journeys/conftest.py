"""The browser of the journeys: Debian's Chromium, since a browser is not a Python package."""

import os
import shutil

import pytest

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
