"""Pictures are served from the media folder, and nothing else from anywhere."""

import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from blog import actions
from blog.models import Figure

pytestmark = pytest.mark.django_db


@pytest.fixture
def figure(settings, tmp_path, ada):
    settings.MEDIA_ROOT = tmp_path / "media"
    out = io.BytesIO()
    Image.new("RGB", (1200, 600), "green").save(out, "PNG")
    return actions.save_figure(Figure(image=ContentFile(out.getvalue(), name="map.png"), alt="A map"), by=ada)


def test_a_picture_and_its_renditions_are_sent_to_keep(client, figure):
    for path in [figure.image.name, *(rendition["path"] for rendition in figure.renditions)]:
        answer = client.get(f"/media/{path}")
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("image/")
        assert "immutable" in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    "path",
    [
        "../commonplace.sqlite3",
        "..%2f..%2fmanage.py",
        "figures/none.png",
        "figures",
        "",
        "/etc/passwd.png",
        "%00.png",
        "x.html",
    ],
)
def test_nothing_else_is_sent(client, figure, settings, path):
    (settings.MEDIA_ROOT / "x.html").write_text("<script>1</script>")
    (settings.MEDIA_ROOT.parent / "secret.png").write_bytes(b"secret")
    assert client.get(f"/media/{path}").status_code in {301, 404}
    assert client.get("/media/../secret.png").status_code == 404


def test_a_file_that_is_no_picture_is_refused_in_words(ada):
    with pytest.raises(actions.Refused, match="SVG drawings can’t be used"):
        actions.save_figure(Figure(image=ContentFile(b"<svg onload=x>", name="x.png"), alt="x"), by=ada)


def test_the_place_where_a_picture_was_taken_is_removed(figure, ada, settings):
    image = Image.new("RGB", (50, 50))
    exif = image.getexif()
    exif[0x010E] = "taken at home"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    saved = actions.save_figure(Figure(image=ContentFile(out.getvalue(), name="p.jpg"), alt="x"), by=ada)
    with saved.image.open() as file, Image.open(file) as kept:
        assert not kept.getexif()
