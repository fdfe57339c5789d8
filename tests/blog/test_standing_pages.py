"""Pages: read like posts at a path of their own, and in no list of posts."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from blog import actions, paths, permissions
from blog.models import Article, Byline, OldAddress, Post, PostCategory, PostTag, Quotation, SiteSettings
from blog.page_cache import cached_pages
from comments.actions import hold_comment
from comments.models import Comment, DiscussionSettings
from tests.blog.pages import page, words
from tests.cast import make_cast
from tests.factories import (
    make_author,
    make_comment,
    make_draft,
    make_moderator,
    make_page,
    make_post,
    make_scheduled_post,
)
from tests.test_every_door import PUBLIC_ROUTES, filled

pytestmark = pytest.mark.django_db

SOURCE = ":::source\npublication: Reuters\nheadline: H\nurl: https://reuters.com/a\n\nWords.\n:::\n"


def test_a_page_is_read_at_its_path_and_nowhere_else(client):
    found = make_page(title="The team", path="/about/team/", body="Four people.")
    root = page(client.get("/about/team/"))
    assert [words(heading) for heading in root.xpath("//h1")] == ["The team"]
    assert found.get_absolute_url() == "/about/team/"
    assert root.xpath("//link[@rel='canonical']/@href") == ["http://testserver/about/team/"]
    assert '"@type": "WebPage"' in client.get("/about/team/").content.decode()
    for other in ("/about/", "/team/", f"/{found.year}/{found.month:02d}/{found.slug}/"):
        assert client.get(other).status_code == 404


def test_a_page_has_a_discussion_only_where_one_is_wanted_or_was(client):
    quiet, open_one = make_page(), make_page(comment_policy="open")
    closed = make_page()
    comment = make_comment(closed, text="Said before it was closed.")
    assert b'id="discussion"' not in client.get(quiet.path).content
    assert b"#discussion" not in client.get(quiet.path).content
    assert b'id="discussion"' in client.get(open_one.path).content
    assert b"Said before it was closed." in client.get(closed.path).content
    assert (
        client.get(f"/comments/{comment.pk}/in-thread/")["Location"] == f"{closed.path}#comment-{comment.pk}"
    )
    form = {"name": "Gus", "email": "gus@example.org", "text": "A thought.", "do": "post"}
    here = {"sec-fetch-site": "same-origin"}
    written = Client().post(f"/posts/{open_one.pk}/comments/", form, headers=here)
    said = client.get(written["Location"])
    assert said["Location"].startswith(f"{open_one.path}#comment-")
    assert b"A thought." in client.get(f"{open_one.path}feed/").content


def test_a_page_is_kept_whole_and_never_stale(client, django_assert_num_queries):
    found = make_page(title="Rules", body="Be kind.")
    first = client.get("/rules/")
    with django_assert_num_queries(1):
        again = client.get("/rules/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    found.body = "Be kinder."
    actions.save_post(found, by=None)
    assert b"Be kinder." in client.get("/rules/").content
    actions.withdraw_post(found, by=None)
    assert client.get("/rules/").status_code == 410
    assert client.get("/rules/?page=x").status_code == 410


def test_no_address_of_ours_is_asked_for_as_a_page(client, django_assert_num_queries):
    make_post()
    with django_assert_num_queries(0):
        client.get("/favicon.ico")
    for address in ("/archive/", "/tags/", "/accounts/login/"):
        client.get(address)
    assert not cached_pages._pages


@pytest.mark.parametrize("who", ["visitor", "author", "moderator"])
def test_only_owners_read_pages_that_are_not_public(client, owner, who):
    ann = make_author(display_name="Ann")
    hidden = [make_page(state="draft", by=ann), make_page(published_at=timezone.now() + timedelta(1), by=ann)]
    person = {"visitor": None, "author": ann.user, "moderator": make_moderator()}[who]
    if person:
        client.force_login(person)
    for one in hidden:
        assert client.get(one.path).status_code == 404
        assert client.get(f"/posts/{one.pk}/preview/").status_code == (404 if person else 302)
    client.force_login(owner)
    for one in hidden:
        assert client.get(one.path)["Location"] == f"/posts/{one.pk}/preview/"
        assert client.get(f"/posts/{one.pk}/preview/").status_code == 200


def test_only_owners_change_pages(owner):
    ann = make_author(display_name="Ann")
    hers = make_page(by=ann)
    assert "owners" in permissions.post_refusal(ann.user, hers)
    assert permissions.post_refusal(owner, hers) is None
    assert not Post.objects.written_by(ann.user).exists() and not hers.is_by(ann.user)
    assert list(Post.objects.written_by(owner)) == [hers] and hers.is_by(owner)
    assert not Post.objects.filter(state="draft").visible_to(AnonymousUser()).exists()


def test_a_page_that_moves_leaves_its_address_behind(client):
    found = make_page(title="About")
    found.path = "/about-us/"
    actions.save_post(found, by=None)
    assert client.get("/about/")["Location"] == "/about-us/"
    assert client.get("/about-us/").status_code == 200


def test_the_database_knows_that_only_pages_have_a_path():
    for wrong in ({"kind": "page"}, {"path": "/about/"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.create(title="X", slug="x", **wrong)


# --- which addresses are ours -----------------------------------------------------------------------------------


def beginnings(resolver) -> set[str]:
    """Return what the addresses of ours begin with, where that is written out."""
    found = set()
    for entry in resolver.url_patterns:
        first = str(entry.pattern).partition("/")[0]
        if isinstance(entry, URLResolver) and not first:
            found |= beginnings(entry)
        elif isinstance(entry, URLPattern | URLResolver) and first and "<" not in first:
            found.add(first)
    return found


def test_no_page_can_stand_where_an_address_of_ours_begins():
    ours = beginnings(get_resolver())
    assert {"admin", "accounts", "comments", "moderation", "posts", "feed", "tags", "robots.txt"} <= ours
    for first in (*ours, "static", "media", "2019", "1066", "page", "wp-content", "sitemap-2026-01.xml"):
        assert paths.is_ours(f"/{first}/"), first
        assert paths.is_ours(f"/{first.upper()}/team/"), first
    for free in ("/about/", "/about/tags/", "/archives/", "/20190/", "/über-uns/"):
        assert not paths.is_ours(free)


@pytest.mark.parametrize(
    ("wanted", "taken", "free"),
    [
        ("/about/", [], "/about/"),
        ("/about/", ["/about/", "/about-2/"], "/about-3/"),
        ("/search/", [], "/search-2/"),
        ("/search/", ["/search-2/"], "/search-2-2/"),
        ("/2019/team/", [], "/2019-2/team/"),
        ("/about/feed/", [], "/about/feed-2/"),
    ],
)
def test_a_path_that_is_not_free_gets_a_number(wanted, taken, free):
    assert paths.free(wanted, taken) == free


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("about", "/about/"),
        ("/About Us//the Team/", "/about-us/the-team/"),
        ("Über uns", "/über-uns/"),
        ("/../x/?q", "/x/q/"),
        (" / ", ""),
    ],
)
def test_what_is_typed_becomes_a_path(typed, path):
    assert paths.cleaned(typed) == path


# --- no list has it ---------------------------------------------------------------------------------------------

# Where a page is found: itself, its feed of comments, the search, and the map for search engines.
OWN = {"<page_path:path>/", "<page_path:path>/feed/"}
FINDS = OWN | {"search/?q=plainly", "search/?q=plainly&kind=pages", "sitemap-pages.xml"}


def stage_of(post, cast) -> dict:
    """What the addresses of every route are filled with."""
    comment = make_comment(post, by=cast.people["reader"])
    return {
        "cast": cast,
        "posts": [post, make_draft(tags=("Ohio",)), make_draft()],
        "pages": [],
        "comments": [comment],
        "event": hold_comment(make_comment(post), by=make_moderator()),
    }


def answers(stage, page_paths: list[str]) -> dict[str, tuple]:
    """Return status and body of every address, as a visitor gets it, under its route."""
    stage = stage | {"pages": [type("Row", (), {"path": path}) for path in page_paths]}
    addresses = {address: route for route in PUBLIC_ROUTES for address in filled(route, stage)}
    asked = ("search/?q=plainly", "search/?q=plainly&kind=posts", "search/?q=plainly&kind=pages")
    addresses |= {
        f"/{route}": route
        for route in (*asked, "search/?q=plainly&year=2026", "?before=29990101T000000000000-1")
    }
    found = {}
    for address, route in addresses.items():
        answer = Client().get(address)
        text = answer.getvalue().decode(errors="replace")
        text = re.sub(r'name="(csrfmiddlewaretoken|once)" value="[-\w]+"|<!--\w+-->|\d\d:\d\d:\d\d', "", text)
        found[f"{route} {address}"] = (answer.status_code, text)
    return found


@pytest.mark.slow
def test_a_page_appears_only_at_its_address_in_search_and_in_the_site_map():
    ann = make_author(display_name="Ann")
    post = make_post(title="Plainly", by=ann, categories=("Courts",), tags=("Ohio",), body=SOURCE)
    make_post(title="Earlier", by=ann, published_at=timezone.now() - timedelta(hours=3))
    DiscussionSettings.objects.get_or_create(pk=1)
    stage = stage_of(post, make_cast())
    path = "/plainly-a-page/"
    before = answers(stage, [path])
    assert len(before) > 60

    # Between the two posts, and under all that posts stand under, as nothing of ours makes it.
    made = make_page(
        title="Plainly a page",
        path=path,
        body="Words.",
        by=ann,
        published_at=timezone.now() - timedelta(hours=2),
    )
    PostCategory.objects.create(post=made, category=post.categories.get())
    PostTag.objects.create(post=made, tag=post.tags.get())
    Quotation.objects.create(post=made, article=Article.objects.get(), position=1)
    assert Byline.objects.filter(post=made).exists()
    after = answers(stage, [path])
    changed = {name.partition(" ")[0] for name in after if after[name] != before[name]}
    assert changed == FINDS
    # Nor is it counted there.
    assert after.keys() == before.keys()


def test_a_comment_on_a_page_is_in_all_lists_and_links_to_the_page(client):
    make_post()
    made = make_page(title="Plainly a page", comment_policy="open")
    comment = make_comment(made, text="A thought.")
    for address in ("/", "/comments/", "/comments/feed/", f"/comments/{comment.pk}/"):
        assert b"Plainly a page" in client.get(address).content
    assert b'href="/plainly-a-page/' in client.get("/comments/").content
    assert b"Discussed" not in client.get("/").content
    popular = page(client.get("/")).xpath("//*[contains(@class, 'popular')]//a/@href")
    assert made.path not in popular


def test_the_newest_of_a_site_with_nothing_but_pages_is_nothing(client):
    make_page(title="Plainly a page", published_at=timezone.now() - timedelta(minutes=1))
    assert "No posts" in (text := client.get("/").content.decode()) or "Nothing has been published" in text
    assert client.get("/sitemap.xml").content.count(b"<sitemap>") == 1


# --- menu and foot ----------------------------------------------------------------------------------------------


def led_to(root, where: str) -> list[str]:
    return root.xpath(f"//*[contains(@class, '{where}')]//li/a/@href")


def test_a_page_is_in_menu_or_footer_as_its_owner_chose(client):
    make_page(title="Second", shown_in="foot", position=2)
    make_page(title="First", shown_in="foot", position=1)
    make_page(title="Contact", shown_in="menu")
    make_page(title="Nowhere")
    make_page(title="Soon", shown_in="foot", published_at=timezone.now() + timedelta(hours=1))
    make_page(title="Draft", shown_in="foot", state="draft")
    root = page(client.get("/"))
    assert led_to(root, "foot") == ["/first/", "/second/", "/feed/"]
    assert "/contact/" in led_to(root, "mast")
    current = page(client.get("/contact/")).xpath(
        "//*[contains(@class, 'mast')]//a[@aria-current='page']/@href"
    )
    assert current == ["/contact/"]


def test_menu_and_footer_cost_no_query(client, django_assert_num_queries):
    made = make_page(title="First", shown_in="foot")
    site = SiteSettings.load()
    from blog import menu

    menu.standing(site)
    with django_assert_num_queries(0):
        assert [link.title for link in menu.standing(site).foot] == ["First"]
    actions.withdraw_post(made, by=None)
    assert menu.standing(SiteSettings.load()).foot == []


def test_forms_lead_to_the_rules_only_while_there_are_any(client):
    post = make_post()
    assert b"/rules/" not in client.get(post.get_absolute_url()).content
    rules = make_page(title="Rules")
    for address in (post.get_absolute_url(), "/accounts/signup/"):
        assert b'href="/rules/"' in client.get(address).content
    actions.withdraw_post(rules, by=None)
    for address in (post.get_absolute_url(), "/accounts/signup/"):
        assert b"/rules/" not in client.get(address).content


def test_the_icon_is_found_where_it_is_looked_for(client):
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/img/favicon.svg")
    assert "max-age=604800" in answer["Cache-Control"]


def test_a_scheduled_page_is_there_at_its_minute(client):
    assert not make_scheduled_post(kind="page", path="/soon/").is_public()
    assert client.get("/soon/").status_code == 404


def test_a_redirect_to_a_hidden_page_reveals_nothing(client):
    for number, state in enumerate(("draft", "published")):
        OldAddress.objects.create(path=f"/old/{number}/", target=make_page(state=state).path or "")
    hidden = make_page(title="Hidden", state="draft")
    OldAddress.objects.create(path="/old/hidden/", target=hidden.path)
    assert client.get("/old/hidden/").status_code == 404
    assert client.get("/old/1/").status_code == 301
    assert Comment.objects.count() == 0 and reverse("blog:page", args=["a/b"]) == "/a/b/"
