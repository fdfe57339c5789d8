"""A reader opens a post: everything that belongs on its page is there, once, and leads where it says."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from blog.models import AuthorHandle, OldAddress, SiteSettings
from blog.redirects.lookup import target_of_path
from tests.blog.pages import all_by_class, by_class, by_id, links, page, words
from tests.factories import make_author, make_post

pytestmark = pytest.mark.django_db

SOURCED = """The author's own words.

:::source
publication: Reuters
headline: Situation in Syria
url: https://www.reuters.com/world/syria-1
writer: Amina Ismail
date: 2024-12-07

First quoted paragraph.

[…]

Another quoted paragraph.
:::

More of the author's words.
"""


@pytest.fixture
def post(db):
    ann = make_author(display_name="Ann Author", bio="Ann writes about rivers.")
    AuthorHandle.objects.create(
        author=ann, network="Mastodon", handle="@ann", url="https://social.example/@ann"
    )
    return make_post(
        title="A river with two calendars",
        dek="Two states count the same water.",
        body=SOURCED,
        by=ann,
        categories=("Water", "World"),
        tags=("Teral", "Dams"),
        published_at=datetime(2025, 3, 4, 8, 5, tzinfo=UTC),
    )


def test_the_head_says_what_it_is_whose_it_is_and_when(client, post):
    header = page(client.get(post.get_absolute_url())).xpath("//article/header")[0]
    assert words(header.xpath("h1")[0]) == "A river with two calendars"
    assert words(by_class(header, "dek")) == "Two states count the same water."
    assert words(by_class(header, "slug")) == "Water"
    assert (
        words(by_class(header, "by")) == "By Ann Author · Tue 4 March 2025, 08:05 · 1 min read · 0 comments"
    )
    assert header.xpath(".//time/@datetime") == ["2025-03-04T08:05:00+00:00"]
    assert header.xpath(".//time/@title") == ["Tuesday 4 March 2025, 08:05 UTC"]
    assert header.xpath(".//a[@rel='author']/@href") == ["/author/ann-author/"]


def test_several_authors_are_named_and_introduced_in_order(client):
    ann, ben, cleo = (make_author(display_name=name) for name in ("Ann", "Ben", "Cleo"))
    post = make_post(by=ann)
    for position, author in enumerate((ben, cleo), start=1):
        post.bylines.create(author=author, position=position)
    root = page(client.get(post.get_absolute_url()))
    assert words(by_class(root, "by")).startswith("By Ann, Ben and Cleo · ")
    assert [words(note.xpath("h2")[0]) for note in all_by_class(root, "author-note")] == [
        "About Ann",
        "About Ben",
        "About Cleo",
    ]


def test_each_source_links_to_its_quotation_and_to_other_posts_that_quote_it(client, post):
    root = page(client.get(post.get_absolute_url()))
    sources = by_class(root, "sources")
    article = post.quotations.get().article
    assert words(sources.xpath(".//h2")[0]) == "Sources in this post"
    assert links(sources) == ["#s-1", f"/source/reuters/{article.pk}/"]
    assert words(sources.xpath(".//li/a")[0]) == "Reuters Situation in Syria"
    assert by_id(root, "s-1").get("class") == "clip"


def test_a_post_without_sources_has_no_index_of_them(client):
    assert not all_by_class(page(client.get(make_post().get_absolute_url())), "sources")


def test_it_is_filed_under_its_categories_and_tags_in_order(client, post):
    root = page(client.get(post.get_absolute_url()))
    assert words(by_class(root, "filed")) == "Topics: Water, World"
    assert links(by_class(root, "filed")) == ["/category/water/", "/category/world/"]
    assert links(by_class(root, "tags")) == ["/tag/teral/", "/tag/dams/"]


def test_the_author_note_has_bio_handles_and_all_posts(client, post):
    note = by_class(page(client.get(post.get_absolute_url())), "author-note")
    assert "Ann writes about rivers." in words(note)
    assert links(note) == ["https://social.example/@ann", "/author/ann-author/"]


def test_the_neighbours_are_the_posts_before_and_after(client, post):
    make_post(title="Long before", published_at=post.published_at - timedelta(days=9))
    make_post(title="Just before", published_at=post.published_at - timedelta(days=1))
    make_post(title="Same minute, later", published_at=post.published_at)
    make_post(title="Long after", published_at=post.published_at + timedelta(days=9))
    neighbours = by_class(page(client.get(post.get_absolute_url())), "neighbours")
    assert [words(link) for link in neighbours.xpath("a")] == [
        "‹ Previous post Just before",
        "Next post › Same minute, later",
    ]


def test_another_months_address_leads_to_the_right_one(client, post):
    response = client.get(f"/2024/12/{post.slug}/?order=best")
    assert response.status_code == 301
    assert response["Location"] == f"/2025/03/{post.slug}/?order=best"


def test_an_old_address_leads_to_the_new_one(client, post):
    OldAddress.objects.create(path="/blog/river.html", target=post.get_absolute_url())
    response = client.get("/blog/river.html")
    assert (response.status_code, response["Location"]) == (301, post.get_absolute_url())


def test_an_old_address_is_found_with_and_without_its_last_slash(client, post):
    OldAddress.objects.create(path="/old/river/", target=post.get_absolute_url())
    OldAddress.objects.create(path="/archives/7", target=post.get_absolute_url())
    for asked in ("/old/river", "/old/river/", "/archives/7", "/archives/7/"):
        assert client.get(asked)["Location"] == post.get_absolute_url(), asked


def test_a_post_known_by_a_number_is_found_on_the_front_page_by_it(client, post):
    OldAddress.objects.create(path="/?p=12", target=post.get_absolute_url())
    assert client.get("/?p=12")["Location"] == post.get_absolute_url()
    assert client.get("/?utm_source=x&p=12")["Location"] == post.get_absolute_url()
    for asked in ("/?p=13", "/?p=012", "/?p=", "/?before=", "/"):
        assert client.get(asked).status_code == 200, asked


def test_pages_of_comments_of_other_programs_lead_to_the_post(client, post):
    here = post.get_absolute_url()
    assert client.get(f"{here}comment-page-3/")["Location"] == here
    assert client.get(f"{here}amp/")["Location"] == here
    assert client.get("/never/amp/").status_code == 404
    assert client.get("/never/feed/").status_code == 404


def test_an_old_address_that_leads_to_itself_is_not_found(client):
    OldAddress.objects.create(path="/выборы/", target="/%D0%B2%D1%8B%D0%B1%D0%BE%D1%80%D1%8B/")
    assert client.get("/выборы/").status_code == 404


def test_an_address_may_be_in_any_script(client):
    post = make_post(title="Выборы", slug="выборы-2026")
    assert client.get(post.get_absolute_url()).status_code == 200


def test_machines_read_the_article_with_its_citations(client, post):
    root = page(client.get(post.get_absolute_url(), headers={"host": "localhost"}))
    [block] = root.xpath("//head/script[@type='application/ld+json']")
    data = json.loads(block.text)
    assert data["@type"] == "Article"
    assert data["headline"] == post.title
    assert data["@id"] == "http://testserver" + post.get_absolute_url()
    assert data["author"] == [
        {"@type": "Person", "name": "Ann Author", "url": "http://testserver/author/ann-author/"}
    ]
    assert data["citation"] == [
        {
            "@type": "CreativeWork",
            "headline": "Situation in Syria",
            "url": "https://www.reuters.com/world/syria-1",
            "author": {"@type": "Person", "name": "Amina Ismail"},
            "datePublished": "2024-12-07",
            "publisher": {"@type": "Organization", "name": "Reuters"},
        }
    ]
    assert root.xpath("//head/link[@rel='canonical']/@href") == [data["@id"]]
    assert root.xpath("//head/meta[@property='og:url']/@content") == [data["@id"]]
    assert root.xpath("//head/meta[@property='og:title']/@content") == [post.title]


def test_a_title_cannot_close_the_data_block(client):
    hostile = "</script><script>alert(1)</script><!--"
    post = make_post(title=hostile, slug="hostile")
    root = page(client.get(post.get_absolute_url()))
    [block] = root.xpath("//head/script[@type='application/ld+json']")
    assert json.loads(block.text)["headline"] == hostile
    assert not [script for script in root.xpath("//script[not(@src)]") if script is not block]


def test_a_reader_gets_no_token_and_no_cookie(client, post):
    for path in ("/", post.get_absolute_url(), "/search/", "/archive/", "/tags/"):
        response = client.get(path)
        assert b"csrfmiddlewaretoken" not in response.content
        assert not response.cookies


def test_nothing_on_the_page_needs_inline_script_or_style(client, post):
    response = client.get(post.get_absolute_url())
    root = page(response)
    assert not root.xpath("//*[@style] | //style | //*[@onclick or @onload or @onerror]")
    assert all(
        script.get("src") or script.get("type") == "application/ld+json" for script in root.xpath("//script")
    )
    assert "'unsafe" not in response["Content-Security-Policy"]


@time_machine.travel(datetime(2025, 7, 1, tzinfo=UTC), tick=False)
def test_times_are_shown_in_the_sites_time_zone(client, post):
    SiteSettings.load()
    SiteSettings.objects.update(time_zone="America/New_York")
    header = page(client.get(post.get_absolute_url())).xpath("//article/header")[0]
    assert "Tue 4 March 2025, 03:05" in words(header)
    assert header.xpath(".//time/@datetime") == ["2025-03-04T03:05:00-05:00"]


def test_the_number_of_comments_is_that_of_public_ones(client, post):
    from tests.factories import make_comment

    make_comment(post)
    make_comment(post, state="held")
    assert "· 1 comment" in words(by_class(page(client.get(post.get_absolute_url())), "by"))


def test_headings_never_skip_a_level(client, post):
    for path in ("/", post.get_absolute_url(), "/archive/", "/tags/", "/tag/teral/", "/source/reuters/"):
        levels = [int(heading.tag[1]) for heading in page(client.get(path)).xpath("//h1|//h2|//h3|//h4")]
        assert levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False)), (
            path,
            levels,
        )


def test_ids_are_unique(client, post):
    for path in ("/", post.get_absolute_url(), "/tags/", "/search/?q=river"):
        ids = page(client.get(path)).xpath("//@id")
        assert len(ids) == len(set(ids)), path


def test_a_post_of_this_year_still_says_its_year(client):
    post = make_post()
    year = timezone.localtime(post.published_at).year
    assert str(year) in words(by_class(page(client.get(post.get_absolute_url())), "by"))


def test_links_within_the_page_lead_somewhere_on_it(client, post):
    for path in (post.get_absolute_url(), "/tags/"):
        root = page(client.get(path))
        targets = set(root.xpath("//@id"))
        assert {href[1:] for href in links(root, "//a") if href and href.startswith("#")} <= targets, path


def test_every_page_of_ours_that_a_post_links_to_exists(client, post):
    missing = ("/comments/", "/people/")
    for href in links(page(client.get(post.get_absolute_url())), "//a"):
        if href.startswith("/") and not href.startswith(missing):
            assert client.get(href.partition("#")[0]).status_code in {200, 405}, href


def test_an_address_with_a_nul_was_never_an_old_one(client):
    assert target_of_path("/a\0b/") == ""
    for path in ("/a%00b/", "/people/a%00b/", "/2026/03/a%00b/feed/", "/tag/a%00b/"):
        assert client.get(path).status_code == 404


def test_the_script_of_lists_comes_with_lists_only(client, post):
    assert "js/seen.js" in client.get("/").content.decode()
    html = client.get(post.get_absolute_url()).content.decode()
    assert "js/later.js" in html
    assert "js/seen.js" not in html
