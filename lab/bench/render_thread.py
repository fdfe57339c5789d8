"""Measures building a discussion's HTML, step by step and as a whole page; without server or compression.

Run: python -m lab.bench.render_thread [--repeat 15]. The least of the repetitions counts: the others were disturbed.
"""

import argparse
import gc
import gzip
import os
import random
import time
from datetime import timedelta
from pathlib import Path

# Its database is a file of its own that goes away with the program (tests/settings.py).
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.utils import timezone  # noqa: E402

from blog import markup, page_cache  # noqa: E402
from comments import thread, tree  # noqa: E402
from comments.fragments import Controls, Fragments  # noqa: E402
from comments.models import Comment, Discussion  # noqa: E402
from tests.factories import make_author, make_post, make_user  # noqa: E402

LETTERS = 530
# What a reader without an account is offered under every comment.
OFFERED = Controls(may_vote=True, may_reply=True)
# Milliseconds of CPU for the whole page, and gzipped kilobytes for one comment.
TARGETS = {500: 15, 5000: 60}
MOST_KB = 0.30
PROSE = Path(__file__).resolve().parents[2] / "exchange" / "demo" / "content" / "posts"


def words() -> list[str]:
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(PROSE.glob("*.md")))
    return [word for word in text.split() if word.isalpha() or word.strip(".,;“”’").isalpha()]


def text_of(words: list[str], chance: random.Random) -> str:
    """Return two paragraphs of about LETTERS letters."""
    text = ""
    while len(text) < LETTERS:
        text += f"{chance.choice(words)} "
    middle = text.index(" ", LETTERS // 3)
    return f"{text[:middle]}\n\n{text[middle + 1 : LETTERS]}"


def make_discussion(size: int, *, seed: int = 1):
    """Write a post with `size` comments: an eighth open threads, a third are guests', some have votes."""
    chance, vocabulary = random.Random(seed), words()
    post = make_post(by=make_author(), categories=("Bench",), tags=("one", "two"))
    people = [make_user() for _number in range(60)]
    begin = timezone.now() - timedelta(days=3)
    written: list[Comment] = []
    for number in range(1, size + 1):
        parent = chance.choice(written[-60:]) if written and chance.random() > 0.12 else None
        who = (
            {"user": chance.choice(people)}
            if chance.random() > 0.33
            else {"guest_name": f"Guest {number % 40}"}
        )
        body = text_of(vocabulary, chance)
        moment = begin + timedelta(seconds=40 * number)
        comment = Comment(
            post=post, parent=parent, number=number, body=body, body_html=markup.render_comment(body),
            created_at=moment, published_at=moment, score=chance.choice([0, 0, 1, 3, 8]), **who,
        )  # fmt: skip
        written.append(comment)
    tree.write_forest(written)
    Discussion.objects.create(pk=post.pk, comment_count=size, last_number=size)
    return post


def cheapest(work, *, repeat: int):
    """Return the least CPU milliseconds of `repeat` runs, and what the last one gave."""
    costs = []
    for _run in range(repeat):
        before = time.process_time()
        result = work()
        costs.append((time.process_time() - before) * 1000)
    return min(costs), result


def whole_page(handler: WSGIHandler, address: str) -> bytes:
    """Return the page as the first reader gets it, made anew and not compressed."""
    page_cache.cached_pages.clear()
    path, _sign, query = address.partition("?")
    environ = RequestFactory().generic("GET", path, QUERY_STRING=query).environ
    return b"".join(handler(environ, lambda *_answer: lambda _data: None))


def measure(size: int, *, repeat: int) -> bool:
    """Print what a discussion of this size costs; whether it keeps within the targets."""
    post = make_discussion(size)
    steps = {}
    steps["load"], rows = cheapest(lambda: thread.load(post.pk), repeat=repeat)
    steps["people"], people = cheapest(lambda: thread.load_people(post.pk, rows), repeat=repeat)
    steps["arrange"], shown = cheapest(lambda: thread.arrange(rows), repeat=repeat)
    steps["join"], html = cheapest(
        lambda: Fragments(rows, people, now=timezone.now(), controls=OFFERED).thread(shown), repeat=repeat
    )
    handler = WSGIHandler()
    page_ms, page = cheapest(lambda: whole_page(handler, f"{post.get_absolute_url()}?all"), repeat=repeat)
    assert page.count(b'<article class="comment') == size
    kilobytes = len(gzip.compress(html.encode(), 5)) / 1000 / size
    costs = "  ".join(f"{name} {cost:.1f}" for name, cost in steps.items())
    print(f"{size} comments: {costs}  = {sum(steps.values()):.1f} ms")
    target = TARGETS.get(size)
    print(f"  whole page {page_ms:.1f} ms (target {target}), {len(page) / 1000:.0f} kB,", end=" ")
    print(f"{kilobytes:.3f} kB gzipped per comment (target {MOST_KB})")
    return (target is None or page_ms <= target) and kilobytes <= MOST_KB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=15)
    repeat = parser.parse_args().repeat
    call_command("migrate", verbosity=0)
    # As the server's workers do: what the program itself is made of is not looked through again and again.
    gc.collect()
    gc.freeze()
    # All are measured before the verdict.
    kept_within = [measure(size, repeat=repeat) for size in TARGETS]
    print("within the targets" if all(kept_within) else "NOT within the targets")


if __name__ == "__main__":
    main()
