"""What is not public appears nowhere: in no page, list, feed, search or site map, until its time comes."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from blog import actions
from blog.models import Article, OldAddress, Publication, Tag
from tests.blog.pages import page, words
from tests.factories import (
    make_author,
    make_draft,
    make_post,
    make_scheduled_post,
    make_withdrawn_post,
)

pytestmark = pytest.mark.django_db

BODY = """Zanzibar stands in the text.

:::source
publication: Hidden Herald
headline: Zanzibar in the headline
url: https://hidden.example/a

Zanzibar quoted.
:::
"""
PARTS = {
    "title": "Zanzibar in the title",
    "slug": "zanzibar",
    "body": BODY,
    "tags": ("Zanzibar tag",),
    "categories": ("Plain",),
}
MAKERS = {"draft": make_draft, "scheduled": make_scheduled_post, "withdrawn": make_withdrawn_post}


@pytest.fixture
def ann(db):
    return make_author(display_name="Ann")


@pytest.fixture(params=MAKERS)
def hidden(request, ann):
    return MAKERS[request.param](by=ann, **PARTS)


@pytest.fixture
def pages(ann):
    """Every address that could tell of it; there is a public post beside it on each list."""
    beside = make_post(
        title="Beside", by=ann, categories=("Plain",), published_at=timezone.now() - timedelta(days=40)
    )
    now = timezone.localtime()
    return [
        "/",
        "/feed/",
        beside.get_absolute_url(),
        "/archive/",
        "/tags/",
        f"/{now.year}/",
        f"/{now:%Y/%m}/",
        f"/{beside.published_at.year}/",
        "/category/plain/",
        "/category/plain/feed/",
        "/author/ann/",
        "/author/ann/feed/",
        "/tag/zanzibar-tag/",
        "/tag/zanzibar-tag/feed/",
        "/source/hidden-herald/",
        "/source/hidden-herald/feed/",
        "/search/?q=zanzibar",
        "/sitemap.xml",
        "/sitemap-pages.xml",
        f"/sitemap-{now:%Y-%m}.xml",
        f"/sitemap-{beside.published_at:%Y-%m}.xml",
    ]


def tells(client, paths) -> list[str]:
    """Return the addresses whose answer names it; the question itself is not an answer."""
    telling = []
    for path in paths:
        text = client.get(path).content.decode().lower().replace("q=zanzibar", "")
        shown = (
            "zanzibar in" in text or "zanzibar stands" in text or "zanzibar-tag" in text or "herald" in text
        )
        if shown or "/zanzibar/" in text:
            telling.append(path)
    return telling


@pytest.mark.slow
@pytest.mark.parametrize("who", ["visitor", "reader", "moderator", "owner", "author"])
def test_it_is_on_no_list_for_anybody(client, hidden, pages, who, bob, mo, owner, ann):
    person = {"reader": bob, "moderator": mo, "owner": owner, "author": ann.user}.get(who)
    if person:
        client.force_login(person)
    assert tells(client, pages) == []


def test_the_same_addresses_do_tell_of_a_public_one(client, pages, ann):
    # Now, not an hour ago: in the first hour of a month that would be another month's list than the one asked.
    make_post(by=ann, published_at=timezone.now(), **PARTS)
    beside = [path for path in pages if "beside" in path]
    quiet = {
        "/archive/",
        "/category/plain/",
        "/sitemap.xml",
        f"/{timezone.localtime().year - 1}/",
        pages[-1],
    }
    assert set(tells(client, pages)) >= set(pages) - quiet - set(beside)
    assert tells(client, beside) == beside, "as its neighbour"


def test_the_address_of_a_hidden_post_answers_only_its_authors(client, hidden, bob, mo, ann):
    path = f"/{timezone.localtime():%Y/%m}/zanzibar/"
    status = 410 if hidden.state == "withdrawn" else 404
    for person in (None, bob, mo):
        if person:
            client.force_login(person)
        response = client.get(path)
        assert response.status_code == status
        assert "Zanzibar" not in response.content.decode()
    client.force_login(ann.user)
    response = client.get(path)
    if hidden.state == "withdrawn":
        assert response.status_code == 410
    else:
        assert (response.status_code, response["Location"]) == (302, f"/posts/{hidden.pk}/preview/")


def test_the_preview_is_for_its_writers_only(client, hidden, bob, mo, ada, ann, owner):
    path = f"/posts/{hidden.pk}/preview/"
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"
    for person in (bob, mo, ada):
        client.force_login(person)
        assert client.get(path).status_code == 404
    for person in (ann.user, owner):
        client.force_login(person)
        assert "Zanzibar in the title" in words(page(client.get(path)))


def test_the_preview_says_what_it_is_and_is_not_cached(client, ann):
    client.force_login(ann.user)
    for maker, says in (
        (make_draft, "Preview of a draft."),
        (make_scheduled_post, "This post will be published on"),
        (make_withdrawn_post, "This post has been withdrawn."),
        (make_post, "This post has been published."),
    ):
        response = client.get(f"/posts/{maker(by=ann).pk}/preview/")
        root = page(response)
        assert says in words(root.xpath("//*[@role='note']")[0])
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
        assert root.xpath("//head/meta[@name='robots']/@content") == ["noindex"]
        assert not root.xpath("//head/link[@rel='canonical']")


def test_a_public_post_shows_no_hidden_neighbour(client, hidden, pages):
    beside = next(path for path in pages if "beside" in path)
    assert not page(client.get(beside)).xpath("//*[@class='neighbours']")


def test_an_article_that_only_hidden_posts_quote_is_not_found(client, hidden):
    article = Article.objects.get()
    assert client.get(article.get_absolute_url()).status_code == 404
    assert client.get(f"/source/other/{article.pk}/").status_code == 404


def topics_of(post):
    return [
        Article.objects.get(),
        Publication.objects.get(),
        *post.tags.all(),
        *post.categories.all(),
        *post.authors.all(),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("who", ["bob", "mo", "ada", "owner", None])
def test_a_topic_that_only_hidden_posts_have_is_not_there(client, request, hidden, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    for topic in topics_of(hidden):
        for ending in ("", "feed/", "?before=29990101T000000000000-1"):
            assert client.get(f"{topic.get_absolute_url()}{ending}").status_code == 404, (topic, ending)


def test_a_redirect_reveals_no_name_that_only_hidden_posts_have(client, hidden):
    for number, topic in enumerate(topics_of(hidden)):
        OldAddress.objects.create(path=f"/old/{number}/", target=topic.get_absolute_url())
        assert client.get(f"/old/{number}/").status_code == 404, topic
    OldAddress.objects.create(path="/old/post/", target=hidden.get_absolute_url())
    # What was public once says so.
    assert client.get("/old/post/").status_code == (301 if hidden.state == "withdrawn" else 404)


def test_a_redirect_leads_to_public_pages(client, ann):
    post = make_post(by=ann, **PARTS)
    for number, topic in enumerate([post, *topics_of(post)]):
        OldAddress.objects.create(path=f"/old/{number}/", target=topic.get_absolute_url())
        answer = client.get(f"/old/{number}/")
        assert (answer.status_code, answer["Location"]) == (301, topic.get_absolute_url())
    OldAddress.objects.create(path="/old/about/", target="/archive/")
    assert client.get("/old/about/").status_code == 301


def test_renaming_a_scheduled_post_leaves_nothing_behind(ann):
    post = make_scheduled_post(by=ann, **PARTS)
    post.slug = "another-name"
    actions.save_post(post, by=ann.user)
    assert not OldAddress.objects.exists()


def test_later_pages_of_a_list_do_not_reveal_what_only_hidden_posts_have(client, hidden):
    sources = [Article.objects.get(), Publication.objects.get(), *Tag.objects.all()]
    assert len(sources) > 2
    for source in sources:
        for before in ("20000101T000000000000-1", "29990101T000000000000-1"):
            assert client.get(f"{source.get_absolute_url()}?before={before}").status_code == 404


def test_a_scheduled_post_is_there_at_its_minute_and_not_before(client):
    minute = timezone.now().replace(microsecond=0) + timedelta(days=1)
    post = make_post(published_at=minute, **PARTS)
    path = post.get_absolute_url()
    with time_machine.travel(minute - timedelta(seconds=1), tick=False):
        assert client.get(path).status_code == 404
        assert tells(client, ["/", "/feed/", "/tags/"]) == []
    with time_machine.travel(minute, tick=False):
        assert client.get(path).status_code == 200
        assert tells(client, ["/", "/feed/", "/tags/"]) == ["/", "/feed/", "/tags/"]


def test_a_scheduled_post_that_was_withdrawn_was_never_here(client):
    post = make_scheduled_post(**PARTS)
    post.state = "withdrawn"
    post.save()
    assert client.get(post.get_absolute_url()).status_code == 404
