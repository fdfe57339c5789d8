"""Links within a post keep working: link and target get the same id."""

import pytest
from lxml import html as lxml_html

from blog.markup import render_post
from exchange.wordpress.html import convert

RENDERERS = {
    "HTML": lambda text: render_post(text, body_format="html").html,
    "Markdown": lambda text: render_post(text, body_format="markdown").html,
    "an import": lambda text: render_post(convert(text).html, body_format="html").html,
}
formats = pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)


def led_to(html):
    """What each link within the text leads to: its words by those of the element, None for nothing."""
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    places = {element.get("id"): element for element in root.iter() if element.get("id")}
    assert len(places) == sum(bool(element.get("id")) for element in root.iter())
    within = [link for link in root.iter("a") if link.get("href", "").startswith("#")]
    return {link.text_content(): _words(places.get(link.get("href")[1:])) for link in within}


def _words(element):
    return None if element is None else " ".join(element.text_content().split())


@formats
@pytest.mark.parametrize(
    ("place", "words"),
    [
        ('<h2 id="x">Part three</h2>', "Part three"),
        ('<h4 id="x">Part three</h4>', "Part three"),
        ('<p><a name="x"></a>Part two.</p>', "Part two."),
        ('<p>Part <a name="x">two</a>.</p>', "two"),
        ('<p id="x">A note.</p>', "A note."),
        ('<ol><li>a</li><li id="x">A note.</li></ol>', "A note."),
        ('<p>word<sup id="x">2</sup></p>', "2"),
        ('<p>some <span id="x">words</span> here</p>', "some words here"),
        ('<div id="x"><p>boxed</p><p>more</p></div>', "boxed"),
        ('<table><tr><td id="x">cell</td></tr></table>', "cell"),
        ('<blockquote id="x"><p>said</p></blockquote>', "said"),
        ('<p id="x"></p><p>next</p>', "next"),
    ],
)
def test_a_place_that_is_linked_to_is_found(render, place, words):
    assert led_to(render(f'<p><a href="#x">go</a></p>\n\n{place}\n')) == {"go": words}


@formats
def test_notes_of_old_blogs_lead_there_and_back(render):
    html = render(
        '<p>A<sup id="fnref1"><a href="#fn1">1</a></sup> B<a href="#_ftn2" name="_ftnref2">[2]</a> '
        '<a id="r:3" href="#n:3">(3)</a></p>\n\n<ol><li id="fn1">One <a href="#fnref1">back</a></li></ol>\n\n'
        '<p><a name="_ftn2" href="#_ftnref2">[2b]</a> Two.</p>\n\n<p id="n:3">Three <a href="#r:3">up</a></p>\n'
    )
    assert led_to(html) == {
        "1": "One back",
        "[2]": "[2b]",
        "(3)": "Three up",
        "back": "1",
        "[2b]": "[2]",
        "up": "(3)",
    }


def test_two_names_of_one_place_lead_to_it():
    html = RENDERERS["HTML"]('<a href="#x">1</a> <a href="#y">2</a><p id="x"><a name="y"></a>here</p>')
    assert led_to(html) == {"1": "here", "2": "here"}


def test_ids_are_of_our_own_kind_and_only_where_they_are_linked_to():
    html = RENDERERS["HTML"]('<a href="#main">1</a><p id="main">a</p><p id="discussion">b</p>')
    assert '<p id="to-main">a</p><p>b</p>' in html


def test_markdown_headings_are_found_by_their_words():
    html = RENDERERS["Markdown"](
        "[a](#my-part) [b](#Über-uns) [c](#第二章)\n\n## My part\n\n## Über uns\n\n## 第二章"
    )
    assert led_to(html) == {"a": "My part", "b": "Über uns", "c": "第二章"}


def test_a_link_to_nothing_stays_as_it_was():
    assert RENDERERS["HTML"]('<p><a href="#x">a</a></p>') == '<p><a href="#x">a</a></p>'
