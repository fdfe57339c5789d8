"""Importing the pages of a WordPress blog: public ones are public, at the addresses they had, with their comments."""

from datetime import UTC, datetime

import pytest

from blog.models import OldAddress, Post
from comments.models import Comment
from exchange.demo.standing import make_standing_pages
from tests.exchange.exports import NEVER, bring, comment, everything, export, item
from tests.factories import make_page, make_post

pytestmark = pytest.mark.django_db


def page(number: int, *comments: str, slug: str, path: str = "", **columns) -> str:
    """A page of the old blog, at `/<slug>/` unless `path` says where."""
    link = f"https://old.example{path or f'/{slug}/'}"
    return item(number, *comments, slug=slug, link=link, post_type="page", **columns)


def numbers(report: str) -> str:
    """The part of a report that counts what came, or would come."""
    return report.partition(": ")[2].partition(" Imported with")[0].partition(" Not imported")[0]


def test_a_public_page_is_imported_with_its_address_and_comments(tmp_path, client):
    text = export(page(5, comment(1, "Said."), slug="about-me", title="About me", comment_status="open"))
    planned = bring(tmp_path, text, "--dry-run")
    report = bring(tmp_path, text)
    made = Post.objects.get()
    assert (made.kind, made.path, made.state, made.comment_policy) == (
        "page",
        "/about-me/",
        "published",
        "open",
    )
    answer = client.get("/about-me/").content.decode()
    assert "Some words." in answer and "Said." in answer
    assert "1 public pages 1 public comments" in report
    assert numbers(planned) == numbers(report)
    for number in ("/?page_id=5", "/?p=5", "/?p=5&utm_source=x"):
        assert client.get(number)["Location"] == "/about-me/"
    before = everything()
    bring(tmp_path, text)
    assert everything() == before


@pytest.mark.parametrize(
    ("columns", "state", "policy"),
    [
        ({"status": "draft"}, "draft", "open"),
        ({"status": "private"}, "draft", "open"),
        ({"status": "pending", "comment_status": "closed"}, "draft", "closed"),
        ({"post_password": "x"}, "draft", "open"),
        ({"date": NEVER}, "draft", "open"),
        ({"comment_status": "closed"}, "published", "closed"),
        ({"status": "future", "date": "2099-01-02 03:04:05"}, "published", "open"),
    ],
)
def test_a_page_keeps_its_state(tmp_path, client, columns, state, policy):
    text = export(page(5, slug="about", **columns))
    planned, report = bring(tmp_path, text, "--dry-run"), bring(tmp_path, text)
    made = Post.objects.get()
    assert (made.kind, made.path, made.state, made.comment_policy) == ("page", "/about/", state, policy)
    assert client.get("/about/").status_code == (200 if made.is_public() else 404)
    assert numbers(planned) == numbers(report)


def test_pages_below_pages_keep_their_paths_in_any_order(tmp_path, client):
    items = [
        page(9, slug="archive-box", path="/?page_id=9", post_parent=8, status="draft"),
        page(8, slug="team", path="/about/team/", post_parent=7),
        page(7, slug="about"),
        # Two that stand below each other.
        page(10, slug="x", path="/?page_id=10", post_parent=11, status="draft"),
        page(11, slug="y", path="/?page_id=11", post_parent=10, status="draft"),
        page(12, slug="", path="/?page_id=12", title="Not Named Yet", status="draft"),
    ]
    bring(tmp_path, export(*items))
    assert set(Post.objects.values_list("path", flat=True)) == {
        "/about/", "/about/team/", "/about/team/archive-box/", "/y/x/", "/x/y/", "/not-named-yet/",
    }  # fmt: skip
    assert client.get("/about/team/").status_code == 200


@pytest.mark.parametrize(
    ("slug", "path", "stands"),
    [
        ("search", "/search/", "/search-2/"),
        ("2019", "/2019/", "/2019-2/"),
        ("feed-us", "/feed/us/", "/feed-2/us/"),
        ("tags", "/tags/", "/tags-2/"),
        ("taken", "/taken/", "/taken-2/"),
    ],
)
def test_a_page_whose_address_is_ours_gets_a_free_one_and_the_report_says_so(
    tmp_path, client, slug, path, stands
):
    make_page(title="Mine", path="/taken/")
    text = export(page(5, slug=slug, path=path, title="Theirs"))
    planned, report = bring(tmp_path, text, "--dry-run"), bring(tmp_path, text)
    assert Post.objects.get(title="Theirs").path == stands
    assert f"“Theirs” ({path} → {stands})" in report
    assert report.replace("Imported:", "") == planned.replace("To import (dry run, nothing written):", "")
    if slug != "feed-us":
        assert f"{path}: used by this site itself" in report
    assert client.get(stands).status_code == 200


def test_a_post_whose_old_address_is_ours_is_named(tmp_path, client):
    names = ("tags", "search", "comments")
    text = export(*(item(number, slug=name, title=name) for number, name in enumerate(names, start=5)))
    planned, report = bring(tmp_path, text, "--dry-run"), bring(tmp_path, text)
    for name in names:
        assert f"/{name}/: used by this site itself" in report
        assert client.get(f"/2020/05/{name}/").status_code == 200
    # The three by their numbers.
    assert (
        "3 redirects from old web addresses" in report and "3 old web addresses that can’t redirect" in report
    )
    assert numbers(planned) == numbers(report)


def test_a_blog_in_a_folder_redirects_from_there(tmp_path, client):
    bring(tmp_path, export(page(5, slug="about", path="/blog/about/"), base="https://old.example/blog"))
    assert Post.objects.get().path == "/about/"
    for old in ("/blog/about/", "/blog/about", "/blog/?page_id=5"):
        assert client.get(old)["Location"] == "/about/"
    assert client.get("/blog/")["Location"] == client.get("/blog/page/2/")["Location"] == "/"
    assert client.get("/blog/feed/rss/")["Location"] == "/feed/"
    make_post(published_at=datetime(2019, 5, 6, tzinfo=UTC))
    for old in ("/blog/2019/05/", "/blog/2019/05/06/", "/blog/2019/05/page/2/"):
        assert client.get(old)["Location"] == "/2019/05/"
    assert client.get("/elsewhere/2019/05/").status_code == 404


def test_a_page_takes_the_place_of_a_draft_that_nobody_has_written(tmp_path, client):
    make_standing_pages()
    bring(tmp_path, export(page(5, slug="about", title="About"), page(6, slug="rules", title="Their rules")))
    states = dict(Post.objects.values_list("path", "state"))
    assert states == {
        "/about/": "published", "/rules/": "published", "/rules-2/": "published", "/privacy/": "draft",
    }  # fmt: skip
    assert b"Some words." in client.get("/about/").content


def test_a_page_has_no_topics_and_keeps_its_author(tmp_path, client):
    filed = [("category", "kids", "Kids")]
    bring(tmp_path, export(page(5, slug="about", filed=filed)))
    made = Post.objects.get()
    assert not made.categories.exists()
    assert [byline.author.name for byline in made.bylines.all()] == ["Ada Byron"]
    assert client.get("/author/ada/").status_code == 404


def test_later_comments_on_a_page_find_it(tmp_path):
    bring(tmp_path, export(page(5, comment(1), slug="about")))
    bring(tmp_path, export(page(5, comment(1), comment(2, parent=1), slug="about")))
    assert Comment.objects.filter(post__path="/about/").count() == 2
    assert not OldAddress.objects.filter(target="").exists()
