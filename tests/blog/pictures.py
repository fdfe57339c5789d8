"""Small picture files of every format, good and broken, as cameras, phones and programs write them."""

import io
import struct
import zlib

from PIL import Image, ImageDraw, PngImagePlugin

PLACE = b"52.5200 N, 13.4050 E"


def drawn(width: int = 60, height: int = 40, *, mode: str = "RGB") -> Image.Image:
    """A red field whose top left quarter is blue, so that it can be told which way up it is."""
    image = Image.new("RGB", (width, height), (200, 40, 30))
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=(20, 60, 190))
    return image.convert(mode)


def photo(width: int = 120, height: int = 80) -> Image.Image:
    """More colours than a drawing has."""
    return Image.merge(
        "RGB", [Image.linear_gradient("L").resize((width, height)).rotate(turn) for turn in (0, 90, 180)]
    )


def file_of(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def camera_data(*, orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = PLACE.decode()
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def jpeg(**options) -> bytes:
    return file_of(
        drawn(),
        "JPEG",
        exif=camera_data(),
        comment=PLACE,
        xmp=b"<x>" + PLACE + b"</x>",
        quality=95,
        **options,
    )


def phone_photo(*, orientation: int = 1) -> bytes:
    """Two pictures in one file (MPO), as telephones write them, and a film's bytes after them."""
    first, second = drawn(), Image.new("RGB", (30, 20), "green")
    data = file_of(
        first,
        "MPO",
        save_all=True,
        append_images=[second],
        exif=camera_data(orientation=orientation),
        quality=95,
    )
    assert b"MPF\0" in data
    return data + b"MotionPhoto" + PLACE


def png(**options) -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", PLACE.decode())
    words.add_itxt("XML:com.adobe.xmp", "<x>" + PLACE.decode() + "</x>")
    words.add_text("Long", PLACE.decode(), zip=True)
    return file_of(drawn(), "PNG", pnginfo=words, exif=camera_data(), **options)


def webp(**options) -> bytes:
    return file_of(
        drawn(), "WEBP", exif=camera_data(), xmp=b"<x>" + PLACE + b"</x>", lossless=True, **options
    )


def frames(count: int = 3) -> list[Image.Image]:
    return [Image.new("RGB", (60, 40), (60 * number, 20, 200)) for number in range(count)]


def moving(kind: str, **options) -> bytes:
    first, *others = frames()
    return file_of(first, kind, save_all=True, append_images=others, duration=80, loop=0, **options)


def moving_gif() -> bytes:
    data = moving("GIF", comment=PLACE)
    strange = b"\x21\xff\x0bXMP DataXMP" + bytes([len(PLACE)]) + PLACE + b"\0"
    return data[:-1] + strange + b"\x3b" + PLACE


def moving_png() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", PLACE.decode())
    return moving("PNG", pnginfo=words) + PLACE


def moving_webp() -> bytes:
    return moving("WEBP", exif=camera_data(), xmp=b"<x>" + PLACE + b"</x>", lossless=True)


def deep_grey() -> Image.Image:
    """Sixteen bits a pixel: black, a quarter, a half, white."""
    return Image.frombytes("I;16", (4, 1), struct.pack("<4H", 0, 16384, 32768, 65535))


def png_that_claims(width: int, height: int) -> bytes:
    """The head of a picture with any size, and next to nothing of its pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(64)))
        + chunk(b"IEND", b"")
    )


HEIC = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(400)

# Of every format that Pillow opens and a blog may hold.
GOOD = {
    "photo.jpg": jpeg(),
    "progressive.jpg": file_of(photo(), "JPEG", progressive=True),
    "grey.jpg": file_of(drawn(mode="L"), "JPEG"),
    "print.jpg": file_of(drawn(mode="CMYK"), "JPEG"),
    "phone.jpg": phone_photo(orientation=6),
    "photo.png": png(),
    "palette.png": file_of(drawn(mode="P"), "PNG", transparency=0),
    "line.png": file_of(drawn(mode="1"), "PNG"),
    "grey with alpha.png": file_of(drawn(mode="LA"), "PNG"),
    "deep.png": file_of(deep_grey(), "PNG"),
    "photo.webp": webp(),
    "lossy.webp": file_of(photo(), "WEBP", quality=80),
    "still.gif": file_of(drawn(mode="P"), "GIF", comment=PLACE),
    "moving.gif": moving_gif(),
    "moving.png": moving_png(),
    "moving.webp": moving_webp(),
    "photo.avif": file_of(photo(), "AVIF"),
    "photo.bmp": file_of(photo(), "BMP"),
    "scan.tif": file_of(photo(), "TIFF", compression="tiff_lzw"),
    "print.tif": file_of(drawn(mode="CMYK"), "TIFF"),
    "lab.tif": file_of(drawn(mode="LAB"), "TIFF"),
    "deep.tif": file_of(deep_grey(), "TIFF"),
    "float.tif": file_of(Image.linear_gradient("L").convert("F"), "TIFF"),
    "whole numbers.tif": file_of(Image.linear_gradient("L").convert("I"), "TIFF"),
    "photo.jp2": file_of(photo(), "JPEG2000"),
    "icon.ico": file_of(drawn(48, 48, mode="RGBA"), "ICO"),
}
