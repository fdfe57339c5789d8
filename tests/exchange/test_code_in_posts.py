"""Code in old posts is kept as it was typed, however it was marked up, and nothing after it is lost."""

import time
from pathlib import Path

import pytest
from lxml import html as lxml_html

from blog import markup
from exchange.wordpress.code import with_code_kept
from exchange.wordpress.html import convert
from exchange.wordpress.wxr import Item, read

CASES = Path(__file__).parents[3] / "shared" / "cases"

PHP = "<?php\nif ($a < 1 && $b > 2) {\n\n    echo \"<p class='x'>$name</p>\";\n}\n?>"
STYLE = "<style>\n  a { b: c }\n<script>alert(1)\n<p>never closed"


def rendered(content: str) -> str:
    return markup.render_post(convert(content).html, body_format="html").html


def blocks(content: str) -> list[str]:
    """What readers see in the code blocks of a post."""
    return [
        block.text_content() for block in lxml_html.fromstring(f"<div>{rendered(content)}</div>").iter("pre")
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<pre lang="php">', "</pre>"),
        ('<pre lang="php" line="1">\n', "\n</pre>"),
        ('<pre class="brush: php; title: x">', "</pre>"),
        ('<pre class="lang:php decode:true ">', "</pre>"),
        ('<pre class="EnlighterJSRAW" data-enlighter-language="php">', "</pre>"),
        ("<pre>", "</pre>"),
        ('<pre class="wp-block-code"><code lang="php">', "</code></pre>"),
        ('<code lang="php">\n', "\n</code>"),
        ("<CODE>\n", "\n</CODE>"),
        ('[sourcecode language="php"]\n', "\n[/sourcecode]"),
        ("[code]\n", "\n[/code]"),
        ("[code lang='php']", "[/code]"),
        ('[cc lang="php" tab_size="2"]\n', "\n[/cc]"),
        ("[ccW_php]\n", "\n[/ccW_php]"),
        ("[php]\n", "\n[/php]"),
        ("[PHP]\n", "\n[/php]"),
        ("[crayon lang=php]\n", "\n[/crayon]"),
        ("[highlight php]\n", "\n[/highlight]"),
        ("<pre>[code lang=php]\n", "\n[/code]</pre>"),
        ("[php]<pre>\n", "\n</pre>[/php]"),
        ('<textarea name="code" class="php">', "</textarea>"),
        ('<script type="syntaxhighlighter" class="brush: php"><![CDATA[\n', "\n]]></script>"),
        ("<xmp>", "</xmp>"),
        ('<!-- wp:syntaxhighlighter/code {"language":"php"} -->\n<pre class="wp-block-syntaxhighlighter-code">',
         "</pre>\n<!-- /wp:syntaxhighlighter/code -->"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("code", [PHP, STYLE])
def test_code_is_kept_in_whatever_way_it_was_marked(before, after, code):
    content = f"Before.\n\n{before}{code}{after}\n\nAfter it."
    assert blocks(content) == [code]
    assert rendered(content).startswith("<p>Before.</p>")
    assert rendered(content).endswith("<p>After it.</p>")


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("a &lt; b &amp;&amp; c", "a < b && c"),
        ("x = &quot;1&quot;; // caf&#233;", 'x = "1"; // café'),
        ("?a=1&copy=2&lt=3", "?a=1&copy=2&lt=3"),
        ("echo '&amp;lt;';", "echo '&lt;';"),
        ("  indented\n\ttab\n\n\n  end", "  indented\n\ttab\n\n\n  end"),
        ("vector<int> v; v<<1;", "vector<int> v; v<<1;"),
        ("a<b", "a<b"),
        ("#include <stdio.h>\nint x;", "#include <stdio.h>\nint x;"),
        ("<!-- a remark -->\n<!--more-->", "<!-- a remark -->\n<!--more-->"),
        ('[gallery ids="1"] [caption]', '[gallery ids="1"] [caption]'),
        ("l1<br />l2<br>\nl3", "l1\nl2\nl3"),
    ],
)
def test_signs_in_code_are_those_that_were_meant(typed, seen):
    assert blocks(f"[code]\n{typed}\n[/code]") == [seen]


def test_lines_that_an_editor_put_into_paragraphs_are_lines():
    [seen] = blocks("[code]</p>\n<p>one</p>\n<p>two</p>\n<p>[/code]")
    assert seen.split() == ["one", "two"]


def test_entities_of_somebody_who_wrote_none_are_code():
    assert blocks('<pre lang="php"><?php if ($a && $b) echo "&nbsp;"; ?></pre>') == [
        '<?php if ($a && $b) echo "&nbsp;"; ?>'
    ]


def test_plain_inline_markup_in_a_block_is_markup_and_all_else_is_text():
    html = rendered(
        '<pre>a <b>bold</b> <a href="https://x.example/">link</a> <dl>x</dl> <i>open\nend</pre><p>After</p>'
    )
    assert html == (
        '<pre>a <b>bold</b> <a href="https://x.example/">link</a> &lt;dl&gt;x&lt;/dl&gt; <i>open\nend</i></pre>'
        "<p>After</p>"
    )


def test_spaces_between_painted_words_stay_wherever_they_stand():
    painted = (
        '<pre><span class="k">def</span><span class="w"> </span><span class="nf">f</span>():<b>\n    </b>'
        '<font color="red">return</font><em> <span> </span></em><span>1</span></pre>'
    )
    assert blocks(painted) == ["def f():\n    return  1"]


def test_code_in_a_sentence_stays_in_it():
    for before, after in (("[code]", "[/code]"), ("[cci]", "[/cci]"), ("<code>", "</code>")):
        html = rendered(f"Use {before}a < b <p>{after} here.")
        assert html == "<p>Use <code>a &lt; b &lt;p&gt;</code> here.</p>"


def test_shortcodes_that_are_written_about_and_marks_without_an_end_change_nothing_after_them():
    assert rendered("Write [[code]x[/code]] here.") == "<p>Write [[code]x[/code]] here.</p>"
    assert "After" in rendered("A [code] that has no end.\n\nAfter")
    assert "After" in rendered("<p>A <pre> that has no end.</p>\n\n<p>After</p>")


def test_code_kept_elsewhere_is_a_link():
    assert '<a href="https://gist.github.com/12ab">' in rendered("A\n\n[gist 12ab]\n\nB")
    assert '<a href="https://gist.github.com/u/1">' in rendered(
        "A\n\n[gist]https://gist.github.com/u/1[/gist]\n\nB"
    )


@pytest.mark.slow
def test_no_text_makes_the_search_for_code_slow():
    for piece in ("<pre", "<pre>", "[code]", '<a "', "<pre><b '", "[cc lang=", "<code><", "<pre></", "&lt;"):
        begun = time.process_time()
        with_code_kept(piece * (200_000 // len(piece)))
        with_code_kept(f"<pre>{piece * (200_000 // len(piece))}</pre>")
        assert time.process_time() - begun < 3, piece


@pytest.mark.skipif(not CASES.is_dir(), reason="the inputs that went wrong are not beside this folder")
@pytest.mark.parametrize(
    "name", ["04-raw-code-in-pre", "05-sourcecode-shortcodes", "06-highlighted-code-spaces"]
)
def test_no_word_of_the_posts_that_lost_their_code_is_lost(name):
    for entry in read(CASES / f"{name}.wxr.xml"):
        if isinstance(entry, Item):
            assert "<pre>" in rendered(entry.content)
            for words in ("Before.", "After the code.", "$db->query(", "This paragraph is lost.", "After."):
                assert (words in entry.content) == (words in markup.plain_text(rendered(entry.content)))
