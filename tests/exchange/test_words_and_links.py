"""Words that a text loses in the import are reported, and its links keep their targets. No database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from blog import markup
from blog.markup import vocabulary
from blog.models import PostState
from exchange.wordpress import elements
from exchange.wordpress.html import convert
from exchange.wordpress.links import leads_to
from exchange.wordpress.losses import loss
from exchange.wordpress.posts import fate_of
from exchange.wordpress.report import Kind, Report
from exchange.wordpress.wxr import Item, read

CASES = Path(__file__).parents[3] / "shared" / "cases"
BASE = "http://old.example/blog"


def rendered(content: str, **named) -> str:
    return markup.render_post(convert(content, **named).html, body_format="html").html


def lost(content: str) -> tuple[str, ...]:
    converted = convert(content)
    html = markup.render_post(converted.with_lines_for_pictures(), body_format="html").html
    beside = [words for picture in converted.pictures for words in (picture.alt, picture.caption)]
    return loss(content, html, beside=beside, clippings=converted.clippings).lost


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "Plain words, <b>bo</b>ld ones &amp; <em>others</em>&hellip;\n\nNext",
        'AP (“<a href="https://x.example/">Head line</a>”):\n<blockquote>Quoted words</blockquote>',
        '[caption id="a" width="3"]<img src="a.png" alt="The alt"> The caption[/caption] After',
        '[caption caption="An old caption"]<img src="a.png" alt="A">[/caption]',
        "<script>var lost = 1;</script><style>p { x: y }</style>Words",
        "<!--more-->One<!-- a remark -->two",
        "<pre>a <b>b</b> <x>y</x></pre>[code]<p>z</p>[/code] <code>q<br>r</code>",
        "https://films.example/watch?v=abc and [embed]https://youtu.be/abcdefghijk[/embed]",
        "One <img src='a.png'> two<br>three<ul><li>four<li>five</ul>",
        "Map<String, List<Int>> m; Dear <name>, if a<b and c>d; X = <x1, x2, ..., xm> and <userid>",
        "Write <?php echo $x; ?> there, and <?= $y ?>",
        "日本語の<b>文</b>字 и слова",
        "<o:p>Word</o:p> <fb:like>like</fb:like> <my-element>mine</my-element>",
        "<table><tr><td>a</td><td>b</td></tr></table>",
    ],
)
def test_no_word_is_lost_and_none_is_missed_where_none_is_lost(content):
    assert lost(content) == ()


def test_words_that_are_lost_are_named_in_order_each_as_often_as_it_is():
    found = loss("one two <b>two</b> three &amp; four", "<p>one two</p>")
    assert (found.words, found.lost) == (5, ("two", "three", "four"))
    assert str(found) == "3 of 5 words: two, three, four"
    assert found.is_large


@pytest.mark.parametrize(
    ("words", "missing", "is_large"), [(100, 2, False), (100, 3, True), (1, 1, True), (0, 0, False)]
)
def test_more_than_two_in_a_hundred_are_many(words, missing, is_large):
    source = " ".join(f"w{number}" for number in range(words))
    left = " ".join(f"w{number}" for number in range(missing, words))
    assert loss(source, left).is_large == is_large


def test_what_looks_like_a_tag_and_is_none_is_words_and_what_is_one_is_none():
    assert rendered("Dear <name>, use Map<String, Int> or <![CDATA[ x ]]>.") == (
        "<p>Dear &lt;name&gt;, use Map&lt;String, Int&gt; or &lt;![CDATA[ x ]]&gt;.</p>"
    )
    assert (
        rendered("<p>A<o:p></o:p> <svg><path d='x'/></svg><center>b</center></p>").replace("</p><p>", "")
        == "<p>A b</p>"
    )


# --- links ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("2011/02/23/other-post/", f"{BASE}/2011/02/23/other-post/"),
        ("../up/", "http://old.example/up/"),
        ("./page.html#part", f"{BASE}/page.html#part"),
        ("?p=3", f"{BASE}/?p=3"),
        ("www.example.org/x", "http://www.example.org/x"),
        ("example.com", "http://example.com/"),
        ("/2011/02/", "/2011/02/"),
        ("//cdn.example/x", "//cdn.example/x"),
        ("https://x.example/", "https://x.example/"),
        ("mailto:ann@x.example", "mailto:ann@x.example"),
        *((odd, "") for odd in (
            "ftp://files.example/x", "irc://x/y", "magnet:?xt=1", "htpp://typo.example/", "mailto:x",
            "http:///x", "http://[::1", "C:\\x\\y.doc", "javascript:alert(1)", "localhost:80/x",
        )),
    ],
)  # fmt: skip
def test_links_lead_where_they_led(written, address):
    assert leads_to(written, base=BASE) == address


def test_an_address_that_no_page_can_have_stands_beside_its_words_and_is_named():
    converted = convert(
        'Get <a href="ftp://files.example/x.tar">the file</a>, <a href="irc://x/y">irc://x/y</a>.', base=BASE
    )
    assert markup.plain_text(converted.html) == "Get the file (ftp://files.example/x.tar), irc://x/y."
    assert [note.example for note in converted.notes] == ["ftp://files.example/x.tar", "irc://x/y"]
    assert {note.kind for note in converted.notes} == {Kind.LINK}


def test_what_a_link_would_run_is_no_word_of_anybody():
    assert (
        rendered('<a href="javascript:alert(1)">Press</a> <a href="data:text/html,x">here</a>')
        == "<p>Press here</p>"
    )


def test_places_in_the_text_and_links_without_a_base_are_left_alone():
    assert 'href="#two"' in convert('<a href="#two">x</a>', base=BASE).html
    assert markup.plain_text(convert('<a href="a/b">x</a>').html) == "x (a/b)"


@pytest.mark.skipif(not CASES.is_dir(), reason="the inputs that went wrong are not beside this folder")
def test_links_of_the_file_that_lost_them():
    [post] = [entry for entry in read(CASES / "13-links-ftp-and-relative.wxr.xml") if isinstance(entry, Item)]
    html = rendered(post.content, base="http://old.example")
    for address in (
        "http://old.example/2011/02/23/other-post/",
        "http://old.example/up/",
        "http://www.example.org/x",
    ):
        assert f'href="{address}"' in html
    assert "ftp (ftp://files.example/x.tar)" in html


def test_a_source_that_names_a_mail_address_is_a_plain_quotation():
    content = (
        '<figure class="clip"><figcaption><cite><a href="mailto:tips@paper.example">Tips</a></cite></figcaption>'
        "<blockquote><p>Quoted words</p></blockquote></figure>"
    )
    post = markup.render_post(convert(content).html, body_format="html")
    assert post.sources == ()
    assert "<blockquote>" in post.html
    assert "Quoted words" in post.html


# --- what was to come -----------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 30, tzinfo=UTC)
EXPORTED = NOW - timedelta(days=30)


@pytest.mark.parametrize(
    ("days", "exported", "state", "kinds"),
    [
        (+3, EXPORTED, PostState.PUBLISHED, []),
        (-3, EXPORTED, PostState.PUBLISHED, [Kind.PASSED]),
        (-60, EXPORTED, PostState.DRAFT, [Kind.MISSED]),
        (-3, None, PostState.DRAFT, [Kind.MISSED]),
        (+3, None, PostState.PUBLISHED, []),
    ],
)
def test_what_was_scheduled_is_public_when_it_would_be_and_never_before(days, exported, state, kinds):
    date = (NOW + timedelta(days=days)).replace(tzinfo=None)
    item = SimpleNamespace(date_gmt=date, date=date, type="post", status="future", password="", title="T")
    fate = fate_of(item, ZoneInfo("UTC"), exported=exported, now=NOW)
    assert (fate.state, [note.kind for note in fate.notes]) == (state, kinds)


def test_what_somebody_has_to_look_at_is_named_one_by_one():
    report = Report()
    for number in range(30):
        report.note(Kind.WORDS_LOST, f"“T{number}”")
        report.note(Kind.SLUG, f"“T{number}”")
    assert len(report.examples[Kind.WORDS_LOST]) == 30
    assert len(report.examples[Kind.SLUG]) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('<amp-img src="a.png"></amp-img> <my-element>mine</my-element>', "mine"),
        ("Dear <first-name>, hello", "Dear <first-name>, hello"),
        ("<pre>if a<b and c>d\n<T> x</pre>", "if a<b and c>d <T> x"),
    ],
)
def test_elements_of_plugins_vanish_and_words_in_angle_brackets_stay(content, words):
    html = markup.render_post(convert(content).html, body_format="html").html
    assert markup.plain_text(html) == words


def test_every_element_that_the_site_knows_is_an_element_of_an_import_too():
    assert vocabulary.ELEMENTS <= elements.INLINE | elements.BLOCKS
    assert elements.INLINE <= vocabulary.ELEMENTS and not elements.INLINE & elements.BLOCKS
