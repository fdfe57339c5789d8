"""Importing pictures, and refused files: losses are reported, and nothing is downloaded."""

from pathlib import Path

import pytest
from django.core.management.base import CommandError
from PIL import Image

from blog.models import Figure, Post
from tests.exchange.exports import (
    attachment,
    bring,
    bring_file,
    comment,
    everything,
    export,
    item,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media-here"


def picture_file(folder: Path, path: str) -> Path:
    file = folder / "files" / "wp-content" / "uploads" / path
    file.parent.mkdir(parents=True)
    Image.new("RGB", (60, 40), "teal").save(file)
    return folder / "files"


def shown(path: str, words: str = "") -> str:
    return f'<img src="https://old.example/wp-content/uploads/{path}" {words}>'


def test_pictures_are_imported_from_the_folder_with_their_words(tmp_path):
    media = picture_file(tmp_path, "2020/05/map.png")
    items = [
        attachment(9, "2020/05/map.png", alt="A map"),
        item(
            5,
            content=f'Words [caption id="x"]{shown("2020/05/map-300x200.png", "width=300")} Who holds what[/caption]',
        ),
        item(6, content=shown("2020/05/map.png")),
    ]
    bring(tmp_path, export(*items), media=media)
    captioned, plain = Figure.objects.order_by("-caption")
    assert (captioned.alt, captioned.width, captioned.height) == ("A map", 60, 40)
    assert captioned.image
    assert plain.alt == "A map"
    assert Post.objects.get(slug="post-6").figures.get() == plain
    assert plain.image.url in Post.objects.get(slug="post-6").body_html


@pytest.mark.parametrize(
    ("file", "address"),
    [
        ("2020/05/Map-scaled.png", "https://old.example/wp-content/uploads/2020/05/Map-1024x683.png"),
        (
            "2020/05/Map-scaled.png",
            "https://i0.wp.com/old.example/wp-content/uploads/2020/05/Map.png?resize=9%2C9",
        ),
        ("2020/05/Map-rotated.png", "https://old.example/wp-content/uploads/2020/05/Map.png"),
        ("2020/05/MAP.PNG", "http://old.example/wp-content/uploads/2020/05/map-150x150.png"),
        (
            "2020/05/Karte-München.png",
            "https://old.example/wp-content/uploads/2020/05/Karte-M%C3%BCnchen.png",
        ),
        (
            "2020/05/Karte-München.png",
            "//old.example/wp-content/uploads/2020/05/Karte-Mu\u0308nchen-300x200.png",
        ),
        ("2020/05/a b.png", "https://old.example/wp-content/uploads/2020/05/a%20b.png"),
        ("sites/3/2020/05/map.png", "https://old.example/wp-content/uploads/sites/3/2020/05/map.png"),
        ("2020/05/map.png", "https://old.example/wp-content/uploads/sites/3/2020/05/map.png"),
        ("2020/05/map.png", "https://old.example/wp-content/blogs.dir/3/files/2020/05/map.png"),
        ("2020/05/map.png", "https://net.example/sub/files/2020/05/map.png"),
        ("2020/05/map.png", "https://old.files.wordpress.com/2020/05/map.png?w=300"),
        ("2020/05/only-300x200.png", "https://old.example/wp-content/uploads/2020/05/only-300x200.png"),
    ],
)
def test_a_file_is_found_under_every_name_that_wordpress_gives_it(tmp_path, file, address):
    media = picture_file(tmp_path, file)
    bring(tmp_path, export(item(5, content=f'<img src="{address}" alt="A map">')), media=media)
    assert Figure.objects.get().image


def test_pictures_that_scripts_load_late_are_found_once(tmp_path):
    media = picture_file(tmp_path, "late.png")
    plain = shown("late.png", 'alt="Late"')
    late = plain.replace("src=", 'src="data:image/gif;base64,R0lGOD" data-lazy-src=')
    content = f"<p>Words</p>{late}<noscript>{plain}</noscript>"
    bring(tmp_path, export(item(5, content=content)), media=media)
    assert Figure.objects.get().image


def test_an_embedded_picture_is_replaced_by_its_words(tmp_path):
    bring(tmp_path, export(item(5, content='<p>Words</p><img src="data:image/png;base64,aaaa/bbbb.cc">')))
    assert Figure.objects.get().alt == "Picture"


def test_a_picture_whose_file_is_missing_is_replaced_by_its_words(tmp_path):
    report = bring(tmp_path, export(item(5, content=shown("lost.png", 'alt="A lost map"'))))
    figure = Figure.objects.get()
    assert (figure.alt, bool(figure.image)) == ("A lost map", False)
    body = Post.objects.get().body_html
    assert "A lost map" in body
    assert "<img" not in body
    assert "lost.png in “A post”" in report


def test_a_gallery_of_the_post_shows_what_is_attached_to_it(tmp_path):
    items = [
        item(5, content="[gallery]"),
        attachment(8, "a.png", caption="One", parent=5),
        attachment(9, "b.png"),
    ]
    report = bring(tmp_path, export(*items))
    assert [figure.caption for figure in Post.objects.get().figures.all()] == ["One"]
    assert (
        "attached pictures that no text uses, left out – https://old.example/wp-content/uploads/b.png"
        in report
    )


def test_words_of_attachments_are_plain_and_whole(tmp_path):
    caption, description = "A <em>long</em> caption. " * 20, "<p>What is <b>seen</b>.</p>\n<p>And more.</p>"
    kept = attachment(8, "a.png", caption=caption, parent=5).replace(
        "<content:encoded><![CDATA[]]>", f"<content:encoded><![CDATA[{description}]]>"
    )
    bring(tmp_path, export(item(5, content="[gallery]"), kept))
    figure = Figure.objects.get()
    assert figure.caption == ("A long caption. " * 20).strip()
    assert figure.description == "What is seen.\n\nAnd more."


def test_files_that_only_look_like_pictures_or_lie_elsewhere_are_not_taken(tmp_path):
    media = picture_file(tmp_path, "good.png")
    (media / "wp-content/uploads/bad.png").write_text("<script>")
    (tmp_path / "outside.png").write_bytes((media / "wp-content/uploads/good.png").read_bytes())
    (media / "wp-content/uploads/link.png").symlink_to(tmp_path / "outside.png")
    content = "".join(
        shown(name) for name in ("bad.png", "link.png", "../../../outside.png", "%2e%2e/outside.png")
    )
    bring(tmp_path, export(item(5, content=content)), media=media)
    assert Figure.objects.exists()
    assert not any(figure.image for figure in Figure.objects.all())


def test_pictures_without_alt_text_are_named_and_reported(tmp_path):
    report = bring(tmp_path, export(item(5, content=shown("2020/05/the-old-harbour-300x200.jpg"))))
    assert Figure.objects.get().alt == "the old harbour"
    assert "1 pictures without alt text" in report


# --- refusals ------------------------------------------------------------------------------------------------


def test_a_broken_file_changes_nothing(tmp_path):
    whole = export(item(5, comment(11)), item(6, title="Broken"))
    before = everything()
    with pytest.raises(CommandError, match="“Broken”.*Nothing was written"):
        bring(tmp_path, whole[: whole.rindex("</item>")])
    assert everything() == before


def test_a_truncated_file_is_imported_when_asked_for_and_the_rest_later(tmp_path):
    whole = export(item(5, comment(11)), item(6, title="Broken"))
    report = bring(tmp_path, whole[: whole.rindex("</item>")], "--partial")
    assert "1 published posts" in report
    assert "“Broken”: the file ends in the middle of it" in report
    bring(tmp_path, whole)
    assert Post.objects.count() == 2


def test_a_file_or_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(CommandError, match="doesn’t exist"):
        bring_file(tmp_path / "missing.xml")
    with pytest.raises(CommandError, match="doesn’t exist"):
        bring(tmp_path, export(item(5)), media=tmp_path / "nowhere")


def test_a_dry_run_says_what_would_be_imported_and_writes_nothing(tmp_path):
    text = export(
        item(5, comment(11), content="AP (“H”):\n<blockquote>Q</blockquote>[x y=1]"), item(6, status="draft")
    )
    before = everything()
    report = bring(tmp_path, text, "--dry-run")
    assert everything() == before
    for words in (
        "nothing written",
        "1 published posts",
        "1 drafts",
        "1 public comments",
        "1 quoted sources",
        "[x y=1]",
    ):
        assert words in report
    came = bring(tmp_path, text)
    assert came.replace("Imported:", "To import (dry run, nothing written):", 1) == report
