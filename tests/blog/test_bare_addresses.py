"""Where a bare address ends, in Markdown and in WordPress' texts: before the sentence goes on, in every script."""

import pytest
from lxml import html as lxml_html

from blog.markup import render_comment, render_post

RENDERERS = {
    "comment in Markdown": render_comment,
    "comment from WordPress": lambda text: render_comment(text, body_format="wordpress"),
    "post in Markdown": lambda text: render_post(text, body_format="markdown").html,
}
formats = pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
ADDRESS = "https://a.example/x"


def links(html):
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    return [link.text_content() for link in root.iter("a")], root.text_content()


@formats
@pytest.mark.parametrize(
    "after",
    [
        "。",
        "，",
        "、",
        "！",
        "？",
        "）",
        "」",
        "』",
        "】",
        "》",
        "〉",
        "；",
        "：",
        "．",
        "～",
        "＞",
        "＝",
        "\u3000次",
        "’",
        "”",
        "»",
        "›",
        "–",
        "—",
        "…",
        "。次の文",
        "、続き",
        "—which",
        "’s",
        "؟",
        "،",
        "।",
    ],
)
def test_an_address_ends_before_punctuation_of_any_script(render, after):
    assert links(render(f"{ADDRESS}{after}")) == ([ADDRESS], f"{ADDRESS}{after}")


@formats
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("（https://a.example/x）です", [ADDRESS]),
        ("“https://a.example/x”, «https://a.example/x», ‘https://a.example/x’", [ADDRESS] * 3),
        ("「https://a.example/x.」", [ADDRESS]),
        ("https://a.example/x、https://a.example/x。", [ADDRESS] * 2),
        ("見てhttps://a.example/x。", [ADDRESS]),
        ("https://a.example/wiki/Straße is one", ["https://a.example/wiki/Straße"]),
        ("https://a.example/ウィキ/ジョン・レノン。", ["https://a.example/ウィキ/ジョン・レノン"]),
        ("(https://a.example/x_(y)), he said", ["https://a.example/x_(y)"]),
        ("https://a.example/x_(ü)…", ["https://a.example/x_(ü)"]),
        ("https://。 https://…", []),
    ],
)
def test_letters_and_brackets_of_an_address_stay_in_it(render, text, expected):
    assert links(render(text)) == (expected, text)
