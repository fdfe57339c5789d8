"""Builds a small site once; tests of backups copy it and never write to it."""

import pytest
from django.db import connection

from tests.databases import copy_migrated_database
from tests.exchange.sites import OTHER_KEY, new_site

MAKE = """
from pathlib import Path
from django.conf import settings
from tests import factories
ada = factories.make_author(display_name="Ada")
posts = [factories.make_post(title=f"Post {number}", by=ada) for number in range(2)]
from comments import actions
for post in posts:
    first = actions.post_comment(post, writer=ada.user, text="An opener, with ünusual letters: שלום 漢字.")
    actions.post_comment(post, writer=ada.user, text="A reply to it.", parent=first)
"""
# As authors' cameras, other systems and other centuries name files.
ODD_NAMES = (
    "figures/2026/11/plain.webp",
    "figures/with space.png",
    "figures/-rf",
    "figures/.hidden",
    "figures/line\nbreak.png",
    "figures/dé\u0301 漢字 🦆.jpg",
    "figures/" + "/".join(["deep" * 10] * 8) + "/" + "l" * 200 + ".jpg",
    "figures/no-utf-8-\udcff.gif",
    "figures/empty.svg",
    'quote"and\\backslash',
)


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """A site as it is installed, to be copied."""
    with new_site(tmp_path_factory.mktemp("sites") / "empty") as site:
        if connection.vendor == "sqlite":
            copy_migrated_database(site.folder / "commonplace.sqlite3")
        else:
            site.succeed("migrate", "-v0")
        yield site


@pytest.fixture(scope="session")
def source(tmp_path_factory, empty):
    """A site with posts, comments and oddly named media."""
    with new_site(tmp_path_factory.mktemp("sites") / "a site with spaces", like=empty) as site:
        site.shell(MAKE)
        for number, name in enumerate(ODD_NAMES):
            path = site.media / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"" if "empty" in name else bytes([number]) * (700 * number + 1))
        yield site


@pytest.fixture(scope="session")
def good_backup(source, tmp_path_factory):
    """A backup of that site."""
    file = tmp_path_factory.mktemp("backups") / "good.tar.gz"
    source.succeed("backup", file)
    return file


@pytest.fixture(scope="session")
def of_here(tmp_path_factory, empty):
    """Another site with something in it, to be copied."""
    with new_site(tmp_path_factory.mktemp("sites") / "of here", like=empty) as site:
        site.shell("from tests import factories; factories.make_post(title='Of here')")
        yield site


@pytest.fixture
def target(tmp_path):
    """A site whose database is empty, with another key."""
    with new_site(tmp_path / "target", key=OTHER_KEY) as site:
        yield site
