"""Markup of comments: what Markdown, HTML and WordPress texts become, whom mentions link, and what is refused."""

import json
import threading
from pathlib import Path

import pytest
from lxml import html as lxml_html

from blog.markup import (
    CommentLinks,
    TextRefused,
    check_comment_text,
    paragraphs_from_blank_lines,
    render_comment,
)
from comments.mentions import with_first_names
from tests.house_rules import ROOT

SAMPLE = ROOT.parent / "shared" / "samples" / "seed-post.json"


def tree(html):
    return lxml_html.fragment_fromstring(html, create_parent="div")


def outline(html):
    """The tree as text: `p(em)`, words left out."""

    def of(node):
        inner = " ".join(of(child) for child in node)
        return f"{node.tag}({inner})" if inner else node.tag

    return " ".join(of(node) for node in tree(html))


def words(element):
    return " ".join(element.text_content().split())


def links(html):
    return [(link.text_content(), link.get("href")) for link in tree(html).iter("a")]


def paragraphs(html):
    return [words(node) for node in tree(html).iter("p", "li", "pre")]


# --- caps -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5000,
        "<" * 200,
        "*" * 400,
        "*_`[]~" * 66,
        "",
        "```\n" + "*_[]a" * 900 + "\n```",
        "> ~~~\n> " + "*_[]a" * 900 + "\n> ~~~\n",
        "`a[*]` " * 300,
        "https://a.example/" + "_a" * 900,
    ],
)
def test_a_text_within_the_caps_is_taken(text):
    check_comment_text(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a" * 5001, "5,000 characters"),
        ("<" * 201, "200"),
        ("*" * 401, "400"),
        ("*_[]~" * 81, "400"),
        ("```\n*\n```\n" + "*" * 401, "400"),
        ("\\`" + "*" * 401 + "`", "400"),
        ("https://a.example/" + "*" * 401, "400"),
    ],
)
def test_a_text_over_a_cap_is_refused_in_words(text, reason):
    with pytest.raises(TextRefused, match=reason):
        check_comment_text(text)


def test_imports_are_rendered_whatever_their_length():
    assert len(render_comment("word " * 4000, body_format="wordpress")) > 19000


# --- Markdown and HTML ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a *b* **c** ~~d~~ `e`", "p(em strong s code)"),
        ("a\nb", "p(br)"),
        ("a\n\nb", "p p"),
        ("> a\n\nb", "blockquote(p) p"),
        ("> a\nb", "blockquote(p) p"),
        ("> > a\n> b\nc", "blockquote(blockquote(p) p) p"),
        ("> - a\nb", "blockquote(ul(li)) p"),
        ("- > a\n  b\n- c", "ul(li(blockquote(p)) li)"),
        ("> a\nb\n> c", "blockquote(p) p blockquote(p)"),
        ("- a\nb", "ul(li(br))"),
        ("- a\n- b", "ul(li li)"),
        ("3. a\n4. b", "ol(li li)"),
        ("```\n<b>a</b>\n```", "pre(code)"),
        ("    a\n\n\tb *c*\n\nd", "p p(em) p"),
        ("> q\n    a", "blockquote(p) p"),
        ("- a\n\n      b", "ul(li(p p))"),
        ("<b>a</b> <i>b</i> <u>c</u> <q>d</q> <s>e</s>", "p(b i u q s)"),
        ("<blockquote>a</blockquote>b *c*", "blockquote(p) p(em)"),
        ("<blockquote>a *b*</blockquote>\nc *d*", "blockquote(p(em)) p(em)"),
        ("<pre>a</pre>\nc *d*", "pre p(em)"),
        ("<ul><li>a</li></ul>\nc *d*", "ul(li) p(em)"),
        ("<ul>\n  <li>a\n    <ul><li>b</li></ul>\n  </li>\n</ul>\nc", "ul(li(ul(li))) p"),
        ("# a\n\nb", "p(strong) p"),
        ("<h3>a</h3>b", "p(strong) p"),
        ("<div>a</div><div>b</div>", "p p"),
        ("<table><tr><td>a<td>b</table>", "p p"),
        ("a <script>b</script> <style>c</style>", "p"),
        ("<b>a\n\nb", "p(b) p"),
        ("`</blockquote>` a\n`b`", "p(code br code)"),
        ("```\n</blockquote>\n# a\n```", "pre(code)"),
    ],
)
def test_a_text_becomes_these_elements(text, expected):
    assert outline(render_comment(text)) == expected


def test_what_vanishes_leaves_its_words_but_scripts_and_styles_do_not():
    html = render_comment("<font>one</font> <script>two</script><style>three</style> <span>four</span>")
    assert words(tree(html)) == "one four"


def test_signs_that_are_no_tags_stay_as_they_were_typed():
    assert words(tree(render_comment("i <3 you & a<b; x > y &amp; z"))) == "i <3 you & a<b; x > y & z"


def test_an_image_becomes_a_link_with_its_words_or_its_address():
    html = render_comment("![a map](https://a.example/m.png) ![](https://a.example/n.png)")
    assert links(html) == [
        ("a map", "https://a.example/m.png"),
        ("https://a.example/n.png", "https://a.example/n.png"),
    ]


def test_a_list_keeps_where_it_starts():
    assert tree(render_comment("7. a\n8. b")).find("ol").get("start") == "7"


def test_an_address_becomes_a_link_only_with_its_scheme():
    html = render_comment("see https://a.example/x. and a.example or b@a.example")
    assert links(html) == [("https://a.example/x", "https://a.example/x")]


def test_links_to_elsewhere_are_marked_and_our_own_are_not():
    html = render_comment("[a](https://a.example/) @Ann", links=CommentLinks(names={"Ann": 5}))
    assert [link.get("rel") for link in tree(html).iter("a")] == ["ugc nofollow", None]


def test_a_link_with_no_safe_address_leaves_its_words():
    html = render_comment('<a href="javascript:123">here</a> and <a href="data:text/html,x">there</a>')
    assert links(html) == []
    assert words(tree(html)) == "here and there"


@pytest.mark.parametrize("body_format", ["markdown", "wordpress"])
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ftp://a.example/x", "w (ftp://a.example/x)"),
        ("magnet:?xt=urn:btih:1", "w (magnet:?xt=urn:btih:1)"),
        ("../up/", "w (../up/)"),
        ("notes.txt", "w (notes.txt)"),
        ("readme.md", "w (readme.md)"),
        ("/accounts/logout/", "w (/accounts/logout/)"),
        ("#part", "w"),
        ("java\tscript:x", "w"),
        ("vbscript:x", "w"),
    ],
)
def test_an_address_that_is_no_link_is_said_beside_the_words(body_format, written, shown):
    html = render_comment(f'a <a href="{written}">w</a> b', body_format=body_format)
    assert links(html) == []
    assert words(tree(html)) == f"a {shown} b"


def test_an_address_is_not_said_twice():
    assert words(tree(render_comment("<ftp://a.example/>"))) == "ftp://a.example/"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("example.org", "https://example.org/"),
        ("www.example.org/a?b#c", "https://www.example.org/a?b#c"),
        ("example.org/readme.md", "https://example.org/readme.md"),
        ("me@example.org", "mailto:me@example.org"),
        ("//example.org/x", "https://example.org/x"),
        ("/2026/11/", "/2026/11/"),
    ],
)
def test_an_address_without_its_scheme_is_understood(written, address):
    assert links(render_comment(f"[w]({written})")) == [("w", address)]


# --- what Markdown would take away -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¯\\_(ツ)_/¯ and ¯\\_(ツ)_/¯", "¯\\_(ツ)_/¯ and ¯\\_(ツ)_/¯"),
        ("Sources:\n\n[1]: https://a.example/\n[2]: https://b.example/ 'B'", None),
        ("[note]: typo", "[note]: typo"),
    ],
)
def test_every_sign_that_was_meant_is_read(text, expected):
    expected = expected or 'Sources:[1]: https://a.example/ [2]: https://b.example/ "B"'
    assert words(tree(render_comment(text))) == expected


def test_a_definition_that_is_used_is_no_words_and_others_are_links():
    html = render_comment("as [a][1] says\n\n[1]: https://a.example/\n[2]: https://b.example/")
    assert words(tree(html)) == "as a says[2]: https://b.example/"
    assert links(html) == [("a", "https://a.example/"), ("https://b.example/", "https://b.example/")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**「重要」**です", "p(strong)"),
        ("これは**「重要」**です。", "p(strong)"),
        ("这是**“重要”**的", "p(strong)"),
        ("**강조(强調)**는 ~~「あ」~~い", "p(strong s)"),
        ("a*b*c **(a)**b", "p(em)"),
        ("snake_case_name **bold** end", "p(strong)"),
    ],
)
def test_emphasis_stands_beside_wide_punctuation(text, expected):
    assert outline(render_comment(text)) == expected


def test_what_only_looks_like_code_is_shown_as_it_was_typed():
    """After a code fence that ends with its list item, emphasis is parsed again."""
    text = "- a\n  ```\n" + "*a " * 500 + "\n  ```"
    check_comment_text(text)
    assert outline(render_comment(text)) == "p(br br br)"


@pytest.mark.parametrize(
    "text", ["<blockquote>" * 416, "<b>" * 9000, "> " * 2500 + "x", "- " * 20000, "<!--" * 900, "<" * 9]
)
@pytest.mark.parametrize("body_format", ["markdown", "wordpress"])
def test_depth_and_number_raise_nothing(text, body_format):
    html = render_comment(text + " end", body_format=body_format)
    assert max((len(list(node.iterancestors())) for node in tree(html).iter()), default=0) < 40


def test_a_thousand_lines_of_a_letter_are_shown_as_they_were_typed():
    html = render_comment("# a\n" * 1250)
    assert outline(html) == f"p({' '.join(['br'] * 1249)})"
    assert words(tree(html)) == "# a" * 1250


@pytest.mark.parametrize("text", ["[a](https://a.example/) " * 7, "[a](<https://a.example/>) " * 7])
def test_links_of_an_honest_comment_work(text):
    assert len(links(render_comment(text))) == 7


@pytest.mark.parametrize(
    "text", ["http://a.example " * 200, "[a](" * 190 + "x" * 4000, "[a](<" * 190 + "x " * 1900]
)
def test_addresses_made_to_be_slow_stay_words(text):
    assert words(tree(render_comment(text))) == text.strip()


def test_an_unknown_format_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="textile"):
        render_comment("a", body_format="textile")


def test_threads_do_not_share_a_cleaner():
    texts = [f"<b>{number}</b> *{number}* https://a.example/{number}" for number in range(40)]
    results = {}

    def render_all(worker):
        results[worker] = [render_comment(text) for text in texts]

    workers = [threading.Thread(target=render_all, args=(worker,)) for worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert list(results.values()) == [[render_comment(text) for text in texts]] * 4


# --- mentions -------------------------------------------------------------------------------------------------

NAMES = CommentLinks(
    names={"Scott": 1, "Scott Walker": 2, "Mr. Prosser": 3, "Not the IT Dept.": 4, "Émile O’Neil": 5},
    numbers={12: 112},
    anchors={2890001: 77},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Scott: yes", [("@Scott", "/comments/1/")]),
        ("@scott's point", [("@scott", "/comments/1/")]),
        ("(@Scott Walker)", [("@Scott Walker", "/comments/2/")]),
        ("@Scott Walkers", [("@Scott", "/comments/1/")]),
        ("@Mr. Prosser, no", [("@Mr. Prosser", "/comments/3/")]),
        ("@Not the IT Dept.: hm", [("@Not the IT Dept.", "/comments/4/")]),
        ("@émile o'neil", [("@émile o'neil", "/comments/5/")]),
        ("@Scott @Scott", [("@Scott", "/comments/1/")] * 2),
        ("*@Scott* yes", [("@Scott", "/comments/1/")]),
        ("see #12.", [("#12", "/comments/112/")]),
        ("@Scottish", []),
        ("mail@Scott.example", []),
        ("a@Scott", []),
        ("@@Scott", []),
        ("@Nobody", []),
        ("`@Scott #12`", []),
        ("```\n@Scott #12\n```", []),
        ("#13 a#12 ##12 #12a /#12 &#12;", []),
        ("[@Scott](https://a.example/)", [("@Scott", "https://a.example/")]),
        ("https://a.example/#12", [("https://a.example/#12", "https://a.example/#12")]),
        ("https://a.example/@Scott", [("https://a.example/@Scott", "https://a.example/@Scott")]),
    ],
)
def test_a_mention_leads_to_the_comment_that_the_caller_chose(text, expected):
    assert links(render_comment(text, links=NAMES)) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("#comment-2890001", [("@Ann", "/comments/77/")]),
        ("https://blog.example/2024/12/post/#comment-2890001", [("@Ann", "/comments/77/")]),
        (
            "https://blog.example/2024/12/post/#comment-5",
            [("@Ann", "https://blog.example/2024/12/post/#comment-5")],
        ),
        ("#comment-5", []),
        ("/comments/31/", [("@Ann", "/comments/31/")]),
    ],
)
@pytest.mark.parametrize("body_format", ["markdown", "wordpress"])
def test_a_link_to_an_old_comment_leads_to_ours(address, expected, body_format):
    html = render_comment(f'<a href="{address}">@Ann</a>: hello', body_format=body_format, links=NAMES)
    assert links(html) == expected
    assert words(tree(html)) == "@Ann: hello"


def test_a_first_name_is_enough_where_one_person_has_it():
    names = {"Maren Ek": 1, "Maren": 2, "Bo Berg": 3, "Bo Dahl": 4, "Ånd Lee": 5, "Dr. Who": 6, "Dr. No": 7}
    assert with_first_names({"Maren Ek": 1}) == {"Maren Ek": 1, "Maren": 1}
    assert with_first_names(names) == {**names, "Ånd": 5}
    assert with_first_names({"maren Ek": 1, "Maren Od": 2}) == {"maren Ek": 1, "Maren Od": 2}
    links_of = CommentLinks(names=with_first_names({"Maren Ek": 1, "Bo Berg": 3}))
    html = render_comment("@maren and @Maren Ek, not @Marens; @bo", links=links_of)
    assert links(html) == [("@maren", "/comments/1/"), ("@Maren Ek", "/comments/1/"), ("@bo", "/comments/3/")]


def test_a_row_of_mentions_is_linked_up_to_a_hundred():
    assert len(links(render_comment("@Scott " * 300, links=NAMES))) == 100


# --- WordPress ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n\nb", "p p"),
        ("a\nb", "p(br)"),
        ("a\r\n\r\nb\r\nc", "p p(br)"),
        ("*a* _b_ `c`\n# d", "p(br)"),
        ("<blockquote>a</blockquote>\n\nb", "blockquote(p) p"),
        ("<blockquote>a</blockquote>b", "blockquote(p) p"),
        ("<blockquote>a\n\nb</blockquote>c\nd", "blockquote(p p) p(br)"),
        ("a\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>\nd", "p ul(li li) p"),
        ("<pre>a\n\nb\nc</pre>\nd", "pre p"),
        ("a<br />\nb", "p(br)"),
        ("<em>a\n\nb</em> c", "p(em) p(em)"),
        ("<em>a\n\nb", "p(em) p"),
        ("<p>a</p>\n<p>b\nc</p>", "p p(br)"),
        ("<b>a</b>\n<i>b</i>", "p(b br i)"),
    ],
)
def test_a_text_from_wordpress_gets_its_paragraphs(text, expected):
    assert outline(render_comment(text, body_format="wordpress")) == expected


def test_preformatted_text_keeps_its_lines():
    html = render_comment("<pre>a\n\n  b &lt;i&gt;\n</pre>", body_format="wordpress")
    assert tree(html).find("pre").text_content() == "a\n\n  b <i>\n"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://a.example/x.", "https://a.example/x"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("https://a.example/?a=1&amp;b=2, ok", "https://a.example/?a=1&b=2"),
        ("“https://a.example/x”", "https://a.example/x"),
    ],
)
def test_a_bare_address_from_wordpress_becomes_a_link_without_its_full_stop(text, address):
    assert links(render_comment(text, body_format="wordpress")) == [(address, address)]


def test_classic_paragraphs_keep_every_tag_as_it_was_written():
    text = 'a <b class="x">b</b>\nc\n\n<div class="wp-caption"><img src="x.png" /></div>\n\n[caption id="1"]d[/caption]'
    made = tree(paragraphs_from_blank_lines(text))
    assert [node.tag for node in made] == ["p", "div", "p"]
    assert made.find(".//b").get("class") == "x"
    assert made.find(".//div[@class='wp-caption']/p/img") is not None or made.find(".//div/img") is not None
    assert words(made[2]) == '[caption id="1"]d[/caption]'


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample page is not beside this checkout")
def test_the_comments_of_the_sample_come_out_with_exactly_their_paragraphs():
    comments = json.loads(Path(SAMPLE).read_text(encoding="utf-8"))["comments"]
    anchors = CommentLinks(anchors={2890000 + number: number for number in range(1, 24)})
    rendered = [render_comment(row["html"], body_format="wordpress", links=anchors) for row in comments]
    assert [paragraphs(html) for html in rendered] == [
        [" ".join(words.split()) for words in row["paragraphs"]] for row in comments
    ]
    assert links(rendered[1]) == [("@Scott", "/comments/1/")]
