"""Every kind of address of an old blog redirects in one step; everything else is not found."""

from urllib.parse import unquote_to_bytes

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from blog import actions
from blog.models import OldAddress, Post
from tests.exchange.exports import attachment, author, bring, category, export, fields, item
from tests.factories import make_draft, make_page, make_post, make_scheduled_post, make_withdrawn_post

pytestmark = pytest.mark.django_db

NEWS = [("category", "news", "News"), ("category", "local", "Local"), ("post_tag", "rivers", "Rivers")]
POST, SECOND, PAGE, CHILD = "/2019/05/hello-world/", "/2019/06/second/", "/about/", "/about/team/"


def numbered_category(key: str, name: str, number: int, parent: str = "") -> str:
    return category(key, name, parent=parent).replace(
        "<wp:category>", f"<wp:category>{fields('wp:', {'term_id': number})}"
    )


@pytest.fixture
def blog(tmp_path):
    """A small blog whose posts stood under their names alone, as most do."""
    items = [
        item(
            9,
            title="Hello",
            slug="hello-world",
            date="2019-05-06 12:00:00",
            filed=NEWS,
            meta={"_wp_old_slug": "first-name"},
        ),
        item(
            12,
            title="Second",
            slug="second",
            date="2019-06-07 12:00:00",
            link="https://old.example/2019/06/07/second/",
        ),
        item(20, title="About", slug="about", post_type="page"),
        item(
            21,
            title="Team",
            slug="team",
            post_type="page",
            post_parent=20,
            link="https://old.example/about/team/",
        ),
        attachment(30, "2019/05/map.png", parent=9),
        item(40, title="Secret", slug="secret", status="draft", link="https://old.example/?p=40"),
    ]
    terms = numbered_category("news", "News", 3) + numbered_category("local", "Local", 4, parent="news")
    bring(tmp_path, export(*items, terms=terms, authors=author(number=7)))


# What is asked, and where it leads: to one place, in one step.
LEADS = [
    # The address itself, and numbers.
    ("/hello-world/", POST),
    ("/hello-world", POST),
    ("/first-name/", POST),
    ("/2019/06/07/second/", SECOND),
    ("/?p=9", POST),
    ("/?p=9&utm_source=x", POST),
    ("/?utm_source=x&p=9", POST),
    ("/?page_id=20", PAGE),
    ("/?p=21", CHILD),
    ("/?cat=3", "/category/news/"),
    ("/?cat=4&paged=2", "/category/local/"),
    ("/?tag=rivers", "/tag/rivers/"),
    ("/?author=7", "/author/ada/"),
    ("/?author_name=ada", "/author/ada/"),
    ("/?category_name=news", "/category/news/"),
    ("/?pagename=about/team", CHILD),
    ("/?name=hello-world", POST),
    ("/?m=201905", "/2019/05/"),
    ("/?m=20190506", "/2019/05/"),
    ("/?m=2019", "/2019/"),
    ("/?year=2019&monthnum=6", "/2019/06/"),
    ("/?attachment_id=30", POST),
    ("/?s=old+rivers", "/search/?q=old+rivers"),
    ("/search/old+rivers/page/2/", "/search/?q=old+rivers"),
    ("/?p=9).", POST),
    # Feeds.
    ("/feed/rss/", "/feed/"),
    ("/feed/rss2/", "/feed/"),
    ("/feed/atom", "/feed/"),
    ("/feed/rdf/", "/feed/"),
    ("/?feed=rss", "/feed/"),
    ("/?feed=rss2", "/feed/"),
    ("/?feed=atom", "/feed/"),
    ("/?feed=comments-rss2", "/comments/feed/"),
    ("/?feed=rss2&p=9", f"{POST}feed/"),
    ("/?feed=rss2&cat=3", "/category/news/feed/"),
    ("/comments/feed/atom/", "/comments/feed/"),
    ("/comments/feed/rss2/", "/comments/feed/"),
    ("/hello-world/feed/", f"{POST}feed/"),
    ("/hello-world/feed/atom/", f"{POST}feed/"),
    (f"{POST}feed/rss2/", f"{POST}feed/"),
    ("/category/news/feed/rss/", "/category/news/feed/"),
    ("/category/news/local/feed/", "/category/local/feed/"),
    ("/tag/rivers/feed/atom/", "/tag/rivers/feed/"),
    ("/author/ada/feed/rss/", "/author/ada/feed/"),
    ("/about/team/feed/rss2/", "/about/team/feed/"),
    ("/hello-world/?feed=rss2", f"{POST}feed/"),
    ("/rss2/", "/feed/"),
    ("/hello-world/atom/", f"{POST}feed/"),
    ("/wp-rss2.php", "/feed/"),
    ("/wp-commentsrss2.php", "/comments/feed/"),
    # Pages of lists and of posts, and their other forms.
    ("/page/2/", "/"),
    ("/hello-world/2/", POST),
    ("/hello-world/2", POST),
    (f"{POST}2/", POST),
    ("/about/team/2/", CHILD),
    ("/category/news/page/2/", "/category/news/"),
    ("/category/news/local/page/3/", "/category/local/"),
    ("/tag/rivers/page/2/", "/tag/rivers/"),
    ("/author/ada/page/2/", "/author/ada/"),
    ("/2019/05/page/2/", "/2019/05/"),
    ("/2019/page/2/", "/2019/"),
    ("/2019/05/06/", "/2019/05/"),
    ("/2019/05/06/page/2/", "/2019/05/"),
    ("/hello-world/comment-page-2/", POST),
    (f"{POST}comment-page-2/", POST),
    ("/hello-world/comment-page-2/amp/", POST),
    ("/hello-world/trackback/", POST),
    ("/hello-world/amp/", POST),
    ("/hello-world/embed/", POST),
    ("/2019/06/07/second/amp/", SECOND),
    ("/2019/05/06/hello-world/", POST),
    ("/category/news/local/", "/category/local/"),
    # What was taken along from the text around a link.
    ("/hello-world/)", POST),
    ("/hello-world)", POST),
    ("/hello-world/.", POST),
    ("/hello-world.", POST),
    ("/hello-world/,", POST),
    ('/hello-world/"', POST),
    ("/hello-world/%E2%80%9D", POST),
    ("/hello-world/%20and", POST),
    ("/hello-world/%3C/a%3E", POST),
    (f"{POST})", POST),
    ("/about/team/).", CHILD),
    # Letters, slashes, and the long form of addresses.
    ("/Hello-World/", POST),
    ("/HELLO-WORLD", POST),
    ("/2019/05/Hello-World/", POST),
    ("/About/Team/", CHILD),
    ("/Category/News/", "/category/news/"),
    ("/index.php/hello-world/", POST),
    ("/index.php/2019/05/hello-world/", POST),
    ("/index.php?p=9", POST),
    ("/index.php", "/"),
    ("/hello-world//", POST),
    ("//hello-world/", POST),
    ("/2019//05/hello-world/", POST),
    ("/about/team", CHILD),
    # A post of another month, as always.
    ("/2018/01/hello-world/", POST),
]
# Nothing of these was ever anybody's, or it is told to nobody.
NOWHERE = [
    "/comments/999/", "/comments/999/feed/", "/comments/999/amp/", "/source/none/2/", "/tags/2/", "/archive/2/",
    "/nowhere/", "/hello/", "/?p=40x", "/secret/", "/2019/05/secret/", "/secret/amp/", "/secret/feed/",
    "/2019/05/nowhere/", "/wp-login.php", "/xmlrpc.php", "/wp-admin/", "/wp-json/wp/v2/posts", "/.env",
    "/2018/", "/2018/05/", "/2018/05/06/", "/category/none/page/2/", "/nowhere/2/", "/feed/none/",
    "/feed/rss/rss/rss/", "/page/x/", "/%00/", "/hello-world%00/", "/2/", "/2019/13/", "/amp/",
    "//evil.example/", "/evil.example/feed/", "/.../", '/"', "/tag/none/feed/rss/",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new"), LEADS)
def test_an_old_address_redirects_in_one_step(blog, client, old, new):
    path, _sign, query = old.partition("?")
    answer = ask(client, old)
    assert (answer.status_code, answer.get("Location")) == (301, new), (path, query)
    # It may be asked with HEAD; what is sent there is not taken along.
    assert ask(client, old, "HEAD")["Location"] == new
    assert client.get(new).status_code == 200


def ask(client, address: str, method: str = "GET"):
    """Ask as a browser would: Django's client makes a host of what follows two slashes."""
    path, _sign, query = address.partition("?")
    return client.generic(
        method, "/", QUERY_STRING=query, PATH_INFO=unquote_to_bytes(path).decode("latin-1"), secure=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("old", NOWHERE)
def test_what_was_nowhere_is_not_found_in_the_same_words(blog, client, old):
    answer = ask(client, old)
    words = "Page not found"
    if old.startswith("/?"):
        assert answer.status_code == 200
        return
    assert answer.status_code in {404, 400}
    assert answer.status_code == 400 or words in answer.content.decode()
    assert "Location" not in answer


def test_every_old_address_of_the_file_redirects_and_the_report_counts_them(tmp_path, client):
    text = export(
        item(9, slug="hello", meta={"_wp_old_slug": "hallo"}), item(20, slug="about", post_type="page")
    )
    planned, report = bring(tmp_path, text, "--dry-run"), bring(tmp_path, text)
    # The post at its name, its former name and its number; the page stays, and has two numbers.
    assert "5 redirects from old web addresses" in planned and "5 redirects from old web addresses" in report
    assert all(client.get(row.path)["Location"] == row.target for row in OldAddress.objects.all())


def test_a_submitted_form_is_never_redirected(blog, client):
    assert client.post("/hello-world/").status_code in {403, 404, 405}


@pytest.mark.parametrize("make", [make_draft, make_scheduled_post, make_withdrawn_post])
def test_no_guess_tells_of_what_is_not_public(client, make):
    hidden = make(title="Hidden", slug="hidden")
    year = f"/{hidden.year or 2019}/{hidden.month or 5:02d}"
    for old in (
        f"{year}/Hidden/",
        f"{year}/hidden/amp/",
        f"{year}/hidden/2/",
        f"{year}/06/hidden/",
        "/?name=hidden",
    ):
        answer = client.get(old)
        assert answer.status_code in {200, 404} and "Location" not in answer, old


def test_no_guess_tells_of_a_page_that_is_not_public(client):
    make_page(title="Hidden", state="draft")
    make_page(title="Shut", state="withdrawn")
    for old in ("/Hidden/", "/hidden", "/hidden/2/", "/Shut/", "/shut/amp/", "/?pagename=hidden"):
        answer = client.get(old)
        assert answer.status_code in {200, 404} and "Location" not in answer, old


def test_searches_and_the_front_page_of_a_blog_in_a_folder_redirect(client):
    OldAddress.objects.create(path="/blog/", target="/")
    assert client.get("/blog/?s=two+words")["Location"] == "/search/?q=two+words"
    assert client.get("/blog/index.php")["Location"] == "/"
    for old in ("/other/?s=one", "/other/index.php"):
        assert client.get(old).status_code == 404


# --- two blogs --------------------------------------------------------------------------------------------------


def test_the_exact_old_address_wins_over_a_guess_by_slug(tmp_path, client):
    first = item(1, title="First", slug="hello", link="https://one.example/2020/05/hello/")
    second = item(
        1, title="Second", slug="hello", date="2018-03-01 12:00:00", link="https://two.example/2018/03/hello/"
    )
    bring(tmp_path, export(first, base="https://one.example"))
    bring(tmp_path, export(second, base="https://two.example"))
    assert dict(Post.objects.values_list("title", "slug")) == {"First": "hello", "Second": "hello-2"}
    assert client.get("/2020/05/hello/").status_code == 200
    for old in ("/2018/03/hello/", "/2018/03/hello", "/2018/03/hello/amp/", "/2018/03/Hello/"):
        assert client.get(old)["Location"] == "/2018/03/hello-2/", old
    assert client.get("/2018/03/hello/feed/")["Location"] == "/2018/03/hello-2/feed/"
    # Of a third month nothing is known, so the name is all there is.
    assert client.get("/2017/01/hello/")["Location"] == "/2020/05/hello/"


def test_it_wins_where_the_other_post_was_withdrawn_too(client):
    actions.withdraw_post(make_post(slug="hello"), by=None)
    other = make_post(slug="hello-2")
    OldAddress.objects.create(path="/2018/03/hello/", target=other.get_absolute_url())
    assert client.get("/2018/03/hello/")["Location"] == other.get_absolute_url()


def test_an_old_address_that_another_blog_has_taken_is_named(tmp_path):
    bring(tmp_path, export(item(1, slug="hello"), base="https://one.example"))
    text = export(item(1, slug="hello", title="Second"), base="https://two.example")
    planned, report = bring(tmp_path, text, "--dry-run"), bring(tmp_path, text)
    for said in (planned, report):
        assert "2 old web addresses that can’t redirect" in said
        assert "/hello/: already redirects to /2020/05/hello/" in said


# --- what it costs ----------------------------------------------------------------------------------------------

# Of a page that is not found: for a page of that path before anything else, the site, the page, old addresses; and what
# stands at some guesses more.
MOST = 8


def asked(address: str) -> int:
    client = Client()
    ask(client, "/nowhere/at/all/")
    with CaptureQueriesContext(connection) as queries:
        ask(client, address)
    return len(queries)


@pytest.mark.slow
def test_what_is_not_found_asks_a_few_indexed_questions(blog):
    plain = asked("/nowhere/")
    assert plain <= 4
    assert asked("/wp-login.php") <= 3 and asked("/xmlrpc.php") <= 3
    for old, _new in LEADS:
        assert asked(old) <= MOST, old
    for old in (
        "/a/b/c/d/e/2/amp/",
        "/category/a/b/c/comment-page-2/feed/rss/",
        "/2019/05/06/Nothing/2/amp/)",
    ):
        assert asked(old) <= MOST + 2, old
    many = asked("/category/a/b/2/amp/")
    for number in range(30):
        make_post(title=f"Post {number}", categories=("News",))
        OldAddress.objects.create(path=f"/old-{number}/", target="/archive/")
    assert asked("/nowhere/") == plain and asked("/category/a/b/2/amp/") == many


def test_a_page_that_exists_makes_no_query_for_redirects(blog):
    for address in ("/", POST, "/about/", "/category/news/", "/?before=20300101T000000000000-1"):
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(address).status_code == 200
        assert not [query for query in queries if "blog_oldaddress" in query["sql"]], address


def test_no_old_address_redirects_in_a_circle(client):
    OldAddress.objects.create(path="/a/", target="/b/")
    OldAddress.objects.create(path="/b/", target="/a/")
    OldAddress.objects.create(path="/c/", target="/C/")
    for path in ("/a/", "/b/", "/c/"):
        seen = [path]
        while (answer := client.get(seen[-1])).status_code == 301 and len(seen) < 5:
            seen.append(answer["Location"])
        assert len(seen) < 5 or path in {"/a/", "/b/"}, seen
