"""The wait for SQLite's write lock: bounded, and over as soon as the lock is free; and the statistics it keeps."""

import threading
import time
from io import StringIO

import pytest
from django.core.management import call_command
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


# --- statistics -----------------------------------------------------------------------------------------------


def statistics():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if cursor.fetchone() == (0,):
            return {}
        cursor.execute("SELECT tbl, MAX(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl")
        return dict(cursor.fetchall())


def forget_statistics():
    with connection.cursor() as cursor:
        if statistics():
            cursor.execute("DROP TABLE sqlite_stat1")
    # Not by our own close, which would make new ones.
    connection.connection.close()
    connection.connection = None


def read_threads():
    list(Thread.objects.filter(pk__lt=10_000).order_by("-pk"))


def fill_threads():
    with transaction.atomic():
        for _number in range(50):
            Thread.objects.create()


def test_a_connection_that_read_a_table_leaves_statistics_of_it():
    fill_threads()
    forget_statistics()
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX thread_id_again ON comments_thread (id)")
    try:
        read_threads()
        connection.close()
        assert statistics()["comments_thread"] == 50
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX thread_id_again")


def test_a_connection_that_is_closed_never_waits_for_a_writer():
    fill_threads()
    forget_statistics()
    held, release = threading.Event(), threading.Event()

    def hold_the_lock():
        with transaction.atomic():
            Thread.objects.create()
            held.set()
            release.wait(10)

    outcome = in_a_thread(hold_the_lock)
    held.wait(10)
    began = time.monotonic()
    read_threads()
    connection.close()
    waited, made = time.monotonic() - began, statistics()
    release.set()
    outcome()
    # Its patience is 20 seconds; whoever holds the lock held it all the time.
    assert waited < 5
    assert made == {}


def test_a_connection_is_closed_in_the_middle_of_a_transaction_as_ever():
    def close_in_the_middle():
        with transaction.atomic():
            Thread.objects.create()
            connection.close()
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        close_in_the_middle()
    assert not Thread.objects.exists()


def test_the_nightly_job_makes_statistics_of_all_tables():
    fill_threads()
    forget_statistics()
    call_command("optimize_database", stdout=StringIO())
    assert {"comments_thread", "auth_permission", "django_migrations"} <= statistics().keys()
