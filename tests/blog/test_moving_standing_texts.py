"""Texts about the site from before there were pages are at the same addresses, unchanged."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps

from blog.models import OldAddress, Post, SiteSettings
from tests.blog.pages import page, words
from tests.factories import make_page, make_post

pytestmark = pytest.mark.django_db

migration = import_module("blog.migrations.0006_standing_texts")
FIRST = datetime(2019, 12, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def site():
    """A site of before, with what its owner has said in the columns of then."""
    make_post(published_at=FIRST)
    SiteSettings.load()
    texts = {"about": "*Us*.", "about_html": "<p><em>Us</em>.</p>", "time_zone": "Europe/Vienna"}
    SiteSettings.objects.update(**texts)
    return SiteSettings.load()


def test_texts_become_pages_with_a_link_in_the_foot(client, site):
    migration.move(apps, None)
    root = page(client.get("/about/"))
    assert words(root.xpath("//h1")[0]) == "About this site"
    assert root.xpath("//*[contains(@class, 'prose')]//em/text()") == ["Us"]
    about = Post.objects.get(path="/about/")
    assert (about.kind, about.state, about.comment_policy) == ("page", "published", "closed")
    # Code that knows no pages shows it below every post, at the address that it would make.
    assert (about.published_at, about.year, about.month) == (FIRST, 2020, 1)
    assert root.xpath("//*[contains(@class, 'foot')]//li/a/@href") == ["/about/", "/rules/", "/feed/"]
    assert SiteSettings.load().version != site.version


def test_rules_that_nobody_wrote_are_the_reasons_that_readers_were_shown(client, site):
    migration.move(apps, None)
    assert len(page(client.get("/rules/")).xpath("//*[contains(@class, 'prose')]//ol/li")) == 6


def test_what_was_never_written_is_a_draft_for_the_owner(client, site, owner):
    migration.move(apps, None)
    assert client.get("/privacy/").status_code == 404
    assert Post.objects.get(path="/privacy/").state == "draft"
    client.force_login(owner)
    assert "Privacy" in client.get("/admin/blog/page/").content.decode()


def test_a_new_site_gets_its_pages_with_its_owner_and_not_before(client):
    migration.move(apps, None)
    assert not Post.objects.exists()


def test_going_back_writes_the_texts_back(site):
    migration.move(apps, None)
    Post.objects.filter(path="/about/").update(body="*We*.", body_html="<p><em>We</em>.</p>")
    migration.move_back(apps, None)
    assert not Post.objects.pages().exists()
    assert (SiteSettings.load().about, SiteSettings.load().privacy) == ("*We*.", "")


def test_no_slug_is_taken_from_a_post(site):
    make_post(slug="page-about")
    migration.move(apps, None)
    assert Post.objects.get(path="/about/").slug == "page-about-2"
    # An old address that led there from an import still gives way to the page.
    OldAddress.objects.create(path="/about/", target="/archive/")
    assert make_page(title="Other").slug == "page-other"
