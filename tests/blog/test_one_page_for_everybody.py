"""Whatever a request says besides what the place of its page is made of, it gets the page that anybody gets.

Every test here has two shelves, as two processes have: one whose pages were made by the request in question, one that
has none. Neither may ever show which of the two it is.
"""

import gzip
import itertools
from dataclasses import dataclass, field

import brotli
import pytest
from django.conf import settings
from django.test import Client, override_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from blog import article_cache, page_cache
from comments import thread
from tests.blog.pages import make_kept
from tests.factories import make_post, make_thread
from web import lru_cache

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Asked:
    """What a request says besides its path."""

    query: str = ""
    cookies: str = ""
    headers: dict = field(default_factory=dict)
    environ: dict = field(default_factory=dict)
    method: str = "get"

    def __str__(self):
        said = [self.method.upper(), self.query, self.cookies, *map(str, self.headers.items())]
        return " ".join([*said, *map(str, self.environ.items())])


PLAIN = Asked()

HEADERS = {
    "Accept": ["text/html", "application/json", "image/avif", "*/*;q=0.1", ""],
    "Accept-Encoding": ["gzip", "br", "gzip, br", "identity", "br;q=0", "zstd", "*", "GZIP"],
    "Accept-Language": ["de", "ar", "en-GB,en;q=0.5", "xx"],
    "Authorization": ["Basic YTpi", "Bearer x"],
    "Cache-Control": ["no-cache", "max-age=0"],
    "Content-Type": ["application/json", "multipart/form-data; boundary=x"],
    "DNT": ["1"],
    "Expect": [""],
    "Forwarded": ["for=1.2.3.4;host=evil.example;proto=https"],
    "Front-End-Https": ["on"],
    "If-Modified-Since": ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"],
    "If-None-Match": ["*", '"x"', 'W/"x"', ""],
    "If-Range": ['"x"'],
    "Origin": ["null", "https://evil.example", "http://testserver"],
    "Pragma": ["no-cache"],
    "Purpose": ["prefetch"],
    "Range": ["bytes=0-10", "bytes=5-"],
    "Referer": ["https://evil.example/", "http://testserver/"],
    "Save-Data": ["on"],
    "Sec-Fetch-Dest": ["document", "iframe"],
    "Sec-Fetch-Site": ["same-origin", "cross-site", "none"],
    "Sec-GPC": ["1"],
    "Sec-Purpose": ["prefetch;prerender"],
    "TE": ["trailers"],
    "Upgrade-Insecure-Requests": ["1"],
    "User-Agent": ["", "Mozilla/5.0", "curl/8"],
    "Via": ["1.1 evil.example"],
    "X-CSRFToken": ["a" * 32],
    "X-Forwarded-For": ["1.2.3.4"],
    "X-Forwarded-Host": ["evil.example", "127.0.0.1"],
    "X-Forwarded-Port": ["444"],
    "X-Forwarded-Prefix": ["/x"],
    "X-Forwarded-Proto": ["https"],
    "X-Forwarded-Server": ["evil.example"],
    "X-Fragment": ["1", "0"],
    "X-HTTP-Method-Override": ["POST", "DELETE"],
    "X-Original-URL": ["/admin/"],
    "X-Requested-With": ["XMLHttpRequest"],
    "X-Rewrite-URL": ["/admin/"],
    "X-Script-Name": ["/x"],
    "Host": [
        "TESTSERVER", "testserver:80", "testserver:8123", "testserver.", "TestServer.:81", "127.0.0.1", "localhost:9",
        "evil.example", "testserver:x", "testserver, evil.example", "[::1]", "",
    ],
}  # fmt: skip
COOKIES = [
    "theme=dark", "theme=light", "theme=", "theme=DARK", "theme=../x", "order=oldest", "order=newest", "order=best",
    "order=flat", "order=", "order=worst", "theme=dark; order=best", "order=best; order=newest",
    "csrftoken=" + "a" * 32,
    "messages=x", "writer=forged", "guest=forged", "sessionid=forged", "sessionid=", "unknown=1", "django_language=de",
    "django_timezone=Asia/Tokyo", "=", "a", '"', "theme=\"dark\"",
]  # fmt: skip
QUERIES = [
    "?", "?page=1", "?page=2", "?page=3", "?page=9999", "?page=10000", "?page=0", "?page=01", "?page=-1", "?page=2%0A",
    "?page=%D9%A2", "?page=", "?page=x", "?page=1&page=2", "?page=2&page=1", "?all", "?all=1", "?all=&all=",
    "?all&page=2", "?%61ll", "?ALL", "?print=all", "?print=none", "?print=", "?print=all&print=x", "?print=all&all",
    "?order=oldest", "?order=newest", "?order=best", "?order=flat", "?order=", "?order=worst", "?order=best&order=",
    "?order=&order=best",
    "?order=best&page=2", "?%6Frder=best", "?order=%62est", "?order=oldest&page=2", "?order=best;page=2", "?next=/x",
    "?decided=1", "?utm_source=%22%3E%3Cscript%3E", "?lang=de", "?language=de", "?before=1",
    "?fragment=1", "?format=json",
    "?q=x", "?year=2020", "?replytocom=1", "?preview=1", "?theme=dark", "?_method=POST", "?p=1", "?a[]=1&b=%00&c=%FF",
]  # fmt: skip
ENVIRON = [
    {"SCRIPT_NAME": "/x"}, {"SCRIPT_NAME": "/"}, {"HTTP_SCRIPT_NAME": "/x"}, {"HTTP_PATH_INFO": "/admin/"},
    {"wsgi.url_scheme": "https"}, {"SERVER_PORT": "8123"}, {"SERVER_NAME": "evil.example"}, {"REMOTE_ADDR": "1.2.3.4"},
    {"SERVER_PROTOCOL": "HTTP/1.0"}, {"REMOTE_USER": "ada"}, {"CONTENT_LENGTH": "5"}, {"HTTPS": "on"},
    {"PATH_TRANSLATED": "/x"}, {"SCRIPT_URL": ""},
]  # fmt: skip

EACH = {
    "headers": [Asked(headers={name: value}) for name, values in HEADERS.items() for value in values],
    "cookies": [Asked(cookies=cookie) for cookie in COOKIES],
    "queries": [Asked(query=query) for query in QUERIES],
    "environments": [Asked(environ=environ) for environ in ENVIRON],
    "methods": [
        Asked(method=method) for method in ("head", "options", "post", "put", "delete", "patch", "trace")
    ],
    "several": [
        Asked(query="?order=best", cookies="order=newest"),
        Asked(query="?order=best", headers={"Sec-Fetch-Site": "same-origin"}),
        Asked(query="?page=2", cookies="order=best", method="head"),
    ],
}


@pytest.fixture
def post(monkeypatch):
    """A post whose discussion has two pages in the orders that put threads one after another."""
    monkeypatch.setattr(thread.page_starts, "__kwdefaults__", {"size": 3})
    monkeypatch.setattr(thread.page_of, "__kwdefaults__", {"size": 3})
    post = make_post(title="For everybody")
    make_thread(post, "a(b,c),d(e),f")
    return post


def new_process():
    """Begin with nothing kept, as a process does that has just been started."""
    page_cache.cached_pages.clear()
    article_cache.cached_articles.clear()


def ask(path, asked):
    client = Client(raise_request_exception=False)
    headers = dict(asked.headers)
    if asked.cookies:
        headers["Cookie"] = asked.cookies
    return client.generic(asked.method.upper(), path + asked.query, headers=headers, **asked.environ)


def told(response):
    """Return everything of an answer that a browser gets."""
    body = b"".join(response) if response.streaming else response.content
    return response.status_code, dict(response.headers), cookies_of(response), body


def cookies_of(response):
    """Return the cookies that are set, but for the second at which they end: `max-age` says as much."""
    return [
        {"value": morsel.value, **{name: word for name, word in morsel.items() if name != "expires"}}
        for _name, morsel in sorted(response.cookies.items())
    ]


def without_keeping(path, asked):
    with override_settings(
        MIDDLEWARE=[name for name in settings.MIDDLEWARE if name != "blog.page_cache.PageCacheMiddleware"]
    ):
        new_process()
        return ask(path, asked)


def paths(post):
    return post.get_absolute_url(), f"/posts/{post.pk}/latest/"


def from_a_fresh_process(path, asked):
    new_process()
    return told(ask(path, asked))


def changed_by(path, poison, fresh):
    """Let one process be asked `poison` first, and return the requests that then get another page of it."""
    new_process()
    ask(path, poison)
    return [str(probe) for probe, expected in fresh if told(ask(path, probe)) != expected]


@pytest.mark.slow
@pytest.mark.parametrize("kind", EACH)
def test_no_request_changes_what_the_next_one_gets(post, kind):
    probes = (PLAIN, Asked(cookies="order=best"), Asked(query="?order=best"))
    for path in paths(post):
        fresh = [(probe, from_a_fresh_process(path, probe)) for probe in probes]
        changed = {str(poison): changed_by(path, poison, fresh) for poison in EACH[kind]}
        assert {poison: probes for poison, probes in changed.items() if probes} == {}


@pytest.mark.slow
@pytest.mark.parametrize("kind", EACH)
def test_a_request_gets_from_the_shelf_what_it_gets_without_one(post, kind):
    path = post.get_absolute_url()
    expected = [(asked, without_keeping(path, asked)) for asked in EACH[kind]]
    new_process()
    for other in (PLAIN, Asked(query="?order=best"), Asked(cookies="order=best"), Asked(query="?all")):
        ask(path, other)
    # The second time it is on the shelf, if it ever will be.
    given = [(asked, ask(path, asked)) for _time in range(2) for asked in EACH[kind]]
    wrong = [str(asked) for (asked, answer), (_same, long) in zip(given, expected * 2, strict=True)
             if words_of(answer) != words_of(long)]  # fmt: skip
    assert wrong == []


def words_of(response):
    """Return status, cookies and the unpacked page; what keeping adds to the headers is another test's."""
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(
        response.headers.get("Content-Encoding"), bytes
    )
    return response.status_code, cookies_of(response), unpack(response.content)


# --- several at once ------------------------------------------------------------------------------------------

requests = st.builds(
    Asked,
    query=st.lists(st.sampled_from(QUERIES), max_size=3).map(
        lambda parts: "?" + "&".join(part[1:] for part in parts) if parts else ""
    ),
    cookies=st.lists(st.sampled_from(COOKIES), max_size=2).map("; ".join),
    headers=st.dictionaries(st.sampled_from(sorted(HEADERS)), st.integers(0, 20), max_size=3).map(
        lambda chosen: {name: HEADERS[name][number % len(HEADERS[name])] for name, number in chosen.items()}
    ),
    environ=st.one_of(st.just({}), st.sampled_from(ENVIRON)),
    method=st.sampled_from(["get", "get", "get", "head"]),
)


@pytest.mark.slow
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(poison=requests, probe=requests)
def test_no_two_requests_share_a_page_that_is_not_the_same(post, poison, probe):
    for path in paths(post):
        fresh = [(asked, from_a_fresh_process(path, asked)) for asked in (probe, PLAIN)]
        assert changed_by(path, poison, fresh) == [], str(poison)


# --- places ---------------------------------------------------------------------------------------------------


def places():
    return len(page_cache.cached_pages._pages)


@pytest.mark.parametrize(
    "many",
    [
        [Asked(query=f"?page={number}") for number in (0, 1, 3, 4, 77, 9999, 10000)],
        [Asked(query=f"?all&page={number}") for number in range(1, 5)],
        [Asked(query=f"?any{number}=1") for number in range(5)],
        [Asked(headers={"Host": host}) for host in HEADERS["Host"]],
        [Asked(headers={"Host": f"testserver:{port}"}) for port in range(8000, 8005)],
        [Asked(cookies=f"theme=x{number}; order=y{number}") for number in range(5)],
        [Asked(query=query) for query in ("?order=", "?order=x", "?page=x", "?page=", "?print=", "?page=01")],
        [Asked(headers={"Accept-Encoding": words}) for words in ("", "identity", "zstd", "br;q=0", "x")],
        [Asked(headers={"Accept-Language": words}) for words in HEADERS["Accept-Language"]],
    ],
    ids=lambda many: str(many[1]),
)
def test_one_visitor_cannot_fill_the_shelf_with_the_same_page(post, many):
    for asked in many:
        ask(post.get_absolute_url(), asked)
    assert places() <= 1


def test_each_page_has_one_path(post):
    path = post.get_absolute_url()
    _empty, year, month, slug, _end = path.split("/")
    for other in (
        path[1:], f"/{path}", f"/{path[1:].replace('/', '//')}", f"{path}%0A", f"/{year}/{month}/{slug}", f"{path}.",
        f"/{year}/{int(month)}/{slug}/", f"/{year}/{int(month) % 12 + 1:02d}/{slug}/",
        f"/{year}/{month}/{slug.upper()}/",
        f"/2０26/{month}/{slug}/", f"/./{year}/{month}/{slug}/", f"/{year}/{month}/{slug}/?",
    ):  # fmt: skip
        ask(other, PLAIN)
    ask("".join(f"%{byte:02x}" if byte != ord("/") else "/" for byte in path.encode()), PLAIN)
    assert {place.path for place in page_cache.cached_pages._pages} == {path}
    new_process()
    for number in (f"0{post.pk}", f"000{post.pk}", str(post.pk)):
        for query in ("", "?page=2", "?order=best"):
            ask(f"/posts/{number}/latest/{query}", Asked(cookies="theme=dark"))
    assert places() == 1


def test_the_places_of_a_post_are_counted_by_what_it_shows(post):
    """Whatever is asked of it, in whichever order: as many as there are pages, orders, themes, prints and encodings."""
    path = post.get_absolute_url()
    for query, cookie in zip(QUERIES * 3, itertools.cycle(COOKIES)):
        ask(path, Asked(query=query, cookies=cookie))
    variants = {place.variant for place in page_cache.cached_pages._pages}
    assert {variant.page for variant in variants} <= {1, 2}
    assert places() == len(variants) <= 2 * 4 * 2 * 3 * 2 * 2


def test_a_short_answer_is_not_free():
    shelf = lru_cache.LRUCache(most_bytes=100 * page_cache.OVERHEAD)
    for number in range(500):
        shelf.put((number,), make_kept(b""))
    assert len(shelf._pages) <= 100
