"""The scenarios: processes, the disk, PostgreSQL or Redis fail while people read and write."""

import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable

from blog import as_of
from blog.models import Post
from lab.outages import services
from lab.outages.scene import HEALED_WITHIN, TOLD_WITHIN, Reply, Scene, repeated, written_on
from lab.stress.stage import Stage, limits_raised, make_post

# What a comment may take longer without Redis, in seconds.
SLOWER_WITHOUT_REDIS = 0.25
# Requests over connections of their own until every process has been asked, to all likelihood.
ALL_PROCESSES = 40
# Seconds before and after an outage in which writers are at work.
BEFORE, AFTER = 2, 5
# A disk is as full after some seconds as after many.
LONGEST_FULL = 10.0
# What a kept page says in an outage.
AS_OF = re.compile(rb'<p class="notice" role="note">\s*This page is as of \d\d:\d\d\..*?</p>', re.S)
TEXT = "What was typed with care <must> not be lost."


def killing(scene: Scene) -> None:
    """Kill processes of the server at random moments: what was acknowledged is there once, and nobody notices."""
    dice = random.Random(7)
    killed: Counter[str] = Counter()

    def kill() -> None:
        all_at_once = dice.random() < 0.2
        killed["all" if all_at_once else "one"] += services.kill_a_worker(
            scene.server, dice, all_at_once=all_at_once
        )

    with (
        written_on(scene, seconds=scene.size.longest, waits_out=False) as writing,
        repeated(kill, every=lambda: dice.uniform(0.4, 2.5)),
    ):
        while writing.goes_on:
            time.sleep(0.2)
    scene.tell(f"killed {sum(killed.values())} processes")
    scene.expect(sum(killed.values()) >= 3, "fewer than three processes were killed: give it more to write")


def full_disk(scene: Scene, disk: services.Disk) -> None:
    """Fill the disk of the database: a clear page with the text, reading goes on, writing works again by itself."""
    quiet, full_for = make_post(1), min(scene.size.outage / 2, LONGEST_FULL)
    with written_on(scene, seconds=BEFORE + full_for + AFTER) as writing:
        time.sleep(BEFORE)
        with repeated(disk.fill, every=lambda: 0.05):
            refused = scene.wait_until(
                lambda: scene.post_comment(quiet, _unique(TEXT)).status == 503, most=20
            )
            scene.expect(refused is not None, "a full disk was not noticed: writing went on")
            until = time.monotonic() + full_for
            while time.monotonic() < until:
                _expect_text_back(scene, scene.post_comment(quiet, _unique(TEXT)))
                _expect_reading(scene, writing.place)
                time.sleep(0.3)
        disk.make_room()
        _expect_healed(scene, lambda: scene.post_comment(quiet, _unique("Room again.")).status == 303)
        record = writing.job.result()
        scene.expect(record.ledger.trouble.turned_away > 0, "no writer noticed that the disk was full")


def stopped_database(scene: Scene, database: services.PostgreSQL) -> None:
    """Stop PostgreSQL: told within 5 s, kept pages given out, healed within 5 s."""
    quiet = make_post(1)
    kept = [scene.ask(quiet.get_absolute_url()) for _number in range(ALL_PROCESSES)][-1]
    with written_on(scene, seconds=BEFORE + scene.size.outage + AFTER) as writing:
        time.sleep(BEFORE)
        database.stop()
        try:
            _expect_outage(scene, quiet, kept)
        finally:
            database.start()
        _expect_healed(scene, lambda: scene.ask("/").status == 200)
        time.sleep(max(0.0, HEALED_WITHIN - 1))
        after = Counter(scene.ask("/").status for _number in range(ALL_PROCESSES))
        scene.expect(set(after) == {200}, f"some processes did not recover from the outage: {dict(after)}")
        record = writing.job.result()
        scene.expect(record.ledger.trouble.turned_away > 0, "no writer noticed the outage")
        slowest = record.ledger.trouble.slowest_refusal
        scene.expect(slowest <= TOLD_WITHIN, f"a writer was told of the outage after {slowest:.1f} s")


def hanging_database(scene: Scene, database: services.PostgreSQL) -> None:
    """Let PostgreSQL hang with its connections open: told within 5 s, and soon nobody waits for it any more."""
    quiet = make_post(1)
    kept = [scene.ask(quiet.get_absolute_url()) for _number in range(ALL_PROCESSES)][-1]
    with written_on(scene, seconds=BEFORE + scene.size.outage + AFTER) as writing:
        time.sleep(BEFORE)
        database.hang()
        try:
            began = time.monotonic()
            lives = scene.ask("/healthz")
            scene.tell(f"/healthz answered after {lives.seconds:.1f} s, when every thread had begun to wait")
            scene.expect(
                lives.status == 200 and lives.seconds <= TOLD_WITHIN, "/healthz hung with the database"
            )
            time.sleep(max(0.0, began + TOLD_WITHIN - time.monotonic()))
            _expect_outage(scene, quiet, kept)
            _expect_readers_unhindered(scene, quiet)
        finally:
            database.go_on()
        _expect_healed(scene, lambda: scene.ask("/").status == 200)
        record = writing.job.result()
        slowest = record.ledger.trouble.slowest_refusal
        scene.tell(f"the slowest refusal of a writer took {slowest:.1f} s")
        scene.expect(slowest <= TOLD_WITHIN, f"a writer was told of the outage after {slowest:.1f} s")


def _expect_readers_unhindered(scene: Scene, post: Post) -> None:
    """One thread tries whether the database goes on; nobody waits for it but who asked last."""
    replies = [scene.ask(path) for _time in range(30) for path in (post.get_absolute_url(), "/healthz")]
    times = sorted(reply.seconds for reply in replies)
    scene.tell(
        f"30 kept pages and 30 times /healthz: median {1000 * times[30]:.0f} ms, slowest {times[-1]:.1f} s"
    )
    scene.expect({reply.status for reply in replies} == {200}, "a reader of a kept page was sent away")
    scene.expect(times[30] < 0.5, f"half of the kept pages took longer than {times[30]:.1f} s")
    scene.expect(times[-1] <= TOLD_WITHIN, f"a kept page took {times[-1]:.1f} s")


def _expect_outage(scene: Scene, post: Post, kept: Reply) -> None:
    told, path = [], post.get_absolute_url()
    until = time.monotonic() + scene.size.outage
    while time.monotonic() < until:
        again = scene.ask(path)
        scene.expect(again.status == 200, f"a kept page was answered with {again.status}")
        scene.expect(
            AS_OF.sub(b"", again.body) == kept.body.replace(as_of.MARK, b""), "a kept page has other words"
        )
        scene.expect(AS_OF.search(again.body) is not None, "a kept page does not say from when it is")
        scene.expect(_lasting(again) == _lasting(kept), "a kept page has other headers during an outage")
        scene.expect(again.headers["Cache-Control"] == "no-store", "a page of then may be taken for today's")
        home, comment = scene.ask("/"), scene.post_comment(post, TEXT)
        scene.expect(home.status == 503, f"the front page was answered with {home.status}")
        _expect_text_back(scene, comment)
        told += [home.seconds, comment.seconds]
        scene.expect(scene.ask("/healthz").status == 200, "/healthz does not say that the process lives")
        scene.expect(scene.ask("/readyz").status == 503, "/readyz does not say that the database is away")
        time.sleep(0.5)
    scene.tell(f"stopped for {scene.size.outage:.0f} s: told within {max(told):.2f} s")
    scene.expect(max(told) <= TOLD_WITHIN, f"an outage was told after {max(told):.1f} s")


def lost_cache(scene: Scene, redis: services.Redis) -> None:
    """Let Redis hang, then kill it: comments are accepted, at most 250 ms later."""
    with limits_raised():
        post = make_post()
        usual = _times(scene, post)
        redis.hang()
        hanging = _times(scene, post)
        redis.go_on()
        redis.kill()
        gone = _times(scene, post)
    for name, times in (("hanging", hanging), ("killed", gone)):
        later = statistics.median(times) - statistics.median(usual)
        scene.tell(f"Redis {name}: comments take {1000 * later:+.0f} ms, slowest {1000 * max(times):.0f} ms")
        scene.expect(
            later <= SLOWER_WITHOUT_REDIS, f"Redis {name}: comments take {1000 * later:.0f} ms longer"
        )
    ready = scene.ask("/readyz")
    scene.expect(
        ready.status == 200 and b'"cache": "fails"' in ready.body, "/readyz does not tell that Redis is gone"
    )


def _times(scene: Scene, post: Post) -> list[float]:
    replies = [scene.post_comment(post, _unique("Without a cache.")) for _number in range(25)]
    refused = Counter(reply.status for reply in replies if reply.status != 303)
    scene.expect(not refused, f"comments were not accepted: {dict(refused)}")
    return [reply.seconds for reply in replies]


# --- what is expected in several ------------------------------------------------------------------------------


def _expect_text_back(scene: Scene, reply: Reply) -> None:
    if reply.status == 303:
        # Room for one more in what had been allotted before.
        return
    scene.expect(reply.status == 503, f"a comment was answered with {reply.status}")
    scene.expect(b"not be lost." in reply.body, "what was typed did not come back")
    scene.expect(reply.headers.get("Retry-After", "").isdecimal(), "it is not said when to try again")


def _expect_reading(scene: Scene, place: Stage) -> None:
    path = place.post.get_absolute_url()
    for address, cookies in (
        (path, {}), (path, place.members[-1]), ("/", {}), ("/", place.members[-1]), ("/search/?q=writers", {}),
        ("/comments/", {}), ("/feed/", {}), ("/readyz", {}),
    ):  # fmt: skip
        status = scene.ask(address, cookies=cookies).status
        scene.expect(
            status == 200, f"{'a member' if cookies else 'a visitor'} could not read {address}: {status}"
        )


def _expect_healed(scene: Scene, works: Callable[[], bool]) -> None:
    took = scene.wait_until(works, most=30)
    scene.tell("did not recover" if took is None else f"works again after {took:.1f} s")
    scene.expect(took is not None and took <= HEALED_WITHIN, f"it worked again after {took} s only")


def _lasting(reply: Reply) -> dict[str, str]:
    passing = {"Date", "Connection", "ETag", "Cache-Control", "Content-Length"}
    return {name: value for name, value in reply.headers.items() if name not in passing}


def _unique(text: str) -> str:
    return f"{text} ({random.getrandbits(64):x})"
