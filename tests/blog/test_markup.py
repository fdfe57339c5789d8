"""Writing posts: quoted sources, figures, films, headings, and what a post's body may hold."""

import json
from pathlib import Path

import pytest
from django.utils.safestring import SafeString
from lxml import html as lxml_html

from blog.markup import FigureData, QuotedSource, plain_text, render_post, trusted
from tests.house_rules import ROOT

SAMPLE = ROOT.parent / "shared" / "samples" / "seed-post.json"

MAP = FigureData(
    pk=12,
    src="/media/map.png",
    width=770,
    height=500,
    alt="Map of <Syria>",
    caption="Who controls what.",
    credit="Ann & Co",
    description="The north is held by one side.\n\nThe south by another.",
    sources=(("/media/map.avif 770w", "image/avif"), ("/media/map.webp 770w", "image/webp")),
)

CLIPPING = """:::source
publication: Reuters
headline: Situation in Syria creating “new weakness”
url: https://www.reuters.com/a?b=1&c=2
writer: Jane Doe
date: 2024-12-07

First *quoted* paragraph.

[…]

Another
quoted paragraph.
:::
"""


REUTERS_CAPTION = "Reuters Situation in Syria creating “new weakness” Jane Doe, 7 December 2024"
REUTERS_WORDS = "First quoted paragraph. […] Another quoted paragraph."


def tree(html):
    return lxml_html.fragment_fromstring(html, create_parent="div")


def markdown(body, **figures):
    return render_post(body, body_format="markdown", **figures)


def html(body, **figures):
    return render_post(body, body_format="html", **figures)


def words(element):
    return " ".join(element.text_content().split())


def tags(body):
    return [node.tag for node in tree(body)]


# --- sources --------------------------------------------------------------------------------------------------


def test_a_source_becomes_one_figure_with_its_caption_and_words():
    figure = tree(markdown(CLIPPING).html).find("figure")
    assert dict(figure.attrib) == {"class": "clip", "id": "s-1"}
    assert [node.tag for node in figure] == ["figcaption", "blockquote"]
    assert words(figure.find("figcaption/span[@class='pub']")) == "Reuters"
    assert figure.find("figcaption/cite/a").get("href") == "https://www.reuters.com/a?b=1&c=2"
    assert words(figure.find("figcaption/span[@class='who']")) == "Jane Doe, 7 December 2024"
    assert figure.find("blockquote").get("cite") == "https://www.reuters.com/a?b=1&c=2"
    assert [node.get("class") for node in figure.findall("blockquote/p")] == [None, "elision", None]
    assert figure.find("blockquote/p/em") is not None


def test_quoted_sources_are_returned_as_data():
    assert markdown(CLIPPING).sources == (
        QuotedSource(
            publication="Reuters",
            headline="Situation in Syria creating “new weakness”",
            url="https://www.reuters.com/a?b=1&c=2",
            writer="Jane Doe",
            date="2024-12-07",
            text="First quoted paragraph.\n\n[…]\n\nAnother quoted paragraph.",
            position=1,
        ),
    )


def test_sources_are_numbered_in_order():
    rendered = markdown("\n\n".join([CLIPPING, "Own words.", CLIPPING.replace("Reuters", "NYT")]))
    assert [source.position for source in rendered.sources] == [1, 2]
    assert [source.publication for source in rendered.sources] == ["Reuters", "NYT"]
    assert [figure.get("id") for figure in tree(rendered.html).iter("figure")] == ["s-1", "s-2"]


def test_what_was_rendered_is_read_as_the_same_source_again():
    once = markdown(CLIPPING)
    twice = html(once.html)
    assert twice.sources == once.sources
    assert twice.html == once.html


@pytest.mark.parametrize(
    ("date", "known", "shown"),
    [
        ("2024-12-07", "2024-12-07", "7 December 2024"),
        ("2024-12-07T10:00:00Z", "2024-12-07", "7 December 2024"),
        ("7 Dec 2024", "2024-12-07", "7 December 2024"),
        ("December 7, 2024", "2024-12-07", "7 December 2024"),
        ("last spring", "", "last spring"),
        ("2024-13-45", "", "2024-13-45"),
        ("<b>x", "", "<b>x"),
    ],
)
def test_a_date_is_shown_in_words_and_an_unclear_one_as_it_was_written(date, known, shown):
    rendered = markdown(f":::source\npublication: NYT\ndate: {date}\n\nWords.\n:::")
    assert rendered.sources[0].date == known
    assert words(tree(rendered.html).find(".//span[@class='who']")) == shown


@pytest.mark.parametrize(
    ("who", "writer", "known"),
    [
        ("Ann Lee, 2 March 2024", "Ann Lee", "2024-03-02"),
        ("Ann Lee, March 2, 2024", "Ann Lee", "2024-03-02"),
        ("Ann Lee, Bo Ek, 2024-03-02", "Ann Lee, Bo Ek", "2024-03-02"),
        ("Ann Lee, Jr., 2 March", "Ann Lee, Jr.", ""),
        ("2 March 2024", "", "2024-03-02"),
        ("Ann Lee", "Ann Lee", ""),
        ('Ann Lee, <time datetime="2024-03-02">Saturday</time>', "Ann Lee", "2024-03-02"),
    ],
)
def test_writer_and_date_are_read_from_a_clipping_in_html(who, writer, known):
    source = html(
        f'<figure class="clip"><figcaption><span class="pub">Post</span> <cite><a href="https://a.example/x">H</a>'
        f'</cite> <span class="who">{who}</span></figcaption><blockquote><p>Words.</p></blockquote></figure>'
    ).sources[0]
    assert (source.writer, source.date) == (writer, known)


def test_a_clipping_in_html_may_state_its_date_as_data():
    rendered = html(
        '<figure class="clip" data-date="2024-03-02"><figcaption><span class="pub">Post</span></figcaption>'
        "<blockquote>Words.</blockquote></figure>"
    )
    assert rendered.sources[0].date == "2024-03-02"
    assert "data-date" not in rendered.html


def test_a_source_without_a_publication_is_named_by_its_host():
    source = markdown(":::source\nurl: https://www.a.example/x\n\nWords.\n:::").sources[0]
    assert (source.publication, source.headline) == ("a.example", "")


def test_a_source_that_names_nothing_is_a_plain_quotation():
    rendered = markdown(":::source\nheadline: x\n\nWords.\n:::\n\nafter")
    assert tags(rendered.html) == ["p", "blockquote", "p"]
    assert words(tree(rendered.html).find("p")) == "x"
    assert (rendered.sources, rendered.plain_sources) == ((), 1)


@pytest.mark.parametrize("written", ["12", "#12", " # 12 ", "#12\t"])
@pytest.mark.parametrize("name", ["id", "ID", "Id "])
def test_the_number_of_a_figure_is_read_in_every_way_that_it_is_written(name, written):
    asked = []
    body = f":::figure\n{name}:{written}\n:::"
    rendered = render_post(
        body, body_format="markdown", figures=lambda numbers: asked.append(numbers) or {12: MAP}
    )
    assert (asked, rendered.figures) == ([[12]], (12,))


def test_a_figure_block_that_names_no_figure_is_counted():
    rendered = markdown(":::figure\nid: the map\n:::\n\n:::figure\nid: 7\n:::\n\n:::figure\n:::")
    assert (rendered.html, rendered.figures) == ("", ())
    assert (rendered.missing_figures, rendered.nameless_figures) == ((7,), 2)


def test_an_unclosed_source_runs_to_the_end():
    rendered = markdown(":::source\npublication: NYT\n\nOne.\n\nTwo.")
    assert rendered.sources[0].text == "One.\n\nTwo."


def test_a_source_in_code_is_code():
    rendered = markdown("```\n:::source\npublication: NYT\n:::\n```")
    assert tags(rendered.html) == ["pre"]
    assert rendered.sources == ()


def test_a_source_with_an_unsafe_address_has_none():
    rendered = markdown(":::source\npublication: NYT\nheadline: H\nurl: javascript:alert(1)\n\nWords.\n:::")
    assert rendered.sources[0].url == ""
    assert rendered.sources[0].headline == "H"
    assert tree(rendered.html).find(".//a") is None


def test_any_other_block_quote_stays_as_it_is():
    rendered = html("<p>NYT (“<a href='https://a.example/'>H</a>“):</p><blockquote><p>[…]</p></blockquote>")
    assert tags(rendered.html) == ["p", "blockquote"]
    assert tree(rendered.html).find("blockquote/p").get("class") is None
    assert rendered.sources == ()


def test_dots_in_brackets_of_any_form_are_one_elision():
    for written in ("[…]", "[...]", "[ … ]", "[. . .]"):
        rendered = markdown(f":::source\npublication: NYT\n\nA.\n\n{written}\n\nB.\n:::")
        assert words(tree(rendered.html).find(".//p[@class='elision']")) == "[…]"


# --- which way a text runs -----------------------------------------------------------------------------------


def test_hebrew_and_arabic_run_from_the_right_and_only_they_say_so():
    rendered = markdown(
        "Left.\n\nשלום, world.\n\n## عنوان\n\n- אחת\n- two\n\n> ציטוט\n>\n> A line.\n\n```\nעברית\n```"
    )
    found = [
        (element.tag, element.get("dir")) for element in tree(rendered.html).iter() if element.get("dir")
    ]
    assert found == [
        ("p", "rtl"),
        ("h2", "rtl"),
        ("ul", "rtl"),
        ("li", "ltr"),
        ("blockquote", "rtl"),
        ("p", "ltr"),
    ]


def test_digits_and_marks_before_the_first_letter_do_not_decide():
    assert 'dir="rtl"' in markdown("“2026: שלום”").html
    assert "dir" not in markdown("2026!").html
    assert "dir" not in markdown("“A word, שלום”").html


def test_what_a_person_says_of_the_direction_is_not_believed():
    assert html('<p dir="rtl">Left.</p><p dir="ltr">שלום</p>').html == '<p>Left.</p><p dir="rtl">שלום</p>'


def test_a_quoted_source_in_hebrew_keeps_its_frame():
    figure = tree(markdown(":::source\npublication: הארץ\n\nציטוט.\n:::").html).find("figure")
    assert figure.get("dir") is None
    assert figure.find("blockquote").get("dir") == "rtl"


# --- figures --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "body_format"),
    [
        (":::figure\nid: 12\n:::", "markdown"),
        ('<figure class="plate" data-figure="12"></figure>', "html"),
        ('<figure class="plate" data-figure="12"></figure>', "markdown"),
    ],
)
def test_a_figure_becomes_a_plate(body, body_format):
    rendered = render_post(body, body_format=body_format, figures=lambda numbers: {12: MAP})
    figure = tree(rendered.html).find("figure")
    assert rendered.figures == (12,)
    assert dict(figure.attrib) == {"class": "plate"}
    image = figure.find("picture//img")
    assert (image.get("src"), image.get("width"), image.get("height")) == ("/media/map.png", "770", "500")
    assert image.get("alt") == "Map of <Syria>"
    assert [source.get("type") for source in figure.iter("source")] == ["image/avif", "image/webp"]
    assert words(figure.find("figcaption/span[@class='credit']")) == "Ann & Co"
    assert [words(node) for node in figure.findall("figcaption/details/p")] == MAP.description.split("\n\n")


def test_a_figure_that_the_post_does_not_have_is_left_out():
    rendered = markdown("a\n\n:::figure\nid: 99\n:::\n\nb", figures=lambda numbers: {12: MAP})
    assert tags(rendered.html) == ["p", "p"]
    assert rendered.figures == ()


def test_the_first_picture_is_loaded_at_once_and_the_others_when_they_are_near():
    rendered = markdown(
        "![a](/media/a.png)\n\n:::figure\nid: 12\n:::\n\n![b](/static/b.png)",
        figures=lambda numbers: {12: MAP},
    )
    images = list(tree(rendered.html).iter("img"))
    assert [image.get("loading") for image in images] == ["eager", "lazy", "lazy"]
    assert [image.get("fetchpriority") for image in images] == ["high", None, None]
    assert [image.get("decoding") for image in images] == [None, "async", "async"]


@pytest.mark.parametrize(
    "source", ["https://b.example/x.png", "//b.example/x.png", "data:image/png;base64,x", "x.png"]
)
def test_no_picture_of_another_host_is_shown(source):
    rendered = html(f'<p>a <img src="{source}" srcset="https://b.example/y.png 2x" alt="a cat"> b</p>')
    assert tree(rendered.html).find(".//img") is None
    assert words(tree(rendered.html)) == "a a cat b"


def test_a_figure_with_a_picture_of_ours_is_a_plate():
    rendered = html(
        '<figure class="wp-caption"><img src="/media/a.png" alt=""><figcaption>A cat</figcaption></figure>'
    )
    assert tree(rendered.html).find("figure").get("class") == "plate"


# --- films ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "address", "words_shown"),
    [
        (
            "https://www.youtube.com/embed/abc-D_12",
            "https://www.youtube.com/watch?v=abc-D_12",
            "Watch on YouTube",
        ),
        (
            "https://www.youtube-nocookie.com/embed/abcdefghijk",
            "https://www.youtube.com/watch?v=abcdefghijk",
            "Watch on YouTube",
        ),
        ("https://player.vimeo.com/video/123", "https://player.vimeo.com/video/123", "Watch on Vimeo"),
    ],
)
def test_a_film_becomes_a_link_and_nothing_is_loaded(source, address, words_shown):
    figure = tree(html(f'<p>a</p><iframe src="{source}"></iframe>').html).find("figure[@class='embed']")
    assert figure.find("a").get("href") == address
    assert words(figure) == words_shown


@pytest.mark.parametrize(
    "source",
    [
        "http://www.youtube.com/embed/abcdefghijk",
        "https://youtube.com.evil.example/embed/abcdefghijk",
        "https://a.example/",
    ],
)
def test_a_frame_from_anywhere_else_vanishes(source):
    assert html(f'<p>a</p><iframe src="{source}"></iframe>').html == "<p>a</p>"


# --- the rest of the body --------------------------------------------------------------------------------------


def test_headings_begin_under_the_title_leave_no_step_out_and_have_ids_of_their_own():
    rendered = markdown("# One\n\n#### Main\n\n## One\n\n### ☃")
    headings = [(node.tag, node.get("id")) for node in tree(rendered.html)]
    assert headings == [("h2", "h-one"), ("h3", "h-main"), ("h2", "h-one-2"), ("h3", "h-part")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("| a | b |\n|---|---|\n| 1 | 2 |", ["table"]),
        ("a\n\n---\n\nb", ["p", "hr", "p"]),
        ("> a\nb", ["blockquote", "p"]),
        ("<details><summary>a</summary>b</details>", ["details"]),
        ("<dl><dt>a<dd>b</dl>", ["dl"]),
        ("<blockquote>a *b*</blockquote>\nc *d*", ["blockquote", "p"]),
        ("a[^1]\n\n[^1]: note", ["p", "hr", "ol"]),
    ],
)
def test_a_post_may_hold(body, expected):
    assert tags(markdown(body).html) == expected


def test_a_footnote_leads_there_and_back():
    root = tree(markdown("a[^1]\n\n[^1]: note").html)
    targets = {node.get("id") for node in root.iter() if node.get("id")}
    assert {link.get("href") for link in root.iter("a")} == {f"#{target}" for target in targets}


def test_links_may_stay_on_the_site():
    root = tree(markdown("[a](/2024/12/b/) [c](#s-1) [d](//e.example/f) [g](h/i)").html)
    assert [link.get("href") for link in root.iter("a")] == ["/2024/12/b/", "#s-1", "https://e.example/f"]
    assert words(root) == "a c d g (h/i)"


def test_a_note_that_nothing_leads_to_is_read():
    root = tree(markdown("a[^1]\n\n[^1]: used\n\n[^2]: *unused*\n\nb").html)
    assert words(root) == "a[1][^2]: unusedbused ↩︎"


def test_words_are_those_of_the_whole_post():
    assert (
        markdown(CLIPPING + "\n\nThree own words.").words
        == len([*REUTERS_CAPTION.split(), *REUTERS_WORDS.split()]) + 3
    )


def test_plain_text_has_no_tags_and_one_space():
    assert plain_text("<p>a<b>b</b> &amp;</p><p>c<br>d &lt;e&gt;</p>\n") == "ab & c d <e>"


def test_trusted_html_is_not_escaped_again():
    assert isinstance(trusted("<p>a</p>"), SafeString)


@pytest.mark.parametrize(
    "body", ["<div>" * 9000 + "x", "<blockquote>" * 3000 + "x", "> " * 9000, ":::source\n" * 3000]
)
@pytest.mark.parametrize("body_format", ["markdown", "html"])
def test_no_depth_raises(body, body_format):
    render_post(body, body_format=body_format)


def test_an_unknown_format_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="textile"):
        render_post("a", body_format="textile")


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample page is not beside this checkout")
def test_the_body_of_the_sample_keeps_its_paragraphs_and_links():
    body = json.loads(Path(SAMPLE).read_text(encoding="utf-8"))["body_html"]
    rendered, given = tree(html(body).html), tree(body)
    assert [words(node) for node in rendered.iter("p")] == [words(node) for node in given.iter("p")]
    assert [link.get("href") for link in rendered.iterfind(".//p/a")] == [
        link.get("href") for link in given.iterfind(".//p/a")
    ]
    assert rendered.find(".//img") is None


def test_plain_text_keeps_the_marks_of_a_script_and_no_pile_of_them():
    assert plain_text("<p>Tiếng Việt, e" + "\u0301" * 2000 + "!</p>") == "Tiếng Việt, e" + "\u0301" * 4 + "!"
