"""Nobody waits for long for a database that hangs, and no thread of the server waits where another one does already."""

import socket
import sqlite3
import threading
import time
from contextlib import closing

import pytest
from django.db import connection
from django.test import Client
from psycopg import OperationalError

from config import serving
from config.breaker import MOMENT, Breaker, NoAnswer
from config.postgresql import base as postgresql
from tests.factories import make_post
from tests.forms import page_of

pytestmark = pytest.mark.own_database

SLOW, LONGEST, PAUSE = 0.4, 1.0, 0.3


@pytest.fixture
def breaker():
    return Breaker(slow=SLOW, longest=LONGEST, pause=PAUSE)


class Database:
    """One that answers when it is told to."""

    def __init__(self, breaker):
        self.breaker, self.answers = breaker, threading.Event()

    def ask(self):
        """Return how long it took, or raise NoAnswer."""
        began = time.monotonic()
        with self.breaker.asking() as question:
            while not self.answers.wait(0.02):
                question.give_up_if_hopeless()
        return time.monotonic() - began


def ask_at_once(database, number):
    """Let several threads ask; return what became of each, as (has got an answer, seconds)."""
    outcomes = []

    def run():
        began = time.monotonic()
        try:
            database.ask()
        except NoAnswer:
            outcomes.append((False, time.monotonic() - began))
        else:
            outcomes.append((True, time.monotonic() - began))

    threads = [threading.Thread(target=run) for _number in range(number)]
    for thread in threads:
        thread.start()
    return threads, outcomes


def join(threads):
    for thread in threads:
        thread.join(timeout=10)


def test_several_who_wait_in_vain_give_up_together(breaker):
    threads, outcomes = ask_at_once(Database(breaker), 4)
    join(threads)
    assert [answered for answered, _seconds in outcomes] == [False] * 4
    assert all(seconds >= SLOW for _answered, seconds in outcomes)


def test_one_alone_waits_for_the_longest_time(breaker):
    """It may be its own question that takes so long."""
    with pytest.raises(NoAnswer):
        Database(breaker).ask()
    assert breaker._gave_up_at - breaker._answered_at == float("inf")


def test_a_slow_question_hinders_nobody(breaker):
    slow, quick = Database(breaker), Database(breaker)
    quick.answers.set()
    threads, outcomes = ask_at_once(slow, 1)
    until = time.monotonic() + 2 * SLOW
    while time.monotonic() < until:
        quick.ask()
        time.sleep(0.02)
    slow.answers.set()
    join(threads)
    assert [answered for answered, _seconds in outcomes] == [True]


def test_a_slow_question_on_a_quiet_site_hinders_nobody(breaker):
    slow, quick = Database(breaker), Database(breaker)
    quick.answers.set()
    threads, outcomes = ask_at_once(slow, 1)
    time.sleep(1.5 * SLOW)
    others, answered = ask_at_once(quick, 6)
    join(others)
    slow.answers.set()
    join(threads)
    assert [well for well, _seconds in outcomes + answered] == [True] * 7


def test_while_it_hangs_one_tries_and_all_others_are_refused_at_once(breaker):
    database = Database(breaker)
    threads, _outcomes = ask_at_once(database, 2)
    join(threads)
    # Whoever has just waited in vain does not wait once more.
    with pytest.raises(NoAnswer, match="not asked"):
        database.ask()
    time.sleep(SLOW)
    trying, _tried = ask_at_once(database, 1)
    time.sleep(MOMENT * 1.2)
    for _time in range(20):
        with pytest.raises(NoAnswer, match="not asked"):
            database.ask()
    database.answers.set()
    join(trying)
    assert database.ask() < SLOW


def test_what_the_database_refuses_is_an_answer(breaker):
    threads, _outcomes = ask_at_once(Database(breaker), 2)
    join(threads)
    time.sleep(PAUSE)
    with pytest.raises(ValueError, match="refused"), breaker.asking():
        raise ValueError("refused")
    with breaker.asking(), breaker.asking():
        pass


# --- the backends ---------------------------------------------------------------------------------------------


@pytest.fixture
def serves(monkeypatch):
    """Let this process be one that serves readers."""
    monkeypatch.setattr(serving, "_serves", True)


@pytest.fixture
def silent_server():
    """An address that takes connections and says nothing, as a PostgreSQL does whose processes are stopped."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()


def wrapper_for(address, **options):
    host, port = address
    settings = {
        **connection.settings_dict, "ENGINE": "config.postgresql", "HOST": host, "PORT": str(port), "NAME": "x",
        "USER": "x", "OPTIONS": options,
    }  # fmt: skip
    return postgresql.DatabaseWrapper(settings, alias="hanging")


def _connect(wrapper):
    """Ask for a new connection, and return why there is none."""
    with pytest.raises(OperationalError) as refused:
        wrapper.get_new_connection(wrapper.get_connection_params())
    return str(refused.value)


@pytest.mark.slow
def test_a_server_that_takes_connections_and_says_nothing_is_asked_once(serves, silent_server, monkeypatch):
    monkeypatch.setattr(postgresql, "breaker", Breaker(slow=2.0, longest=4.5, pause=1.0))
    hanging = wrapper_for(silent_server, connect_timeout=2)
    assert "timeout" in _connect(hanging)
    assert postgresql.breaker._gave_up_at > postgresql.breaker._answered_at
    assert "not asked" in _connect(hanging)
    time.sleep(1.1)
    # The next one tries again; whoever comes meanwhile is refused.
    trying = threading.Thread(target=_connect, args=[wrapper_for(silent_server, connect_timeout=2)])
    trying.start()
    time.sleep(2 * MOMENT)
    assert "not asked" in _connect(hanging)
    trying.join()


def test_statements_of_the_server_end_and_those_of_commands_do_not(serves, silent_server, monkeypatch):
    wrapper = wrapper_for(silent_server, options="-c statement_timeout=9000")
    options = wrapper.get_connection_params()["options"]
    # PostgreSQL takes the last one: what the owner's address says.
    assert options == "-c statement_timeout=4000 -c statement_timeout=9000"
    monkeypatch.setattr(serving, "_serves", False)
    assert wrapper.get_connection_params()["options"] == "-c statement_timeout=9000"


TEXT = "An hour's work."
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's one write lock")
def test_a_writer_of_another_program_keeps_nobody_waiting_for_long(serves):
    post = make_post(title="A post")
    reader = Client(raise_request_exception=False)
    assert reader.get(post.get_absolute_url()).status_code == 200
    connection.close()
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        form = {"text": TEXT, "name": "Gus", "email": "gus@example.org", "do": "post"}
        refused = reader.post(f"/posts/{post.pk}/comments/", form, headers=HERE)
        seconds = time.monotonic() - began
        # Reading goes on beside it.
        assert reader.get(post.get_absolute_url()).status_code == 200
        other.execute("ROLLBACK")
    assert refused.status_code == 503
    assert [box.text_content().strip() for box in page_of(refused).xpath("//textarea[@readonly]")] == [TEXT]
    assert seconds < 20
    assert reader.post(f"/posts/{post.pk}/comments/", form, headers=HERE).status_code == 303
