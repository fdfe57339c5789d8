"""Texts of old blogs keep their meaning: words in brackets, struck words, Windows characters, notes, lines."""

import pytest

from blog.models import Post
from comments.models import Comment
from tests.exchange.exports import bring, comment, export, item

pytestmark = pytest.mark.django_db


def test_words_and_signs_arrive_as_they_were_meant(tmp_path):
    content = (
        'Dear <name>, it is <strike>not</strike> so.<sup id="fnref1"><a href="#fn1">1</a></sup>\n\n'
        "<pre>one<br />two</pre>\n\nA Map<String, List<Int>>, \x93quoted\x94.\n\n"
        '<ol><li id="fn1">A note. <a href="#fnref1">back</a></li></ol>'
    )
    said = comment(
        5,
        "You forgot <script> here, <del>Bob</del> @bob.\n\nSee https://a.example/x。次",
        name="Ann O\x92Neil",
        date="2020-05-01 14:00:00",
    )
    first = comment(4, "First.", name="Bob Ek")
    bring(tmp_path, export(item(1, first, said, title="The <name> of \x93it\x94", content=content)))
    post = Post.objects.get()
    assert post.title == "The <name> of “it”"
    assert "<p>Dear &lt;name&gt;, it is <s>not</s> so." in post.body_html
    assert '<sup id="fnref1"><a href="#fn1">1</a></sup>' in post.body_html
    assert '<li id="fn1">A note. <a href="#fnref1">back</a></li>' in post.body_html
    assert "<pre>one\ntwo</pre>" in post.body_html
    assert "<p>A Map&lt;String, List&lt;Int&gt;&gt;, “quoted”.</p>" in post.body_html
    bob, ann = Comment.objects.order_by("number")
    assert ann.guest_name == "Ann O’Neil"
    assert ann.body_html == (
        "<p>You forgot &lt;script&gt; here, <del>Bob</del> "
        f'<a href="/comments/{bob.pk}/">@bob</a>.</p><p>See '
        '<a href="https://a.example/x" rel="ugc nofollow">https://a.example/x</a>。次</p>'
    )
