"""The wait for SQLite's write lock: bounded, and over as soon as the lock is free."""

import threading

import pytest
from django.db import OperationalError, connection, connections, transaction

from comments.models import Thread

pytestmark = [
    pytest.mark.two_at_once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has locks for rows"),
]


def in_a_thread(step):
    """Run `step` with a connection of its own; return a function that waits for its result."""
    result = []

    def run():
        try:
            result.append(step())
        except OperationalError as error:
            result.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return lambda: (thread.join(), result[0])[1]


def write():
    with transaction.atomic():
        return Thread.objects.create()


def write_impatiently():
    connection.settings_dict = {**connection.settings_dict, "OPTIONS": {"timeout": 0.05}}
    return write()


def test_a_writer_waits_until_the_lock_is_free():
    with transaction.atomic():
        Thread.objects.create()
        outcome = in_a_thread(write)
    assert isinstance(outcome(), Thread)


def test_a_writer_gives_up_when_its_patience_ends():
    with transaction.atomic():
        Thread.objects.create()
        outcome = in_a_thread(write_impatiently)()
    assert isinstance(outcome, OperationalError)
    assert "locked" in str(outcome)


def test_statements_outside_a_transaction_keep_their_patience():
    write()
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)


def test_the_writes_of_many_writers_all_come_through():
    def write_often():
        return [write().pk for _number in range(20)]

    outcomes = [in_a_thread(write_often) for _writer in range(8)]
    written = [pk for outcome in outcomes for pk in outcome()]
    assert len(set(written)) == 160
    assert Thread.objects.count() == 160
