"""The takedown log: read by every process, complete, and never too long."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from blog import takedowns
from blog.takedowns import LONGEST_TRANSACTION, LONGEST_USE, MOST_BYTES, WHOLE_SITE, TakedownLog


@pytest.fixture
def path(tmp_path):
    return tmp_path / "takedowns.log"


@pytest.fixture
def clock(monkeypatch):
    """A monotonic clock that goes on when it is told to."""

    class Clock:
        now = 1000.0

        def go_on(self, seconds):
            self.now += seconds
            return self.now

    clock = Clock()
    monkeypatch.setattr(takedowns.time, "monotonic", lambda: clock.now)
    return clock


def take_down(log, post_id):
    log.done(post_id, log.begin(post_id))


def test_what_one_process_takes_down_another_does_not_show(path, clock):
    mine, other = TakedownLog(path), TakedownLog(path)
    assert not other.is_taken_down(7, since=clock.now)
    before = clock.now
    clock.go_on(1)
    take_down(mine, 7)
    assert other.is_taken_down(7, since=before)
    assert not other.is_taken_down(8, since=before)
    assert not other.is_taken_down(7, since=clock.go_on(1))
    take_down(mine, 8)
    assert other.is_taken_down(8, since=clock.now)


def test_what_many_pages_show_is_taken_from_all(path, clock):
    log = TakedownLog(path)
    take_down(log, WHOLE_SITE)
    assert log.is_taken_down(7, since=clock.now)
    assert not log.is_taken_down(7, since=clock.go_on(1))


def test_a_process_that_dies_before_it_is_done_takes_too_much_and_not_too_little(path, clock):
    """Between the line and the commit others still find the old page right, and a little later it is wrong."""
    log = TakedownLog(path)
    log.begin(7)
    assert log.is_taken_down(7, since=clock.go_on(LONGEST_TRANSACTION - 1))
    assert not log.is_taken_down(7, since=clock.go_on(2))


def test_one_that_was_begun_is_not_done_by_another(path, clock):
    log = TakedownLog(path)
    log.begin(7)
    clock.go_on(1)
    take_down(log, 7)
    assert log.is_taken_down(7, since=clock.go_on(1))


@pytest.mark.parametrize("content", [b"nonsense\n", b"done x 7 -\n", b"done 1.0 7\n", b"\xff\xfe\n"])
def test_a_log_that_cannot_be_read_forbids_everything(path, content):
    path.write_bytes(content)
    assert TakedownLog(path).is_taken_down(7, since=1e12)


def test_a_log_that_cannot_be_opened_forbids_everything(path):
    path.mkdir()
    log = TakedownLog(path)
    assert log.is_taken_down(7, since=1e12)
    # And stops nobody who takes something away.
    take_down(log, 7)


def test_a_damaged_line_is_gone_when_the_log_is_shortened_and_forbids_everything_before(path, clock):
    path.write_bytes(b"nonsense\n" + b"done 999.0 1 -\n" * (MOST_BYTES // 14))
    log = TakedownLog(path)
    take_down(log, 7)
    assert log.is_taken_down(8, since=clock.now)
    assert not log.is_taken_down(8, since=clock.go_on(LONGEST_TRANSACTION + 1))


def test_the_log_stays_short_and_forgets_only_what_says_nothing_any_more(path, clock):
    log = TakedownLog(path)
    began = clock.now
    for _time in range(3000):
        take_down(log, 7)
        clock.go_on(0.1)
    last = clock.now
    for _time in range(3000):
        take_down(log, 8)
        clock.go_on(0.1)
    assert path.stat().st_size <= MOST_BYTES + 100
    assert log.is_taken_down(7, since=last - 1)
    assert not log.is_taken_down(7, since=last)
    assert log.is_taken_down(9, since=began) is False
    clock.go_on(LONGEST_USE)
    for _time in range(3000):
        take_down(log, 9)
    assert b" 7 " not in path.read_bytes()


def test_takedowns_of_very_many_posts_become_one_of_all(path, clock):
    log = TakedownLog(path)
    for post_id in range(1, 4000):
        take_down(log, post_id)
    assert path.stat().st_size <= MOST_BYTES
    assert all(log.is_taken_down(post_id, since=clock.now) for post_id in range(1, 4000, 99))


def test_lines_of_before_a_restart_say_nothing(path, clock):
    """The monotonic clock begins anew when the machine starts, and no page is kept from before."""
    log = TakedownLog(path)
    clock.now = 1e9
    take_down(log, 7)
    log.begin(9)
    clock.now = 10.0
    started = TakedownLog(path)
    assert not started.is_taken_down(7, since=clock.now)
    assert not started.is_taken_down(9, since=clock.now)
    take_down(started, 8)
    assert started.is_taken_down(8, since=10.0)
    for _time in range(3000):
        take_down(started, 8)
    assert not started.is_taken_down(7, since=clock.go_on(1))


def test_a_process_that_could_not_write_it_down_knows_it_itself(path, clock):
    log = TakedownLog(path.parent / "no such folder" / path.name)
    assert not log.is_taken_down(7, since=clock.now)
    take_down(log, 7)
    assert log.is_taken_down(7, since=clock.now)
    assert not log.is_taken_down(8, since=clock.now)
    assert not log.is_taken_down(7, since=clock.go_on(1))


def test_many_at_once_lose_no_line(path):
    """Each with a file of its own, as processes have it, and often enough for it to be shortened meanwhile."""

    def take_down_often(post_id):
        log = TakedownLog(path)
        for _time in range(300):
            before = takedowns.time.monotonic()
            take_down(log, post_id)
            assert TakedownLog(path).is_taken_down(post_id, since=before)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take_down_often, range(1, 5)))
    assert path.stat().st_size <= MOST_BYTES + 100


def test_a_file_that_was_read_is_not_read_again_until_it_changes(path, clock, monkeypatch):
    log = TakedownLog(path)
    take_down(log, 7)
    os.utime(path, (0, 0))
    log.is_taken_down(7, since=0)
    monkeypatch.setattr(takedowns, "_takedowns_in", lambda file: pytest.fail("read again"))
    assert log.is_taken_down(7, since=clock.now)
