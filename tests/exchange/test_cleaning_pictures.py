"""Pictures stored by earlier versions with personal metadata are cleaned once, and their old addresses redirect."""

from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from blog.imaging import processing
from blog.models import Figure, OldAddress, Post
from tests import factories
from tests.blog import profiles
from tests.blog.pictures import GOOD, PLACE, drawn, file_of, jpeg, png, webp

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def kept_before(data: bytes, name: str) -> Figure:
    """A figure as former code left it: its file as it was, renditions beside it."""
    figure = Figure(alt="A map")
    figure.image.save(name, ContentFile(data, name=name))
    figure.renditions = [] if name.endswith("gif") else processing.make_renditions(figure.image)
    figure.save()
    return figure


def clean() -> str:
    out = StringIO()
    call_command("clean_pictures", stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (png(), "map.png"),
        (jpeg(), "map.jpg"),
        (webp(), "map.webp"),
        (GOOD["still.gif"], "map.gif"),
        (GOOD["moving.gif"], "map.gif"),
        (GOOD["moving.webp"], "map.webp"),
        (file_of(drawn(), "PNG", icc_profile=profiles.rgb_profile(profiles.P3)), "map.png"),
    ],
)
def test_an_older_picture_is_cleaned_once_and_its_address_redirects(
    client, data, name, django_capture_on_commit_callbacks
):
    figure = kept_before(data, name)
    OldAddress.objects.create(path="/wp-content/uploads/map.png", target=figure.image.url)
    post = factories.make_post(body=f":::figure\nid: {figure.pk}\n:::")
    updated, before = Post.objects.get(pk=post.pk).updated_at, figure.image.url
    with django_capture_on_commit_callbacks(execute=True):
        assert clean() == "1 of 1 picture cleaned.\n"
    figure.refresh_from_db()
    with figure.image.open() as file:
        kept = file.read()
    assert PLACE not in kept
    assert not processing.holds_more(kept)
    assert figure.renditions
    post = Post.objects.get(pk=post.pk)
    assert figure.image.url in post.body_html
    assert post.updated_at == updated
    for old in (before, "/wp-content/uploads/map.png"):
        assert client.get(old)["Location"] == figure.image.url
    assert clean() == "0 of 1 picture cleaned.\n"


@pytest.mark.parametrize("name", GOOD)
def test_pictures_stored_by_this_version_are_left_alone(name):
    file = processing.cleaned(ContentFile(GOOD[name], name=name))
    assert not processing.holds_more(file.read())


def test_a_file_that_is_broken_or_gone_is_named_and_left(tmp_path):
    broken, gone = kept_before(png(), "broken.png"), kept_before(png(), "gone.png")
    (tmp_path / broken.image.name).write_bytes(b"broken")
    (tmp_path / gone.image.name).unlink()
    said = clean()
    assert f"Figure {broken.pk} " in said
    assert f"Figure {gone.pk} " in said
    assert "0 of 2 pictures cleaned" in said
