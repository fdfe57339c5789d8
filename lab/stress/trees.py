"""Writers in processes: they do everything that readers and moderators do, as fast as they can."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from django.db import connections
from django.db.models import Max, Min
from django.db.models.deletion import RestrictedError
from mptt.exceptions import InvalidMove

from accounts.models import Guest
from blog.models import Post
from comments import actions
from comments.models import Comment, CommentState
from comments.models.votes import UP
from comments.tree import TreeError

# Shares of operations in per cent, in this order.
SHARES = {"reply": 63, "opener": 12, "vote": 18, "removal": 5, "move": 2}


@dataclass
class Outcome:
    """What one writer did: how often each operation, how often a rule refused it, and the errors nobody expects."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: "Outcome") -> None:
        self.done += other.done
        self.refused += other.refused
        self.errors += other.errors
        self.seconds = max(self.seconds, other.seconds)


def run(
    *, post_ids: list[int], guest_ids: list[int], writers: int, operations: int, unaware: bool, seed: int
) -> Outcome:
    """Let `writers` processes do `operations` each on these posts, and return what came of it together."""
    # Database connections do not survive a fork.
    connections.close_all()
    total = Outcome()
    with ProcessPoolExecutor(writers, mp_context=get_context("fork")) as pool:
        jobs = [
            pool.submit(_writer, post_ids, guest_ids, operations, unaware, seed * 1000 + number)
            for number in range(writers)
        ]
        for job in jobs:
            total.add(job.result())
    return total


def _writer(post_ids: list[int], guest_ids: list[int], operations: int, unaware: bool, seed: int) -> Outcome:
    connections.close_all()
    writer = _Writer(post_ids, guest_ids, random.Random(seed))
    outcome = Outcome()
    started = time.monotonic()
    for _number in range(operations):
        name = writer.choose(unaware=unaware)
        try:
            getattr(writer, name)()
            outcome.done[name] += 1
        except (actions.Refused, TreeError, RestrictedError, InvalidMove, Comment.DoesNotExist) as refusal:
            outcome.refused[f"{name}: {type(refusal).__name__}"] += 1
        except Exception as error:  # noqa: BLE001 — whatever it is, it is what we are looking for
            outcome.errors.append(f"{name}: {type(error).__name__}: {error}")
    outcome.seconds = time.monotonic() - started
    connections.close_all()
    return outcome


class _Writer:
    """One process's hands. `plain_…` are those of code that knows nothing of locks."""

    def __init__(self, post_ids: list[int], guest_ids: list[int], dice: random.Random) -> None:
        self.posts = list(Post.objects.filter(pk__in=post_ids))
        self.post_ids = frozenset(post_ids)
        self.first = Comment.objects.filter(post__in=post_ids).aggregate(Min("pk"))["pk__min"] or 1
        self.guests = list(Guest.objects.filter(pk__in=guest_ids))
        self.dice = dice

    def choose(self, *, unaware: bool) -> str:
        if unaware:
            return self.dice.choices(["plain_save", "plain_move", "plain_delete"], [70, 20, 10])[0]
        return self.dice.choices(list(SHARES), list(SHARES.values()))[0]

    def reply(self) -> None:
        parent = self._some_comment()
        actions.post_comment(parent.post, writer=self._guest(), parent=parent, text=self._text())

    def opener(self) -> None:
        actions.post_comment(self.dice.choice(self.posts), writer=self._guest(), text=self._text())

    def vote(self) -> None:
        comment, guest = self._some_comment(), self._guest()
        change: Callable = actions.cast_vote
        if self.dice.random() < 0.25:
            actions.clear_vote(comment, voter=guest)
        else:
            change(comment, voter=guest, value=UP)

    def removal(self) -> None:
        comment = self._some_comment(state=None)
        if comment.state == CommentState.REMOVED or self.dice.random() < 0.4:
            actions.restore_comment(comment, by=None)
        else:
            actions.remove_comment(comment, by=None, reason="stress")

    def move(self) -> None:
        comment, target = self._some_comment(), self._some_comment()
        if self.dice.random() < 0.3:
            actions.move_branch(comment, to_post=self.dice.choice(self.posts), by=None)
        else:
            actions.move_branch(comment, to_post=target.post, to_parent=target, by=None)

    def plain_save(self) -> None:
        parent = self._some_comment() if self.dice.random() < 0.85 else None
        post = parent.post if parent else self.dice.choice(self.posts)
        # Some are held: those have no number yet, so deleting them leaves no gap among the numbers.
        state = CommentState.HELD if self.dice.random() < 0.3 else CommentState.PUBLIC
        words = {"body": self._text(), "body_html": "<p>plain</p>", "state": state}
        Comment(post=post, parent=parent, guest=self._guest(), **words).save()

    def plain_move(self) -> None:
        comment = self._some_comment()
        others = Comment.objects.filter(tree_id=comment.tree_id).exclude(pk=comment.pk)
        target = others.order_by("?").first()
        if target is not None:
            comment.move_to(target, self.dice.choice(["first-child", "last-child", "left", "right"]))

    def plain_delete(self) -> None:
        self._some_comment(state=CommentState.HELD).delete()

    def _some_comment(self, *, state: str | None = CommentState.PUBLIC) -> Comment:
        """Return a comment, one of the last as often as any other, as readers do.

        By the primary key alone: sorting a hot post's comments would cost more than the write that is tried.
        """
        last = Comment.objects.aggregate(Max("pk"))["pk__max"] or self.first
        below = last if self.dice.random() < 0.5 else self.dice.randint(self.first, max(self.first, last))
        rows = Comment.objects.select_related("post").filter(pk__lte=below, pk__gte=self.first)
        near = [row for row in rows.order_by("-pk")[:10] if row.post_id in self.post_ids]
        fitting = [row for row in near if state is None or row.state == state]
        if not fitting:
            raise Comment.DoesNotExist
        return self.dice.choice(fitting)

    def _guest(self) -> Guest:
        return self.dice.choice(self.guests)

    def _text(self) -> str:
        return f"Words of process {os.getpid()}: {self.dice.getrandbits(64):x}"
