"""Figures in posts: what is sent, where they lead, and the words under them."""

import re
from dataclasses import replace

import pytest
from django.core.files.base import ContentFile
from lxml import html as lxml_html

from blog import actions
from blog.markup import FigureData, render_caption, render_post
from blog.models import AuthorHandle, Figure
from tests import factories
from tests.blog.pictures import GOOD, file_of, photo

PLATE = ":::figure\nid: 7\n:::"
MAP = FigureData(
    pk=7, src="/media/map.webp", width=4000, height=3000, alt="A map", caption="Who holds <em>what</em>"
)


def shown(**changes):
    data = replace(MAP, **changes)
    rendered = render_post(PLATE, body_format="markdown", figures=lambda numbers: {7: data})
    return lxml_html.fragment_fromstring(rendered.html)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def figure_of(data: bytes, name: str = "map.jpg", **words) -> Figure:
    return actions.save_figure(Figure(image=ContentFile(data, name=name), alt="A map", **words), by=None)


def post_with(figure: Figure) -> str:
    return factories.make_post(body=f":::figure\nid: {figure.pk}\n:::").body_html


# --- captions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "text_format", "html"),
    [
        ("5 * 3 * 2 & <b>x</b> _a_", "plain", "5 * 3 * 2 &amp; &lt;b&gt;x&lt;/b&gt; _a_"),
        (
            "By [Ann](https://a.example/), *CC BY*",
            "markdown",
            'By <a href="https://a.example/">Ann</a>, <em>CC BY</em>',
        ),
        ("See [all](/2024/12/maps/)", "markdown", 'See <a href="/2024/12/maps/">all</a>'),
        ("[x](javascript:alert(1))", "markdown", "[x](javascript:alert(1))"),
        ("# No heading\n- no list", "markdown", "# No heading - no list"),
        ('<a href="http://a.example/p" rel="cc">Ann</a>', "html", '<a href="http://a.example/p">Ann</a>'),
        ('<p>One</p><p onclick="x">two</p>', "html", "One two"),
        ('<a href="javascript:x">Ann</a><script>1</script>', "html", "Ann"),
        ("CO<sub>2</sub>, m<sup>2</sup>", "html", "CO<sub>2</sub>, m<sup>2</sup>"),
        ("<div><h2>Big</h2><ul><li>x</li></ul></div>", "html", "<strong>Big</strong> x"),
        ("<b>open <i>tags", "html", "<b>open <i>tags</i></b>"),
        ("", "html", ""),
    ],
)
def test_a_caption_holds_links_and_emphasis_and_no_blocks(text, text_format, html):
    found = render_caption(text, text_format=text_format)
    assert re.sub(r"\s+", " ", found) == html
    assert render_caption(found, text_format="html") == found


def test_a_caption_is_shown_under_its_picture_with_links_and_credit():
    caption = shown(caption='By <a href="https://a.example/">Ann</a>', credit="Ann").find("figcaption")
    assert caption.find("a").get("href") == "https://a.example/"
    assert caption.text_content() == "By Ann Ann"


# --- where pictures lead --------------------------------------------------------------------------------------


def test_a_large_picture_opens_in_full_and_says_so():
    link = shown(full="/media/map.png").find("a")
    assert (link.get("href"), link.get("title")) == (
        "/media/map.png",
        "Open in full size (4,000 × 3,000 pixels)",
    )
    assert link.find(".//img").get("alt") == "A map"


def test_a_picture_leads_where_its_author_wants():
    link = shown(full="/media/map.png", link="https://photos.example/1").find("a")
    assert (link.get("href"), link.get("title")) == ("https://photos.example/1", None)
    assert shown(link="javascript:alert(1)").find("a") is None
    assert shown().find("a") is None


@pytest.mark.parametrize(
    ("old_address", "link", "places"),
    [
        ("http://old.example/a.png", "", [("A map", "http://old.example/a.png")]),
        ("http://old.example/a.png", "http://old.example/a.png", [("A map", "http://old.example/a.png")]),
        (
            "http://old.example/a.png",
            "http://www.photos.example/1",
            [("A map", "http://old.example/a.png"), ("photos.example", "http://www.photos.example/1")],
        ),
        ("", "http://photos.example/1", [("A map", "http://photos.example/1")]),
        ("data:image/png;base64,x", "", []),
        ("", "", []),
    ],
)
def test_a_picture_without_its_file_leaves_its_words_as_a_link_to_where_it_was(old_address, link, places):
    figure = shown(src="", old_address=old_address, link=link)
    assert [(found.text, found.get("href")) for found in figure.iter("a")] == places
    assert figure.find("p").text_content().startswith("A map")
    assert figure.find(".//img") is None


def test_nobody_can_type_what_a_link_says_of_itself():
    assert "title" not in render_post('<a href="/x/" title="Open">x</a>', body_format="html").html


# --- what is sent ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_large_picture_is_shown_by_a_rendition_and_its_original_is_a_link_away():
    figure = figure_of(file_of(photo(3000, 2000), "JPEG"))
    plate = lxml_html.fragment_fromstring(post_with(figure))
    image = plate.find(".//img")
    assert image.get("src") == f"/media/{figure.renditions[-1]['path']}"
    assert (image.get("width"), image.get("height")) == ("3000", "2000")
    assert plate.find("a").get("href") == figure.image.url
    assert figure.image.url not in plate.find(".//source").get("srcset")


@pytest.mark.django_db
def test_a_small_picture_is_shown_as_it_is():
    figure = figure_of(file_of(photo(700, 400), "PNG"), "map.png")
    plate = lxml_html.fragment_fromstring(post_with(figure))
    assert plate.find(".//img").get("src") == figure.image.url
    assert plate.find("a") is None


@pytest.mark.django_db
def test_an_animation_is_still_for_readers_who_want_no_motion():
    figure = figure_of(GOOD["moving.gif"], "moving.gif")
    plate = lxml_html.fragment_fromstring(post_with(figure))
    assert plate.find(".//img").get("src") == figure.image.url
    source = plate.find(".//source")
    assert source.get("media") == "(prefers-reduced-motion: reduce)"
    assert source.get("srcset") == f"/media/{figure.renditions[-1]['path']}"


@pytest.mark.django_db
def test_cards_and_machines_are_shown_a_rendition(client):
    figure = figure_of(file_of(photo(3000, 2000), "JPEG"))
    post = factories.make_post(body=f":::figure\nid: {figure.pk}\n:::")
    page = client.get(post.get_absolute_url()).content.decode()
    assert f'property="og:image" content="http://testserver/media/{figure.renditions[-1]["path"]}"' in page
    assert page.count(figure.image.url) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "data", [file_of(photo(3000, 2000), "JPEG"), GOOD["moving.gif"]], ids=["photo", "moving"]
)
def test_a_portrait_is_the_narrowest_rendition(client, data):
    author = factories.make_author()
    author.portrait = figure_of(data, "face.jpg")
    author.bio = "Writes."
    author.save()
    AuthorHandle.objects.create(author=author, network="Web", handle="x", url="https://a.example/")
    post = factories.make_post(by=author)
    for address in (post.get_absolute_url(), author.get_absolute_url()):
        page = client.get(address).content.decode()
        assert f"/media/{author.portrait.renditions[0]['path']}" in page
        assert author.portrait.image.url not in page


@pytest.mark.django_db
def test_a_figure_without_a_file_has_no_small_one_either():
    assert Figure(alt="x").small_url == ""
    assert Figure(alt="x").as_data().src == ""


# --- the form -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_author_gives_a_figure_a_link_and_a_caption_with_one(client, ada):
    figure = Figure.objects.create(alt="A map", caption="5 * 3 * 2", created_by=ada)
    client.force_login(ada)
    address = f"/admin/blog/figure/{figure.pk}/change/"
    words = {"alt": "A map", "caption": "5 * 3 * 2"}
    assert "begins with https://" in client.post(address, words | {"link": "photos.example"}).content.decode()
    client.post(address, words | {"link": "https://photos.example/1"})
    figure.refresh_from_db()
    assert (figure.link, figure.caption_html) == ("https://photos.example/1", "5 * 3 * 2")
    client.post(address, words | {"link": "/2024/12/x/", "caption": "By [Ann](https://a.example/)"})
    figure.refresh_from_db()
    assert (figure.link, figure.caption, str(figure)) == ("/2024/12/x/", "By Ann", "By Ann")
    assert figure.caption_html == 'By <a href="https://a.example/">Ann</a>'
    assert "By [Ann](https://a.example/)" in client.get(address).content.decode()
    client.post(address, words | {"caption": "By [Ann](https://a.example/)", "alt": "Another map"})
    figure.refresh_from_db()
    assert (figure.alt, figure.caption_html) == ("Another map", 'By <a href="https://a.example/">Ann</a>')
    client.post(address, words | {"caption": "Plain"})
    figure.refresh_from_db()
    assert (figure.caption, figure.caption_markup) == ("Plain", "")
    assert "Keep it to 500" in client.post(address, words | {"caption": "*x* " + 600 * "y"}).content.decode()


@pytest.mark.django_db
def test_a_caption_of_before_links_were_possible_stays_the_words_that_it_was(client, ada):
    figure = Figure.objects.create(alt="A map", caption="a [b](https://c.example/) *d*", created_by=ada)
    client.force_login(ada)
    words = {"alt": "Another map", "caption": figure.caption}
    client.post(f"/admin/blog/figure/{figure.pk}/change/", words)
    figure.refresh_from_db()
    assert figure.alt == "Another map"
    assert figure.caption_html == "a [b](https://c.example/) *d*"
