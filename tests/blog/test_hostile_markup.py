"""Nothing hostile survives the renderer: asserted on what a browser's parser makes of its output, in all formats."""

import functools
import re
from urllib.parse import urlsplit

import pytest
from bleach._vendor import html5lib
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.markup import CommentLinks, FigureData, render_comment, render_post, sanitiser
from blog.markup.vocabulary import COMMENT, POST
from tests.blog.hostile import CORPUS
from tests.blog.hostile_markdown import FLOODS


# Written out here once more, so that a list that grows by mistake turns a test red.
def plain(names):
    return {name: set() for name in names.split()}


COMMENT_ALLOWS = {
    **plain("p br b strong i em s u del ins sup sub cite q code pre ul"),
    "a": {"href", "rel"},
    "abbr": {"title"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
    "blockquote": {"cite"},
}
POST_ALLOWS = {
    **plain("br b strong i em s u code ul hr dl small cite picture thead tbody tfoot tr del ins"),
    **dict.fromkeys(
        [
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "pre",
            "caption",
            "dt",
            "dd",
            "sup",
            "sub",
            "figcaption",
            "table",
            "summary",
        ],
        {"id"},
    ),
    "p": {"class", "id"},
    "a": {"href", "id"},
    "ol": {"start", "reversed", "type"},
    "li": {"id", "value"},
    "q": {"cite"},
    "blockquote": {"cite", "id"},
    "figure": {"class", "id"},
    "img": {"src", "alt", "width", "height", "loading", "decoding", "fetchpriority"},
    "source": {"srcset", "type"},
    "td": {"colspan", "rowspan", "id"},
    "th": {"colspan", "rowspan", "scope", "id"},
    "abbr": {"title"},
    "span": {"class"},
    "time": {"datetime"},
    "details": {"open"},
}
CLASSES = {"clip", "plate", "embed", "pub", "who", "credit", "elision"}
IDS = re.compile(r"s-\d+|(h|to)-[\w-]+|fn(ref)?\d+(:\d+)?")
OWN_COMMENT = re.compile(r"/comments/\d+/")

LINKS = CommentLinks(
    names={"Ann": 7, "x": 8, "<script>": 9},
    numbers={12: 8, 1: 3},
    anchors={1: 4, 2890001: 5},
    post="/2024/12/a-post/",
)
FIGURES = {1: FigureData(1, "/media/a.png", 1, 2, '"><script>', '<b onclick="x">', "<i>", "</p><script>")}


def comment(body_format):
    return lambda text: render_comment(text, body_format=body_format, links=LINKS)


def post(body_format):
    return lambda text: render_post(text, body_format=body_format, figures=lambda numbers: FIGURES).html


RENDERERS = {
    "comment in Markdown": (comment("markdown"), COMMENT),
    "comment from WordPress": (comment("wordpress"), COMMENT),
    "post in Markdown": (post("markdown"), POST),
    "post in HTML": (post("html"), POST),
}
formats = pytest.mark.parametrize(("render", "vocabulary"), RENDERERS.values(), ids=RENDERERS)


def parsed(html):
    return html5lib.parseFragment(html, namespaceHTMLElements=False)


def shape(html):
    """The parsed tree as plain values, so that two can be compared."""
    return [(node.tag, sorted(node.attrib.items()), node.text, node.tail) for node in parsed(html).iter()]


def written_again(html):
    return html5lib.serialize(parsed(html), omit_optional_tags=False, quote_attr_values="always")


def complaints(html, vocabulary):
    """Say everything that a reader's browser must not find in this HTML."""
    allowed = COMMENT_ALLOWS if vocabulary is COMMENT else POST_ALLOWS
    for node in parsed(html).iter():
        if node.tag == "DOCUMENT_FRAGMENT":
            continue
        if node.tag not in allowed:
            yield f"tag {node.tag}"
            continue
        for name, value in node.attrib.items():
            if name not in allowed[node.tag]:
                yield f"attribute {name} of {node.tag}"
            yield from complaints_about_value(name, value, vocabulary)


def complaints_about_value(name, value, vocabulary):
    is_own_quote = vocabulary is COMMENT and (value == LINKS.post or OWN_COMMENT.fullmatch(value))
    if name == "cite" and vocabulary is COMMENT and not is_own_quote:
        yield f"cite={value!r}"
    if name in {"href", "cite"} and not is_own_quote and not is_harmless_address(value, vocabulary):
        yield f"{name}={value!r}"
    if name == "src" and not value.startswith(("/media/", "/static/")):
        yield f"a request for {value!r}"
    if name == "srcset":
        yield f"a request for {value!r}"
    if name == "id" and not IDS.fullmatch(value):
        yield f"id {value!r}"
    if name in {"start", "value"} and not re.fullmatch(r"-?\d{1,9}", value):
        yield f"{name} {value!r}"
    if name == "class" and value not in CLASSES:
        yield f"class {value!r}"
    if name == "rel" and value != "ugc nofollow":
        yield f"rel {value!r}"


def is_harmless_address(value, vocabulary):
    if not value or re.search(r"[\x00-\x20\x7f\\<>\"`]", value):
        return False
    parts = urlsplit(value)
    if parts.scheme in {"http", "https"}:
        return bool(parts.hostname) and "@" not in parts.netloc
    if parts.scheme == "mailto":
        return re.fullmatch(r"[^@?&]+@[^@?&]+", parts.path) is not None and not parts.query
    if parts.scheme or parts.netloc or value.startswith("//"):
        return False
    is_private = value.startswith(("/accounts/", "/admin/"))
    return (
        value[:1] == "/"
        and not (vocabulary is COMMENT and is_private)
        or vocabulary is POST
        and value[:1] == "#"
    )


def test_there_are_at_least_three_hundred_different_texts():
    assert len(set(CORPUS)) >= 300


@pytest.mark.slow
@formats
def test_nothing_hostile_survives(render, vocabulary):
    found = {text[:200]: list(complaints(render(text), vocabulary)) for text in CORPUS}
    assert {text: why for text, why in found.items() if why} == {}


@functools.cache
def outputs_of(render):
    return [render(text) for text in CORPUS if text not in FLOODS]


@pytest.mark.slow
@formats
def test_the_last_sanitiser_has_nothing_left_to_change(render, vocabulary):
    assert [
        html for html in outputs_of(render) if shape(html) != shape(sanitiser.sealed(html, vocabulary))
    ] == []


@pytest.mark.slow
@formats
def test_a_browser_that_writes_the_page_again_reads_the_same(render, vocabulary):
    assert [html for html in outputs_of(render) if list(complaints(written_again(html), vocabulary))] == []


# --- the corpus, mutated ---------------------------------------------------------------------------------------

SPLICES = st.sampled_from(
    [
        *(
            "<",
            ">",
            '"',
            "'",
            "`",
            "=",
            "/",
            "&",
            ";",
            "\0",
            "\t",
            "\n",
            "\n\n",
            " ",
            "<!--",
            "-->",
            "]]>",
            "</",
            "\\",
        ),
        *(
            "*",
            "[",
            "](",
            "> ",
            "- ",
            "    ",
            "</p>",
            "<b>",
            "</a>",
            "<svg>",
            "<style>",
            "<pre>",
            "&#0;",
            "&lt;",
        ),
        *("\u200b", "\ud800"),
    ]
)


def spliced(text, place, splice):
    at = place % (len(text) + 1)
    return text[:at] + splice + text[at:]


def entities(text, place):
    at = place % (len(text) + 1)
    return text[:at] + "".join(f"&#{ord(sign)};" for sign in text[at : at + 6]) + text[at + 6 :]


def without(text, place):
    at = place % (len(text) + 1)
    return text[:at] + text[at + 1 + place % 3 :]


@st.composite
def mutated(draw):
    text = draw(st.sampled_from([text for text in CORPUS if len(text) < 400]))
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, 400))
        kind = draw(st.integers(0, 5))
        if kind <= 1:
            text = spliced(text, place, draw(SPLICES))
        elif kind == 2:
            text = spliced(text, place, draw(st.sampled_from(CORPUS[:800]))[:200])
        elif kind == 3:
            text = entities(text, place)
        elif kind == 4:
            text = without(text, place)
        else:
            text = text.swapcase()
    return text


@pytest.mark.slow
@formats
@settings(max_examples=150)
@given(text=mutated())
def test_nothing_hostile_survives_a_mutation(render, vocabulary, text):
    html = render(text)
    assert list(complaints(html, vocabulary)) == []
    assert shape(html) == shape(sanitiser.sealed(html, vocabulary))


@formats
@settings(max_examples=60)
@given(text=st.text(alphabet=st.sampled_from("<>/=\"'`!-[]()*_&#;:@ \n\0abxp1"), max_size=60))
def test_nothing_hostile_grows_from_noise(render, vocabulary, text):
    html = render(text)
    assert list(complaints(html, vocabulary)) == []
    assert shape(html) == shape(sanitiser.sealed(html, vocabulary))


# --- the checks can fail ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<p onclick=x>x</p>",
        "<a href=javascript:x>x</a>",
        "<a href='java\tscript:x'>x</a>",
        "<a href=//evil.example>x</a>",
        "<a href='' rel=opener>x</a>",
        "<a href=https://a@b.example>x</a>",
        "<b id=main>x</b>",
        "<svg></svg>",
    ],
)
def test_the_check_notices_what_is_hostile(html):
    assert list(complaints(html, COMMENT))
