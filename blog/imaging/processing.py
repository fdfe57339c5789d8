"""Pictures: opened safely, freed of metadata, turned upright, in sRGB, and made smaller for small screens."""

import io
import logging
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from blog.imaging.colours import in_srgb
from blog.imaging.formats import NotAPicture, bytes_of, format_of, moves, opened
from blog.imaging.frames import bare_file, is_lossless_webp

__all__ = ["NotAPicture", "check", "cleaned", "holds_more", "make_renditions"]

log = logging.getLogger(__name__)

WIDTHS = (480, 770, 1100, 1540)
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
# Which of them a picture is kept as.
_KEPT_AS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "GIF", "ICO": "PNG"}
# A drawing has few colours, and edges that JPEG would blur.
_COLOURS_OF_A_DRAWING = 256
_LONGEST_JPEG_SIDE, _LONGEST_WEBP_SIDE = 65_500, 16_383
# What Pillow tells of a picture that is not the picture.
_SAID = frozenset({"icc_profile", "exif", "xmp", "comment", "photoshop"})
_HAS_ALPHA = frozenset({"LA", "RGBA"})


class CleanPicture(ContentFile):
    """What `cleaned` returned: it needs no second look, whatever holds it."""


def check(file) -> None:
    """Raise NotAPicture exactly when `cleaned` would; nothing is written, so it takes a fraction of the time."""
    data = bytes_of(file)
    image = opened(data)
    if _is_kept_whole(image):
        bare_file(data, format_of(image))


def cleaned(file) -> CleanPicture:
    """Return the picture upright, in sRGB and without its metadata (where it was taken is nobody's business).

    JPEG, PNG, WebP and GIF stay what they are; other files become JPEG, or PNG when they are drawings or transparent.
    What moves goes on moving: its frames, and a profile that they share, are left as they are.
    Raises NotAPicture, and nothing else, whatever the file holds.
    """
    known = file if isinstance(file, CleanPicture) else getattr(file, "file", None)
    if isinstance(known, CleanPicture):
        return known
    data = bytes_of(file)
    image = opened(data)
    source = format_of(image)
    stem = PurePosixPath(file.name or "").stem[:80] or "figure"
    if _is_kept_whole(image):
        return CleanPicture(bare_file(data, source), name=f"{stem}.{ENDINGS[source]}")
    upright = in_srgb(_upright(image))
    kind = _KEPT_AS.get(source) or _kind_for(upright)
    options = {"lossless": True} if source == "WEBP" and is_lossless_webp(data) else {}
    return CleanPicture(_saved(upright, kind, **options), name=f"{stem}.{ENDINGS[kind]}")


def holds_more(data: bytes) -> bool:
    """Whether a file kept by former versions holds more than its picture: a profile, comments, what programs wrote.

    Raises NotAPicture when it cannot be opened any more.
    """
    image = opened(data)
    if _is_kept_whole(image):
        return bare_file(data, format_of(image)) != data
    said = _SAID & set(image.info) or getattr(image, "text", None)
    # Segments of a JPEG beside its size and its colours.
    more = {name for name, _content in getattr(image, "applist", ())} - {"APP0", "APP14"}
    return bool(said or more)


def _is_kept_whole(image: Image.Image) -> bool:
    """Whether the file's frames stay as they are. A GIF holds no camera's data that would turn or bend it."""
    return image.format == "GIF" or moves(image)


def _upright(image: Image.Image) -> Image.Image:
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except Exception:  # Pillow raises what broken camera data leads it to; the picture is good without.
        log.debug("camera data could not be read", exc_info=True)
    return image


def _kind_for(image: Image.Image) -> str:
    """Return the format for a picture whose own browsers do not all know."""
    is_transparent = image.mode in _HAS_ALPHA or "transparency" in image.info
    is_drawing = image.mode in {"1", "P"} or image.getcolors(_COLOURS_OF_A_DRAWING) is not None
    return "PNG" if is_transparent or is_drawing or max(image.size) > _LONGEST_JPEG_SIDE else "JPEG"


def _saved(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    if kind != "PNG":
        options.setdefault("quality", 90)
    image.save(out, format=kind, **options)
    return out.getvalue()


# --- smaller ones ---------------------------------------------------------------------------------------------


def make_renditions(field_file) -> list[dict]:
    """Write narrower WebP versions beside the picture; return [{"path", "width", "type"}, …], narrow to wide.

    Those of a moving picture stand, and say so (`still`): for lists, and for readers who want nothing to move.
    """
    with field_file.storage.open(field_file.name) as file:
        image = opened(bytes_of(file))
    said = {"still": True} if moves(image) else {}
    image = _for_scaling(image)
    stem = field_file.name.rsplit(".", 1)[0]
    made = []
    for width in reversed(_widths_for(image.width)):
        # Each from the one before it: a third of the time, and no difference to be seen.
        image = image.resize((width, _height_at(width, image)), Image.Resampling.LANCZOS)
        if image.height <= _LONGEST_WEBP_SIDE:
            made.append(_write_rendition(image, stem) | said)
    return made[::-1]


def _for_scaling(image: Image.Image) -> Image.Image:
    """Return the picture in a mode that can be scaled and saved as WebP; files of former versions have profiles."""
    image = in_srgb(_upright(image))
    is_transparent = image.mode in _HAS_ALPHA or "transparency" in image.info
    return image.convert("RGBA" if is_transparent else "RGB")


def _widths_for(width: int) -> list[int]:
    narrower = [candidate for candidate in WIDTHS if candidate < width]
    return [*narrower, width] if width <= WIDTHS[-1] else [*narrower]


def _height_at(width: int, image: Image.Image) -> int:
    return max(1, round(image.height * width / image.width))


def _write_rendition(image: Image.Image, stem: str) -> dict:
    content = ContentFile(_saved(image, "WEBP", quality=82, method=4))
    path = default_storage.save(f"{stem}-{image.width}.webp", content)
    return {"path": path, "width": image.width, "type": "image/webp"}
