"""Every element that WordPress lets people write says the same here, or is dropped on purpose: a table of all."""

import pytest

from blog.markup import plain_text, render_comment, render_post
from tests.house_rules import ROOT

DOCUMENT = ROOT / "docs" / "markup.md"

# What stands in a text → what is stored of it in a comment, and in a post where that differs. `$allowedtags`, which
# WordPress grants to whoever comments.
COMMENTS = {
    "a": (
        '<a href="https://a.example/" title="t">w</a>',
        '<a href="https://a.example/" rel="ugc nofollow">w</a>',
    ),
    "abbr": ('<abbr title="t">w</abbr>', '<abbr title="t">w</abbr>'),
    "acronym": ('<acronym title="t">w</acronym>', '<abbr title="t">w</abbr>'),
    "b": ("<b>w</b>", "<b>w</b>"),
    "blockquote": ("<blockquote>w</blockquote>", "<blockquote><p>w</p></blockquote>"),
    "cite": ("<cite>w</cite>", "<cite>w</cite>"),
    "code": ("<code>w</code>", "<code>w</code>"),
    "del": ('<del datetime="2020-01-01">w</del>', "<del>w</del>"),
    "em": ("<em>w</em>", "<em>w</em>"),
    "i": ("<i>w</i>", "<i>w</i>"),
    "q": ("<q>w</q>", "<q>w</q>"),
    "s": ("<s>w</s>", "<s>w</s>"),
    "strike": ("<strike>w</strike>", "<s>w</s>"),
    "strong": ("<strong>w</strong>", "<strong>w</strong>"),
}
# `$allowedposttags`, what authors may write there, apart from those above: None says that only the words stay.
POSTS = {
    "address": ("<address>w</address>", None, None),
    "area": ('w<area href="https://a.example/">', None, None),
    "article": ("<article>w</article>", None, None),
    "aside": ("<aside>w</aside>", None, None),
    "audio": ("<audio>w</audio>", None, None),
    "bdo": ('<bdo dir="rtl">w</bdo>', None, None),
    "big": ("<big>w</big>", None, None),
    "br": ("w<br>w", "w<br>w", "w<br>w"),
    "button": ("<button>w</button>", None, None),
    "caption": ("<table><caption>w</caption><tr><td>w</td></tr></table>", None, "<caption>w</caption>"),
    "col": ("<table><col><tr><td>w</td></tr></table>", None, "<td>w</td>"),
    "colgroup": ("<table><colgroup></colgroup><tr><td>w</td></tr></table>", None, "<td>w</td>"),
    "dd": ("<dl><dd>w</dd></dl>", None, "<dd>w</dd>"),
    "details": ("<details open>w</details>", None, '<details open=""><p>w</p></details>'),
    "dfn": ("<dfn>w</dfn>", "<i>w</i>", "<i>w</i>"),
    "div": ("<div>w</div>", None, None),
    "dl": ("<dl><dd>w</dd></dl>", None, "<dl><dd>w</dd></dl>"),
    "dt": ("<dl><dt>w</dt></dl>", None, "<dt>w</dt>"),
    "fieldset": ("<fieldset>w</fieldset>", None, None),
    "figcaption": ("<figure><figcaption>w</figcaption></figure>", None, "<figcaption>w</figcaption>"),
    "figure": ("<figure>w</figure>", None, "<figure>w</figure>"),
    "font": ('<font color="red" size="7">w</font>', None, None),
    "footer": ("<footer>w</footer>", None, None),
    "h1": ("<h1>w</h1>", "<strong>w</strong>", '<h2 id="h-w">w</h2>'),
    "h2": ("<h2>w</h2>", "<strong>w</strong>", '<h2 id="h-w">w</h2>'),
    "h3": ("<h3>w</h3>", "<strong>w</strong>", '<h2 id="h-w">w</h2>'),
    "h4": ("<h4>w</h4>", "<strong>w</strong>", '<h2 id="h-w">w</h2>'),
    "h5": ("<h5>w</h5>", "<strong>w</strong>", '<h2 id="h-w">w</h2>'),
    "h6": ("<h6>w</h6>", "<strong>w</strong>", '<h2 id="h-w">w</h2>'),
    "header": ("<header>w</header>", None, None),
    "hgroup": ("<hgroup>w</hgroup>", None, None),
    "hr": ("w<hr>w", None, "<p>w</p><hr><p>w</p>"),
    "img": (
        '<img src="https://a.example/b.png" alt="w">',
        '<a href="https://a.example/b.png" rel="ugc nofollow">w</a>',
        '<a href="https://a.example/b.png">w</a>',
    ),
    "ins": ("<ins>w</ins>", "<ins>w</ins>", "<ins>w</ins>"),
    "kbd": ("<kbd>w</kbd>", "<code>w</code>", "<code>w</code>"),
    "label": ("<label>w</label>", None, None),
    "legend": ("<legend>w</legend>", None, None),
    "li": ('<ol><li value="7">w</li></ol>', '<ol><li value="7">w</li></ol>', '<ol><li value="7">w</li></ol>'),
    "map": ("<map>w</map>", None, None),
    "mark": ("<mark>w</mark>", "<em>w</em>", "<em>w</em>"),
    "menu": ("<menu><li>w</li></menu>", "<ul><li>w</li></ul>", "<ul><li>w</li></ul>"),
    "nav": ("<nav>w</nav>", None, None),
    "ol": (
        '<ol start="3" type="a" reversed><li>w</li></ol>',
        '<ol start="3" type="a" reversed=""><li>w</li></ol>',
        '<ol start="3" type="a" reversed=""><li>w</li></ol>',
    ),
    "p": ("<p>w</p>", "<p>w</p>", "<p>w</p>"),
    "pre": ("<pre>w<br>w</pre>", "<pre>w\nw</pre>", "<pre>w\nw</pre>"),
    "samp": ("<samp>w</samp>", "<code>w</code>", "<code>w</code>"),
    "section": ("<section>w</section>", None, None),
    "small": ("<small>w</small>", None, "<small>w</small>"),
    "span": ("<span>w</span>", None, None),
    "sub": ("<sub>w</sub>", "<sub>w</sub>", "<sub>w</sub>"),
    "summary": ("<details><summary>w</summary></details>", None, "<summary>w</summary>"),
    "sup": ("<sup>w</sup>", "<sup>w</sup>", "<sup>w</sup>"),
    "table": (
        "<table><tr><td>w</td></tr></table>",
        None,
        "<table><tbody><tr><td>w</td></tr></tbody></table>",
    ),
    "tbody": ("<table><tbody><tr><td>w</td></tr></tbody></table>", None, "<tbody>"),
    "td": ('<table><tr><td colspan="2">w</td></tr></table>', None, '<td colspan="2">w</td>'),
    "textarea": ("<textarea>w</textarea>", None, None),
    "tfoot": ("<table><tfoot><tr><td>w</td></tr></tfoot></table>", None, "<tfoot>"),
    "th": ('<table><tr><th scope="row">w</th></tr></table>', None, '<th scope="row">w</th>'),
    "thead": ("<table><thead><tr><td>w</td></tr></thead></table>", None, "<thead>"),
    "title": ("<title>w</title>", None, None),
    "tr": ("<table><tr><td>w</td></tr></table>", None, "<tr><td>w</td></tr>"),
    "track": ("<video><track kind=captions>w</video>", None, None),
    "tt": ("<tt>w</tt>", "<code>w</code>", "<code>w</code>"),
    "u": ("<u>w</u>", "<u>w</u>", "<u>w</u>"),
    "ul": ("<ul><li>w</li></ul>", "<ul><li>w</li></ul>", "<ul><li>w</li></ul>"),
    "var": ("<var>w</var>", "<i>w</i>", "<i>w</i>"),
    "video": ("<video>w</video>", None, None),
}


def only_words(html):
    return plain_text(html.replace("</p>", " </p>")).replace(" ", "").strip(
        "w"
    ) == "" and "<" not in html.replace("<p>", "").replace("</p>", "")


@pytest.mark.parametrize(("text", "expected"), COMMENTS.values(), ids=COMMENTS)
@pytest.mark.parametrize("body_format", ["markdown", "wordpress"])
def test_what_commenters_may_write_there_says_the_same_here(text, expected, body_format):
    assert expected in render_comment(f"a {text} b", body_format=body_format)
    post = render_post(f"a {text} b", body_format="html").html
    assert expected.replace(' rel="ugc nofollow"', "") in post


@pytest.mark.parametrize(("text", "in_comment", "in_post"), POSTS.values(), ids=POSTS)
def test_what_authors_may_write_there_says_the_same_here(text, in_comment, in_post):
    comment = render_comment(text, body_format="wordpress")
    post = render_post(text, body_format="html").html
    assert in_comment in comment if in_comment else only_words(comment)
    assert in_post in post if in_post else only_words(post)


@pytest.mark.parametrize("name", [*COMMENTS, *POSTS])
def test_the_table_for_people_has_it(name):
    assert f"`{name}`" in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("body_format", ["markdown", "wordpress"])
def test_words_struck_out_over_paragraphs_are_struck_out_in_each(body_format):
    html = render_comment("<del>a\n\nb</del> c", body_format=body_format)
    assert html.replace("\n", "") == "<p><del>a</del></p><p><del>b</del> c</p>"


def test_blocks_in_code_are_lines():
    assert render_comment("<pre><div>a</div><div>b</div></pre>c") == "<pre>a\nb\n</pre><p>c</p>"


def test_ruby_text_is_shown_in_brackets():
    assert render_comment("<ruby>漢字<rt>かんじ</rt></ruby>") == "<p>漢字(かんじ)</p>"
    assert render_comment("<ruby>漢<rp>[</rp><rt>か</rt><rp>]</rp></ruby>") == "<p>漢[か]</p>"


def test_colours_of_the_block_editor_are_no_emphasis():
    assert render_post('<mark class="has-inline-color">w</mark>', body_format="html").html == "<p>w</p>"


def test_plain_words_say_what_was_struck_out_and_what_was_raised():
    html = render_comment("is <del>not</del> guilty of 10<sup>6</sup> H<sub>2</sub>O<sup>th</sup>")
    assert plain_text(html) == "is ~~not~~ guilty of 10⁶ H₂Oth"
