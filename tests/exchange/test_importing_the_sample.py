"""Importing the sample blog: the page that readers see is compared with the sample, paragraph by paragraph."""

import json
import re

import pytest
from lxml import html as lxml_html

from accounts.models import User
from blog.models import Post
from comments.models import Comment
from tests.exchange.exports import bring_file, everything
from tests.house_rules import ROOT

SAMPLES = ROOT.parent / "shared" / "samples"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples do not lie beside this checkout"),
]


@pytest.fixture
def sample() -> dict:
    return json.loads((SAMPLES / "seed-post.json").read_text())


@pytest.fixture(autouse=True)
def report(settings, tmp_path) -> str:
    settings.MEDIA_ROOT = tmp_path
    return bring()


def bring() -> str:
    return bring_file(
        SAMPLES / "seed-post.wxr.xml", media=SAMPLES / "media", authors=SAMPLES / "authors.json"
    )


@pytest.fixture
def page(client):
    answer = client.get(Post.objects.get().get_absolute_url())
    assert answer.status_code == 200
    return lxml_html.fromstring(answer.content.decode())


def words(element) -> str:
    return " ".join(element.text_content().split())


def paragraphs(element) -> list[str]:
    """Texts of the innermost blocks, a line break beginning another line as in the sample's own list."""
    blocks = [block for block in element.iter("p", "li") if block.find(".//p") is None]
    return [text for block in blocks if (text := words(block))]


def test_the_header_and_the_footer_say_what_the_sample_says(page, sample):
    text = words(page)
    assert words(page.find(".//h1")) == sample["title"]
    assert sample["dek"] in text
    assert sample["author"]["name"] in text
    assert "Views expressed here are his own." in text
    assert sample["author"]["handle"] in text
    for name in [*sample["categories"], *sample["tags"]]:
        assert any(words(link) == name for link in page.iter("a")), name
    assert page.find(".//time").get("datetime").startswith(("2024-12-07T14:31", "2024-12-07T09:31"))


def test_the_text_is_the_samples_paragraph_by_paragraph(page, sample):
    shown = paragraphs(page.find(".//div[@class='prose']"))
    written = lxml_html.fromstring(f"<div>{sample['body_html']}</div>")
    wanted = [
        text
        for text in paragraphs(written)
        if not any(f"“{source['headline']}“" in text for source in sample["sources"])
    ]
    assert shown == wanted


def test_the_sources_are_named_with_headline_and_address(page, sample):
    clippings = page.findall(".//figure[@class='clip']")
    shown = [
        {
            "publication": words(clipping.find(".//span[@class='pub']")),
            "headline": words(clipping.find(".//cite/a")),
            "url": clipping.find(".//cite/a").get("href"),
        }
        for clipping in clippings
    ]
    assert shown == sample["sources"]
    assert [clipping.find("blockquote").get("cite") for clipping in clippings] == [
        s["url"] for s in sample["sources"]
    ]
    assert [words(p) for p in page.findall(".//p[@class='elision']")] == ["[…]"] * 3


def test_the_map_stands_where_it_stood(page):
    plate = page.find(".//figure[@class='plate']")
    image = plate.find(".//img")
    assert image.get("alt") == "Map of Syria: who controls which territory"
    assert image.get("src").startswith("/media/")
    assert (image.get("width"), image.get("height")) == ("770", "770")
    assert words(plate.find("figcaption")) == "Who controls what in Syria"


def test_all_comments_stand_in_the_page_as_they_were(page, sample):
    shown = [article for article in page.iter("article") if (article.get("id") or "").startswith("comment-")]
    assert len(shown) == len(sample["comments"]) == 23
    ids = {
        comment["number"]: Comment.objects.get(number=comment["number"]).pk for comment in sample["comments"]
    }
    by_id = {article.get("id"): article for article in shown}
    for comment in sample["comments"]:
        article = by_id[f"comment-{2890000 + comment['number']}"]
        assert article.get("id") == f"comment-{ids[comment['number']]}"
        assert comment["name"] in words(article.find("header"))
        assert f"#{comment['number']}" in words(article.find("header"))
        assert paragraphs(article.find("div[@class='comment-text']")) == comment["paragraphs"]
        if comment["votes"]:
            assert str(comment["votes"]) in words(article.find("footer"))


def test_comments_have_the_parents_and_scores_of_the_sample(sample):
    rows = Comment.objects.order_by("number").values_list(
        "number", "guest_name", "parent__number", "score", "created_at"
    )
    assert [row[:4] for row in rows] == [
        (comment["number"], comment["name"], comment["parent"] or None, comment["votes"] or 0)
        for comment in sample["comments"]
    ]
    assert list(rows) == sorted(rows, key=lambda row: row[4])


def test_mentions_lead_to_the_comment_that_is_answered(sample):
    answers = [comment for comment in sample["comments"] if '<a href="#comment-' in comment["html"]]
    assert len(answers) == 11
    for comment in answers:
        mentioned = re.findall(r'<a href="#comment-(\d+)">(@[^<]+)</a>', comment["html"])
        html = Comment.objects.get(number=comment["number"]).body_html
        assert re.findall(r'<a href="/comments/(\d+)/">(@[^<]+)</a>', html) == mentioned


def test_no_e_mail_or_network_address_is_in_the_page(page):
    html = lxml_html.tostring(page, encoding="unicode")
    assert "mail.example" not in html
    assert "james@" not in html
    assert "192.0.2." not in html


def test_the_old_address_leads_to_the_page(client):
    assert client.get("/iran-retreats-from-syria/")["Location"] == "/2024/12/iran-retreats-from-syria/"


def test_the_author_may_sign_in_once_a_password_is_set():
    james = User.objects.get(email="james@blog.example")
    assert not james.has_usable_password()
    assert james.author.handles.get().handle == "@DrJJoyner"


def test_the_report_is_plain(report):
    assert (
        "1 published posts 23 public comments 1 authors 2 categories 18 tags 1 pictures 3 quoted sources"
        in report
    )
    assert "Not imported" not in report


def test_a_second_import_changes_nothing():
    before = everything()
    assert "nothing new" in bring()
    assert everything() == before
