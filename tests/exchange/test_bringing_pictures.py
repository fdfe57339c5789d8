"""Importing pictures: broken ones stop nothing, missing ones keep their place, links and captions are kept."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from blog import actions
from blog.models import Figure, OldAddress, Post
from exchange.models import ImportedItem
from exchange.wordpress.figures import keys_of
from exchange.wordpress.html import Picture
from exchange.wordpress.media import Library
from tests.blog.pictures import GOOD, HEIC, drawn, file_of, jpeg, phone_photo, photo, png_that_claims
from tests.exchange.exports import attachment, bring, comment, everything, export, item

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parents[3] / "shared" / "cases"
OLD = "https://old.example/wp-content/uploads/"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media-here"


@pytest.fixture
def uploads(tmp_path):
    """A folder with the old blog's files, and a way to add one."""
    folder = tmp_path / "uploads"
    folder.mkdir()

    def add(path: str, data: bytes) -> Path:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return folder

    return add


def shown(path: str, words: str = 'alt="A map"') -> str:
    return f'<img src="{OLD}{path}" {words}>'


def linked(inner: str, href: str, words: str = "") -> str:
    return f'<a href="{href}" {words}>{inner}</a>'


def body() -> str:
    return Post.objects.get().body_html


def same_but_for_the_heading(dry: str, came: str) -> bool:
    return dry == came.replace("Imported:", "To import (dry run, nothing written):", 1)


# --- broken and refused files ---------------------------------------------------------------------------------

REFUSED = {
    "cut off.jpg": file_of(photo(), "JPEG")[:-300],
    "cut off.png": file_of(photo(), "PNG")[:-300],
    "phone.heic": HEIC,
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "page.jpg": b"<html>Not found</html>",
    "empty.png": b"",
    "huge.png": png_that_claims(9000, 8000),
    "bomb.png": png_that_claims(50000, 50000),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_that_cannot_be_displayed_is_replaced_by_its_words_and_reported_and_all_else_is_imported(
    uploads, tmp_path, name
):
    folder = uploads(f"2020/05/{name}", REFUSED[name])
    uploads("2020/05/good.png", file_of(drawn(), "PNG"))
    bad, good = shown(f"2020/05/{name}", 'alt="A bad one"'), shown("2020/05/good.png", 'alt="A good one"')
    text = export(item(5, content=f"<p>Before.</p>{bad}{good}<p>After.</p>"), item(6, comment(11)))
    before = everything()
    dry = bring(tmp_path, text, "--dry-run", media=folder)
    assert everything() == before
    came = bring(tmp_path, text, media=folder)
    assert same_but_for_the_heading(dry, came)
    assert "1 pictures that can’t be displayed" in came
    assert "pictures missing from the media folder" not in came
    shown_here = Post.objects.get(slug="post-5").body_html
    address = f"{OLD}2020/05/{name}".replace(" ", "%20")
    assert f'<p><a href="{address}">A bad one</a></p>' in shown_here
    assert 'alt="A good one"' in shown_here
    assert Post.objects.filter(slug="post-6").exists()


def test_every_picture_that_cannot_be_displayed_is_reported_with_the_reason(uploads, tmp_path):
    for name, data in REFUSED.items():
        folder = uploads(f"2020/05/{name}", data)
    content = "".join(shown(f"2020/05/{name}") for name in REFUSED)
    report = bring(tmp_path, export(item(5, content=content)), media=folder)
    assert f"{len(REFUSED)} pictures that can’t be displayed" in report
    assert all(f"– {OLD}2020/05/{name}: " in report for name in REFUSED)
    assert "phone.heic: This is a HEIC image" in report
    assert "huge.png: This image has 9,000 × 8,000 pixels" in report


@pytest.mark.parametrize("name", GOOD)
def test_a_picture_of_every_kind_is_imported(uploads, tmp_path, name):
    ending = name.rsplit(".", 1)[1]
    folder = uploads(f"2020/05/x.{ending}", GOOD[name])
    report = bring(tmp_path, export(item(5, content=shown(f"2020/05/x.{ending}"))), media=folder)
    assert Figure.objects.get().image
    assert "cannot be shown" not in report


def test_a_smaller_copy_is_imported_if_the_full_size_is_broken(uploads, tmp_path):
    folder = uploads("2020/05/map.jpg", b"broken")
    uploads("2020/05/map-60x40.jpg", jpeg())
    bring(tmp_path, export(item(5, content=shown("2020/05/map-60x40.jpg"))), media=folder)
    assert Figure.objects.get().width == 60


def test_what_was_saved_as_the_report_asks_is_found_under_its_new_name(uploads, tmp_path):
    folder = uploads("2020/05/IMG_1.HEIC", HEIC)
    text = export(item(5, content=shown("2020/05/IMG_1.HEIC")))
    assert "HEIC" in bring(tmp_path, text, media=folder)
    uploads("2020/05/IMG_1.jpg", phone_photo())
    bring(tmp_path, text, media=folder)
    assert Figure.objects.get().image.url in body()


def test_a_name_longer_than_any_file_does_not_stop_the_import(uploads, tmp_path):
    folder = uploads("2020/05/x.png", b"")
    report = bring(tmp_path, export(item(5, content=shown(f"2020/05/{'x' * 300}.png"))), media=folder)
    assert "1 pictures missing from the media folder" in report


# --- missing files, and a later run that has them -------------------------------------------------------------


def test_the_shared_case_of_pictures_is_imported(tmp_path):
    case = CASES / "08-pictures-without-media.wxr.xml"
    if not case.exists():
        pytest.skip("the shared cases are not beside this copy")
    bring(tmp_path, case.read_bytes())
    html = body()
    assert '<a href="http://old.example/wp-content/uploads/2020/01/a.png">A picture</a>' in html
    assert '<a href="http://farm.photos.example/1.jpg">Elsewhere</a>' in html
    assert '<a href="http://photos.example/page/1">photos.example</a>' in html


def test_a_later_run_with_the_files_adds_the_pictures_and_changes_nothing_else(uploads, tmp_path):
    thumbnail = linked(
        shown("2020/05/map-30x20.jpg", 'alt="A map" class="wp-image-9"'), f"{OLD}2020/05/map.jpg"
    )
    content = f"<p>Before.</p>{thumbnail}<p>Between.</p>{shown('2020/05/lost.jpg')}[gallery]"
    items = [
        item(5, content=content),
        attachment(9, "2020/05/map.jpg", alt="A map"),
        attachment(10, "2020/05/hung.jpg", caption="Hung", parent=5),
    ]
    bring(tmp_path, export(*items))
    post = Post.objects.get()
    numbers, updated = list(Figure.objects.values_list("pk", flat=True)), post.updated_at
    assert f'<a href="{OLD}2020/05/map.jpg">A map</a>' in post.body_html
    folder = uploads("2020/05/map.jpg", jpeg())
    uploads("2020/05/hung.jpg", phone_photo())
    dry = bring(tmp_path, export(*items), "--dry-run", media=folder)
    came = bring(tmp_path, export(*items), media=folder)
    assert same_but_for_the_heading(dry, came)
    assert "2 pictures imported earlier without their file, now added" in came
    assert "1 pictures missing from the media folder" in came
    post.refresh_from_db()
    map_here, hung, lost = (Figure.objects.get(alt=alt, **more) for alt, more in (
        ("A map", {"old_address": f"{OLD}2020/05/map.jpg"}), ("Hung", {}), ("A map", {"image": ""})))  # fmt: skip
    assert all(figure.image.url in post.body_html for figure in (map_here, hung))
    assert f'<a href="{lost.old_address}">A map</a>' in post.body_html
    assert post.updated_at == updated
    assert list(Figure.objects.values_list("pk", flat=True)) == numbers
    before = everything()
    assert "Imported: nothing new" in bring(tmp_path, export(*items), media=folder)
    assert everything() == before


def test_pictures_of_an_import_that_kept_no_addresses_get_them_and_then_their_file(uploads, tmp_path):
    text = export(item(5, content=linked(shown("2020/05/map.jpg"), "https://photos.example/1")))
    bring(tmp_path, text)
    # As the code of before left it.
    remembered = bring_as_before()
    assert "old.example" not in body()
    bring(tmp_path, text)
    assert f'<a href="{OLD}2020/05/map.jpg">A map</a>' in body()
    bring(tmp_path, text, media=uploads("2020/05/map.jpg", jpeg()))
    figure = Figure.objects.get()
    assert (figure.pk, bool(figure.image), figure.link) == (remembered, True, "")
    assert figure.image.url in body()
    assert "photos.example" not in body()


def bring_as_before() -> int:
    """Make of what came what former code had made: a figure with words alone, remembered by them."""
    figure = Figure.objects.get()
    figure.link = figure.old_address = ""
    actions.save_figure(figure, by=None)
    picture = Picture(src=f"{OLD}2020/05/map.jpg", alt="A map")
    key = keys_of(picture, Library(None))[1]
    ImportedItem.objects.filter(kind="attachment").update(old_id=key)
    return figure.pk


def test_what_was_edited_since_stays(uploads, tmp_path):
    text = export(
        item(5, content=shown("2020/05/a.jpg", 'alt="Kept"')),
        item(6, content=shown("2020/05/b.jpg", 'alt="Taken out"')),
        item(7, content=shown("2020/05/c.jpg", 'alt="Another now"')),
    )
    bring(tmp_path, text)
    kept, edited = Post.objects.get(slug="post-5"), Post.objects.get(slug="post-6")
    kept.body = f"<p>New words.</p>{kept.body}"
    edited.body = "<p>No picture.</p>"
    for post in (kept, edited):
        actions.save_post(post, by=None)
    another = Figure.objects.get(alt="Another now")
    actions.save_figure(another, by=None, picture=ContentFile(file_of(drawn(), "PNG"), name="own.png"))
    folder = uploads("2020/05/a.jpg", jpeg())
    for name in ("b", "c"):
        uploads(f"2020/05/{name}.jpg", jpeg())
    came = bring(tmp_path, text, media=folder)
    assert "1 pictures imported earlier without their file" in came
    assert "1 pictures whose file is now available, but which were removed from the text here" in came
    kept.refresh_from_db()
    assert kept.body_html.startswith("<p>New words.</p>")
    assert Figure.objects.get(alt="Kept").image.url in kept.body_html
    assert Post.objects.get(slug="post-6").body_html == "<p>No picture.</p>"
    assert Figure.objects.get(alt="Another now").image == another.image


# --- links and captions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("href", "words", "leads_to"),
    [
        ("https://photos.example/page/1", "", "https://photos.example/page/1"),
        ("http://old.example/2020/01/another-post/", "", "http://old.example/2020/01/another-post/"),
        ("/2020/01/another-post/", "", "https://old.example/2020/01/another-post/"),
        ("//photos.example/1", "", "https://photos.example/1"),
        (f"{OLD}2020/05/map.jpg", "", ""),
        (f"{OLD}2020/05/map-scaled.jpg", "", ""),
        ("/wp-content/uploads/2020/05/map.jpg", "", ""),
        ("https://old.example/post/map/", 'rel="attachment wp-att-9"', ""),
        ("https://old.example/?attachment_id=9", "", ""),
        ("http://www.old.example/post-9", "", ""),
        ("javascript:alert(1)", "", ""),
    ],
)
def test_a_linked_picture_keeps_its_link(uploads, tmp_path, href, words, leads_to):
    folder = uploads("2020/05/map.jpg", jpeg())
    content = linked(shown("2020/05/map-30x20.jpg"), href, words)
    for number, written in enumerate(
        (
            content,
            f"<figure>{content}<figcaption>By Ann</figcaption></figure>",
            f"<p>Words {content} words</p>",
        )
    ):
        items = [item(5 + number, content=written), attachment(9, "2020/05/map.jpg")]
        bring(tmp_path, export(*items), media=folder)
        html = Post.objects.get(slug=f"post-{5 + number}").body_html
        assert ("<a " in html) == bool(leads_to)
        if leads_to:
            assert f'<a href="{leads_to}"><picture>' in html


CAPTION = 'By <a href="https://photos.example/ann">Ann</a>, <em>CC BY</em>, 10<sup>6</sup>'


@pytest.mark.parametrize(
    "written",
    [
        f"<figure>{shown('a.jpg')}<figcaption>{CAPTION}</figcaption></figure>",
        f'[caption id="x" width="300"]{shown("a.jpg")} {CAPTION}[/caption]',
        f'[caption width="300" caption="{CAPTION.replace(chr(34), "&quot;")}"]{shown("a.jpg")}[/caption]',
        f'<div class="wp-caption">{shown("a.jpg")}<p class="wp-caption-text">{CAPTION}</p></div>',
        '[gallery ids="9"]',
    ],
)
def test_links_and_emphasis_in_captions_stay(uploads, tmp_path, written):
    folder = uploads("a.jpg", jpeg())
    bring(tmp_path, export(item(5, content=written), attachment(9, "a.jpg", caption=CAPTION)), media=folder)
    html = body()
    assert 'By <a href="https://photos.example/ann">Ann</a>, <em>CC BY</em>, 10<sup>6</sup>' in html
    assert Figure.objects.get().caption == "By Ann, CC BY, 10⁶"


def test_the_same_picture_with_another_link_is_another_figure(tmp_path):
    once = linked(shown("a.jpg"), "https://one.example/")
    again = linked(shown("a.jpg"), "https://two.example/")
    dry = bring(tmp_path, export(item(5, content=once + again + once)), "--dry-run")
    came = bring(tmp_path, export(item(5, content=once + again + once)))
    assert same_but_for_the_heading(dry, came)
    assert sorted(Figure.objects.values_list("link", flat=True)) == [
        "https://one.example/",
        "https://two.example/",
    ]


def test_two_sizes_of_one_picture_are_counted_as_what_they_become(uploads, tmp_path):
    folder = uploads("a.jpg", jpeg())
    text = export(item(5, content=shown("a-30x20.jpg") + shown("a.jpg")), attachment(9, "a.jpg", alt="A map"))
    dry = bring(tmp_path, text, "--dry-run", media=folder)
    assert same_but_for_the_heading(dry, bring(tmp_path, text, media=folder))
    assert " 1 pictures" in dry


# --- uploads: links to them, and their old addresses ----------------------------------------------------------

PDF = b"%PDF-1.4 a paper"


def test_links_to_imported_files_are_updated(uploads, tmp_path, client):
    folder = uploads("2020/05/paper.pdf", PDF)
    uploads("2020/05/map.jpg", jpeg())
    content = (
        f'<p><a href="{OLD}2020/05/paper.pdf#page=2">The paper</a>, <a href="{OLD}2020/05/map.jpg">a map</a>,'
        f' <a href="{OLD}2020/05/lost.pdf">another</a>, <a href="https://else.example/x.pdf">a third</a></p>'
    )
    text = export(item(5, content=content))
    dry = bring(tmp_path, text, "--dry-run", media=folder)
    came = bring(tmp_path, text, media=folder)
    assert same_but_for_the_heading(dry, came)
    assert " 1 files (documents, audio, videos)" in came
    missed = "1 links to uploaded files missing from the media folder: still lead to the old site"
    assert f"{missed} – {OLD}2020/05/lost.pdf in “A post”" in came
    html = body()
    assert '<a href="/media/files/2020/05/paper.pdf#page=2">The paper</a>' in html
    assert f'<a href="{Figure.objects.get().image.url}">a map</a>' in html
    assert f'<a href="{OLD}2020/05/lost.pdf">another</a>' in html
    assert '<a href="https://else.example/x.pdf">a third</a>' in html
    answer = client.get("/media/files/2020/05/paper.pdf")
    assert (b"".join(answer.streaming_content), answer["Content-Type"]) == (PDF, "application/pdf")
    OldAddress.objects.all().delete()
    before = everything()
    assert "Imported: nothing new" in bring(tmp_path, text, media=folder)
    assert everything() == before


def test_links_in_posts_imported_earlier_are_updated_for_later_files_unless_the_text_was_changed(
    uploads, tmp_path
):
    content = (
        f'<p><a href="{OLD}2020/05/paper.pdf">The paper</a>, <a href="{OLD}2020/05/map.jpg">a map</a></p>'
    )
    text = export(item(5, content=content), item(6, content=content))
    bring(tmp_path, text)
    edited, left = Post.objects.get(slug="post-6"), Post.objects.get(slug="post-5")
    actions.save_post(edited, by=None)
    folder = uploads("2020/05/paper.pdf", PDF)
    uploads("2020/05/map.jpg", jpeg())
    dry = bring(tmp_path, text, "--dry-run", media=folder)
    came = bring(tmp_path, text, media=folder)
    assert same_but_for_the_heading(dry, came)
    assert "1 posts imported earlier whose links now lead to these files" in came
    html = Post.objects.get(slug="post-5").body_html
    assert '<a href="/media/files/2020/05/paper.pdf">The paper</a>' in html
    assert f'<a href="{Figure.objects.get().image.url}">a map</a>' in html
    assert Post.objects.get(slug="post-5").updated_at == left.updated_at
    assert f'<a href="{OLD}2020/05/paper.pdf">The paper</a>' in Post.objects.get(slug="post-6").body_html
    before = everything()
    assert "Imported: nothing new" in bring(tmp_path, text, media=folder)
    assert everything() == before


@pytest.mark.parametrize(
    "path",
    [
        "/wp-content/uploads/2020/05/map.jpg",
        "/wp-content/uploads/2020/05/map-300x200.jpg",
        "/wp-content/uploads/2020/05/map-scaled.jpg",
        "/wp-content/uploads/2020/05/map-rotated.jpg",
        "/wp-content/uploads/2020/05/map-scaled-150x150.jpg",
        "/wp-content/uploads/2020/05/map-1024x683.jpg?w=300",
    ],
)
def test_the_old_address_of_a_picture_redirects_in_every_size(uploads, tmp_path, client, path):
    folder = uploads("2020/05/map.jpg", jpeg())
    items = [item(5, content=shown("2020/05/map-30x20.jpg")), attachment(9, "2020/05/map-scaled.jpg")]
    bring(tmp_path, export(*items), media=folder)
    answer = client.get(path)
    assert (answer.status_code, answer.get("Location")) == (301, Figure.objects.get().image.url)


def test_the_old_address_of_a_blog_in_a_folder_redirects_too(uploads, tmp_path, client):
    folder = uploads("2020/05/map.jpg", jpeg())
    content = (
        '<img src="https://i0.wp.com/old.example/blog/wp-content/uploads/2020/05/map.jpg?w=9" alt="A map">'
    )
    bring(tmp_path, export(item(5, content=content), base="https://old.example/blog"), media=folder)
    assert client.get("/blog/wp-content/uploads/2020/05/map-300x200.jpg").status_code == 301


def test_attached_files_are_imported_though_no_text_links_to_them(uploads, tmp_path, client):
    folder = uploads("2020/05/paper.pdf", PDF)
    uploads("2020/05/run.html", b"<script>")
    items = [
        item(5),
        *(
            attachment(9 + n, f"2020/05/{name}")
            for n, name in enumerate(("paper.pdf", "run.html", "lost.zip"))
        ),
    ]
    dry = bring(tmp_path, export(*items), "--dry-run", media=folder)
    came = bring(tmp_path, export(*items), media=folder)
    assert same_but_for_the_heading(dry, came)
    assert "2 attached files that are missing from the media folder or of a kind not served here" in came
    assert client.get("/wp-content/uploads/2020/05/paper.pdf")["Location"] == "/media/files/2020/05/paper.pdf"
    assert client.get("/wp-content/uploads/2020/05/run.html").status_code == 404


def test_files_imported_earlier_are_found_by_later_posts_and_not_called_missing(uploads, tmp_path):
    folder = uploads("2020/05/paper.pdf", PDF)
    uploads("2020/05/map.jpg", jpeg())
    first = [item(5, content=shown("2020/05/map.jpg")), attachment(9, "2020/05/paper.pdf")]
    bring(tmp_path, export(*first), media=folder)
    links = linked("The paper", f"{OLD}2020/05/paper.pdf") + linked("a map", f"{OLD}2020/05/map-300x200.jpg")
    dry = bring(tmp_path, export(*first, item(6, content=links)), "--dry-run")
    came = bring(tmp_path, export(*first, item(6, content=links)))
    assert same_but_for_the_heading(dry, came)
    assert "media folder" not in came
    html = Post.objects.get(slug="post-6").body_html
    assert '<a href="/media/files/2020/05/paper.pdf">The paper</a>' in html
    assert f'<a href="{Figure.objects.get().image.url}">a map</a>' in html


def test_a_missing_file_is_named_on_every_host_that_the_blog_kept_files_on(tmp_path):
    path = "https://old.files.wordpress.com/2020/05/"
    lost = attachment(9, "x").replace(f"{OLD}x", f"{path}paper.pdf")
    elsewhere = linked("x", "https://else.example/wp-content/uploads/2020/05/x.pdf")
    report = bring(tmp_path, export(item(5, content=linked("y", f"{path}other.pdf") + elsewhere), lost))
    assert "1 attached files that are missing from the media folder" in report
    missed = "1 links to uploaded files missing from the media folder: still lead to the old site"
    assert f"{missed} – {path}other.pdf" in report


def test_files_that_a_comment_links_to_are_imported(uploads, tmp_path, client):
    folder = uploads("2020/05/paper.pdf", PDF)
    text = export(item(5, comment(11, f"See {OLD}2020/05/paper.pdf.")))
    dry = bring(tmp_path, text, "--dry-run", media=folder)
    assert same_but_for_the_heading(dry, bring(tmp_path, text, media=folder))
    assert client.get("/wp-content/uploads/2020/05/paper.pdf").status_code == 301


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.js", "x.php", "x.swf", "x.xml", "x"])
def test_nothing_that_could_run_here_is_taken(uploads, tmp_path, client, name):
    folder = uploads(f"2020/05/{name}", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    came = bring(tmp_path, export(item(5, content=linked("x", f"{OLD}2020/05/{name}"))), media=folder)
    assert f'<a href="{OLD}2020/05/{name}">x</a>' in body()
    assert "1 links to uploaded files of a kind not served here" in came
    assert not OldAddress.objects.filter(path__contains="uploads").exists()


def test_a_file_outside_the_folder_is_not_taken(uploads, tmp_path):
    folder = uploads("2020/05/x.txt", b"x")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (folder / "2020/05/link.txt").symlink_to(tmp_path / "secret.txt")
    content = linked("x", f"{OLD}2020/05/link.txt") + linked("y", f"{OLD}2020/../../secret.txt")
    bring(tmp_path, export(item(5, content=content)), media=folder)
    assert "/media/" not in body()


def test_pictures_that_no_text_shows_but_one_links_to_are_not_called_unused(uploads, tmp_path):
    folder = uploads("2020/05/map.jpg", jpeg())
    items = [item(5, content=linked("a map", f"{OLD}2020/05/map.jpg")), attachment(9, "2020/05/map.jpg")]
    assert "no text uses" not in bring(tmp_path, export(*items), media=folder)
    with Figure.objects.get().image.open() as file, Image.open(file) as image:
        assert not image.getexif()
