"""Rendering anew: what is old and nothing else, and mentions keep leading where they led."""

from io import StringIO

import pytest
from django.core.management import call_command

from blog import markup
from blog.models import PageState, Post, SiteSettings
from comments import actions
from comments.models import Comment
from exchange.models import ImportedItem
from tests.factories import make_comment, make_guest, make_post, make_thread

pytestmark = pytest.mark.django_db


def rerender(**options) -> str:
    out = StringIO()
    call_command("rerender", stdout=out, **options)
    return out.getvalue()


def make_old(comment: Comment, *, html: str | None = None) -> None:
    """Leave a comment as an older version of the renderer would have stored it."""
    rows = Comment.objects.filter(pk=comment.pk).order_by()
    rows.update(markup_version=0, **({} if html is None else {"body_html": html}))


def version_of(post: Post) -> int:
    return PageState.objects.get(pk=post.pk).version


def test_old_comments_and_posts_are_rendered_and_the_page_is_told():
    post = make_post(body="Some *words*.")
    comment = make_comment(post, text="So *it* is.")
    make_old(comment, html="<p>So it is.</p>")
    Post.objects.filter(pk=post.pk).update(markup_version=0, body_html="<p>old</p>")
    before = version_of(post)
    assert rerender() == "Rendered 1 posts, 1 comments and none of the site's texts anew.\n"
    comment.refresh_from_db()
    post.refresh_from_db()
    assert comment.body_html == "<p>So <em>it</em> is.</p>"
    assert "<em>words</em>" in post.body_html
    assert comment.markup_version == post.markup_version == markup.MARKUP_VERSION
    assert version_of(post) > before


def test_a_second_run_finds_nothing():
    make_old(make_comment(make_post()))
    rerender()
    assert rerender().startswith("Rendered 0 posts, 0 comments")


def test_all_renders_everything_and_evicts_only_pages_that_changed():
    posts = [make_post(), make_post()]
    comments = [make_comment(post, text="*A*") for post in posts]
    make_old(comments[0], html="<p>A</p>")
    Comment.objects.filter(pk=comments[0].pk).order_by().update(markup_version=markup.MARKUP_VERSION)
    assert rerender().startswith("Rendered 0 posts, 0 comments")
    assert rerender(all=True).startswith("Rendered 2 posts, 2 comments")
    comments[0].refresh_from_db()
    assert comments[0].body_html == "<p><em>A</em></p>"


def test_a_comment_that_renders_to_the_same_evicts_nothing():
    post = make_post()
    make_old(make_comment(post, text="Same."))
    before = version_of(post)
    rerender()
    assert version_of(post) == before


def test_a_mention_keeps_leading_where_it_led_when_it_was_written(bob, carol):
    post = make_post()
    opener = actions.post_comment(post, writer=bob, text="First.")
    reply = actions.post_comment(post, writer=carol, text="@Bob, as #1 says.", parent=opener)
    assert reply.body_html.count(f'href="/comments/{opener.pk}/"') == 2
    # Bob has another name now, and somebody else speaks under his old one.
    bob.display_name = "Robert"
    bob.save()
    actions.post_comment(post, writer=make_guest(name="Bob"), text="Me too.")
    html = reply.body_html
    make_old(reply)
    rerender()
    reply.refresh_from_db()
    assert reply.body_html == html


def test_a_text_that_was_never_rendered_finds_its_people():
    post = make_post()
    opener = make_thread(post, "Ann")["Ann"]
    reply = make_comment(post, text="Yes, @Ann.", parent=opener)
    make_old(reply, html="")
    rerender()
    reply.refresh_from_db()
    assert f'href="/comments/{opener.pk}/"' in reply.body_html


def test_an_imported_link_to_an_old_comment_leads_to_the_new_one():
    post = make_post()
    first, second = make_comment(post), make_comment(post)
    text = 'As <a href="https://old.example/2019/05/x/#comment-77">said</a>.'
    Comment.objects.filter(pk=second.pk).order_by().update(body=text, body_format="wordpress")
    for old_id, comment in (("77", first), ("78", second)):
        ImportedItem.objects.create(site="old.example", kind="comment", old_id=old_id, new_id=comment.pk)
    make_old(second)
    rerender()
    second.refresh_from_db()
    assert f'<a href="/comments/{first.pk}/">said</a>' in second.body_html


def test_the_sites_texts_are_rendered_too():
    SiteSettings.objects.update_or_create(pk=1, defaults={"about": "*Us*", "about_html": "old"})
    assert "and the site's texts anew" in rerender()
    assert "<em>Us</em>" in SiteSettings.load().about_html


def test_a_quotation_of_the_post_keeps_leading_where_it_led():
    post = make_post()
    old = post.get_absolute_url()
    comment = make_comment(post, text="> w\n> — Ada, #post")
    Post.objects.filter(pk=post.pk).update(slug="renamed")
    make_old(comment, html=comment.body_html.replace("<p>w</p>", "<p>W</p>"))
    rerender()
    comment.refresh_from_db()
    assert f'<blockquote cite="{old}"><p>w</p>' in comment.body_html
    make_old(comment, html="<blockquote><p>w<br>— Ada, #post</p></blockquote>")
    rerender()
    comment.refresh_from_db()
    assert f'<blockquote cite="{Post.objects.get(pk=post.pk).get_absolute_url()}">' in comment.body_html
