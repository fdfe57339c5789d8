"""Measures reading: home, posts of three sizes cached and uncached, a member's page, feeds."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from blog import page_versions
from blog.models import Post
from blog.page_cache import cached_pages
from lab.bench.load import Case, Measured, measure
from lab.bench.server import start

BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Accept": "text/html"}
PLAIN = {"Accept-Encoding": "identity", "Accept": "text/html"}


@dataclass(frozen=True)
class Row:
    """A measurement, the queries of one such request, and the server's memory at the end."""

    measured: Measured
    queries: int | None = None
    memory_mb: float = 0.0


def measure_all(
    environment: dict[str, str], *, sizes: tuple[int, ...], requests: int, big: bool
) -> list[Row]:
    """Fill a site, serve it, measure every case; the first row is the empty view."""
    rows = [Row(measure_bare(environment, requests * 3))]
    posts = _fill(sizes, big=big)
    cookie = member_cookie()
    # One machine asks here for what hundreds of readers do.
    environment = {**environment, "READ_LIMITS": "0"}
    server = start("config.wsgi", environment=environment, check="/healthz")
    try:
        for case in _cases(posts, cookie, requests):
            rows.append(Row(measure(server, case), queries=_queries(case), memory_mb=server.memory_mb()))
    finally:
        server.stop()
    return rows


def measure_bare(environment: dict[str, str], requests: int) -> Measured:
    server = start("lab.bench.bare", environment={**environment, "DJANGO_SETTINGS_MODULE": ""})
    try:
        return measure(server, Case("empty Django view", "/", PLAIN, requests))
    finally:
        server.stop()


def _fill(sizes: tuple[int, ...], *, big: bool) -> dict[int, Post]:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("make_demo", verbosity=0)
    if big:
        call_command("make_demo", posts=100_000, comments=0, seed=9, verbosity=0)
    posts = {}
    for size in sizes:
        known = set(Post.objects.values_list("pk", flat=True)) if not big else None
        newest = Post.objects.order_by("-pk").values_list("pk", flat=True).first()
        call_command("make_demo", posts=1, comments=size, seed=size, verbosity=0)
        posts[size] = Post.objects.filter(pk__gt=newest).exclude(pk__in=known or []).order_by("-pk")[0]
    return posts


def member_cookie() -> str:
    user = get_user_model().objects.create_user("bench@example.org", "Bench Reader", "a long enough password")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"


def _cases(posts: dict[int, Post], cookie: str, requests: int) -> Iterator[Case]:
    for size, post in posts.items():
        path = post.get_absolute_url()
        kept = path if size <= 1000 else f"{path}?all"
        yield Case(f"post, {size} comments, kept", kept, BROWSER, requests * 3)
        yield Case(
            f"post, {size} comments, 304", kept, {**BROWSER, "If-None-Match": _etag(kept)}, requests * 3
        )
        for name, headers in (("first render", PLAIN), ("first render, brotli", BROWSER)):
            few = max(20, requests // (1 if size < 1000 else 8))
            yield Case(
                f"post, {size} comments, {name}",
                kept,
                headers,
                few,
                before=partial(page_versions.touch, post.pk),
            )
        yield Case(f"post, {size} comments, a member", kept, {**BROWSER, "Cookie": cookie}, requests // 4)
    # What every open page asks once a minute.
    poll = f"/posts/{posts[500].pk}/latest/"
    yield Case("has anything come?", poll, BROWSER, requests * 3)
    yield Case("has anything come? 304", poll, {**BROWSER, "If-None-Match": _etag(poll)}, requests * 3)
    arrived = f"/posts/{posts[500].pk}/arrived/?after=480&ago=600"
    yield Case("20 comments that came", arrived, BROWSER, requests // 4)
    yield Case("post, 5000 comments, first page of it", posts[5000].get_absolute_url(), BROWSER, requests)
    # A word that most of them have.
    everywhere = f"/posts/{posts[5000].pk}/find/?q=the"
    yield Case("found in 5000 comments", everywhere, BROWSER, requests // 8)
    for name, path in (("home", "/"), ("feed of posts", "/feed/"), ("feed of comments", "/comments/feed/")):
        yield Case(name, path, BROWSER, requests)


def _etag(path: str) -> str:
    return _client(BROWSER).get(path, headers=BROWSER).headers.get("ETag", "")


def _client(headers: dict[str, str]) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    if cookie := headers.get("Cookie"):
        name, value = cookie.split("=", 1)
        client.cookies[name] = value
    return client


def _queries(case: Case) -> int:
    """Count the queries of one such request in this process, its shelf warm unless the case makes the page new."""
    headers = {name: value for name, value in case.headers.items() if name != "Cookie"}
    client = _client(case.headers)
    if case.before:
        cached_pages.clear()
    else:
        client.get(case.path, headers=headers)
    with CaptureQueriesContext(connection) as captured:
        client.get(case.path, headers=headers)
    return len(captured)
