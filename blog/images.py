"""Pictures: opened safely, freed of location data, turned upright, and made smaller for small screens."""

import io
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

# Larger pictures are refused before they are unpacked: 64 megapixels hold any camera's picture and fit in memory.
MOST_PIXELS = 64_000_000
WIDTHS = (480, 770, 1100, 1540)
KEPT_FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}


class NotAPicture(Exception):
    """The file cannot be shown; the text says why, in words for the author."""


def _open(file) -> Image.Image:
    try:
        file.seek(0)
        image = Image.open(file)
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise NotAPicture(_("This picture has more than 64 megapixels. Save it smaller and try again."))
        image.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise NotAPicture(
            _("This file is not a picture that can be shown (JPEG, PNG, WebP or GIF).")
        ) from error
    if image.format not in KEPT_FORMATS:
        raise NotAPicture(_("Pictures are JPEG, PNG, WebP or GIF; this one is %s.") % image.format)
    return image


def cleaned(file) -> ContentFile:
    """Return the picture upright and without its metadata (where it was taken is nobody's business).

    Raises NotAPicture.
    """
    image = _open(file)
    kind = image.format
    name = f"{PurePosixPath(file.name).stem[:80] or 'figure'}.{KEPT_FORMATS[kind]}"
    if kind == "GIF":
        # Animations carry no camera data, and turning them would stop them.
        file.seek(0)
        return ContentFile(file.read(), name=name)
    upright = ImageOps.exif_transpose(image)
    out = io.BytesIO()
    quality = {"quality": 90} if kind != "PNG" else {"optimize": True}
    upright.save(out, format=kind, exif=b"", **quality)
    return ContentFile(out.getvalue(), name=name)


def make_renditions(field_file) -> list[dict]:
    """Write narrower WebP versions beside the picture; return [{"path", "width", "type"}, …], narrow to wide."""
    with field_file.storage.open(field_file.name) as file:
        image = _open(file)
        if image.format == "GIF":
            return []
        if image.mode not in {"RGB", "RGBA"}:
            image = image.convert("RGBA" if "transparency" in image.info or image.mode == "LA" else "RGB")
    stem = field_file.name.rsplit(".", 1)[0]
    return [_write_rendition(image, stem, width) for width in _widths_for(image.width)]


def _widths_for(width: int) -> list[int]:
    narrower = [candidate for candidate in WIDTHS if candidate < width]
    return [*narrower, width] if width <= WIDTHS[-1] else [*narrower]


def _write_rendition(image: Image.Image, stem: str, width: int) -> dict:
    height = max(1, round(image.height * width / image.width))
    out = io.BytesIO()
    image.resize((width, height), Image.Resampling.LANCZOS).save(out, format="WEBP", quality=82, method=4)
    path = default_storage.save(f"{stem}-{width}.webp", ContentFile(out.getvalue()))
    return {"path": path, "width": width, "type": "image/webp"}
