"""Pictures as they are uploaded: taken from every camera, in their own colours, without what they say of people."""

import io
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageSequence

from blog.imaging import processing
from tests.blog import profiles
from tests.blog.pictures import (
    GOOD,
    HEIC,
    PLACE,
    camera_data,
    deep_grey,
    drawn,
    file_of,
    frames,
    jpeg,
    moving,
    phone_photo,
    photo,
    png_that_claims,
)

BLUE, RED = (20, 60, 190), (200, 40, 30)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def kept(data: bytes, name: str = "x.jpg") -> Image.Image:
    """The picture as it is kept."""
    return Image.open(io.BytesIO(processing.cleaned(ContentFile(data, name=name)).read()))


class Stored:
    """A file in the storage, as a model's field knows it."""

    storage = default_storage

    def __init__(self, data: bytes, name: str = "x.png") -> None:
        self.name = default_storage.save(name, ContentFile(data))


def renditions(data: bytes, name: str = "x.png") -> list[Image.Image]:
    made = processing.make_renditions(Stored(data, name))
    files = [Path(default_storage.path(rendition["path"])) for rendition in made]
    return [Image.open(io.BytesIO(file.read_bytes())) for file in files]


def is_like(pixel, wanted, *, by: int = 6) -> bool:
    return all(abs(one - other) <= by for one, other in zip(pixel[:3], wanted, strict=True))


# --- what is taken --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_a_picture_of_every_kind_is_taken_and_shown_in_a_form_that_browsers_know(name):
    file = processing.cleaned(ContentFile(GOOD[name], name=name))
    processing.check(ContentFile(GOOD[name], name=name))
    shown = Image.open(io.BytesIO(file.read()))
    shown.load()
    assert shown.format in {"JPEG", "PNG", "WEBP", "GIF"}
    assert file.name.rsplit(".", 1)[1] == processing.ENDINGS[shown.format]
    file.seek(0)
    assert all(one.mode in {"RGB", "RGBA"} for one in renditions(file.read(), file.name))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("photo.avif", "JPEG"),
        ("photo.bmp", "JPEG"),
        ("scan.tif", "JPEG"),
        ("photo.jp2", "JPEG"),
        ("print.tif", "PNG"),
        ("deep.tif", "PNG"),
        ("icon.ico", "PNG"),
    ],
)
def test_photos_of_other_formats_become_jpeg_and_drawings_png(name, kind):
    assert kept(GOOD[name]).format == kind


def test_a_phones_photo_is_its_first_picture_turned_upright():
    shown = kept(phone_photo(orientation=6))
    assert (shown.format, shown.size) == ("JPEG", (40, 60))
    assert getattr(shown, "n_frames", 1) == 1
    assert is_like(shown.getpixel((35, 5)), BLUE)
    assert is_like(shown.getpixel((5, 5)), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_way_up_that_the_camera_says_is_kept_in_every_format(kind, orientation):
    corner = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[
        orientation
    ]
    data = file_of(drawn(), kind, exif=camera_data(orientation=orientation))
    shown = kept(data).convert("RGB")
    assert shown.size == ((60, 40) if orientation < 5 else (40, 60))
    place = tuple(int((0.25 + 0.5 * where) * side) for where, side in zip(corner, shown.size, strict=True))
    assert is_like(shown.getpixel(place), BLUE, by=12)


def test_a_broken_orientation_leaves_the_picture_as_it_is():
    data = file_of(drawn(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert kept(data).size == (60, 40)


# --- what is not kept -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_nothing_but_the_picture_is_kept(name):
    file = processing.cleaned(ContentFile(GOOD[name], name=name)).read()
    shown = Image.open(io.BytesIO(file))
    assert PLACE not in file
    assert not shown.getexif()
    assert not {"comment", "xmp", "exif", "photoshop", "XML:com.adobe.xmp"} & set(shown.info)
    assert not getattr(shown, "text", {})
    for rendition in renditions(GOOD[name], name):
        assert not rendition.getexif()
        assert not {"exif", "xmp", "icc_profile"} & set(rendition.info)


# --- colours --------------------------------------------------------------------------------------------------

COLOURS = [(255, 0, 0), (200, 100, 50), (30, 220, 60), (90, 90, 90), (255, 255, 255), (10, 20, 240)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("colorants", [profiles.P3, profiles.ADOBE], ids=["P3", "Adobe RGB"])
def test_colours_of_a_wide_screen_are_the_same_colours_in_srgb(kind, colorants):
    profile = profiles.rgb_profile(colorants)
    options = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    for colour in COLOURS:
        wanted = profiles.srgb_of_rgb(colour, colorants)
        data = file_of(Image.new("RGB", (600, 20), colour), kind, icc_profile=profile, **options)
        shown = kept(data)
        assert "icc_profile" not in shown.info
        assert is_like(shown.convert("RGB").getpixel((9, 9)), wanted), colour
        # Of files kept by former versions, whose profile may be there still.
        assert all(is_like(one.convert("RGB").getpixel((9, 9)), wanted) for one in renditions(data)), colour


def test_colours_with_transparency_are_converted_and_stay_as_transparent_as_they_were():
    image = Image.new("RGBA", (20, 20), (200, 100, 50, 77))
    shown = kept(file_of(image, "PNG", icc_profile=profiles.rgb_profile(profiles.P3)))
    assert shown.mode == "RGBA"
    assert shown.getpixel((3, 3))[3] == 77
    assert is_like(shown.getpixel((3, 3)), profiles.srgb_of_rgb((200, 100, 50), profiles.P3))


def test_a_palette_is_converted_with_its_transparency():
    image = Image.new("P", (20, 20), 1)
    image.putpalette([0, 0, 0, 200, 100, 50])
    image.putpixel((0, 0), 0)
    shown = kept(file_of(image, "PNG", transparency=0, icc_profile=profiles.rgb_profile(profiles.P3)))
    shown = shown.convert("RGBA")
    assert (shown.getpixel((0, 0))[3], shown.getpixel((3, 3))[3]) == (0, 255)
    assert is_like(shown.getpixel((3, 3)), profiles.srgb_of_rgb((200, 100, 50), profiles.P3))


def test_grey_of_another_gamma_is_converted():
    data = file_of(Image.new("L", (20, 20), 100), "PNG", icc_profile=profiles.grey_profile(gamma=1.0))
    shown = kept(data)
    assert shown.mode == "L"
    assert abs(shown.getpixel((3, 3)) - profiles.srgb_of_lab((68.4, 0, 0))[0]) <= 3


def test_colours_for_print_are_what_the_inks_look_like():
    image = Image.new("CMYK", (40, 20), (0, 255, 0, 0))
    image.paste((0, 0, 0, 0), (20, 0, 40, 20))
    data = file_of(image, "JPEG", icc_profile=profiles.cmyk_profile(), quality=100)
    shown = kept(data)
    assert shown.mode == "RGB"
    assert is_like(shown.getpixel((4, 4)), profiles.srgb_of_lab(profiles.MAGENTA), by=8)
    assert is_like(shown.getpixel((36, 4)), (255, 255, 255))


def test_colours_for_print_without_a_profile_are_taken_as_they_are():
    shown = kept(file_of(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG", quality=100))
    assert is_like(shown.getpixel((4, 4)), (255, 0, 0))


@pytest.mark.parametrize(
    "profile",
    [
        b"x",
        bytes(200),
        profiles.rgb_profile(profiles.P3)[:300],
        profiles.cmyk_profile(),
        profiles.grey_profile(gamma=1),
    ],
)
def test_a_profile_that_is_broken_or_of_another_picture_is_not_there(profile):
    shown = kept(
        file_of(Image.new("RGB", (20, 20), (200, 100, 50)), "JPEG", icc_profile=profile, quality=100)
    )
    assert is_like(shown.getpixel((3, 3)), (200, 100, 50))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_grey_of_sixteen_bits_keeps_its_steps(kind):
    shown = kept(file_of(deep_grey(), kind)).convert("L")
    assert [shown.getpixel((x, 0)) for x in range(4)] == [0, 64, 128, 255]


@pytest.mark.parametrize(
    ("mode", "values"),
    [("I", (0, 16384, 65535)), ("F", (0.0, 0.25, 1.0)), ("F", (0.0, 64.0, 255.0)), ("I", (0, 64, 255))],
)
def test_grey_of_other_widths_keeps_its_steps(mode, values):
    image = Image.new(mode, (3, 1))
    for x, value in enumerate(values):
        image.putpixel((x, 0), value)
    shown = kept(file_of(image, "TIFF")).convert("L")
    assert [shown.getpixel((x, 0)) for x in range(3)] == [0, 64, 255]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_png_looks_as_before_in_every_mode(mode):
    image = drawn(mode=mode)
    assert kept(file_of(image, "PNG")).convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


# --- what moves -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["moving.gif", "moving.png", "moving.webp"])
def test_what_moves_goes_on_moving(name):
    shown = kept(GOOD[name])
    assert shown.n_frames == 3
    assert shown.info["loop"] == 0
    found = [frame.convert("RGB").getpixel((5, 5)) for frame in ImageSequence.Iterator(shown)]
    assert all(is_like(pixel, frame.getpixel((5, 5))) for pixel, frame in zip(found, frames(), strict=True))


@pytest.mark.parametrize("name", ["moving.gif", "moving.png", "moving.webp"])
def test_smaller_ones_of_what_moves_stand_and_say_so(name):
    made = processing.make_renditions(Stored(GOOD[name], name))
    assert made
    assert all(rendition["still"] for rendition in made)


def test_colours_of_what_moves_keep_their_profile():
    profile = profiles.rgb_profile(profiles.P3)
    assert kept(moving("PNG", icc_profile=profile)).info["icc_profile"] == profile
    assert kept(moving("WEBP", icc_profile=profile)).info["icc_profile"] == profile


def test_a_still_gif_gets_smaller_ones(tmp_path):
    assert (
        processing.make_renditions(Stored(file_of(drawn(900, 600, mode="P"), "GIF"), "x.gif"))[0]["width"]
        == 480
    )


# --- what is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.4", "PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG.*Save it as PNG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->\n<svg/>", "SVG"),
        (HEIC, "HEIC.*Save it as JPEG.*Most Compatible"),
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heic" + bytes(99), "HEIC"),
        (b"<html>", "isn’t an image"),
        (b"GIF89a", "isn’t an image|incomplete"),
        (jpeg()[:600], "incomplete|damaged"),
        (file_of(photo(), "JPEG")[:-300], "incomplete"),
        (file_of(photo(), "PNG")[:-300], "incomplete|damaged"),
        (GOOD["moving.gif"][:-120], "incomplete|damaged"),
        (GOOD["moving.webp"][:-120], "incomplete|damaged"),
        (
            png_that_claims(9000, 8000),
            r"9,000 × 8,000 pixels \(72.0 megapixels\); the limit is 64 megapixels",
        ),
        (png_that_claims(60000, 60000), "3600.0 megapixels"),
        (png_that_claims(2**31 - 1, 2**31 - 1), "megapixels"),
        (moving("AVIF"), "Animated AVIF"),
        (file_of(drawn(), "PPM"), "isn’t an image"),
        (file_of(drawn(), "EPS"), "isn’t an image"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_sentence(data, words):
    for look in (processing.check, processing.cleaned):
        with pytest.raises(processing.NotAPicture, match=words):
            look(ContentFile(data, name="x.jpg"))


def test_a_moving_picture_without_end_is_refused_before_it_is_unpacked():
    others = [Image.new("RGB", (2, 2), (4 * number, 0, 0)) for number in range(1, 60)]
    data = bytearray(file_of(Image.new("RGB", (2, 2)), "GIF", save_all=True, append_images=others))
    data[6:10] = (3000).to_bytes(2, "little") * 2
    with pytest.raises(processing.NotAPicture, match="60 frames of 3,000 × 3,000"):
        processing.check(ContentFile(bytes(data), name="x.gif"))


def test_a_frame_larger_than_its_picture_is_refused_before_it_is_unpacked():
    data = bytearray(GOOD["moving.gif"])
    second = data.index(b"\x2c", data.index(b"\x21\xf9", data.index(b"\x21\xf9") + 1))
    data[second + 5 : second + 9] = (12_000).to_bytes(2, "little") * 2
    with pytest.raises(processing.NotAPicture, match="damaged"):
        processing.check(ContentFile(bytes(data), name="x.gif"))


def test_a_narrow_and_very_long_picture_has_no_smaller_ones_that_webp_cannot_hold():
    assert renditions(file_of(Image.new("L", (600, 30000)), "PNG")) == []


# --- any bytes ------------------------------------------------------------------------------------------------


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The file with some of it cut off, changed, doubled or taken away."""
    spoiled = bytearray(data)
    for _turn in range(chance.randint(1, 6)):
        place, length = chance.randrange(max(1, len(spoiled))), chance.choice((1, 1, 2, 4, 40))
        kind = chance.random()
        if kind < 0.6:
            # Heads are where the numbers are that lead a decoder astray.
            place = min(place, chance.choice((place, 64, 400)))
            spoiled[place : place + length] = chance.choice(
                (chance.randbytes(length), b"\xff" * length, bytes(length))
            )
        elif kind < 0.75:
            del spoiled[place:]
        elif kind < 0.9:
            del spoiled[place : place + length]
        else:
            spoiled[place:place] = spoiled[place : place + length]
    return bytes(spoiled)


@pytest.mark.parametrize("name", GOOD)
def test_whatever_the_bytes_are_a_picture_or_a_sentence_comes_out(name):
    chance = random.Random(f"pictures {name}")
    taken = 0
    for _turn in range(60):
        data = damaged(GOOD[name], chance)
        try:
            file = processing.cleaned(ContentFile(data, name=name))
        except processing.NotAPicture:
            with pytest.raises(processing.NotAPicture, match=r"\w"):
                processing.check(ContentFile(data, name=name))
            continue
        processing.check(ContentFile(data, name=name))
        taken += 1
        processing.make_renditions(Stored(file.read(), file.name))
    assert taken < 60


def test_the_largest_picture_fits_in_the_memory_of_a_small_server():
    """64 megapixels are 256 MB unpacked; turned upright they are there twice, and never three times."""
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not say how much memory a process has had")
    code = r"""
import re, django
from pathlib import Path
django.setup()
from django.core.files.base import ContentFile
from PIL import Image
from blog.imaging import processing
from tests.blog.pictures import camera_data, file_of
data = file_of(Image.new("RGB", (8000, 8000)), "JPEG", exif=camera_data(orientation=6))
processing.cleaned(ContentFile(data, name="x.jpg"))
print(int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 2 * 256 + 250
