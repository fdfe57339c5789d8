"""Searching one discussion: what matches, what is shown, and that marks change no word or tag."""

import re

import lxml.html
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from blog import markup
from comments import actions
from comments.discussion import search
from comments.discussion.search import ThreadQuery, matching, plainly
from comments.thread import Person, PlacedComment
from tests.blog.hostile import CORPUS
from tests.comments.pages import find, words
from tests.comments.test_arrange import row
from tests.factories import make_comment, make_post, make_thread
from tests.forms import page_of

ANN = Person(name="Ann Whitfield", slug="ann", is_author=True)
ZOE = Person(name="Zoë", slug="zoe")
PEOPLE = {1: ANN, 2: ZOE}


def shown(*texts, **columns):
    return [
        PlacedComment(row(pk, html=f"<p>{text}</p>", **columns), 0, False, False, False, 0)
        for pk, text in enumerate(texts, 1)
    ]


def found(texts, words="", **wish):
    return [item.row.id for item in matching(shown(*texts), PEOPLE, ThreadQuery.read(words, **wish))]


# --- matching -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("river", [1, 2, 3]),
        ("RIVER dam", [1, 3]),
        ("dam river", [1, 3]),
        ('"river dam"', [3]),
        ("cafe", [4]),
        ("CAFÉ", [4]),
        ("don't", [5]),
        ("fellow", [6]),
        ("goodfellow", [6]),
        ("dam'", [1, 3]),
        ("FÉLLOW", [6]),
        ("iver", []),
    ],
)
def test_all_words_must_stand_in_a_comment_in_any_order_case_and_accent(words, numbers):
    texts = [
        "A dam on the River.",
        "Rivers",
        "the river&nbsp;dam",
        "Un Café.",
        "I don’t know.",
        "good<em>fellow</em> &amp; fellow",
    ]
    assert found(texts, words) == numbers


def test_one_persons_comments_are_found_by_the_whole_name_or_a_part_of_it():
    items = [
        item._replace(row=item.row._replace(user_id=user, guest_name=name))
        for item, user, name in zip(shown(*"xxxx"), (1, 2, None, None), ("", "", "Ann", "Anna"), strict=True)
    ]

    def by(name):
        return [item.row.id for item in matching(items, PEOPLE, ThreadQuery.read("", by=name))]

    assert by("Ann Whitfield") == [1]
    assert by("zoe") == [2]
    # Somebody is called just that.
    assert by("ann") == [3]
    assert by("an") == [1, 3, 4]
    assert by("nobody") == []
    assert [item.row.id for item in matching(items, PEOPLE, ThreadQuery.read("", by_author=True))] == [1]


@given(st.text())
def test_letters_are_compared_one_for_one(text):
    assert len(plainly(text)) == len(text)


@given(st.text(), st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=3))
@example("Ich weiß, Éva: ΣΊΣΥΦΟΣ", "s")
@example("Ёлка И ЙОД", "иод")
@example("𐐀𐐨", "𐐀")
@example("\U0002f800\u4e3d", "\U0002f800")
@example("Ça va, ca", "ça")
def test_a_text_as_it_was_written_holds_a_word_as_if_all_letters_were_plain(text, word):
    (pattern,) = ThreadQuery.read(word).patterns
    plain = re.compile(rf"(?<!\w){re.escape(plainly(word))}")
    assert [hit.span() for hit in pattern.finditer(text)] == [
        hit.span() for hit in plain.finditer(plainly(text))
    ]


def test_writing_without_letter_cases_or_accents_is_left_as_it_is():
    assert plainly("한국어 日本語") == "한국어 日本語"
    assert plainly("ÀÉÎ Straße") == "aei straße"


@pytest.mark.parametrize("typed", ["", "   ", "?!", '""'])
def test_a_search_for_punctuation_only_finds_nothing(typed):
    wish = ThreadQuery.read(typed)
    assert wish.is_empty or wish.is_too_short


# --- marking --------------------------------------------------------------------------------------------------


def mark(html, words):
    patterns = ThreadQuery.read(words).patterns
    return markup.mark(
        html, lambda text: [hit.span() for one in patterns for hit in one.finditer(plainly(text))]
    )


def test_words_are_marked_in_texts_and_never_in_tags():
    html = '<p>Quote &amp; <a href="/quote" title="a > quote">quoté</a></p>'
    assert mark(html, "quote") == (
        '<p><mark>Quote</mark> &amp; <a href="/quote" title="a > quote"><mark>quoté</mark></a></p>'
    )


def test_what_looks_like_a_tag_stays_text():
    assert mark("<p>&lt;b&gt; bold &lt;/b&gt;</p>", "b bold") == (
        "<p>&lt;<mark>b</mark>&gt; <mark>bold</mark> &lt;/<mark>b</mark>&gt;</p>"
    )


@pytest.mark.parametrize("words", ["a", "script", "x on", "1 e img"])
def test_without_its_marks_hostile_html_is_what_it_was(words):
    for text in CORPUS:
        html = markup.render_comment(text)
        marked = mark(html, words)
        before, after = (lxml.html.fragment_fromstring(each, create_parent="div") for each in (html, marked))
        for element in after.xpath(".//mark"):
            assert not element.attrib
            element.drop_tag()
        assert lxml.html.tostring(after) == lxml.html.tostring(before), text


# --- the page -------------------------------------------------------------------------------------------------


@pytest.fixture
def post(db, ada):
    return make_post(title="Rivers", by=ada.author)


@pytest.fixture
def talk(post, bob, ada):
    opener = make_comment(post, text="Who counts the **water**?", by=bob)
    reply = make_comment(post, text="Nobody counts it.", by=ada, parent=opener)
    make_comment(post, text="Fish do not count.", name="Gus")
    return opener, reply


def ask(post, query="", client=None):
    answer = (client or Client()).get(f"/posts/{post.pk}/find/?{query}")
    assert answer.status_code == 200
    return page_of(answer)


def finds(page):
    return [article.get("id") for article in find(page, "article.comment")]


def test_a_result_stands_under_its_parent_with_the_words_marked(post, talk):
    opener, reply = talk
    page = ask(post, "q=nobody")
    assert finds(page) == [f"comment-{reply.pk}"]
    assert words(find(page, ".above")[0]) == "In reply to ↑ Bob Who counts the water?"
    assert [words(each) for each in find(page, "mark")] == ["Nobody"]
    assert f"/comments/{reply.pk}/in-thread/" in [link.get("href") for link in find(page, ".by a")]
    assert words(find(page, "title")[0]).startswith("1 comment with “nobody”")
    assert find(page, "#find-words")[0].get("value") == "nobody"


@pytest.mark.django_db
def test_what_a_found_comment_answers_is_cut_between_words(client):
    post = make_post()
    above = make_comment(post, text="dam " + "water " * 50)
    make_comment(post, parent=above, text="Found.")
    page = page_of(client.get(f"/posts/{post.pk}/find/?q=found"))
    assert words(find(page, ".above")[0]).endswith(" water…")


def test_the_author_and_one_person_can_be_chosen(post, talk):
    opener, reply = talk
    page = ask(post, "author=1")
    assert finds(page) == [f"comment-{reply.pk}"]
    page = ask(post, "q=count&by=Bob")
    assert finds(page) == [f"comment-{opener.pk}"]
    assert [words(option) for option in find(page, "#find-by option")] == ["Anyone", "Ada", "Bob", "Gus"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Look for words"),
        ("q=x", "at least two letters"),
        ("q=whale", "No comment here is like that"),
        ("q=%00&by=%00", "Look for words"),
        ("page=99&q=fish", "1 comment found"),
        ("page=x&q=fish", "1 comment found"),
    ],
)
def test_an_empty_search_result_is_explained_in_words(post, talk, query, said):
    assert said in words(find(ask(post, query), "main")[0])


def test_what_a_reader_cannot_read_or_has_muted_is_not_found(post, talk, bob, carol):
    opener, reply = talk
    make_comment(post, text="Count held.", state="held")
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(carol)
    assert len(finds(ask(post, "q=count", client))) == 3
    actions.mute_person(opener, by=carol)
    assert finds(ask(post, "q=nobody", client)) == [f"comment-{reply.pk}"]
    assert "Bob" not in words(find(ask(post, "q=nobody", client), "main")[0]).replace("Anyone Bob", "")
    actions.mute_branch(opener, by=carol)
    assert len(finds(ask(post, "q=count", client))) == 1


def test_many_results_are_paged(post, monkeypatch):
    monkeypatch.setattr(search, "PAGE", 2)
    make_thread(post, "a,b,c,d,e")
    page = ask(post, "q=text&page=2")
    assert len(finds(page)) == 2
    assert "5 comments found · page 2 of 3" in words(find(page, ".found-count")[0])
    assert [link.get("href") for link in find(page, ".pager a")] == ["?q=text&page=1", "?q=text&page=3"]


def test_a_search_reads_comments_and_people_once(post, talk):
    with CaptureQueriesContext(connection) as captured:
        ask(post, "q=count")
    about_comments = [
        each["sql"] for each in captured if re.search(r'FROM "?(comments_|accounts_user)', each["sql"])
    ]
    assert len(about_comments) == 2


def test_the_form_stands_with_the_discussion(post, talk):
    page = page_of(Client().get(post.get_absolute_url()))
    (form,) = find(page, ".find-form form")
    assert form.get("action") == f"/posts/{post.pk}/find/"
