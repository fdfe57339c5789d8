"""An author writes: what is typed is kept, what is wrong is said in words, and others are never overwritten."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from blog import actions
from blog.imaging import processing
from blog.markup.blocks import figure_block, inserted, source_block
from blog.models import Figure, Post, Tag
from tests import factories
from tests.blog.pictures import GOOD, HEIC, phone_photo, png_that_claims
from tests.forms import errors_of, form_of, messages_of, page_of, submit, values_of

ADD = "/admin/blog/post/add/"
LIST = "/admin/blog/post/"


@pytest.fixture
def desk(client, ada):
    """A client in which Ada is signed in."""
    client.force_login(ada)
    return client


def editor_of(post):
    return reverse("admin:blog_post_change", args=[post.pk])


def write(desk, **changes):
    """Save a new post with these words and return the page that follows."""
    words = {"title": "A close count", "body": "Words."} | changes
    return submit(desk, desk.get(ADD), press="do=save", **words)


def body_on(response) -> str:
    return values_of(form_of(response))["body"].replace("\r\n", "\n")


def test_an_author_saves_a_draft_with_everything_in_order(desk, ada):
    courts, elections = factories.make_category("Courts"), factories.make_category("Elections")
    factories.make_tag("Ohio")
    response = write(
        desk,
        dek="Two sentences.\nMade one line.",
        excerpt="Short.",
        comment_policy="members",
        comments_close_after="14",
        categories_0=str(elections.pk),
        categories_2=str(courts.pk),
        tags="turnout, ohio, Recounts",
        add_tag="late mail",
    )
    post = Post.objects.get()
    assert response.status_code == 302 and response.url == editor_of(post)
    assert messages_of(desk.get(response.url)) == ["Saved. “A close count”: draft."]
    assert (post.state, post.slug, post.created_by) == ("draft", "a-close-count", ada)
    assert post.dek == "Two sentences. Made one line."
    assert (post.comment_policy, post.comments_close_after, post.excerpt) == ("members", 14, "Short.")
    assert [filed.category for filed in post.post_categories.all()] == [elections, courts]
    assert [tagged.tag.name for tagged in post.post_tags.all()] == [
        "turnout",
        "Ohio",
        "Recounts",
        "late mail",
    ]
    assert [byline.author for byline in post.bylines.all()] == [ada.author]
    assert post.body_html == "<p>Words.</p>"


def test_twenty_five_tags_keep_their_order(desk):
    names = [f"tag {number}" for number in range(25, 0, -1)]
    write(desk, tags=", ".join(names))
    assert [tagged.tag.name for tagged in Post.objects.get().post_tags.all()] == names
    assert Tag.objects.count() == 25


def test_saving_again_without_a_change_changes_nothing(desk):
    courts = factories.make_category("Courts")
    write(desk, tags="b, a", categories_0=str(courts.pk))
    post = Post.objects.get()
    submit(desk, desk.get(editor_of(post)), press="do=save")
    again = Post.objects.get()
    assert [tagged.tag.name for tagged in again.post_tags.all()] == ["b", "a"]
    assert (again.title, again.body, again.slug) == (post.title, post.body, post.slug)
    assert [filed.category for filed in again.post_categories.all()] == [courts]


def test_two_tags_that_differ_only_in_signs_get_two_addresses(desk):
    write(desk, tags="C, C++")
    assert dict(Tag.objects.values_list("name", "slug")) == {"C": "c", "C++": "c-2"}


def test_a_title_in_another_script_makes_an_address_in_it(desk):
    write(desk, title="Выборы в Огайо")
    assert Post.objects.get().slug == "выборы-в-огайо"


def test_a_taken_address_is_named_with_its_post_and_one_that_is_free(desk):
    factories.make_post(title="A close count")
    response = write(desk, body="A long text that nobody wants to type twice.")
    assert response.status_code == 200
    assert "The URL “a-close-count” is used by “A close count”. “a-close-count-2” is available." in errors_of(
        response
    )
    assert body_on(response) == "A long text that nobody wants to type twice."
    assert Post.objects.count() == 1


def test_an_error_keeps_everything_that_was_typed(desk):
    courts = factories.make_category("Courts")
    response = write(
        desk, title="", tags="one, two", add_tag="three", dek="A dek", categories_1=str(courts.pk)
    )
    values = values_of(form_of(response))
    assert (values["dek"].strip(), values["tags"].strip(), values["add_tag"]) == (
        "A dek",
        "one, two",
        "three",
    )
    assert values["categories_0"] == str(courts.pk)
    assert not Post.objects.exists() and not Tag.objects.exists()


def test_a_category_that_is_gone_meanwhile_is_an_error_in_words(desk):
    gone = factories.make_category("Gone")
    page = desk.get(ADD)
    gone.delete()
    response = submit(desk, page, press="do=save", title="T", body="B", categories_0=str(gone.pk))
    assert "One of these no longer exists. Choose again." in errors_of(response)


def test_a_coauthor_is_added_and_may_then_change_the_post(desk, client):
    ben = factories.make_author(display_name="Ben")
    write(desk, authors_1=str(ben.pk))
    post = Post.objects.get()
    assert [byline.author.name for byline in post.bylines.all()] == ["Ada", "Ben"]
    client.force_login(ben.user)
    assert client.get(editor_of(post)).status_code == 200


def test_two_people_who_save_at_once_see_both_texts(desk, ada):
    post = factories.make_draft(by=ada.author, body="First text.")
    page = desk.get(editor_of(post))
    post.body = "Saved by somebody else."
    actions.save_post(post, by=ada)
    response = submit(desk, page, press="do=save", body="Typed by Ada.")
    assert response.status_code == 200
    assert any("was saved elsewhere" in error for error in errors_of(response))
    assert body_on(response) == "Typed by Ada."
    theirs = page_of(response).xpath("//section[@aria-labelledby='theirs']//textarea")[0]
    assert theirs.text.strip() == "Saved by somebody else."
    assert Post.objects.get().body == "Saved by somebody else."
    submit(desk, response, press="do=save")
    assert Post.objects.get().body == "Typed by Ada."


def test_inserting_something_does_not_hide_that_another_saved_meanwhile(desk, ada):
    post = factories.make_draft(by=ada.author, body="First text.")
    page = desk.get(editor_of(post))
    actions.save_post(post, by=ada)
    shown = submit(desk, page, press="do=source", **{"source-publication": "AP", "source-text": "Words."})
    response = submit(desk, shown, press="do=save")
    assert any("was saved elsewhere" in error for error in errors_of(response))


# --- sources --------------------------------------------------------------------------------------------------

SOURCE = {
    "source-url": "https://ledger.example/a",
    "source-publication": "The Ledger",
    "source-headline": "One vote",
    "source-writer": "Ann Reed",
    "source-date": "2026-03-02",
    "source-text": "First words.\n\n[…]\n\nLast words.",
}


def test_without_scripts_a_source_goes_into_the_text_and_nothing_is_saved_yet(desk):
    shown = submit(desk, desk.get(ADD), press="do=source", body="Before.", tags="kept", **SOURCE)
    assert shown.status_code == 200 and errors_of(shown) == []
    assert not Post.objects.exists()
    assert body_on(shown).startswith("Before.\n\n:::source\npublication: The Ledger\nheadline: One vote\n")
    assert values_of(form_of(shown))["tags"].strip() == "kept"
    assert values_of(form_of(shown))["source-publication"] == ""
    submit(desk, shown, press="do=save", title="With a source")
    article = Post.objects.get().quotations.get().article
    assert (article.publication.name, article.headline, article.writer) == (
        "The Ledger",
        "One vote",
        "Ann Reed",
    )
    assert "elision" in Post.objects.get().body_html


def test_a_source_in_an_html_text_becomes_a_clipping(desk):
    words = SOURCE | {"source-text": "Less < more & “so on”."}
    write(desk, body="<p>Before.</p>", body_format="html", **words)
    post = Post.objects.get()
    assert post.body.startswith('<p>Before.</p>\n\n<figure class="clip">')
    quotation = post.quotations.get()
    assert quotation.text == "Less < more & “so on”."
    assert (quotation.article.headline, quotation.article.date) == ("One vote", "2026-03-02")


def test_a_source_that_was_filled_in_and_not_inserted_is_not_lost_by_saving(desk):
    write(desk, **SOURCE)
    assert Post.objects.get().quotations.count() == 1


def test_a_source_without_a_name_or_an_address_is_refused_in_words(desk):
    response = submit(
        desk, desk.get(ADD), press="do=source", body="Before.", **{"source-text": "Who said it?"}
    )
    assert "Enter a publication or a web address." in errors_of(response)
    assert body_on(response) == "Before."
    assert values_of(form_of(response))["source-text"].strip() == "Who said it?"


def test_a_block_goes_after_the_line_of_the_caret():
    assert inserted("One.\r\n\r\nTwo.", "X", caret="2") == "One.\n\nX\n\nTwo."
    assert inserted("Two 😀 words.\n\nEnd.", "X", caret="6") == "Two 😀 words.\n\nX\n\nEnd."
    assert inserted("One.", "X", caret="nonsense") == "One.\n\nX"
    assert inserted("", "X") == "X"


def test_a_quotation_cannot_end_its_block():
    block = source_block({"publication": "AP"}, text="One.\n:::\nTwo.", body_format="markdown")
    assert block.count("\n:::") == 1 and "\\:::" in block


# --- figures --------------------------------------------------------------------------------------------------


def picture(name="map.png"):
    file = io.BytesIO()
    Image.new("RGB", (3, 2), "white").save(file, format="PNG")
    return SimpleUploadedFile(name, file.getvalue(), content_type="image/png")


def test_an_author_uploads_a_figure_beside_the_text(desk, ada, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    words = {"figure-image": picture(), "figure-alt": "A map of the count", "figure-credit": "Ada"}
    shown = submit(desk, desk.get(ADD), press="do=figure", body="Before.\n\nAfter.", caret="3", **words)
    assert errors_of(shown) == []
    figure = Figure.objects.get()
    assert (figure.alt, figure.credit, figure.created_by, figure.width) == (
        "A map of the count",
        "Ada",
        ada,
        3,
    )
    assert body_on(shown) == f"Before.\n\n:::figure\nid: {figure.pk}\n:::\n\nAfter."
    submit(desk, shown, press="do=save", title="With a map")
    assert 'alt="A map of the count"' in Post.objects.get().body_html
    assert list(Post.objects.get().figures.all()) == [figure]


def test_a_figure_without_alt_text_is_refused_and_the_text_is_kept(desk):
    response = submit(desk, desk.get(ADD), press="do=figure", body="Before.", **{"figure-image": picture()})
    assert "This field is required." in errors_of(response)
    assert body_on(response) == "Before."
    assert not Figure.objects.exists()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("map.png", b"not a picture", "isn’t an image we can use"),
        ("IMG_1.HEIC", HEIC, "HEIC"),
        ("map.svg", b"<svg/>", "SVG"),
        ("big.png", png_that_claims(9000, 8000), "64 megapixels"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_in_words_and_never_in_djangos(desk, name, data, words):
    fields = {"figure-image": SimpleUploadedFile(name, data), "figure-alt": "Nothing"}
    response = submit(desk, desk.get(ADD), press="do=figure", **fields)
    assert response.status_code == 200 and not Figure.objects.exists()
    assert [words in error for error in errors_of(response)] == [True]


@pytest.mark.slow
@pytest.mark.parametrize("name", GOOD)
def test_a_picture_of_every_kind_is_uploaded_and_opened_once(desk, settings, tmp_path, monkeypatch, name):
    settings.MEDIA_ROOT = tmp_path
    looks = []
    monkeypatch.setattr(
        processing, "_upright", lambda image, was=processing._upright: looks.append(1) or was(image)
    )
    picture = SimpleUploadedFile(f"x.{name}", GOOD[name], content_type="image/x")
    shown = submit(
        desk, desk.get(ADD), press="do=figure", **{"figure-image": picture, "figure-alt": "A field"}
    )
    assert errors_of(shown) == []
    figure = Figure.objects.get()
    assert figure.width and figure.renditions
    # Once to keep it, once for what is made of it.
    assert len(looks) <= 2


def test_a_phones_photo_is_uploaded_upright(desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photo = SimpleUploadedFile("IMG_1.MPO", phone_photo(orientation=6), content_type="image/mpo")
    submit(desk, desk.get(ADD), press="do=figure", **{"figure-image": photo, "figure-alt": "A field"})
    figure = Figure.objects.get()
    assert (figure.image.name.endswith(".jpg"), figure.width, figure.height) == (True, 40, 60)


def test_a_figure_used_before_is_chosen(desk, ada, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    figure = actions.save_figure(Figure(image=picture(), alt="A map"), by=ada)
    shown = submit(desk, desk.get(ADD), press="do=figure", **{"figure-figure": str(figure.pk)})
    assert body_on(shown) == figure_block(figure.pk, body_format="markdown")
    assert Figure.objects.count() == 1


# --- the list -------------------------------------------------------------------------------------------------


def titles_on(response) -> list[str]:
    return [
        cell.text_content().strip()
        for cell in page_of(response).xpath("//tbody//th[contains(@class, 'title')]")
    ]


def test_the_list_names_each_posts_state_and_filters_by_it(desk, ada):
    for make, title in (
        (factories.make_draft, "A draft"),
        (factories.make_post, "A public one"),
        (factories.make_scheduled_post, "A later one"),
        (factories.make_withdrawn_post, "A former one"),
    ):
        make(title=title, by=ada.author)
    text = page_of(desk.get(LIST)).text_content()
    assert "scheduled for" in text and "published " in text and "withdrawn" in text
    found = {
        state: titles_on(desk.get(LIST, {"state": state})) for state in ("draft", "published", "scheduled")
    }
    assert found == {"draft": ["A draft"], "published": ["A public one"], "scheduled": ["A later one"]}
    assert titles_on(desk.get(LIST, {"state": "withdrawn"})) == ["A former one"]


def test_the_list_is_searched_by_title_and_filtered_by_author_and_category(desk, ada, client, owner):
    factories.make_post(title="River levels", by=ada.author, categories=("Rivers",))
    factories.make_post(title="Court news", by=factories.make_author(display_name="Ben"))
    client.force_login(owner)
    assert titles_on(client.get(LIST, {"q": "river"})) == ["River levels"]
    assert titles_on(client.get(LIST, {"author": str(ada.author.pk)})) == ["River levels"]
    rivers = factories.make_category("Rivers")
    assert titles_on(client.get(LIST, {"categories__id__exact": str(rivers.pk)})) == ["River levels"]


def test_the_list_asks_the_same_number_of_questions_for_many_posts(desk, ada, django_assert_max_num_queries):
    for _number in range(12):
        factories.make_post(by=ada.author, categories=("Courts",))
    with django_assert_max_num_queries(16):
        assert len(titles_on(desk.get(LIST))) == 12


def test_no_page_of_the_editor_needs_an_inline_script_or_style(desk, ada):
    post = factories.make_draft(by=ada.author)
    for address in ("/admin/", LIST, ADD, editor_of(post), "/admin/blog/figure/add/"):
        page = page_of(desk.get(address))
        assert not page.xpath("//script[not(@src)] | //style | //*[@style]"), address
        assert not page.xpath("//@*[starts-with(name(), 'on')]"), address


def test_a_post_is_not_scheduled_for_a_year_that_no_address_can_say(desk, ada):
    post = factories.make_draft(title="Far away", by=ada.author)
    answer = submit(desk, desk.get(editor_of(post)), press="do=schedule", publish_on="9999-12-31T23:59")
    assert "Choose a year before 2999." in answer.content.decode()
    post.refresh_from_db()
    assert post.state == "draft"


@pytest.mark.parametrize("author", ["99999999999999999999", "²", "x", "0"])
def test_a_filter_by_nobody_shows_every_own_post(desk, ada, author):
    factories.make_draft(title="A draft", by=ada.author)
    assert titles_on(desk.get(LIST, {"author": author})) == ["A draft"]


def test_an_unknown_category_is_refused_in_words(desk):
    page = desk.get(ADD)
    words = values_of(form_of(page)) | {"title": "T", "body": "B", "categories_0": "99999999999999999999"}
    assert "One of these no longer exists." in desk.post(ADD, words).content.decode()
