"""Re-rendering changes outdated texts and nothing else, and mentions keep their links."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from blog import markup
from blog.models import PageState, Post
from comments import actions
from comments.models import Comment
from comments.revisions.diff import Kind, Version, edits_between
from exchange import rerendering
from exchange.models import ImportedItem
from tests.factories import make_comment, make_guest, make_page, make_post, make_thread

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
    assert rerender().startswith("Re-rendered. Posts and pages: 1; comments: 1.\n")
    comment.refresh_from_db()
    post.refresh_from_db()
    assert comment.body_html == "<p>So <em>it</em> is.</p>"
    assert "<em>words</em>" in post.body_html
    assert comment.markup_version == post.markup_version == markup.MARKUP_VERSION
    assert version_of(post) > before


def test_a_second_run_finds_nothing():
    make_old(make_comment(make_post()))
    rerender()
    assert rerender().startswith("Re-rendered. Posts and pages: 0; comments: 0")


def test_all_renders_everything_and_evicts_only_pages_that_changed():
    posts = [make_post(), make_post()]
    comments = [make_comment(post, text="*A*") for post in posts]
    make_old(comments[0], html="<p>A</p>")
    Comment.objects.filter(pk=comments[0].pk).order_by().update(markup_version=markup.MARKUP_VERSION)
    assert rerender().startswith("Re-rendered. Posts and pages: 0; comments: 0")
    assert rerender(all=True).startswith("Re-rendered. Posts and pages: 2; comments: 2")
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


def test_pages_are_rendered_too():
    page = make_page(body="*Us*")
    Post.objects.filter(pk=page.pk).update(body_html="old", markup_version=0)
    assert rerender().startswith("Re-rendered. Posts and pages: 1")
    page.refresh_from_db()
    assert "<em>Us</em>" in page.body_html


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


def test_a_run_that_was_stopped_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(rerendering, "BATCH", 2)
    post = make_post()
    for comment in [make_comment(post, text=f"Some *words* {number}.") for number in range(5)]:
        make_old(comment, html="<p>old</p>")
    store = rerendering._store
    calls = []

    def stopped(batch, rendered):
        calls.append(len(batch))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return store(batch, rendered)

    monkeypatch.setattr(rerendering, "_store", stopped)
    with pytest.raises(KeyboardInterrupt):
        rerendering.rerender_comments()
    assert Comment.objects.order_by().filter(markup_version=markup.MARKUP_VERSION).count() == 2
    assert rerendering.is_due()
    assert rerendering.rerender_comments() == 3
    assert not rerendering.is_due()


def test_texts_that_were_lost_come_back_and_are_named():
    post = make_post(body="A <sup>b</sup>.")
    lost = make_comment(post, text="Dear <name>, it is <strike>not</strike> so.")
    same = make_comment(post, text="> quoted\nanswered")
    make_old(lost, html="<p>Dear , it is not so.</p>")
    make_old(same, html="<blockquote><p>quoted<br>\nanswered</p></blockquote>")
    Post.objects.filter(pk=post.pk).update(markup_version=3, body_html="<p>A .</p>")
    said = rerender()
    assert f"The visible words changed in 1 comment:\n  /comments/{lost.pk}/\n" in said
    assert f"The visible words changed in 1 post or page:\n  post {post.pk}\n" in said
    lost.refresh_from_db()
    same.refresh_from_db()
    assert lost.body_html == "<p>Dear &lt;name&gt;, it is <s>not</s> so.</p>"
    assert same.body_html == "<blockquote><p>quoted</p></blockquote><p>answered</p>"


def test_many_are_counted():
    post = make_post()
    for number in range(60):
        make_old(make_comment(post, text=f"It is <x{number}>"), html="<p>It is </p>")
    said = rerender()
    assert "in 60 comments:" in said and said.endswith("  and 10 more\n")


def test_no_feed_and_no_list_says_that_anything_was_changed(client, bob):
    post = make_post(body="Some <sup>words</sup>.")
    comment = make_comment(post, by=bob, text="A <name> it was.")
    Post.objects.filter(pk=post.pk).update(markup_version=3, body_html="<p>Some .</p>")
    make_old(comment, html="<p>A  it was.</p>")
    addresses = ("/feed/", f"{post.get_absolute_url()}feed/", f"/comments/{comment.pk}/feed/")
    before = [dates_in(client.get(address)) for address in addresses]
    assert all(before)
    rerender()
    assert [dates_in(client.get(address)) for address in addresses] == before
    comment.refresh_from_db()
    assert comment.edited_at is None


def dates_in(answer) -> list[str]:
    assert answer.status_code == 200
    return re.findall(r"<updated>[^<]+</updated>", answer.getvalue().decode())


def test_what_an_edit_changed_is_told_as_before(bob):
    post = make_post()
    comment = make_comment(post, by=bob, text="I say <one> thing.")
    late = comment.created_at + timedelta(minutes=5)
    actions.edit_comment(comment, by=bob, text="I say <another> thing.", now=late)
    comment.refresh_from_db()
    make_old(comment, html="<p>I say  thing.</p>")

    def edits():
        found = Comment.objects.get(pk=comment.pk)
        versions = [Version(each.body, each.created_at) for each in found.revisions.order_by("created_at")]
        return edits_between([*versions, Version(found.body, found.edited_at)])

    before = edits()
    assert [change.words for change in before[0].changes if change.kind == Kind.INSERTED] == [" <another>"]
    rerender()
    assert edits() == before


def test_pages_of_posts_that_render_to_the_same_are_left_alone():
    post = make_post()
    Post.objects.filter(pk=post.pk).update(markup_version=0)
    before = version_of(post)
    rerender()
    assert version_of(post) == before
    assert Post.objects.get(pk=post.pk).markup_version == markup.MARKUP_VERSION
