"""Words in angle brackets: what is no element of HTML can be read as it was typed, in comments and posts alike."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from blog.markup import elements_only, render_comment, render_post
from blog.markup.vocabulary import (
    AFTER_WORDS,
    ATTRIBUTES,
    COMMENT,
    ELEMENTS,
    NO_END,
    POST,
    SAY_NOTHING_ALONE,
    WHOLE_PAGE,
)
from exchange.wordpress.html import convert

RENDERERS = {
    "comment in Markdown": lambda text: render_comment(text),
    "comment from WordPress": lambda text: render_comment(text, body_format="wordpress"),
    "post in Markdown": lambda text: render_post(text, body_format="markdown").html,
    "post in HTML": lambda text: render_post(text, body_format="html").html,
    "imported post": lambda text: render_post(convert(text).html, body_format="html").html,
}
formats = pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)


def words(html):
    root = lxml_html.fragment_fromstring(re.sub("(</p>|</li>|<br>)", r"\1 ", html), create_parent="div")
    return " ".join(root.text_content().split())


@formats
@pytest.mark.parametrize(
    "text",
    [
        "Dear <name>, hello",
        "A Map<String, List<Int>> of func<T>(x: T) -> Vec<T>",
        "log in as <user>@<host>, then <your name here>",
        "if a<b and c>d then",
        "when x<i && i>3 or p<q and r>s",
        "i <3 you, <- left, <=> both, a <> b, 1 < 2 > 0",
        "a Vec<i> is a vector of Vec<Option>, List<Object> and Stack<Frame>",
        "#include <map> and <time>, then cd <dir> or ask <address>",
        "Use <b>, <i> or <code> (not <u>) for that",
        'The <?xml version="1.0"?> of a <root><item id="1">x</item></root>',
        "It starts with <!DOCTYPE html> everywhere",
        "You forgot the <script> tag. All this is read.",
        "Put it in <style>: all this is read.",
        "It never has a </script> of its own",
        "This <!-- comment never ends",
        "a <?php echo 1; ?> b",
        "the last <unfinished",
        "</nobody> ends this",
        "the <my-widget> of the page",
        "Set the <title> of a page, use a <table> for data and a <form> for input",
        "Give the (outer) <div> a class; its <section>, <h2> and <ul> have none",
        "Put it before </body>, and the rest into the <head> or after </html>.",
    ],
)
def test_words_that_are_no_html_element_are_shown_as_typed(render, text):
    assert words(render(text)) == text


@formats
def test_a_named_tag_silences_nothing_of_what_follows(render):
    html = render("One <script> here.\n\nTwo <style> there.\n\nThree.")
    assert words(html) == "One <script> here. Two <style> there. Three."


@formats
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <font color=red>red</font> <span>word</span> <blink>b</blink>", "a red word b"),
        ("<p>a<br>b<p>c<ul><li>d<li>e</ul>", "a b c d e"),
        ("<center>a <div>b", "a b"),
        ("<div> a\n<table> <tr> <td> b <p> c</body></html>", "a b c"),
        ("a <b>b <i>c", "a b c"),
        ("<!doctype html><html><body>a</body></html>", "a"),
        ("a <script>var x = '<b>';</script><style>p {}</style> b", "a b"),
        ("a <!-- hidden --> b", "a b"),
        ("a <b>c</b> <i class=x>d</i> <b unknown=1>e</b>", "a c d e"),
        ("<p>a <svg><g><path d='M0'/></g></svg> b</p>", "a b"),
    ],
)
def test_known_elements_still_vanish_and_leave_their_words(render, text, expected):
    assert words(render(text)) == expected


@pytest.mark.parametrize(
    "text", ["<name>\n*a*", "<script> is\n*a*", "<T>\n\n*a*", "<!-- x\n\n*a*", "<?php\n*a*"]
)
def test_words_in_brackets_take_nothing_out_of_markdown(text):
    assert "<em>a</em>" in render_comment(text)
    assert "<em>a</em>" in render_post(text, body_format="markdown").html


def test_an_address_in_brackets_stays_a_link_and_code_stays_code():
    assert 'href="mailto:a@b.example"' in render_comment("<a@b.example>")
    assert 'href="https://a.example/"' in render_comment("<https://a.example/>")
    assert "<code>&lt;script&gt;</code>" in render_comment("`<script>`")


def test_what_word_processors_leave_vanishes_from_imports():
    text = '<p>a<o:p></o:p> <st1:City w:st="on">Rome</st1:City><?xml:namespace prefix = o /> <![if !x]>b<![endif]></p>'
    assert words(render_post(text, body_format="html").html) == "a Rome b"


def test_the_lists_fit_together():
    assert COMMENT.tags | POST.tags <= ELEMENTS
    assert AFTER_WORDS | SAY_NOTHING_ALONE | NO_END | WHOLE_PAGE <= ELEMENTS
    assert {name for tags in POST.attributes.values() for name in tags if "-" not in name} <= ATTRIBUTES


@given(st.text(alphabet=st.sampled_from("<>/=\"' ab!-?pxscript\n"), max_size=60))
def test_twice_is_as_once_and_no_sign_is_lost(text):
    once = elements_only(text)
    assert elements_only(once) == once
    assert unescape(once.replace("&lt;", "<")) == text


@pytest.mark.parametrize(
    "text", ["<a b='", "<" * 9, "<!--", "<b ", "</b", "<svg>", "<script>", '<a b="c"', "<a b=c "]
)
def test_no_text_makes_it_slow(text):
    """A hundred thousand signs take a moment; a reader that goes back would take minutes."""
    text *= 100_000 // len(text)
    assert len(elements_only(text)) >= len(text)
