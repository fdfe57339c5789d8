"""Opens the files of pictures whatever bytes they hold: a picture comes out, or a sentence that says why none does."""

import io
import logging
import re
import warnings

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

log = logging.getLogger(__name__)

# Larger pictures are refused before they are unpacked: 64 megapixels hold any camera's picture and fit in memory.
MOST_PIXELS = 64_000_000
# Above what browsers send through nginx (deploy/nginx.conf); an import reads from a folder.
MOST_BYTES = 100 * 1024 * 1024
# A minute of film. Every frame is unpacked once, to know that browsers can: four seconds of work for the longest.
MOST_FRAMES = 1_000
MOST_MOVING_PIXELS = 200_000_000

# No other decoder of Pillow sees a file: they are rarely used, and a stranger chooses the bytes.
DECODERS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF", "BMP", "JPEG2000", "ICO")
# Their frames are pages, sizes or a second view of the same picture: the first one counts.
_STANDING = frozenset({"MPO", "TIFF", "ICO"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_SVG = re.compile(rb"\s*(?:<\?xml\b|<!|<svg\b).*?<svg\b|\s*<svg\b", re.I | re.S)
_START = 4096

_NOT_ONE = gettext_lazy(
    "This file is damaged or isn’t an image we can use. Upload a JPEG, PNG, WebP, GIF, AVIF, TIFF, BMP or JPEG 2000."
)
CUT_OFF = gettext_lazy("This file is incomplete: part of the image is missing. Copy or save it again.")


class NotAPicture(Exception):
    """The file cannot be shown; the text says why, in words for the author."""


def bytes_of(file) -> bytes:
    """Return what the file holds. Raises NotAPicture when that is too much."""
    file.seek(0)
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        limit = MOST_BYTES // (1024 * 1024)
        raise NotAPicture(_("This file is larger than %d MB. Resize the image and try again.") % limit)
    return data


def opened(data: bytes) -> Image.Image:
    """Return the picture, unpacked; of one that moves the first frame, after all others were looked at.

    Raises NotAPicture, and nothing else, whatever the bytes are.
    """
    _refuse_known(data)
    try:
        with warnings.catch_warnings():
            # About sizes, which are judged here, and about metadata, which goes.
            warnings.simplefilter("ignore")
            return _unpacked(data)
    except NotAPicture:
        raise
    except Exception as error:  # Pillow raises whatever the broken file leads it to.
        raise NotAPicture(_reason(error)) from error


def moves(image: Image.Image) -> bool:
    """Whether browsers show the file's frames one after the other."""
    return image.format not in _STANDING and getattr(image, "n_frames", 1) > 1


def _unpacked(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=DECODERS)
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise NotAPicture(_too_large(f"{width:,} × {height:,}", width * height))
    if moves(image):
        _look_at_frames(image)
    image.load()
    if 0 in image.size:
        raise NotAPicture(str(_NOT_ONE))
    return image


def _look_at_frames(image: Image.Image) -> None:
    if image.format == "AVIF":
        raise NotAPicture(_("Animated AVIF images can’t be used. Save it as GIF or WebP and try again."))
    _refuse_long(image)
    size = image.size
    for number in range(image.n_frames):
        image.seek(number)
        if image.size != size:
            # A frame that is larger than the picture: no program writes one.
            raise NotAPicture(str(_NOT_ONE))
        image.load()
    image.seek(0)


def _refuse_long(image: Image.Image) -> None:
    frames = image.n_frames
    if frames > MOST_FRAMES or frames * image.width * image.height > MOST_MOVING_PIXELS:
        raise NotAPicture(
            _(
                "This animation is too long: %(frames)s frames of %(size)s. Shorten or resize it and try again."
            )
            % {"frames": f"{frames:,}", "size": f"{image.width:,} × {image.height:,}"}
        )


def _too_large(size: str, pixels: int) -> str:
    words = {"size": size, "pixels": f"{pixels / 1e6:.1f}", "most": MOST_PIXELS // 1_000_000}
    return (
        _(
            "This image has %(size)s pixels (%(pixels)s megapixels); the limit is %(most)d megapixels."
            " Resize it and try again."
        )
        % words
    )


def _reason(error: Exception) -> str:
    """Return what is wrong with a file, by what Pillow says of it."""
    if isinstance(error, Image.DecompressionBombError):
        found = re.search(r"\d+", str(error))
        pixels = int(found.group()) if found else 2 * MOST_PIXELS
        return _too_large(f"{pixels:,}", pixels)
    if isinstance(error, MemoryError):
        return _("This image is too large to open. Resize it and try again.")
    log.debug("a file could not be opened as a picture", exc_info=error)
    is_cut_off = isinstance(error, EOFError) or "truncated" in str(error).lower()
    return str(CUT_OFF if is_cut_off else _NOT_ONE)


def _refuse_known(data: bytes) -> None:
    """Say what to do about files that are pictures elsewhere. Raises NotAPicture."""
    if not data:
        raise NotAPicture(_("This file is empty."))
    if _is_heic(data):
        raise NotAPicture(
            _(
                "This is a HEIC image, which most browsers can’t show. Save it as JPEG and try again. On an iPhone,"
                " Settings → Camera → Formats → Most Compatible saves new photos as JPEG."
            )
        )
    if _SVG.match(data[:_START].removeprefix(b"\xef\xbb\xbf")):
        raise NotAPicture(
            _("SVG drawings can’t be used, because they may contain scripts. Save it as PNG and try again.")
        )
    if data.startswith(b"%PDF"):
        raise NotAPicture(_("This is a PDF, not an image. Save the page as PNG and try again."))


def _is_heic(data: bytes) -> bool:
    """Whether the brands of an ISO media file name HEVC; `mif1` alone says pictures, of either kind."""
    if data[4:8] != b"ftyp":
        return False
    length = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[start : start + 4] for start in range(16, length, 4))}
    return bool(brands & _HEIC_BRANDS) or (b"mif1" in brands and not brands & _AVIF_BRANDS)
