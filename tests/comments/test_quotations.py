"""Quotations that name their source: marked when written, and compared with the source whenever they are read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog import actions as blog_actions
from blog.markup import CommentLinks, render_comment
from comments import actions, thread
from comments.models import Comment
from comments.thread import quotations
from tests.factories import make_comment, make_moderator, make_post

LINKS = CommentLinks(names={"Ann": 9}, numbers={12: 5, 13: 6}, post="/2024/06/a-post/")


# --- written --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "> Some words.\n> — Ann, #12\n\nNo.",
            '<blockquote cite="/comments/5/"><p>Some words.</p>'
            '<p>— Ann, <a href="/comments/5/">#12</a></p></blockquote><p>No.</p>',
        ),
        (
            "> Some words.\n— Ann, #12\nNo.",
            '<blockquote cite="/comments/5/"><p>Some words.</p>'
            '<p>— Ann, <a href="/comments/5/">#12</a></p></blockquote><p>No.</p>',
        ),
        (
            "> Some words.\n> — Ann, #12\nNo.",
            '<blockquote cite="/comments/5/"><p>Some words.</p>'
            '<p>— Ann, <a href="/comments/5/">#12</a></p></blockquote><p>No.</p>',
        ),
        (
            "> One.\n>\n> Two.\n>\n> — Mr. X, Esq., #12",
            '<blockquote cite="/comments/5/"><p>One.</p><p>Two.</p>'
            '<p>— Mr. X, Esq., <a href="/comments/5/">#12</a></p></blockquote>',
        ),
        (
            "> Some *words*.\n> — Ana and Bo, #post",
            '<blockquote cite="/2024/06/a-post/"><p>Some <em>words</em>.</p>'
            '<p>— Ana and Bo, <a href="/2024/06/a-post/">#post</a></p></blockquote>',
        ),
        (
            "> w\n> -- *Ann* B, #post",
            '<blockquote cite="/2024/06/a-post/"><p>w</p>'
            '<p>-- <em>Ann</em> B, <a href="/2024/06/a-post/">#post</a></p></blockquote>',
        ),
    ],
)
def test_a_quotation_whose_last_line_names_its_source_is_marked_with_it(text, expected):
    assert render_comment(text, links=LINKS) == expected


@pytest.mark.parametrize(
    "text",
    [
        "> words\n> — Ann, #99",
        "> words\n> Ann, #12",
        "> words\n> — #12",
        "> words\n> — Ann, #12 and so on",
        "> words\n> — Ann, [#12](/comments/6/)",
        "> words\n> — Ann, [#12](https://a.example/)",
        "> — Ann, #12",
        "words\n— Ann, #12",
        '<blockquote cite="/comments/5/">words</blockquote> #12',
        '<blockquote cite="https://a.example/">words</blockquote>',
        "> words\n> — Ann, `#12`",
        "> words\n> — Ann, #posts",
    ],
)
def test_other_quotations_are_not_marked_with_a_source(text):
    assert "cite" not in render_comment(text, links=LINKS)


def test_a_quotation_of_the_post_needs_the_posts_address():
    assert render_comment("> w\n> — Ann, #post") == "<blockquote><p>w<br>\n— Ann, #post</p></blockquote>"


# --- compared -------------------------------------------------------------------------------------------------

SOURCE = "<p>“It was, so to <em>say</em>, the best of times”, he wrote.</p><p>Then:<br>\nnothing.</p>"


@pytest.mark.parametrize(
    "quote",
    [
        "It was, so to say",
        "it WAS so to say",
        "'the best of times', he wrote",
        "It was […] the best of times",
        "It was ... the best … nothing",
        "he wrote. Then: nothing",
        "",
        "[…]",
    ],
)
def test_quoted_words_are_found_whatever_their_case_spaces_and_punctuation(quote):
    assert quotations.stands_in(f"<p>{quote}</p>", SOURCE)


@pytest.mark.parametrize(
    "quote", ["It was the best", "the best of times […] It was", "the worst of times", "he wrote … and more"]
)
def test_words_that_are_not_in_the_source_are_not_found(quote):
    assert not quotations.stands_in(f"<p>{quote}</p>", SOURCE)


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="<>&."), min_size=1), min_size=1),
    st.data(),
)
def test_every_piece_of_a_text_stands_in_it(words, data):
    text = " ".join(words)
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert quotations.stands_in(" ".join(words[start:end]), text)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            '<blockquote cite="/comments/1/"><p>a</p><p>— A, #1</p></blockquote>',
            [("/comments/1/", "<p>a</p>")],
        ),
        (
            '<blockquote cite="/comments/1/"><blockquote cite="/comments/2/"><p>b</p><p>— B</p></blockquote>'
            "<p>a</p><p>— A</p></blockquote>",
            [
                ("/comments/2/", "<p>b</p>"),
                (
                    "/comments/1/",
                    '<blockquote cite="/comments/2/"><p>b</p><p>— B</p></blockquote><p>a</p>',
                ),
            ],
        ),
        ("<blockquote><p>a</p></blockquote>", []),
    ],
)
def test_quotations_are_found_in_stored_html(html, expected):
    assert [tuple(found) for found in quotations.quotations(html)] == expected


# --- read -----------------------------------------------------------------------------------------------------

on_database = pytest.mark.django_db


@pytest.fixture
def post(ada):
    return make_post(by=ada.author, body="The chair voted *once*.")


def quoting(source: Comment, words: str, **more) -> Comment:
    """Write a comment that quotes another one."""
    text = f"> {words}\n> — Ann, #{source.number}\n\nWell."
    return make_comment(source.post, text=text, **more)


def readable(answer) -> str:
    """Return the HTML of a response with character references replaced."""
    return re.sub(r"&#(\d+);", lambda found: chr(int(found.group(1))), answer.getvalue().decode())


def article(client, comment: Comment, *, page: str = "") -> str:
    """Return the comment's element on the page of its post, or on its own."""
    html = readable(client.get(page or comment.post.get_absolute_url()))
    return html.split(f'id="comment-{comment.pk}"')[1].split("</article>")[0]


@on_database
def test_the_comment_quoted_says_by_whom(client, post):
    source = make_comment(post, text="So it is.")
    one, two = quoting(source, "so it is"), quoting(source, "it is", parent=source)
    line = (
        f'<p class="quoted-by">Quoted by <a href="/comments/{one.pk}/">#{one.number}</a>, '
        f'<a href="/comments/{two.pk}/">#{two.number}</a></p>'
    )
    assert line in article(client, source)
    assert "quote" not in article(client, one).split("</div>")[1]
    # Its own page says so of comments in other threads too.
    assert line in article(client, source, page=f"/comments/{source.pk}/")


@on_database
def test_only_public_comments_are_said_to_quote(client, post, mo):
    source = make_comment(post, text="So it is.")
    removed = quoting(source, "so it is")
    quoting(source, "so it is", state="held")
    actions.remove_comment(removed, by=mo, reason="Rude")
    assert "quoted-by" not in article(client, source)


@on_database
def test_many_quoting_comments_are_counted_instead_of_listed(client, post):
    source = make_comment(post, text="So it is.")
    for _number in range(8):
        quoting(source, "so it is")
    line = article(client, source).split('class="quoted-by"')[1].split("</p>")[0]
    assert line.count("<a ") == 6
    assert f'<a href="/comments/{source.pk}/">and 3 more</a>' in line


@on_database
def test_a_source_that_was_edited_or_removed_is_said_so(client, post, mo):
    source = make_comment(post, text="So it is.")
    comment = quoting(source, "So it is not & never was", parent=source)
    words = "These words are no longer in #1: “So it is not &amp; never was”"
    assert f'<p class="quote-lost" data-of="{source.pk}">{words}</p>' in article(client, comment)
    assert words in article(client, comment, page=f"/comments/{comment.pk}/")
    actions.remove_comment(source, by=mo, reason="Rude")
    gone = f'<p class="quote-lost" data-of="{source.pk}">The comment quoted here (#1) has been deleted.</p>'
    assert gone in article(client, comment)
    actions.restore_comment(source, by=mo)
    assert words in article(client, comment)


@on_database
def test_a_quotation_of_a_removed_source_holds_for_people_who_can_read_it(client, post):
    source = make_comment(post, text="So it is.")
    comment = quoting(source, "So it is")
    moderator = make_moderator()
    actions.remove_comment(source, by=moderator, reason="Rude")
    client.force_login(moderator)
    assert "quote-lost" not in article(client, comment)


@on_database
def test_the_words_of_the_post_are_compared_as_it_stands_now(client, post, ada):
    comment = make_comment(post, text="> the chair VOTED once\n> — Ada, #post\n\nDid it?")
    assert f'<blockquote cite="{post.get_absolute_url()}">' in comment.body_html
    assert "quote-lost" not in article(client, comment)
    post.body = "The chair did not vote."
    blog_actions.save_post(post, by=ada)
    words = "These words are no longer in the post: “the chair VOTED once”"
    assert f'<p class="quote-lost">{words}</p>' in article(client, comment)


@on_database
def test_new_comments_and_previews_tell_of_broken_quotations_too(client, post):
    source = make_comment(post, text="So it is.")
    who = {"name": "Gus", "email": "gus@example.org"}
    headers = {"X-Fragment": "1", "Sec-Fetch-Site": "same-origin"}
    for do, status in (("preview", 200), ("post", 201)):
        text = f"> never said\n> — Ann, #{source.number}\n\nOh?"
        answer = client.post(f"/posts/{post.pk}/comments/", {"text": text, "do": do, **who}, headers=headers)
        assert answer.status_code == status
        assert "These words are no longer in #1: “never said”" in readable(answer)


@on_database
def test_a_member_reads_quotations_without_another_query(client, bob, post, django_assert_max_num_queries):
    source = make_comment(post, text="So it is.")
    make_comment(post, text="> The chair voted\n> — Ada, #post", parent=source)
    quoting(source, "so it is")
    client.force_login(bob)
    client.get(post.get_absolute_url())
    with django_assert_max_num_queries(8):
        client.get(post.get_absolute_url())


@on_database
def test_a_comment_that_misquotes_another_is_not_listed_under_it(client, post):
    source = make_comment(post, text="So it is.")
    quoting(source, "So it is not")
    both = make_comment(post, text=f"> never\n> — Ann, #1\n\n> so it is\n> — Ann, #{source.number}")
    line = f'Quoted by <a href="/comments/{both.pk}/">#{both.number}</a></p>'
    assert line in article(client, source)
    assert line in article(client, source, page=f"/comments/{source.pk}/")


@on_database
def test_quotations_are_checked_in_a_long_discussion_too(client, post, monkeypatch):
    monkeypatch.setattr("comments.thread.long_discussions.LONG", 1)
    source = make_comment(post, text="So it is.")
    quoting(source, "So it is not")
    true = quoting(source, "so it is")
    line = f'Quoted by <a href="/comments/{true.pk}/">#{true.number}</a></p>'
    assert line in article(client, source)


@on_database
def test_only_quotations_in_and_of_what_is_shown_are_compared(post, monkeypatch):
    source, other = make_comment(post, text="Some words."), make_comment(post, text="Others.")
    first, second = quoting(source, "Some words"), quoting(source, "words")
    quoting(other, "not compared")
    compared = []
    holds = quotations.stands_in
    monkeypatch.setattr(
        quotations, "stands_in", lambda quote, html: compared.append(quote) or holds(quote, html)
    )
    rows = thread.load(post.pk)
    found = quotations.find(
        rows, thread.ANYBODY, quotations.QuotedPost("/p/", str), shown={source.pk, second.pk}
    )
    assert set(compared) == {"<p>Some words</p>", "<p>words</p>"}
    assert [row.id for row in found[source.pk].by] == [first.pk, second.pk]
    assert first.pk not in found
