"""Converting the HTML of WordPress posts, classic and blocks: pictures, shortcodes, lead-ins. No database."""

import pytest
from lxml import html as lxml_html

from blog import markup
from exchange.wordpress.html import Picture, convert
from exchange.wordpress.report import Kind

LINK = "https://paper.example/story"


def sources(content: str):
    converted = convert(content)
    rendered = markup.render_post(converted.html, body_format="html")
    assert len(rendered.sources) == converted.clippings
    return [(s.publication, s.headline, s.url, s.writer, s.date) for s in rendered.sources]


def words(content: str) -> str:
    rendered = markup.render_post(convert(content).html, body_format="html")
    return markup.plain_text(rendered.html)


def kinds(content: str) -> list[Kind]:
    return [note.kind for note in convert(content).notes]


# --- lead-ins -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("marks", ["“”", "““", '""', "«»", "»«", "„“", "‘’", "''", "‹›", "「」", "”“", "“″"])
def test_a_headline_in_any_quotation_marks_makes_a_clipping(marks):
    lead_in = f'<p>NYT ({marks[0]}<a href="{LINK}">A headline</a>{marks[1]}):</p>'
    assert sources(f"{lead_in}\n<blockquote><p>Words.</p></blockquote>") == [
        ("NYT", "A headline", LINK, "", "")
    ]


@pytest.mark.parametrize(
    "lead_in",
    [
        f'Al Jazeera (“<a href="{LINK}">A headline</a>”):',
        f'Al Jazeera (“<a href="{LINK}">A headline</a>”)',
        f'Al Jazeera (<a href="{LINK}">“A headline”</a>):',
        f'<a href="{LINK}">Al Jazeera (“A headline”)</a>:',
        f'<a href="{LINK}">Al Jazeera</a> (“A headline”):',
        f'<strong>Al Jazeera</strong> (“<em><a href="{LINK}">A headline</a></em>”) :',
        f'<a href="https://front.example/">Al Jazeera</a> (“<a href="{LINK}">A headline</a>”):',
        f'Al Jazeera [“<a href="{LINK}">A headline,</a>”]:',
        f'From Al Jazeera (“<a href="{LINK}">A headline</a>”):',
    ],
)
def test_the_link_may_stand_inside_or_around(lead_in):
    found = sources(f"<p>{lead_in}</p><blockquote>Words.</blockquote>")
    assert found == [("Al Jazeera", "A headline", LINK, "", "")]


@pytest.mark.parametrize(
    ("lead_in", "publication", "writer", "date"),
    [
        ("Dan Balz, Washington Post (“H”):", "Washington Post", "Dan Balz", ""),
        ("Dan Balz for the Washington Post (“H”):", "Washington Post", "Dan Balz", ""),
        ("The Atlantic’s Tom Nichols (“H”):", "The Atlantic", "Tom Nichols", ""),
        ("Slate (Jane Doe, “H”):", "Slate", "Jane Doe", ""),
        ("Slate (“H” by Jane Doe):", "Slate", "Jane Doe", ""),
        ("Slate (“H”), by Jane Doe:", "Slate", "Jane Doe", ""),
        ("Slate (“H”, 7 December 2024):", "Slate", "", "2024-12-07"),
        ("New York Times, Washington Post (“H”):", "New York Times, Washington Post", "", ""),
        ("Die Zeit („H“):", "Die Zeit", "", ""),
        ("朝日新聞 (「H」):", "朝日新聞", "", ""),
        ("nytimes.com (“H”):", "nytimes.com", "", ""),
    ],
)
def test_a_writer_or_a_date_may_be_named(lead_in, publication, writer, date):
    found = sources(f"<p>{lead_in}</p><blockquote>Words.</blockquote>")
    assert found == [(publication, "H", "", writer, date)]


@pytest.mark.parametrize(
    "before",
    [
        "<p>He said (“hello”):</p>",
        "<p>Here is what I read in the NYT (“H”):</p>",
        "<p>Meanwhile, Reuters (“H”):</p>",
        "<p>Reuters reports:</p>",
        "<p>Reuters (“H”) says that it went on like this for a very long time.</p>",
        "<p>Reuters (2024):</p>",
        "<p>Reuters (“H”):</p><p>My own words in between.</p>",
        "<p>Reuters (“H”):</p> Bare words in between. ",
        "<h2>Reuters (“H”):</h2>",
        "",
    ],
)
def test_any_other_block_quote_stays_as_it_is(before):
    converted = convert(f"{before}<blockquote><p>Words.</p></blockquote>")
    assert converted.clippings == 0
    assert "<blockquote>" in converted.html
    assert 'class="clip"' not in converted.html


def test_the_second_of_two_block_quotes_stays_a_quotation():
    converted = convert("<p>AP (“H”):</p><blockquote>One.</blockquote><blockquote>Two.</blockquote>")
    assert converted.clippings == 1
    assert converted.html.count("<blockquote") == 2


def test_a_lead_in_with_a_dangerous_address_gives_no_link():
    assert sources('<p>AP (“<a href="javascript:alert(1)">H</a>”):</p><blockquote>Q</blockquote>') == [
        ("AP", "H", "", "", "")
    ]


def test_lead_ins_are_recognised_in_classic_text_and_in_blocks():
    classic = f'AP (“<a href="{LINK}">H</a>”):\n<blockquote>One.\n\nTwo.</blockquote>\nMy words.'
    blocks = (
        f'<!-- wp:paragraph -->\n<p>AP (“<a href="{LINK}">H</a>”):</p>\n<!-- /wp:paragraph -->\n\n'
        '<!-- wp:quote -->\n<blockquote class="wp-block-quote"><!-- wp:paragraph -->\n<p>One.</p>\n'
        "<!-- /wp:paragraph --></blockquote>\n<!-- /wp:quote -->"
    )
    assert sources(classic) == sources(blocks) == [("AP", "H", LINK, "", "")]


# --- blocks and classic text ----------------------------------------------------------------------------------


def test_classic_text_gets_its_paragraphs():
    html = convert("One line\nsecond line\n\nNext <em>paragraph</em>\n\n<!--more-->\n\nLast").html
    assert html.count("<p>") == 3
    assert "<br" in html
    assert "more" not in html


def test_a_cut_in_a_line_ends_the_paragraph():
    assert words("First.<!--more Read on-->Second.<!--nextpage-->Third.") == "First. Second. Third."


def test_blocks_leave_their_html_and_nothing_of_their_comments():
    content = (
        '<!-- wp:heading {"level":3} --><h3 class="wp-block-heading">Title</h3><!-- /wp:heading -->\n\n'
        "<!-- wp:list --><ul><!-- wp:list-item --><li>One</li><!-- /wp:list-item --></ul><!-- /wp:list -->\n"
        "<!-- wp:more --><!--more--><!-- /wp:more -->\n"
        '<!-- wp:pullquote --><figure class="wp-block-pullquote"><blockquote><p>Pulled</p></blockquote></figure>'
        "<!-- /wp:pullquote -->\n<!-- wp:separator /-->\n"
        '<!-- wp:embed {"url":"https://film.example/1"} --><figure class="wp-block-embed"><div '
        'class="wp-block-embed__wrapper">\nhttps://film.example/1\n</div><figcaption>Seen</figcaption></figure>'
        "<!-- /wp:embed -->\n\nClassic words\n\nbetween blocks"
    )
    converted = convert(content)
    assert "wp:" not in converted.html
    assert "<figure" not in converted.html
    assert '<a href="https://film.example/1">' in converted.html
    assert words(content) == "Title One Pulled https://film.example/1 Seen Classic words between blocks"
    assert converted.notes == ()


def test_blocks_that_wordpress_fills_itself_are_left_out_and_named():
    converted = convert(
        '<!-- wp:paragraph --><p>A</p><!-- /wp:paragraph --><!-- wp:latest-posts {"n":3} /-->'
    )
    assert [note.kind for note in converted.notes] == [Kind.BLOCK]
    assert "latest-posts" in converted.notes[0].example


# --- shortcodes -----------------------------------------------------------------------------------------------


def test_a_caption_becomes_a_figure_with_its_caption():
    converted = convert(
        'Before\n\n[caption id="attachment_12" width="300"]<a href="/x"><img class="size-full wp-image-12" '
        'src="/wp-content/uploads/a.png" alt="A map"></a> Who <em>holds</em> what[/caption]\n\nAfter'
    )
    html = "Who <em>holds</em> what"
    picture = Picture(
        "/wp-content/uploads/a.png", 12, "A map", "Who holds what", caption_html=html, link="/x"
    )
    assert converted.pictures == (picture,)
    assert words("Before [caption]<img src='a.png'> C[/caption] After") == "Before After"


def test_the_caption_of_the_oldest_captions_is_an_attribute():
    content = (
        '[caption id="x" caption="An <em>old</em> caption &amp; more"]<img src="a.png" alt="A">[/caption]'
    )
    html = "An <em>old</em> caption &amp; more"
    assert convert(content).pictures == (
        Picture("a.png", 0, "A", "An old caption & more", caption_html=html),
    )


def test_shortcodes_that_are_written_about_stay_words():
    content = "Write [[gallery ids='1']] or [[caption]x[/caption]] or <code>[[embed]]</code>."
    assert words(content) == "Write [gallery ids='1'] or [caption]x[/caption] or [embed]."
    assert convert(content).pictures == ()


def test_shortcodes_in_code_are_code():
    content = '<pre>[gallery ids="1"]\n[chart id="2"]</pre> and <code>[embed]https://a.example[/embed]</code>'
    assert words(content) == '[gallery ids="1"] [chart id="2"] and [embed]https://a.example[/embed]'
    assert kinds(content) == []


@pytest.mark.parametrize(
    "written",
    [
        '[audio src="https://sounds.example/a.mp3"]',
        "[audio https://sounds.example/a.mp3|width=3]",
        '[video width="4" mp4="https://sounds.example/a.mp3"][/video]',
    ],
)
def test_sounds_and_films_of_shortcodes_become_links(written):
    assert words(f"Before\n\n{written}\n\nAfter") == "Before https://sounds.example/a.mp3 After"
    assert kinds(written) == [Kind.FOREIGN]


@pytest.mark.parametrize(
    "written",
    [
        "https://www.youtube.com/watch?v=abcdefghijk&amp;t=4s",
        "https://youtu.be/abcdefghijk?si=x",
        "http://m.youtube.com/watch?feature=x&v=abcdefghijk",
        "[youtube=http://www.youtube.com/watch?v=abcdefghijk&w=3]",
        "[youtube https://youtu.be/abcdefghijk]",
        "[embed]https://www.youtube.com/watch?v=abcdefghijk[/embed]",
        '<iframe src="http://www.youtube.com/embed/abcdefghijk?rel=0"></iframe>',
        '<iframe src="//youtube.com/embed/abcdefghijk"></iframe>',
        '<object><param name="movie" value="http://www.youtube.com/v/abcdefghijk&hl=en"></param>'
        '<embed src="http://www.youtube.com/v/abcdefghijk&hl=en"></embed></object>',
        '<!-- wp:embed {"a":1} --><figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\n'
        "https://youtu.be/abcdefghijk\n</div></figure><!-- /wp:embed -->",
    ],
)
def test_videos_are_recognised_in_every_form(written):
    html = markup.render_post(convert(f"Before\n\n{written}\n\nAfter").html, body_format="html").html
    assert '<figure class="embed"><a href="https://www.youtube.com/watch?v=abcdefghijk">' in html
    assert kinds(written) == []


@pytest.mark.parametrize(
    "written", ["https://vimeo.com/12345", "[vimeo 12345]", "[vimeo https://vimeo.com/12345]"]
)
def test_videos_of_the_other_host_are_recognised(written):
    html = markup.render_post(convert(f"Before\n\n{written}\n\nAfter").html, body_format="html").html
    assert "https://player.vimeo.com/video/12345" in html


@pytest.mark.parametrize(
    "address",
    [
        "https://youtube.example/watch?v=abcdefghijk",
        "https://www.youtube.com/@somebody",
        "https://vimeo.com/x",
    ],
)
def test_other_pages_are_links(address):
    assert words(address) == address


def test_outdated_elements_get_their_current_names():
    html = convert(
        "<strike>old</strike> <acronym title='For The Win'>ftw</acronym> <tt>x</tt> <kbd>y</kbd>"
    ).html
    assert html == '<p><s>old</s> <abbr title="For The Win">ftw</abbr> <code>x</code> <code>y</code></p>'


def test_shared_blocks_appear_where_they_are_used():
    content = '<!-- wp:paragraph --><p>A</p><!-- /wp:paragraph --><!-- wp:block {"ref":7} /-->'
    shared = {7: '<!-- wp:paragraph --><p>B</p><!-- /wp:paragraph --><!-- wp:block {"ref":7} /-->'}
    assert markup.plain_text(convert(content, shared=shared).html).startswith("A B")
    assert markup.plain_text(convert(content).html) == "A"


def test_footnotes_stand_under_the_text_and_are_led_to():
    content = (
        '<!-- wp:paragraph --><p>A<sup data-fn="k-1" class="fn"><a href="#k-1" id="k-1-link">1</a></sup></p>'
        "<!-- /wp:paragraph -->\n<!-- wp:footnotes /-->"
    )
    notes = '[{"content":"A <em>note</em>","id":"k-1"}]'
    html = markup.render_post(convert(content, footnotes=notes).html, body_format="html").html
    assert '<a href="#fn1" id="fnref1">1</a>' in html
    assert '<ol><li id="fn1">A <em>note</em> <a href="#fnref1">↩</a></li></ol>' in html
    for broken in ("", "{", "[1]", '{"a": 1}'):
        assert "<ol" not in convert(content, footnotes=broken).html


def test_a_cover_that_shows_its_picture_by_a_style_keeps_it():
    content = '<div class="wp-block-cover" style="background-image:url(/wp-content/uploads/c.jpg)"><p>Over it</p></div>'
    assert [picture.src for picture in convert(content).pictures] == ["/wp-content/uploads/c.jpg"]


def test_a_file_is_linked_once():
    button = '<a href="/a.pdf" class="wp-block-file__button">Download</a>'
    assert words(f'<div class="wp-block-file"><a href="/a.pdf">A</a>{button}</div>') == "A"


def test_a_gallery_becomes_figures():
    assert [picture.attachment for picture in convert('[gallery columns="2" ids="3, 4,5"]').pictures] == [
        3,
        4,
        5,
    ]


def test_a_gallery_without_ids_shows_what_is_attached_to_the_post():
    converted = convert("Before\n\n[gallery]\n\nAfter", gallery=[8, 9])
    assert [picture.attachment for picture in converted.pictures] == [8, 9]
    assert converted.shows_whole_gallery


@pytest.mark.parametrize(
    "shortcode",
    [
        '[chart id="3"]',
        "[contact-form-7 404]",
        "[poll]Yes or no[/poll]",
        "[sitemap]",
        "[tweet https://x.example/1]",
    ],
)
def test_an_unknown_shortcode_stays_as_text_and_is_reported(shortcode):
    content = f"Words.\n\n{shortcode}\n\nMore."
    assert kinds(content) == [Kind.SHORTCODE]
    assert shortcode in words(content)


@pytest.mark.parametrize(
    "words_in_brackets", ["[sic]", "[…]", "[emphasis added]", "[His] words", "[1]", "[[code]]"]
)
def test_words_in_square_brackets_are_no_shortcodes(words_in_brackets):
    assert kinds(f"He said {words_in_brackets} to me.") == []


# --- pictures -------------------------------------------------------------------------------------------------


def test_pictures_of_a_gallery_block_are_plates_one_by_one():
    inner = "".join(
        f'<figure class="wp-block-image"><img src="{n}.png" class="wp-image-{n}"/>'
        f"<figcaption>C{n}</figcaption></figure>"
        for n in (1, 2)
    )
    converted = convert(f'<figure class="wp-block-gallery">{inner}<figcaption>All</figcaption></figure>')
    assert [(picture.attachment, picture.caption) for picture in converted.pictures] == [(1, "C1"), (2, "C2")]
    assert converted.html.count("data-picture") == 2
    assert "<p>All</p>" in converted.html


def test_a_picture_in_a_heading_stands_above_it():
    converted = convert('<p>A</p>\n<h2>One <img src="a.png" alt="A"> title</h2>')
    assert converted.html.endswith('<figure class="plate" data-picture="0"></figure><h2>One  title</h2>')


def test_a_smiley_is_its_words_and_a_counter_is_nothing():
    counter = '<img src="https://spy.example/c" width="1" height="1">'
    content = f'So <img class="wp-smiley" alt=":)" src="s.png"> it is{counter}'
    assert words(content) == "So :) it is"
    assert convert(content).pictures == ()


def test_our_own_places_for_figures_cannot_be_written_by_others():
    converted = convert(
        '<figure class="plate" data-figure="12"></figure><figure data-picture="0"></figure><p>A</p>'
    )
    assert "data-" not in converted.html


def test_a_featured_picture_stands_above_a_text_without_pictures_only():
    assert convert("<p>Words</p>", featured=5).html.startswith('<figure class="plate" data-picture="0">')
    assert len(convert('<p>Words</p><img src="a.png">', featured=5).pictures) == 1


# --- what is not text -----------------------------------------------------------------------------------------


def test_frames_films_and_scripts_are_links_or_nothing_and_reported():
    content = (
        '<p>A</p><iframe src="https://frames.example/x"></iframe><script>alert(1)</script>'
        '<video src="https://films.example/y.mp4"></video><form action="/z"><p>B</p><input></form>'
    )
    assert kinds(content) == [Kind.FOREIGN] * 4
    assert words(content) == "A https://frames.example/x https://films.example/y.mp4 B"


def test_text_nested_too_deeply_keeps_all_its_words():
    content = "<div>" * 600 + "deep" + "</div>" * 600 + "<p>after</p>"
    assert kinds(content) == [Kind.UNREADABLE]
    assert words(content) == "deep after"


@pytest.mark.parametrize(
    "content",
    [
        "", "<", "<!--", "<!-- wp:", "[caption]", "[gallery", "</body></html>after", "<p><blockquote><p>x",
        "<img>", "<figure><img src='x'>", "&#0;&#xFFFF;", "<a href='http://[::1'>x</a>", "<svg><p>y</svg>z",
        '<!-- wp:image {"id":1 --><img src="http://[x/wp-content/uploads/../../etc/passwd">',
    ],
)  # fmt: skip
def test_broken_content_is_converted_all_the_same(content):
    markup.render_post(convert(content).html, body_format="html")


def test_a_figure_whose_file_is_lost_shows_its_words():
    lost = markup.FigureData(pk=12, src="", width=0, height=0, alt="A map of the sea", caption="The sea")
    html = markup.render_post(
        '<figure class="plate" data-figure="12"></figure>',
        body_format="html",
        figures=lambda numbers: {12: lost},
    ).html
    figure = lxml_html.fromstring(html)
    assert figure.get("class") == "plate"
    assert figure.find(".//img") is None
    assert figure.findtext("p") == "A map of the sea"
    assert figure.findtext("figcaption").strip() == "The sea"
