"""Invisible and Windows-1252 characters are cleaned wherever text enters, and never refused."""

import pytest
from django.urls import reverse

from accounts.characters import is_readable, readable
from accounts.names import clean_name
from blog.markup import render_comment, render_post
from comments.models import Comment
from tests.factories import make_post


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\0b\x01\x7fc", "abc"),
        ("\x93Yes\x94\x85 it\x92s \x96 \x80 5", "“Yes”… it’s – € 5"),
        ("a\x81\x8d\x8f\x90\x9db", "ab"),
        ("a\r\nb\rc\td\n", "a\nb\nc\td\n"),
        ("\ufffea\uffff\ud800", "a"),
        ("a\x0bb\x0cc", "a b c"),
        ("ä“é’\u200d", "ä“é’\u200d"),
    ],
)
def test_what_was_meant_stays_and_the_rest_goes(text, expected):
    assert readable(text) == expected
    assert is_readable(expected)
    assert is_readable(text) == (text == expected)


@pytest.mark.parametrize("body_format", ["markdown", "wordpress"])
def test_texts_of_old_exports_have_their_quotation_marks(body_format):
    assert render_comment("\x93a\0\x94", body_format=body_format) == "<p>“a”</p>"
    assert render_comment("<b>a&#147;b</b>", body_format=body_format) == "<p><b>a“b</b></p>"
    assert render_post("<p>\x93a\x94</p>", body_format="html").html == "<p>“a”</p>"


def test_names_have_them_too():
    assert clean_name("Ann O\x92Neil\0") == "Ann O’Neil"


@pytest.mark.django_db
def test_a_pasted_nul_is_dropped_from_a_comment_and_a_name(client):
    post = make_post()
    data = {"text": "A\0b \x93c\x94", "name": "Gus\0", "email": "gus@example.org", "do": "post"}
    client.post(f"/posts/{post.pk}/comments/", data, headers={"Sec-Fetch-Site": "same-origin"})
    comment = Comment.objects.get()
    assert (comment.body, comment.guest_name) == ("Ab “c”", "Gus")


@pytest.mark.django_db
def test_a_pasted_nul_is_dropped_from_a_title(client, ada):
    client.force_login(ada)
    form = client.get(reverse("admin:blog_post_add"))
    assert form.status_code == 200
    data = {"title": "A\0b \x93c\x94", "body": "Words\0.", "body_format": "markdown", "slug": ""}
    answer = client.post(reverse("admin:blog_post_add"), data, headers={"Sec-Fetch-Site": "same-origin"})
    assert "Null characters are not allowed" not in answer.content.decode()
