"""A reader searches: words and phrases, filters, marked matches, and help when nothing is found."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from blog import search
from blog.search import Question, excerpt, marked
from tests.blog.pages import all_by_class, links, page, words
from tests.factories import make_author, make_post


def found(client, **query) -> list[str]:
    root = page(client.get("/search/", query))
    return [words(entry.xpath(".//h2")[0]) for entry in all_by_class(root, "entry")]


# --- pure -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "needles"),
    [
        ("river dam", (("river",), ("dam",))),
        ('"river dam" high', (("river", "dam"), ("high",))),
        ("“river dam”", (("river", "dam"),)),
        ("well-known don’t", (("well", "known"), ("don’t",))),
        ('"unclosed phrase', (("unclosed",), ("phrase",))),
        ("… — !", ()),
        ("", ()),
    ],
)
def test_a_question_is_read_as_words_and_phrases(text, needles):
    assert Question.read(text).needles == needles


@pytest.mark.parametrize(
    ("question", "text", "matches"),
    [
        ("elect", "Elections were held", True),
        ("art", "a party", False),
        ('"river dam"', "the river, dam and all", True),
        ('"river dam"', "a dam on the river", False),
        ("don't", "I don’t know", True),
        ("ÉLECTIONS", "les élections", True),
        ("river dam", "only a river", False),
        ("a.c", "abc", False),
    ],
)
def test_words_match_from_their_beginning_in_any_case(question, text, matches):
    assert Question.read(question).matches(text) is matches


def test_all_that_was_asked_for_is_marked_and_nothing_is_lost():
    pieces = marked("The river, the River Teral", Question.read('river "river teral"'))
    assert "".join(text for text, _is_match in pieces) == "The river, the River Teral"
    assert [text for text, is_match in pieces if is_match] == ["river", "River Teral"]


def test_the_excerpt_is_the_sentence_of_the_match():
    text = "First sentence. The river rose! Last sentence."
    assert excerpt(text, Question.read("river")) == [("The ", False), ("river", True), (" rose!", False)]
    long_text = "word " * 200 + "river " + "word " * 200
    shown = "".join(text for text, _is_match in excerpt(long_text, Question.read("river")))
    assert shown.startswith("… ") and shown.endswith(" …")
    assert len(shown) < 2 * search.REACH + 20


def test_a_pasted_page_is_cut_to_a_question():
    question = Question.read("word " * 5000)
    assert len(question.text) <= search.LONGEST_QUESTION
    assert len(question.needles) == search.MOST_NEEDLES


# --- pages ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_looks_in_titles_deks_and_text_newest_first(client):
    ann = make_author(display_name="Ann")
    now = timezone.now()
    make_post(title="The dam", by=ann, published_at=now - timedelta(days=3))
    make_post(title="B", dek="About a dam.", published_at=now - timedelta(days=2))
    make_post(title="C", body="They built a *dam* there.", published_at=now - timedelta(days=1))
    make_post(title="D", body="Nothing of that.")
    assert found(client, q="dam") == ["C", "B", "The dam"]


@pytest.mark.django_db
def test_a_phrase_is_found_across_markup_and_only_in_order(client):
    make_post(title="A", body="the **river** *dam* holds")
    make_post(title="B", body="the dam on the river")
    assert found(client, q='"river dam"') == ["A"]


@pytest.mark.django_db
def test_markup_and_addresses_are_not_text(client):
    make_post(title="A", body="A [link](https://example.org/teral) in a\n\n> quote\n")
    assert found(client, q="teral") == []
    assert found(client, q="blockquote") == []
    assert found(client, q="href") == []


@pytest.mark.django_db
def test_filters_of_author_and_year_narrow_it(client):
    ann, ben = make_author(display_name="Ann"), make_author(display_name="Ben")
    make_post(title="Dam one", by=ann, published_at=datetime(2024, 5, 1, tzinfo=UTC))
    make_post(title="Dam two", by=ann, published_at=datetime(2025, 5, 1, tzinfo=UTC))
    make_post(title="Dam three", by=ben, published_at=datetime(2025, 6, 1, tzinfo=UTC))
    assert found(client, q="dam", author="ann") == ["Dam two", "Dam one"]
    assert found(client, q="dam", year="2025") == ["Dam three", "Dam two"]
    assert found(client, q="dam", author="ann", year="2025", kind="posts") == ["Dam two"]
    assert len(found(client, q="dam", author="nobody", year="next", kind="things")) == 3


@pytest.mark.django_db
def test_the_matching_words_are_marked_and_escaped(client):
    make_post(title="A", body="Use the &lt;dam&gt; tag & the **dam**.")
    root = page(client.get("/search/?q=dam"))
    assert [words(mark) for mark in root.xpath("//mark")] == ["dam", "dam"]
    assert "<dam> tag & the dam." in words(all_by_class(root, "matched")[0])


@pytest.mark.django_db
def test_a_heading_is_no_part_of_the_sentence_below_it(client):
    make_post(title="A", body="## A heading\n\nThe dam held\n\nAnother paragraph")
    root = page(client.get("/search/?q=dam"))
    assert words(all_by_class(root, "matched")[0]) == "The dam held"


@pytest.mark.django_db
def test_the_search_is_shown_in_title_heading_and_field(client):
    root = page(client.get("/search/", {"q": '<b> "a phrase"'}))
    assert words(root.xpath("//title")[0]).startswith('Search: <b> "a phrase"')
    assert words(root.xpath("//h1")[0]) == 'Search: <b> "a phrase"'
    assert root.xpath("//input[@name='q']/@value") == ['<b> "a phrase"']
    assert root.xpath("//form[@action='/search/']/@method") == ["get"]


@pytest.mark.django_db
def test_nothing_found_says_what_to_do_next(client):
    root = page(client.get("/search/?q=zebra"))
    assert "No results for zebra. Try fewer or different words, or browse topics." in words(root)
    assert "/tags/" in links(root)
    assert "Enter at least two letters or digits." in words(page(client.get("/search/?q=z")))
    assert not all_by_class(page(client.get("/search/")), "empty")


@pytest.mark.django_db
def test_many_finds_come_in_pages_without_loss(client):
    moment = timezone.now() - timedelta(hours=1)
    for index in range(search.PAGE * 2 + 1):
        make_post(title=f"Dam {index}", published_at=moment)
    shown, path = [], "/search/?q=dam&year=&kind="
    while path:
        root = page(client.get(path))
        shown += [words(entry.xpath(".//h2")[0]) for entry in all_by_class(root, "entry")]
        path = next((f"/search/{href}" for href in links(root, "//a[@rel='next']")), None)
    assert len(shown) == len(set(shown)) == search.PAGE * 2 + 1


@pytest.mark.django_db
@pytest.mark.parametrize("before", ["x", "posts", "posts.1", "things.20260303T120000000000-1", ".-"])
def test_a_place_that_no_page_wrote_is_not_found(client, before):
    assert client.get("/search/", {"q": "dam", "before": before}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("question", ["%", "_", "\\", "'; drop table", "a\0b", "(((((", "*", "“", '"""'])
def test_signs_of_query_languages_are_only_signs(client, question):
    make_post(title="Dam")
    assert client.get("/search/", {"q": question}).status_code == 200


@pytest.mark.django_db
def test_other_kinds_are_merged_by_time(client, monkeypatch):
    monkeypatch.setattr(search, "_kinds", dict(search._kinds))
    now = timezone.now()
    make_post(title="Old dam", published_at=now - timedelta(days=3))
    make_post(title="New dam", published_at=now - timedelta(days=1))

    def find_notes(question, until):
        yield search.Hit(
            kind="notes",
            pk=1,
            at=now - timedelta(days=2),
            url="/note/",
            post_id=0,
            title=marked("Note on a dam", question),
            text=[],
        )

    search.register(search.SearchKind(name="notes", label="Notes", find=find_notes))
    assert found(client, q="dam") == ["New dam", "Note on a dam", "Old dam"]
    assert found(client, q="dam", kind="notes") == ["Note on a dam"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "filters",
    [{"year": year} for year in ("9999", "0000", "0001", "٢٠٢٦", "²²²²", "-026")] + [{"author": "a\0"}],
)
def test_a_filter_that_names_nothing_is_left_out(client, filters):
    make_post(title="Dam")
    assert found(client, q="dam", **filters) == ["Dam"]
