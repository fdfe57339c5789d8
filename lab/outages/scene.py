"""Runs one scenario; failed expectations are collected and printed at the end."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from blog.models import Post
from lab.bench.server import Server
from lab.stress import over_http
from lab.stress.over_http import Plan, Record
from lab.stress.stage import Stage, stage

# Seconds within which an outage is told to whoever asks, and within which the site works again after it.
TOLD_WITHIN = HEALED_WITHIN = 5.0
HERE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Size:
    """How big a run is: writers, what each does at most, how many seconds an outage lasts, and writing at most."""

    writers: int
    operations: int
    readers: int
    outage: float
    longest: float


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass
class Scene:
    """The site while something fails, and what was wrong."""

    server: Server
    size: Size
    findings: list[str] = field(default_factory=list)

    def tell(self, words: str) -> None:
        print(f"  {words}", flush=True)

    def expect(self, holds: bool, words: str) -> None:
        if not holds and words not in self.findings:
            self.findings.append(words)

    def ask(
        self, path: str, *, form: dict[str, str] | None = None, cookies: dict[str, str] | None = None
    ) -> Reply:
        """Ask once, over a connection of its own, so that any of the server's processes may answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = HERE | {"Host": f"127.0.0.1:{self.server.port}"}
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        try:
            body = None if form is None else urlencode(form)
            connection.request("POST" if form is not None else "GET", path, body=body, headers=headers)
            response = connection.getresponse()
            content = response.read()
            return Reply(response.status, dict(response.getheaders()), content, time.monotonic() - began)
        finally:
            connection.close()

    def post_comment(self, post: Post, text: str) -> Reply:
        form = {"text": text, "name": "Probe", "email": "probe@example.org", "do": "post"}
        return self.ask(f"/posts/{post.pk}/comments/", form=form)

    def wait_until(self, happens: Callable[[], bool], *, most: float) -> float | None:
        """Return after how many seconds it happened, or None."""
        began = time.monotonic()
        while time.monotonic() - began < most:
            if happens():
                return time.monotonic() - began
            time.sleep(0.1)
        return None

    def plan(self, *, seconds: float, waits_out: bool) -> Plan:
        size = self.size
        return Plan(
            "127.0.0.1",
            self.server.port,
            size.writers,
            size.operations,
            size.readers,
            seconds,
            patience=size.outage + 60,
            waits_out=waits_out,
        )


class Writing:
    """Writers and readers that are at it while the scenario goes on."""

    def __init__(self, scene: Scene, plan: Plan, place: Stage) -> None:
        self.scene, self.plan, self.place = scene, plan, place
        self._pool = ThreadPoolExecutor(1)
        self.job: Future[Record] = self._pool.submit(over_http.drive, plan, place)

    @property
    def goes_on(self) -> bool:
        return not self.job.done()

    def finish(self) -> Record:
        """Wait for all of them, and prove what they were told."""
        record = self.job.result()
        self._pool.shutdown()
        self.scene.tell(over_http.summary(record))
        self.scene.findings += over_http.judge(self.plan, self.place, record)
        return record


@contextmanager
def written_on(scene: Scene, *, seconds: float, waits_out: bool = True) -> Iterator[Writing]:
    """Let writers and readers begin, and stop them when the scenario has run its course."""
    plan = scene.plan(seconds=seconds, waits_out=waits_out)
    with stage(members=plan.members) as place:
        writing = Writing(scene, plan, place)
        yield writing
        writing.finish()


@contextmanager
def repeated(step: Callable[[], None], *, every: Callable[[], float]) -> Iterator[None]:
    """Do `step` again and again beside the body, waiting `every()` seconds before each."""
    done = threading.Event()

    def run() -> None:
        while not done.wait(every()):
            step()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
