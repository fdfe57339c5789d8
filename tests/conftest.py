"""The cast and the stage of every test: who takes part, and that nothing leaves this machine."""

import ipaddress
import socket
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, connections
from hypothesis import settings as hypothesis_settings

from accounts import reads
from blog import article_cache, menu, takedowns
from blog.page_cache import cached_pages
from tests import databases, factories
from tests.journeys import second_try

# The same examples every time, and no verdict on a machine that is busy: a red test means broken code.
hypothesis_settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis_settings.load_profile("steady")

LOOPBACK_NAMES = {"localhost", "", None}


def pytest_configure(config):
    config.pluginmanager.register(second_try)


class NetworkRefused(RuntimeError):
    """A test tried to talk to another machine."""


def refuse_other_machines(address: object) -> None:
    """Raise unless `address` is a path of a Unix socket or a loopback address."""
    if not isinstance(address, tuple):
        return
    host = address[0]
    if host in LOOPBACK_NAMES:
        return
    try:
        if ipaddress.ip_address(host).is_loopback:
            return
    except ValueError:
        pass
    raise NetworkRefused(f"A test tried to reach {host}. Tests talk to this machine only.")


@pytest.fixture(scope="session", autouse=True)
def _nothing_leaves_this_machine():
    """Let sockets connect to loopback and Unix sockets only, and look up no other host's name."""
    with pytest.MonkeyPatch.context() as patch:
        for method in ("connect", "connect_ex"):
            patch.setattr(socket.socket, method, _guarded(getattr(socket.socket, method)))
        look_up = socket.getaddrinfo

        def guarded_look_up(host, *args, **kwargs):
            refuse_other_machines((host.decode() if isinstance(host, bytes) else host,))
            return look_up(host, *args, **kwargs)

        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


def _guarded(method):
    def guarded(self, address, *args):
        refuse_other_machines(address)
        return method(self, address, *args)

    return guarded


@pytest.fixture(scope="session")
def django_db_keepdb(request, django_db_keepdb, django_db_modify_db_settings):
    """Give every worker a copy of a migrated database; migrations take longer than hundreds of tests."""
    if connection.vendor != "sqlite" or request.config.option.create_db:
        return django_db_keepdb
    file = Path(connection.settings_dict["TEST"]["NAME"])
    if not file.exists():
        databases.copy_migrated_database(file)
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(autouse=True)
def _empty_cache():
    """What one test kept in the cache, or as a whole page, is not there in the next."""
    cache.clear()
    cached_pages.clear()
    article_cache.cached_articles.clear()
    menu.forget()
    takedowns.log.path.unlink(missing_ok=True)
    for limit in reads.ALL:
        limit.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark tests by what they need, before any are chosen by their marks."""
    for item in items:
        # Real transactions never share a worker's minute.
        if item.get_closest_marker("two_at_once"):
            item.add_marker(pytest.mark.xdist_group("two_at_once"))
        if not asks_the_database(item):
            item.add_marker(pytest.mark.without_database)


def asks_the_database(item) -> bool:
    """Whether a test could end otherwise on another database."""
    return bool(
        {"db", "transactional_db"} & set(item.fixturenames)
        or item.get_closest_marker("django_db")
        # Its programs have databases of their own, of the same kind.
        or item.get_closest_marker("own_database")
    )


# --- the cast -------------------------------------------------------------------------------------------------


@pytest.fixture
def ada(db):
    """An author, with a byline of her own."""
    return factories.make_author(display_name="Ada").user


@pytest.fixture
def bob(db):
    """A reader with an account."""
    return factories.make_user(display_name="Bob")


@pytest.fixture
def carol(db):
    """Another reader with an account."""
    return factories.make_user(display_name="Carol")


@pytest.fixture
def mo(db):
    """A moderator."""
    return factories.make_moderator(display_name="Mo")


@pytest.fixture
def mallory(db):
    """A member who means harm."""
    return factories.make_user(display_name="Mallory")


@pytest.fixture
def owner(db):
    """Who installed the site."""
    return factories.make_owner(display_name="Olive")
