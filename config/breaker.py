"""A circuit breaker in front of the database, shared by the threads of one process.

A database that hangs takes every thread that asks it. So nobody asks one that has not answered anybody for some
seconds: they are refused at once, as if it were stopped, and one at a time tries whether it goes on. Only the server
has this: a command of an owner may wait for as long as it takes.
"""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds that others wait for the outcome of a trial request: a working database answers within that time.
MOMENT = 0.25


class NoAnswer(Exception):
    """The database does not answer, or has not answered for so long that no new question is sent."""


class Question:
    """One question to the database, while its answer is awaited."""

    __slots__ = ("_breaker", "number", "since")

    def __init__(self, breaker: "Breaker", number: int, since: float) -> None:
        self._breaker, self.number, self.since = breaker, number, since

    def give_up_if_hopeless(self) -> None:
        """Raise NoAnswer when this has waited long enough. Call it repeatedly while waiting."""
        self._breaker._give_up_if_hopeless(self)


class Breaker:
    """Tracks who has been waiting for the database since when, and when it last answered anybody."""

    def __init__(self, *, slow: float, longest: float, pause: float = 0.0) -> None:
        """Start by assuming that the database works; all arguments are seconds.

        `slow`: without an answer for so long, it seems to hang. `longest`: nobody waits for longer. `pause`: between
        two who try whether it answers again.
        """
        self.slow, self.longest, self.pause = slow, longest, pause
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._waiting: dict[int, Question] = {}
        # The one question that tests whether the database answers again.
        self._trial: Question | None = None
        self._answered_at = self._gave_up_at = float("-inf")

    @contextmanager
    def asking(self) -> Iterator[Question]:
        """Ask the database inside the block; any exception it raises, except NoAnswer, counts as an answer.

        Raises NoAnswer at once where the database seems to hang and somebody else tries it already.
        """
        question = self._begin()
        try:
            yield question
        except NoAnswer:
            self._end(question, answered=False)
            raise
        except BaseException:
            self._end(question, answered=True)
            raise
        self._end(question, answered=True)

    def _begin(self) -> Question:
        with self._changed:
            if self._seems_to_hang(now := time.monotonic()) and not self._may_try(now):
                raise NoAnswer("The database has not answered for some seconds, so it is not asked now.")
            question = Question(self, next(self._numbers), time.monotonic())
            if self._seems_to_hang(question.since):
                self._trial = question
            self._waiting[question.number] = question
            return question

    def _may_try(self, now: float) -> bool:
        """Whether to try although it seems to hang: nobody else is trying, and the last try did not fail just now.

        Else whoever has waited in vain would wait once more for a new connection.
        """
        if self._trial is None:
            return now - self._gave_up_at >= self.pause
        left = self._trial.since + MOMENT - now
        return left > 0 and self._changed.wait_for(
            lambda: not self._seems_to_hang(time.monotonic()), timeout=left
        )

    def _end(self, question: Question, *, answered: bool) -> None:
        with self._changed:
            del self._waiting[question.number]
            if question is self._trial:
                self._trial = None
            if answered:
                self._answered_at = time.monotonic()
            else:
                self._gave_up_at = time.monotonic()
            self._changed.notify_all()

    def _seems_to_hang(self, now: float) -> bool:
        if self._gave_up_at > self._answered_at:
            return True
        # In the order in which they were asked, so the first one has waited longest.
        first = next(iter(self._waiting.values()), None)
        return first is not None and now - first.since > self.slow and now - self._answered_at > self.slow

    def _give_up_if_hopeless(self, question: Question) -> None:
        waited = time.monotonic() - question.since
        if waited < self.slow:
            return
        with self._changed:
            # Nobody has had an answer since, so it is not just this one question that is slow.
            is_silent = self._answered_at < question.since
            is_not_alone = self._gave_up_at > self._answered_at or any(
                other is not question and other.since < question.since + MOMENT
                for other in self._waiting.values()
            )
        if waited >= self.longest or (is_silent and is_not_alone):
            raise NoAnswer(f"The database has not answered for {waited:.1f} seconds.")
