"""Measures writing: comments, replies, votes, and a member's page after them; on the database of DATABASE_URL.

A program of its own, because one process has one database: `make bench` starts it for each and prints its figures.
CPU is that of the server's processes; what PostgreSQL's own processes use is not in it.
"""

import itertools
import json
import os
import random
import secrets
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Guest  # noqa: E402
from blog import actions as blog_actions  # noqa: E402
from blog import markup  # noqa: E402
from blog.models import Post  # noqa: E402
from comments import actions, tree  # noqa: E402
from comments.integrity import audit  # noqa: E402
from comments.models import Comment, Discussion  # noqa: E402
from lab.bench.load import Case, measure  # noqa: E402
from lab.bench.reading import BROWSER, Row, measure_bare, member_cookie  # noqa: E402
from lab.bench.server import Server, start  # noqa: E402
from lab.stress import pages  # noqa: E402
from lab.stress.browser import Browser  # noqa: E402
from lab.stress.stage import limits_raised  # noqa: E402

FEW, MANY = 500, 5000
# A case is measured in so many parts, and the one in the middle counts: the others were disturbed.
PARTS = 5
# As readers write: 530 characters, some marks, a link, a quotation.
TEXT = (
    "The figures in the second paragraph are *not* those of the report, which says "
    "[on page 12](https://example.org/12) that the river rose by a third.\n\n"
    "> It rose by a third within two days.\n\n"
    "So who is right? I would trust the people who stood there with a stick, as they have done every spring since "
    "the bridge was built, over anybody who reads about it in an office. That said, the author is right about the "
    "dams: nobody asked for them, and nobody has looked after them in the years since."
)


@dataclass(frozen=True)
class Hand:
    """Somebody who writes: what their browser sends with each request, and their forms."""

    cookies: dict[str, str]
    fields: dict[str, str]

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }

    def comment(self, **more: str) -> dict[str, str]:
        once = secrets.token_urlsafe(24)
        return {"text": f"{TEXT} {once}", "once": once, "do": "post"} | self.fields | more


def main() -> None:
    """Measure everything, and print the figures as JSON. The one argument: requests of each case."""
    requests, environment = int(sys.argv[1]), dict(os.environ)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    few, many = _discussion("few", FEW, openers=60), _discussion("many", MANY, openers=1)
    # Its own, for the one above has more comments with each that is measured.
    read = _discussion("read", FEW, openers=60)
    rows = [Row(measure_bare(environment, requests * 4))]
    server = start("config.wsgi", environment=environment, check="/healthz")
    try:
        with limits_raised():
            rows += [_row(server, case) for case in _cases(server, few, many, read, requests)]
    finally:
        server.stop()
    json.dump({"rows": [asdict(row) for row in rows], "findings": list(audit.findings())}, sys.stdout)


def _discussion(name: str, size: int, *, openers: int) -> Post:
    """Publish a post with so many comments by guests, in so many threads."""
    post = blog_actions.save_post(Post(title=f"Bench {name}", slug=f"bench-{name}", body="A post."), by=None)
    blog_actions.publish_post(post, by=None)
    dice, now, html = random.Random(size), timezone.now(), markup.render_comment(TEXT)
    written: list[Comment] = []
    for number in range(1, size + 1):
        parent = dice.choice(written[-40:]) if number > openers else None
        who = {"guest_name": f"Guest {number % 40}"}
        words = {"body": TEXT, "body_html": html, "markup_version": markup.MARKUP_VERSION}
        written.append(Comment(post=post, parent=parent, number=number, published_at=now, **words, **who))
    tree.write_forest(written)
    Discussion.objects.update_or_create(pk=post.pk, defaults={"comment_count": size, "last_number": size})
    return post


def _row(server: Server, case: Case) -> Row:
    part = replace(case, requests=max(case.connections, case.requests // PARTS))
    parts = sorted((measure(server, part, warm_up=5) for _number in range(PARTS)), key=lambda one: one.cpu_ms)
    status = max((one.status for one in parts), key=lambda status: status != case.expected)
    middle = replace(
        parts[PARTS // 2], status=status, per_second=statistics.median(one.per_second for one in parts)
    )
    return Row(middle, queries=_queries(case), memory_mb=server.memory_mb())


def _cases(server: Server, few: Post, many: Post, read: Post, requests: int) -> Iterator[Case]:
    guest, new, member = _guest(server, few), Hand({}, _guest_fields()), _member(server, few)
    thread = list(Comment.objects.filter(post=many).values_list("pk", flat=True))

    def case(name: str, post: Post, hand: Hand, form: Callable, **how) -> Case:
        settings = {"requests": requests, "connections": 1} | how
        return Case(name, f"/posts/{post.pk}/comments/", hand.headers, form=form, expected=303, **settings)

    yield case(f"comment on {FEW}, a guest", few, guest, guest.comment)
    yield case(f"comment on {FEW}, somebody new", few, new, new.comment)
    yield case(f"comment on {FEW}, a member", few, member, member.comment)
    yield case(
        f"comment on {FEW}, 8 writers", few, guest, guest.comment, requests=requests * 2, connections=8
    )
    answer = lambda: guest.comment(parent=str(random.choice(thread)))  # noqa: E731
    yield case(f"answer in a thread of {MANY}", many, guest, answer)
    yield _vote(few, member, requests)
    yield from _pages(read, many, member, requests)


def _vote(post: Post, member: Hand, requests: int) -> Case:
    comments = Comment.objects.filter(post=post, user=None).values_list("pk", flat=True)
    buttons = itertools.cycle([(name, str(pk)) for pk in comments for name in ("up", "unup")])

    def form() -> dict[str, str]:
        return dict([next(buttons)]) | member.fields

    return Case(
        "vote, a member", "/comments/vote/", member.headers, requests, form=form, expected=303, connections=1
    )


def _pages(read: Post, many: Post, member: Hand, requests: int) -> Iterator[Case]:
    writer = Guest.objects.create(
        origin_key=secrets.token_hex(32), name="Hal", last_written_at=timezone.now()
    )

    def write(post: Post) -> None:
        actions.post_comment(post, writer=writer, text=member.comment()["text"])

    for post, size, share in ((read, FEW, 4), (many, MANY, 16)):
        path = post.get_absolute_url() + ("?all" if size > 1000 else "")
        yield Case(
            f"a member's page after one on {size}",
            path,
            BROWSER | {"Cookie": member.headers["Cookie"]},
            max(PARTS * 4, requests // share),
            before=partial(write, post),
        )


# --- who writes -----------------------------------------------------------------------------------------------


def _guest_fields() -> dict[str, str]:
    return {"name": "Gus Bench", "email": "gus@example.org"}


def _guest(server: Server, post: Post) -> Hand:
    """Write a first comment, and keep the cookie."""
    browser = Browser("127.0.0.1", server.port, "Bench")
    browser.post(f"/posts/{post.pk}/comments/", Hand({}, _guest_fields()).comment())
    browser.close()
    return Hand(browser.cookies, _guest_fields())


def _member(server: Server, post: Post) -> Hand:
    name, value = member_cookie().split("=", 1)
    browser = Browser("127.0.0.1", server.port, "Bench", cookies={name: value})
    token = pages.token_of(browser.get(post.get_absolute_url()).body)
    browser.close()
    return Hand(browser.cookies, {"csrfmiddlewaretoken": token})


def _queries(case: Case) -> int:
    """Count the queries of one such request in this process."""
    headers = {name: value for name, value in case.headers.items() if name not in {"Cookie", "Content-Type"}}
    client = Client(SERVER_NAME="127.0.0.1")
    for pair in filter(None, case.headers.get("Cookie", "").split("; ")):
        name, value = pair.split("=", 1)
        client.cookies[name] = value
    # The first one finds nothing kept.
    for _number in range(2):
        with CaptureQueriesContext(connection) as captured:
            if case.form:
                client.post(case.path, case.form(), headers=headers)
            else:
                client.get(case.path, headers=headers)
    return len(captured)


if __name__ == "__main__":
    main()
