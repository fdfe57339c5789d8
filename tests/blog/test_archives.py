"""A reader browses the front page by day, and every list of posts, page after page."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from blog import archive, directory
from blog.models import Article, Category, Post, SiteSettings, Tag
from tests.blog.pages import all_by_class, by_class, links, page, words
from tests.factories import (
    make_author,
    make_category,
    make_draft,
    make_post,
    make_scheduled_post,
    make_withdrawn_post,
)
from web import pagination

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(db):
    with time_machine.travel(datetime(2026, 3, 4, 12, tzinfo=UTC), tick=False):
        yield


def make_posts(number: int, **fields) -> list:
    """Make posts an hour apart, newest first."""
    return [
        make_post(title=f"Entry {index}", published_at=NOON - timedelta(hours=index), **fields)
        for index in range(number)
    ]


def titles(root) -> list[str]:
    return [words(entry.xpath(".//h3")[0]) for entry in all_by_class(root, "entry")]


def test_a_new_site_says_that_nothing_is_there_and_asks_nobody_but_writers_to_write(client, bob, ada):
    assert "No posts have been published yet." in words(page(client.get("/")))
    client.force_login(bob)
    assert "Write the first post" not in words(page(client.get("/")))
    client.force_login(ada)
    assert "Write the first post" in words(page(client.get("/")))


def test_the_front_page_leads_with_the_newest_and_groups_by_day(client):
    ann = make_author(display_name="Ann")
    make_post(title="Older", published_at=NOON - timedelta(days=1), by=ann)
    make_post(title="Newest", dek="The dek.", published_at=NOON, by=ann, categories=("Courts",))
    make_post(title="Second", published_at=NOON - timedelta(hours=2), by=ann)
    root = page(client.get("/"))
    assert titles(root) == ["Newest", "Second", "Older"]
    assert [words(day.xpath("h2")[0]) for day in all_by_class(root, "day")] == [
        "Tuesday 3 March",
        "Monday 2 March",
    ]
    [lead] = all_by_class(root, "lead")
    assert words(lead) == "Courts Newest The dek. Ann · 12:00 · 0 comments"


def test_days_follow_the_sites_time_zone_and_other_years_are_shown(client):
    SiteSettings.load()
    SiteSettings.objects.update(time_zone="Asia/Tokyo")
    make_post(title="Late", published_at=datetime(2025, 12, 31, 14, 30, tzinfo=UTC))
    make_post(title="Later", published_at=datetime(2025, 12, 31, 15, 30, tzinfo=UTC))
    root = page(client.get("/"))
    assert [words(day.xpath("h2")[0]) for day in all_by_class(root, "day")] == [
        "Thursday 1 January",
        "Wednesday 31 December 2025",
    ]


def test_a_reader_pages_to_the_end_and_back_over_the_same_pages(client):
    expected = [post.title for post in make_posts(pagination.PAGE * 2 + 3)]
    path, down = "/", []
    while path:
        root = page(client.get(path))
        down.append((path, titles(root)))
        path = next(iter(root.xpath("//nav[@aria-label='Pages']/a[@rel='next']/@href")), None)
        path = path and f"/{path}"
    assert sum((found for _path, found in down), []) == expected
    assert [len(found) for _path, found in down] == [pagination.PAGE, pagination.PAGE, 3]

    root, up = page(client.get(down[-1][0])), [down[-1][1]]
    while newer := root.xpath("//nav[@aria-label='Pages']/a[@rel='prev']/@href"):
        root = page(client.get("/" + newer[0].removeprefix("./")))
        up.append(titles(root))
    assert up == [found for _path, found in reversed(down)]


def test_posts_of_the_very_same_moment_are_neither_lost_nor_doubled(client):
    for index in range(pagination.PAGE + 5):
        make_post(title=f"Twin {index}", published_at=NOON)
    first = page(client.get("/"))
    second = page(client.get("/" + first.xpath("//a[@rel='next']/@href")[0]))
    found = titles(first) + titles(second)
    assert len(found) == len(set(found)) == pagination.PAGE + 5


def test_a_new_post_moves_nothing_on_the_pages_behind(client):
    make_posts(pagination.PAGE + 2)
    older = "/" + page(client.get("/")).xpath("//a[@rel='next']/@href")[0]
    before = titles(page(client.get(older)))
    make_post(title="Just now", published_at=NOON + timedelta(hours=1))
    assert titles(page(client.get(older))) == before


@pytest.mark.parametrize(
    "before", ["x", "1", "20260303T120000000000", "20269999T120000000000-1", "٣-1", "-", "0-0"]
)
def test_a_place_that_no_page_wrote_is_not_found(client, before):
    assert client.get("/", {"before": before}).status_code == 404


def test_below_the_oldest_post_it_says_so_and_leads_back(client):
    make_posts(2)
    root = page(client.get("/?before=20000101T000000000000-1"))
    assert "No older posts." in words(root)
    assert links(root, "//a[@rel='prev']") == ["./"]


def test_unknown_words_in_the_address_change_nothing(client):
    make_posts(2)
    assert titles(page(client.get("/?utm_source=x"))) == titles(page(client.get("/")))


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("/category/courts/", "Topic", "Courts"),
        ("/tag/ohio/", "Topic", "Ohio"),
        ("/author/ann/", "Author", "Ann"),
        ("/2026/03/", "2026", "March 2026"),
        ("/2026/", "Archive", "2026"),
        ("/source/reuters/", "Source", "Reuters"),
    ],
)
def test_a_list_says_what_it_is_how_many_there_are_and_shows_just_those(client, path, kind, name):
    ann = make_author(display_name="Ann")
    body = ":::source\npublication: Reuters\nheadline: H\nurl: https://reuters.com/a\n\nWords.\n:::\n\n" * 2
    make_post(title="In", body=body, by=ann, categories=("Courts",), tags=("Ohio",), published_at=NOON)
    make_post(title="Out", published_at=NOON - timedelta(days=800))
    root = page(client.get(path))
    header = by_class(root, "stream-head")
    assert (words(by_class(header, "kind")), words(header.xpath("h1")[0])) == (kind, name)
    assert "1 post" in words(header)
    assert titles(root) == ["In"]
    assert root.xpath("//head/link[@rel='canonical']/@href") == [f"http://testserver{path}"]


def test_a_list_links_its_feed(client):
    make_post(tags=("Ohio",))
    root = page(client.get("/tag/ohio/"))
    assert "/tag/ohio/feed/" in links(root)
    assert "/tag/ohio/feed/" in links(root, "//head/link[@rel='alternate']")


def test_what_no_post_has_is_not_found(client):
    make_category("Courts")
    for path in (
        "/category/courts/",
        "/category/courts/feed/",
        "/tag/nothing/",
        "/author/nobody/",
        "/source/none/",
        "/1999/",
        "/1999/01/",
        "/2026/13/",
        "/0/",
    ):
        assert client.get(path).status_code == 404, path


def test_an_article_has_the_posts_that_quote_it_and_leads_to_it_and_its_copy(client):
    body = ":::source\npublication: Reuters\nheadline: The piece\nurl: https://reuters.com/a\n\nWords.\n:::\n"
    make_post(title="Quotes it", body=body, published_at=NOON)
    make_post(title="Does not", published_at=NOON)
    article = Article.objects.get()
    article.archived_url, article.is_dead = "https://archive.example/a", True
    article.save()
    root = page(client.get(article.get_absolute_url()))
    assert titles(root) == ["Quotes it"]
    assert {"https://reuters.com/a", "https://archive.example/a", "/source/reuters/"} <= set(links(root))
    assert "(this link no longer works)" in words(root)
    assert article.get_absolute_url() in links(page(client.get("/source/reuters/")))


def test_an_article_under_another_publications_name_leads_to_its_own(client):
    make_post(
        body=":::source\npublication: Reuters\nheadline: H\nurl: https://reuters.com/a\n\nWords.\n:::\n"
    )
    article = Article.objects.get()
    response = client.get(f"/source/other/{article.pk}/")
    assert (response.status_code, response["Location"]) == (301, article.get_absolute_url())


def test_the_archive_counts_each_month_and_links_those_with_posts(client):
    for moment in (datetime(2025, 1, 5, tzinfo=UTC), datetime(2025, 1, 6, tzinfo=UTC), NOON):
        make_post(published_at=moment)
    root = page(client.get("/archive/"))
    years = all_by_class(root, "year")
    assert [words(year.xpath("h2")[0]) for year in years] == ["2026 1 post", "2025 2 posts"]
    months = years[1].xpath(".//ol/li")
    assert len(months) == 12
    assert words(months[0]) == "January 2"
    assert words(months[1]) == "February"
    assert links(years[1]) == ["/2025/", "/2025/01/"]


def test_only_public_posts_are_counted(client):
    """The counts are made by taking off what is not public, so they are compared with a plain count."""
    for maker in (make_draft, make_scheduled_post, make_withdrawn_post, make_post, make_post):
        maker(tags=("Ohio",), categories=("Courts",))
    make_scheduled_post(tags=("Later",))
    public = Post.objects.published()
    assert [(year.year, year.posts) for year in archive.years()] == [(2026, public.count())]
    assert [(tag.name, tag.post_count) for tag in directory.topics(Tag)] == [("Ohio", 2)]
    assert [(category.name, category.post_count) for category in directory.topics(Category)] == [
        ("Courts", 2)
    ]
    assert archive.hidden_posts().count() + public.count() == Post.objects.count()


def test_the_archive_goes_by_the_address_of_a_post(client):
    make_post(
        title="Moved", published_at=NOON, first_published_at=NOON - timedelta(days=60), year=2026, month=1
    )
    assert titles(page(client.get("/2026/01/"))) == ["Moved"]
    assert client.get("/2026/03/").status_code == 404


def test_topics_stand_under_their_letters_with_their_counts(client):
    make_post(tags=("Ohio", "élections", "Elk"), categories=("Courts",))
    make_post(tags=("Ohio", "42 days"))
    root = page(client.get("/tags/"))
    shown = [words(letter) for letter in all_by_class(root, "letter")]
    assert shown == ["Main topics Courts 1", "# 42 days 1", "E Elk 1 élections 1", "O Ohio 2"]
    assert [words(link) for link in by_class(root, "letters")] == ["#", "E", "O"]


def test_a_count_stops_where_it_says_nothing_more(client, monkeypatch):
    monkeypatch.setattr(pagination, "MOST_COUNTED", 3)
    make_posts(5, tags=("Ohio",))
    assert pagination.counted(Post.objects.listed().with_tag(Tag.objects.get())) == 4
