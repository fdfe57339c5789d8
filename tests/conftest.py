"""The cast and the stage of every test: who takes part, and that nothing leaves this machine."""

import ipaddress
import socket

import pytest
from django.core.cache import cache
from hypothesis import settings as hypothesis_settings

from accounts import reads
from blog import article_cache, menu, takedowns
from blog.page_cache import cached_pages
from tests import factories
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


def pytest_collection_modifyitems(items):
    """Tests of one kind stay together, so that real transactions and browsers never share a worker's minute."""
    for item in items:
        if item.get_closest_marker("two_at_once"):
            item.add_marker(pytest.mark.xdist_group("two_at_once"))


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
