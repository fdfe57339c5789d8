"""Lead-ins of other blogs than the sample's: which of them name a source, and which stay prose. No database."""

import pytest

from blog import markup
from exchange.wordpress.html import convert

NYT = "https://www.nytimes.com/2024/12/07/world/story.html"
QUOTED = "<blockquote><p>Words.</p></blockquote>"


def linked(words: str, address: str = NYT) -> str:
    return f'<a href="{address}">{words}</a>'


H = linked("A headline")


def sources(content: str) -> list[tuple[str, str, str, str]]:
    converted = convert(content)
    rendered = markup.render_post(converted.html, body_format="html")
    assert len(rendered.sources) == converted.clippings
    return [(s.publication, s.headline, s.url, s.writer) for s in rendered.sources]


def paragraphs(content: str) -> str:
    return markup.plain_text(markup.render_post(convert(content).html, body_format="html").html)


# --- publication (“headline”) ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead_in", "headline"),
    [
        (f"NYT&nbsp;(“{H}”)&nbsp;:", "A headline"),
        (f"NYT (“{H}…”):", "A headline…"),
        (f"NYT (“{H}”)…", "A headline"),
        (f"NYT (&quot;{H}&quot;):", "A headline"),
        (f"NYT (``{H}''):", "A headline"),
        (f"NYT (“{linked('“One” thing')}”):", "“One” thing"),
        (f"NYT (“{linked('One (or two) things')}”):", "One (or two) things"),
        (f"NYT (‘{linked('Biden’s plan')}’):", "Biden’s plan"),
        (f"NYT (“{H}”) [$]:", "A headline"),
        (f"NYT (“{H}”; paywall):", "A headline"),
        (f"NYT (“{H},” gift link):", "A headline"),
        (f"NYT (“{H}”) reports:", "A headline"),
        (f"NYT ({H}):", "A headline"),
        (f"<div>NYT (“{H}”):</div>", "A headline"),
        (f"<div><p>My own words.</p><p>NYT (“{H}”):</p></div>", "A headline"),
        (f"NYT (“{H}”):</p><p>&nbsp;</p><p><br>", "A headline"),
        (f"NYT<br>(“{H}”):<br>", "A headline"),
        (f'<span lang="EN-US">NYT (“{H}”):</span><o:p></o:p>', "A headline"),
    ],
)
def test_a_headline_in_brackets_is_a_source_however_it_is_set(lead_in, headline):
    assert sources(f"<p>{lead_in}</p>{QUOTED}") == [("NYT", headline, NYT, "")]


@pytest.mark.parametrize("host", ["www.nytimes.com", "m.nytimes.com", "www2.nytimes.com"])
def test_a_publication_is_known_by_its_host_whatever_form_of_it_was_linked(host):
    address = f"https://{host}/2024/12/07/story.html"
    said = f"<p>The New York Times (“{linked('A headline', address)}”):</p>{QUOTED}"
    assert sources(said) == [("The New York Times", "A headline", address, "")]


def test_a_writer_with_an_apostrophe_is_no_part_of_the_headline():
    assert sources(f"<p>NYT (“{H},” by Conan O’Brien):</p>{QUOTED}") == [
        ("NYT", "A headline", NYT, "Conan O’Brien")
    ]


@pytest.mark.parametrize(
    "before",
    [
        f"<p>My own words first.<br>\nNYT (“{H}”):</p>\n{QUOTED}",
        f"My own words first.\nNYT (“{H}”):\n{QUOTED}",
        f"<!-- wp:paragraph --><p>My own words first.<br>NYT (“{H}”):</p><!-- /wp:paragraph -->\n\n{QUOTED}",
    ],
)
def test_the_authors_words_on_the_lines_before_stay_theirs(before):
    assert sources(before) == [("NYT", "A headline", NYT, "")]
    assert paragraphs(before) == "My own words first. NYT A headline Words."


# --- other forms, with a link that bears them out -------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead_in", "found"),
    [
        (f"{linked('NYT')}: “A headline”", ("NYT", "A headline", NYT, "")),
        (f"NYT: “{H}”", ("NYT", "A headline", NYT, "")),
        (f"NYT: {H}", ("NYT", "A headline", NYT, "")),
        (f"NYT — {H}:", ("NYT", "A headline", NYT, "")),
        (f"Via New York Times, “{H}”:", ("New York Times", "A headline", NYT, "")),
        (f"<em>New York Times</em>, <strong>“{H}”</strong>:", ("New York Times", "A headline", NYT, "")),
        (f"The New York Times’s Jane Doe, “{H},”", ("The New York Times", "A headline", NYT, "Jane Doe")),
        (
            f"The New York Times’ Jane Doe, “{H},” writes:",
            ("The New York Times", "A headline", NYT, "Jane Doe"),
        ),
        (f"Jane Doe, “{H},” <cite>New York Times</cite>:", ("New York Times", "A headline", NYT, "Jane Doe")),
        (f"“{H}” (New York Times):", ("New York Times", "A headline", NYT, "")),
        (f"{H} (NYT):", ("NYT", "A headline", NYT, "")),
        (f"The New York Times {linked('reports')}:", ("The New York Times", "", NYT, "")),
        (f"From {linked('the New York Times')}:", ("New York Times", "", NYT, "")),
        (
            f"Reuters: {linked('A headline', 'https://www.reuters.com/a')}",
            ("Reuters", "A headline", "https://www.reuters.com/a", ""),
        ),
    ],
)
def test_other_forms_are_sources_when_their_link_bears_them_out(lead_in, found):
    assert sources(f"<p>{lead_in}</p>{QUOTED}") == [found]


@pytest.mark.parametrize(
    ("attribution", "found"),
    [
        (f"<cite>{linked('The New York Times')}</cite>", ("The New York Times", "", NYT, "")),
        (f"<p>— {linked('The New York Times')}</p>", ("The New York Times", "", NYT, "")),
        (
            f"<cite>Jane Doe, {linked('“A headline”')}, New York Times</cite>",
            ("New York Times", "A headline", NYT, "Jane Doe"),
        ),
    ],
)
def test_a_publication_under_the_quotation_is_a_source_too(attribution, found):
    content = f"<blockquote><p>Words.</p>{attribution}</blockquote>"
    assert sources(content) == [found]
    assert paragraphs(content).endswith("Words.")


# --- prose ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before",
    [
        "As I said yesterday (“we will see”):",
        f"As I noted in {linked('an earlier post')}, “No”:",
        "UPDATE (“now with more”):",
        f"Update (“{H}”):",
        f"Update: {H}",
        "From the comments (“great post”):",
        f"President Biden (“{H}”):",
        "Senator Jane Doe (“I object”):",
        "The First Amendment (“Congress shall make no law”):",
        "ouch (“that hurts”):",
        f"Trump: “{H}”",
        f"Bottom line: “{H}”",
        f"He tweeted, “{H}”:",
        f"Kevin Drum, {linked('responding to me')}:",
        f"I wrote about it, {linked('in the New York Times')}:",
        f"The New York Times {linked('reports')} that all is well:",
        f"As the {linked('New York Times')}, “the paper of record,” put it:",
        f"Bob ({linked('in his new book')}):",
        f"Jane Doe: {linked('A headline', 'https://blog.example/x')}",
        f"My words end here. NYT (“{H}”):",
        f"NYT (“{H}”):<br>I disagree with this:",
        f'NYT (“{H}”):</p><p><img src="a.png" alt="A">',
        "New York Times: “A headline”",
    ],
)
def test_prose_before_a_quotation_names_no_source(before):
    assert convert(f"<p>{before}</p>{QUOTED}").clippings == 0


@pytest.mark.parametrize(
    "quotation",
    [
        "<blockquote><p>Words.</p><cite>Winston Churchill</cite></blockquote>",
        f"<blockquote><p>Words.</p><cite>{linked('Winston', 'https://en.wikipedia.org/wiki/W')}</cite></blockquote>",
        "<blockquote><p>Words.</p><p>— The New York Times</p></blockquote>",
        f"<blockquote><p>— {linked('Hello')}, he said.</p><p>— Goodbye.</p></blockquote>",
        '<blockquote class="twitter-tweet"><p>Words</p>&mdash; Jane (@jane) <a href="https://twitter.com/jane/status/1">'
        "May 1, 2020</a></blockquote>",
    ],
)
def test_a_quotation_of_somebody_keeps_its_attribution(quotation):
    assert convert(quotation).clippings == 0
    assert paragraphs(quotation) == paragraphs(quotation.replace("<cite>", "").replace("</cite>", ""))


@pytest.mark.parametrize(
    "text", ["“" * 400, "a, " * 200 + "“", "“x” " * 150, "(" * 500, "'" * 599, "NYT: " * 100]
)
def test_a_long_line_of_signs_is_read_at_once(text):
    assert convert(f"<p>{text} {linked('x y')}</p>{QUOTED}").clippings == 0
