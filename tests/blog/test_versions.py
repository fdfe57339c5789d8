"""Versions of pages: always greater than the one before, and never repeated, whatever clocks and backups do."""

import importlib

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client

from blog import article_cache, page_cache, page_versions
from blog.models import PageState, SiteSettings
from blog.models.versions import LONGEST_STEP, RANDOM_BITS, new_version
from tests.factories import make_comment, make_post, make_thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    post = make_post(title="A post")
    make_thread(post, "a(b)")
    return post


def versions_of(post):
    state = PageState.objects.get(pk=post.pk)
    return state.version, state.scores, SiteSettings.load().version


def raise_all(post):
    page_versions.touch(post.pk)
    page_versions.touch_scores(post.pk)
    page_versions.touch_site()


@pytest.mark.parametrize("moment", ["2026-12-01", "1990-01-01", "2099-01-01"])
def test_a_version_is_larger_than_the_one_before_whatever_the_clock_says(post, moment):
    seen = [versions_of(post)]
    with time_machine.travel(moment, tick=False):
        for _time in range(20):
            raise_all(post)
            seen.append(versions_of(post))
    raise_all(post)
    seen.append(versions_of(post))
    for column in zip(*seen, strict=True):
        assert list(column) == sorted(set(column))
        assert column[-1] < 2**63


def test_two_versions_of_one_moment_differ():
    with time_machine.travel("2026-12-01", tick=False):
        assert len({new_version() for _time in range(200)}) > 100


@pytest.mark.parametrize("moment", ["2026-12-01", "1990-01-01"])
def test_a_restored_version_is_raised_to_another_one(post, moment):
    """The same change, made again at the same moment from the same backup, has another version."""
    backup = PageState.objects.filter(pk=post.pk).values("version", "scores").get()
    seen = set()
    with time_machine.travel(moment, tick=False):
        for _time in range(20):
            PageState.objects.filter(pk=post.pk).update(**backup)
            page_versions.touch(post.pk)
            seen.add(versions_of(post)[0])
    assert len(seen) > 15


def test_after_a_restore_no_page_of_the_time_after_the_backup_is_good_again(post):
    path, client = post.get_absolute_url(), Client()
    backup = PageState.objects.filter(pk=post.pk).values("version", "scores").get()
    gus = make_comment(post, name="Gus", text="Written after the backup.")
    lost = client.get(path)
    assert b"Written after the backup." in lost.content
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM comments_comment WHERE id = %s", [gus.pk])
    PageState.objects.filter(pk=post.pk).update(**backup)
    make_comment(post, name="Hal", text="Written after the restore.")
    again = client.get(path, headers={"If-None-Match": lost["ETag"]})
    assert again.status_code == 200
    assert again["ETag"] != lost["ETag"]
    assert b"Written after the restore." in again.content
    assert b"Written after the backup." not in again.content


def test_a_start_changes_nothing(post):
    first = Client().get(post.get_absolute_url())
    page_cache.cached_pages.clear()
    article_cache.cached_articles.clear()
    again = Client().get(post.get_absolute_url(), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])


def test_a_post_without_a_version_is_not_cached(post):
    PageState.objects.filter(pk=post.pk).delete()
    page = Client().get(post.get_absolute_url())
    assert (page.status_code, "ETag" in page.headers) == (200, False)
    page_versions.touch(post.pk)
    assert "ETag" in Client().get(post.get_absolute_url()).headers


def test_the_database_gives_such_a_version_too(post):
    """To rows that a release before this one inserts, which names no version."""
    PageState.objects.filter(pk=post.pk).delete()
    before = new_version()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO blog_pagestate (post_id) VALUES (%s)", [post.pk])
    version, scores, _site = versions_of(post)
    # SQLite's clock is not exact to the last digits.
    a_second = 1_000_000 << RANDOM_BITS
    assert before - a_second < version < new_version() + a_second
    assert before - a_second < scores < new_version() + a_second
    assert version != scores


def test_counted_versions_become_such_versions_and_no_post_is_left_without(post):
    other = make_post(title="Other")
    PageState.objects.filter(pk=post.pk).update(version=7, scores=3)
    PageState.objects.filter(pk=other.pk).delete()
    SiteSettings.load()
    SiteSettings.objects.update(version=9)
    importlib.import_module("blog.migrations.0003_convert_versions").convert(apps, None)
    for version in (*versions_of(post), *versions_of(other)):
        assert version > new_version() - LONGEST_STEP * 10
