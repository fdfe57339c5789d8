"""The section under a post: another app builds it, the view asks for it, the template prints it."""

import pytest
from django.test import Client

from blog import sections
from blog.sections import Section
from tests.factories import make_author, make_draft, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def build(monkeypatch):
    """Let this be what stands under posts."""

    def build(builder):
        monkeypatch.setattr(sections, "_builders", {})
        sections.register("test", builder)

    return build


def section(**values):
    return Section("comments/_diff.html", values, count=7, anchor="under")


def test_the_view_builds_it_and_the_page_prints_it_once(build):
    asked = []
    build(lambda request, post: asked.append((request.path, post.pk)) or section(changes=[]))
    post = make_post()
    page = Client().get(post.get_absolute_url()).content.decode()
    assert asked == [(post.get_absolute_url(), post.pk)]
    assert f'<a href="{post.get_absolute_url()}#under">7 comments</a>' in page


def test_a_post_without_a_section_shows_none(build):
    build(lambda request, post: None)
    page = Client().get(make_post().get_absolute_url()).content.decode()
    assert "Skip to discussion" not in page
    assert "number of comments" not in page


def test_a_preview_has_none(build):
    def refuse(request, post):
        raise AssertionError("A preview asks for no section.")

    build(refuse)
    ada = make_author()
    draft = make_draft(by=ada)
    client = Client()
    client.force_login(ada.user)
    assert client.get(f"/posts/{draft.pk}/preview/").status_code == 200


def test_of_several_the_first_that_has_one_is_shown(build):
    build(lambda request, post: None)
    sections.register("other", lambda request, post: section(changes=[]))
    assert "7 comments" in Client().get(make_post().get_absolute_url()).content.decode()
