"""Measures how long `rerender` takes for 20,000 comments, and how long it blocks writers at most.

Run: python -m lab.bench.rerendering [--comments 20000]. Its database is a file of its own, or the one of DATABASE_URL,
which it fills. "Longest lock" is the longest transaction, "locked" all of them together, in seconds of the clock.
"""

import argparse
import os
import random
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from django.core.management import call_command  # noqa: E402

from comments.batches import update_rows  # noqa: E402
from comments.models import Comment  # noqa: E402
from lab.bench.repairing import _empty, _fill, _transactions, connection, mixed  # noqa: E402  (sets Django up)

# What people write: some paragraphs, a link, a quotation, and now and then what an older version showed otherwise.
PARTS = (
    "I do not think that this is so, because nobody has counted them, and *I* have asked.",
    "> They were counted twice.\n> — G, #1",
    "See https://a.example/x_y and [this](https://b.example/z).",
    "It is <strike>not</strike> true of a Map<String, List<Int>>.",
    "@G was here before, and #2 as well.",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lab.bench.rerendering", description=__doc__)
    parser.add_argument("--comments", type=int, default=20_000)
    options = parser.parse_args()
    if connection.vendor == "sqlite":
        # As in production, where a commit waits for the disk.
        connection.settings_dict["OPTIONS"]["init_command"] = (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
        )
    call_command("migrate", verbosity=0)
    _fill(options.comments, mixed)
    dice = random.Random(options.comments)
    texts = (
        (pk, "\n\n".join(dice.sample(PARTS, 4)), "<p>x</p>", 1)
        for pk in Comment.objects.values_list("pk", flat=True)
    )
    update_rows(Comment, ("body", "body_html", "markup_version"), texts)
    started, cpu = time.perf_counter(), time.process_time()
    with _transactions() as took:
        call_command("rerender")
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    print(
        f"{options.comments} comments: {seconds:.1f} s, {cpu:.1f} s CPU, locked {sum(took):.2f} s in {len(took)}"
    )
    print(f"longest lock {max(took) * 1000:.0f} ms")
    _empty()


if __name__ == "__main__":
    main()
