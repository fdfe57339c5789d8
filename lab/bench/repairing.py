"""Measures how long `check_trees --repair` takes and blocks writers, on damaged threads of known shapes.

Run: python -m lab.bench.repairing [--only "3,000 deep"]. Its database is a file of its own, or the one of DATABASE_URL,
which it fills. Seconds are of the clock; CPU is this process's. "Longest lock" is the longest transaction, "locked" all
of them together.
"""

import argparse
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from blog import actions as blog_actions  # noqa: E402
from blog.models import Post  # noqa: E402
from comments import tree  # noqa: E402
from comments.integrity import audit, repair  # noqa: E402
from comments.models import Comment, Discussion  # noqa: E402

DAMAGES = {
    # All but the opener, whose numbers the database itself guards.
    "levels": "UPDATE comments_comment SET level = level + 3 WHERE parent_id IS NOT NULL",
    "numbers": "UPDATE comments_comment SET lft = 2, rght = 3 WHERE parent_id IS NOT NULL",
    "tree ids": "UPDATE comments_comment SET tree_id = tree_id + 1000000 WHERE id % 3 = 0 AND parent_id IS NOT NULL",
    "threads": "DELETE FROM comments_thread",
    "scores": "UPDATE comments_comment SET score = score + 1",
}


def deep(position: int, dice: random.Random) -> int | None:
    return position - 1 if position else None


def wide(position: int, dice: random.Random) -> int | None:
    return 0 if position else None


def mixed(position: int, dice: random.Random) -> int | None:
    """One in twenty opens a thread; the others answer one of the last hundred, or the first."""
    if not position or dice.random() < 0.05:
        return None
    return max(0, position - dice.randint(1, 100)) if dice.random() < 0.9 else 0


SHAPES = {
    "400 deep": (400, deep),
    "3,000 deep": (3000, deep),
    "100,000 deep": (100_000, deep),
    "20,000 wide": (20_000, wide),
    "20,000 mixed": (20_000, mixed),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lab.bench.repairing", description=__doc__)
    parser.add_argument("--only", choices=SHAPES, help="one shape")
    options = parser.parse_args()
    if connection.vendor == "sqlite":
        # As in production, where a commit waits for the disk.
        connection.settings_dict["OPTIONS"]["init_command"] = (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
        )
    call_command("migrate", verbosity=0)
    print(f"{'':26}{'seconds':>9}{'CPU':>9}{'locked':>9}{'longest lock':>14}{'queries':>9}")
    for name in [options.only] if options.only else SHAPES:
        size, shape = SHAPES[name]
        _fill(size, shape)
        for damage, statement in DAMAGES.items():
            with connection.cursor() as cursor:
                cursor.execute(statement)
            _measure(f"{name}, {damage}")
        _empty()


def _fill(size: int, shape) -> None:
    post = blog_actions.save_post(Post(title="Bench", slug="bench", body="A post."), by=None)
    written: list[Comment] = []
    dice, words = random.Random(size), {"body": "x", "published_at": timezone.now()}
    for position in range(size):
        parent = shape(position, dice)
        opened = None if parent is None else written[parent]
        written.append(Comment(post=post, parent=opened, number=position + 1, guest_name="G", **words))
    tree.write_forest(written)
    Discussion.objects.update_or_create(pk=post.pk, defaults={"comment_count": size, "last_number": size})


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM comments_moderationevent")
        # Leaves first costs a search for children each; a tree that is gone at once needs none.
        cursor.execute("UPDATE comments_comment SET parent_id = id, lft = 2, rght = 3, level = 1")
        for table in (
            "comments_comment",
            "comments_thread",
            "comments_discussion",
            "blog_pagestate",
            "blog_post",
        ):
            cursor.execute(f"DELETE FROM {table}")


def _measure(name: str) -> None:
    started, cpu = time.perf_counter(), time.process_time()
    with _transactions() as took, _queries() as queries:
        done = list(repair.repair())
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    figures = f"{seconds:9.2f}{cpu:9.2f}{sum(took):9.2f}{max(took, default=0):14.2f}{queries[0]:9}"
    left = list(audit.findings())
    print(f"{name:26}{figures}  {done[:1]}{' STILL WRONG: ' + left[0] if left else ''}", flush=True)


@contextmanager
def _transactions() -> Iterator[list[float]]:
    """Give the seconds of every outermost transaction of the connection, its commit included."""
    took: list[float] = []
    begin, commit = connection.set_autocommit, connection.commit
    started = [0.0]

    def timed_begin(autocommit: bool, **options) -> None:
        if not autocommit:
            started[0] = time.perf_counter()
        begin(autocommit, **options)

    def timed_commit() -> None:
        commit()
        took.append(time.perf_counter() - started[0])

    with (
        mock.patch.object(connection, "set_autocommit", timed_begin),
        mock.patch.object(connection, "commit", timed_commit),
    ):
        yield took


@contextmanager
def _queries() -> Iterator[list[int]]:
    count = [0]

    def counting(execute, sql, parameters, many, context):
        count[0] += 1
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(counting):
        yield count


if __name__ == "__main__":
    main()
