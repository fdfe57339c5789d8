"""Feeds show a post as updated if it changed for readers, and only then; the history lists what changed."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone
from lxml import etree

from blog import actions, markup
from blog.markup.blocks import figure_block
from blog.models import Author, Figure, Post, SiteSettings
from exchange import rerendering
from tests.factories import make_author, make_category, make_draft, make_post, make_tag
from tests.forms import submit

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
BODY = "Words of a text.\n\nAnd *more* of them.\n"
LONG_AGO = timezone.now() - timedelta(days=9)


def updated(client) -> str:
    return etree.fromstring(client.get("/feed/").content).findtext("a:entry/a:updated", namespaces=ATOM)


@pytest.fixture
def post(ada):
    post = make_post(
        title="A close count",
        dek="The dek.",
        body=BODY,
        by=ada.author,
        tags=("Ohio",),
        categories=("Courts",),
    )
    Post.objects.filter(pk=post.pk).update(published_at=LONG_AGO, updated_at=LONG_AGO, changed_at=LONG_AGO)
    return Post.objects.get()


def save(client, user, post, **changes):
    client.force_login(user)
    editor = reverse("admin:blog_post_change", args=[post.pk])
    answer = submit(client, client.get(editor), press="do=save", **changes)
    assert answer.status_code == 302
    client.logout()


def history() -> str:
    return LogEntry.objects.order_by("-pk")[0].get_change_message()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"body": BODY.replace("\n", "\r\n")},
        {"body": BODY + "\n\n"},
        {"body": BODY.replace("*more*", "_more_")},
        {"dek": " The  dek.\n"},
        {"tags": "ohio"},
        {"caret": "7"},
    ],
)
def test_a_save_that_readers_do_not_see_updates_neither_feed_nor_history(client, ada, post, changes):
    before, saved_at = updated(client), post.updated_at
    save(client, ada, post, **changes)
    assert updated(client) == before
    assert history() == "No fields changed."
    # Whoever has the editor open elsewhere must be told all the same.
    assert Post.objects.get().updated_at > saved_at


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"comment_policy": "members"}, "Changed Comments."), ({"slug": "another"}, "Changed URL slug.")],
)
def test_a_changed_setting_is_in_the_history_and_updates_no_feed(client, ada, post, changes, told):
    before = updated(client)
    save(client, ada, post, **changes)
    assert (updated(client), history()) == (before, told)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": "A close recount"}, "Changed Title."),
        ({"dek": "Another dek."}, "Changed Dek."),
        ({"excerpt": "For lists."}, "Changed Excerpt."),
        ({"body": BODY.replace("Words", "Letters")}, "Changed Text."),
        ({"tags": "Ohio, Recounts"}, "Changed Tags."),
        ({"title": "New", "body": "New words."}, "Changed Title and Text."),
    ],
)
def test_a_change_for_readers_updates_the_feed_and_is_in_the_history(client, ada, post, changes, told):
    before = updated(client)
    save(client, ada, post, **changes)
    assert updated(client) > before
    assert history() == told
    now = updated(client)
    page = client.get(Post.objects.get().get_absolute_url()).content.decode()
    assert now[:16] in page


def test_the_history_says_that_a_post_was_published(client, ada):
    draft = make_draft(by=ada.author)
    client.force_login(ada)
    editor = reverse("admin:blog_post_change", args=[draft.pk])
    assert submit(client, client.get(editor), press="do=publish", title="Named").status_code == 302
    told = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert told == ["Published.", "Changed Title."]


def test_bylines_and_categories_are_seen(client, ada, post):
    other, courts = make_author(display_name="Bea"), make_category("Elections")
    for name, rows in (
        ("authors", [ada.author, other]),
        ("categories", [courts]),
        ("tags", [make_tag("New")]),
    ):
        Post.objects.update(changed_at=LONG_AGO)
        before = updated(client)
        actions.save_post(Post.objects.get(), by=ada, **{name: rows})
        assert updated(client) > before
        before = updated(client)
        actions.save_post(Post.objects.get(), by=ada, **{name: rows})
        assert updated(client) == before


def test_rendering_again_updates_no_feed(client, ada, post, monkeypatch):
    before = updated(client)
    monkeypatch.setattr(markup, "MARKUP_VERSION", markup.MARKUP_VERSION + 1)
    Post.objects.update(body_html="<p>As an older version rendered it.</p>")
    rerendering.rerender_posts()
    assert updated(client) == before
    Post.objects.update(body_html="<p>As an older version rendered it.</p>")
    save(client, ada, post)
    assert updated(client) == before
    assert "older version" not in Post.objects.get().body_html


def test_other_words_under_a_picture_are_other_words(client, ada, post):
    figure = Figure.objects.create(alt="A map", caption="A caption.", created_by=ada)
    post.body = f"{BODY}\n\n{figure_block(figure.pk, body_format=post.body_format)}"
    actions.save_post(post, by=ada)
    assert post.figures.get() == figure
    Post.objects.update(changed_at=LONG_AGO)
    before = updated(client)
    actions.save_figure(figure, by=ada)
    assert updated(client) == before
    figure.caption = "Another caption."
    actions.save_figure(figure, by=ada)
    assert updated(client) > before


def test_a_post_of_former_code_keeps_its_moment(client, ada, post):
    Post.objects.update(changed_at=None)
    before = updated(client)
    save(client, ada, post)
    assert updated(client) == before
    Post.objects.update(changed_at=None, updated_at=LONG_AGO)
    save(client, ada, post, title="Other")
    assert updated(client) > before


def test_the_sitemap_says_the_same(client, ada, post):
    sitemap = f"/sitemap-{post.year}-{post.month:02d}.xml"
    save(client, ada, post)
    assert f"<lastmod>{LONG_AGO:%Y-%m-%d}" in client.get(sitemap).content.decode()
    save(client, ada, post, title="Other")
    assert f"<lastmod>{LONG_AGO:%Y-%m-%d}" not in client.get(sitemap).content.decode()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_are_no_change_of_other_texts_either(client, owner, line_end):
    author = make_author(display_name="Ann")
    Author.objects.filter(pk=author.pk).update(bio=f"One line.{line_end}Another.")
    SiteSettings.load()
    SiteSettings.objects.update(rules=f"One rule.{line_end}{line_end}Another.")
    client.force_login(owner)
    for editor in (f"/admin/blog/author/{author.pk}/change/", "/admin/blog/sitesettings/1/change/"):
        page = client.get(editor)
        assert submit(client, page, press="_save").status_code == 302
        assert history() == "No fields changed."
