"""Runs writers and readers against a site on this machine, and checks that everything acknowledged is there."""

import ipaddress
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from comments.integrity import audit
from comments.models import Comment, CommentState, Vote
from lab.stress import readers as reading
from lab.stress.stage import FIRST_TEXT, Stage, connect_anew
from lab.stress.writers import Ground, Ledger, Writer

# Every so manyth writer is a member; the others are guests.
MEMBER_EVERY = 4


class NotHere(Exception):
    """An address that no run goes to; its text is a sentence for the person."""


@dataclass(frozen=True)
class Plan:
    """How many write and read, how much, and for how long at most (seconds). `waits_out`: outages are expected."""

    host: str
    port: int
    writers: int
    operations: int
    readers: int
    seconds: float
    seed: int = 1
    patience: float = 60.0
    waits_out: bool = False

    @property
    def members(self) -> int:
        """How many signed in people take part: some of the writers, and half of the readers."""
        return -(-self.writers // MEMBER_EVERY) + -(-self.readers // 2)


@dataclass
class Record:
    """What writers and readers brought back."""

    ledger: Ledger = field(default_factory=Ledger)
    seen: reading.Seen = field(default_factory=reading.Seen)
    seconds: float = 0.0

    @property
    def acknowledged(self) -> int:
        return sum(pk is not None for pk in self.ledger.comments.values())


def place_of(url: str) -> tuple[str, int]:
    """Return host and port of a site on this machine. Raises NotHere for every other address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        is_here = host == "localhost" or ipaddress.ip_address(host).is_loopback
        port = parts.port
    except ValueError:
        is_here, port = False, None
    if parts.scheme != "http" or not is_here or port is None or parts.path.strip("/"):
        raise NotHere(
            f"“{url}” is not a server on this machine, such as http://127.0.0.1:8000. Other people’s"
            " servers must not be stressed."
        )
    return host, port


def ground_of(plan: Plan, stage: Stage) -> Ground:
    return Ground(
        host=plan.host,
        port=plan.port,
        post_id=stage.post.pk,
        path=stage.post.get_absolute_url(),
        patience=plan.patience,
        waits_out=plan.waits_out,
    )


def drive(plan: Plan, stage: Stage) -> Record:
    """Let everybody write and read at once, and return what they bring back.

    Raises NotHere when the server shows another database than this program has.
    """
    ground, record, done = ground_of(plan, stage), Record(), threading.Event()
    if _status(ground) != 200:
        raise NotHere(
            "The server doesn’t show the post that was just created, so it uses a different database."
        )
    began = time.monotonic()
    with ThreadPoolExecutor(plan.writers + plan.readers) as pool:
        written = [
            pool.submit(writer.run, plan.operations, until=began + plan.seconds)
            for writer in _writers(plan, stage, ground)
        ]
        read = [
            pool.submit(reading.read_until, done, ground, number=number, cookies=cookies)
            for number, cookies in enumerate(_readers_cookies(plan, stage))
        ]
        try:
            for job in written:
                record.ledger.add(job.result())
            record.seconds = time.monotonic() - began
        finally:
            done.set()
        for looking in read:
            record.seen.add(looking.result())
    return record


def _status(ground: Ground) -> int:
    browser = ground.browser("Stress")
    try:
        return browser.get(ground.path).status
    finally:
        browser.close()


def _writers(plan: Plan, stage: Stage, ground: Ground) -> Iterator[Writer]:
    members = iter(stage.members)
    for number in range(plan.writers):
        cookies = next(members) if number % MEMBER_EVERY == 0 else None
        yield Writer(ground, number, home=home_of(plan.host, number), cookies=cookies, seed=plan.seed)


def _readers_cookies(plan: Plan, stage: Stage) -> list[dict[str, str]]:
    members = stage.members[::-1]
    return [members[number // 2] if number % 2 else {} for number in range(plan.readers)]


def home_of(host: str, number: int) -> str:
    """Return an address of this machine in a network of its own (/24), or "" where there is none."""
    address = f"127.0.{number + 1}.1"
    if host != "127.0.0.1" or number > 250:
        return ""
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return ""
    return address


# --- the proof ------------------------------------------------------------------------------------------------


def judge(plan: Plan, stage: Stage, record: Record) -> list[str]:
    """Return one sentence for everything that was shown, lost, doubled or broken; none when all is well."""
    connect_anew()
    ledger = record.ledger
    found = [*ledger.errors, *record.seen.findings]
    found += ledger.trouble.complaints + record.seen.trouble.complaints
    found += _missing(stage, ledger)
    found += _votes(stage, ledger)
    found += audit.findings()
    ground = ground_of(plan, stage)
    for who, cookies in (("visitor", {}), ("member", stage.members[-1] if stage.members else {})):
        browser = ground.browser("Stress", cookies=cookies)
        found += [f"At last a {who}'s page: {finding}." for finding in reading.look(browser, ground)]
        browser.close()
    return found


def _missing(stage: Stage, ledger: Ledger) -> Iterator[str]:
    """Compare what was sent and acknowledged with what there is."""
    rows = list(Comment.objects.filter(post=stage.post).order_by("pk").values_list("pk", "body", "state"))
    there = {body: (pk, state) for pk, body, state in rows}
    times = Counter(body for _pk, body, _state in rows)
    for text, pk in ledger.comments.items():
        if times[text] > 1:
            yield f"A comment is there {times[text]} times: {text}"
        if pk is None:
            continue
        if text not in there:
            yield f"Comment {pk} was acknowledged and is not there: {text}"
        elif there[text][0] != pk:
            yield f"Comment {pk} was acknowledged and is {there[text][0]}: {text}"
        elif (there[text][1] == CommentState.WITHDRAWN) != (pk in ledger.withdrawn):
            yield f"Comment {pk} is {there[text][1]}, which its writer did not ask for."
    strange = [body for body in times if body not in ledger.comments and body != FIRST_TEXT]
    yield from (f"A comment is there that nobody sent: {body}" for body in strange)


def _votes(stage: Stage, ledger: Ledger) -> Iterator[str]:
    cast = Counter(pk for _person, pk in ledger.votes)
    stored = Counter(Vote.objects.filter(comment__post=stage.post).values_list("comment", flat=True))
    for pk in sorted(cast.keys() | stored.keys()):
        if cast[pk] != stored[pk]:
            yield f"Comment {pk}: {cast[pk]} votes were acknowledged and {stored[pk]} are there."


def summary(record: Record) -> str:
    """Return the run in one line."""
    ledger, troubles = record.ledger, record.ledger.trouble
    seconds = record.seconds or 1
    return (
        f"{sum(ledger.done.values())} operations in {record.seconds:.0f} s, {dict(sorted(ledger.done.items()))}; "
        f"{record.acknowledged} comments acknowledged ({record.acknowledged / seconds:.0f}/s); "
        f"refused because withdrawn meanwhile {sum(ledger.refused.values())}; "
        f"connections that broke {troubles.broken}; turned away with 503 {troubles.turned_away}; "
        f"pages read and checked {record.seen.pages}"
    )
