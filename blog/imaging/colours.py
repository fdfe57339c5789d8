"""Turns the colours of pictures into what every screen takes for granted: sRGB, eight bits a channel."""

import io
import logging
import math

from PIL import Image, ImageCms

log = logging.getLogger(__name__)

# Sixteen bits to eight: 65,535 is white as 255 is.
_SIXTEEN_BITS = 257
# Profiles that move no colour by more than this leave the picture as it is; most are sRGB under some name.
_TOO_LITTLE_TO_SEE = 2
_CUBE = (0, 51, 102, 153, 204, 255)
_OPAQUE = {"LA": "L", "PA": "RGB", "RGBA": "RGB"}
# What saving and scaling know.
_USUAL = {
    "La": "LA",
    "PA": "RGBA",
    "RGBa": "RGBA",
    "RGBX": "RGB",
    "CMYK": "RGB",
    "YCbCr": "RGB",
    "HSV": "RGB",
}


def in_srgb(image: Image.Image) -> Image.Image:
    """Return the picture in sRGB, in mode 1, L, LA, P, RGB or RGBA, and with nothing but its pixels.

    The picture given is used up: large ones fit in memory once. Its profile is followed where it can be; one that is
    broken, or not of this picture's colours, is not there.
    """
    profile = image.info.get("icc_profile")
    transparency = image.info.get("transparency")
    found = _in_eight_bits(image)
    if found.mode == "LAB":
        found = _from_lab(found)
    if profile:
        found = _followed(found, profile)
    found = found.convert(_USUAL[found.mode]) if found.mode in _USUAL else found
    keeps_transparency = found.mode == image.mode and transparency is not None
    found.info = {"transparency": transparency} if keeps_transparency else {}
    return found


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Grey of more than eight bits has its whole range, not its lowest 256 steps and white."""
    if image.mode.startswith("I;16"):
        return _scaled(image.convert("I"), 1 / _SIXTEEN_BITS)
    if image.mode == "I":
        highest = _highest(image)
        return _scaled(
            image, 1 if highest <= 255 else 1 / _SIXTEEN_BITS if highest <= 65535 else 255 / highest
        )
    if image.mode == "F":
        highest = _highest(image)
        if not math.isfinite(highest) or highest <= 0:
            return image.convert("L")
        return _scaled(image, 255 if highest <= 1 else 1 if highest <= 255 else 255 / highest)
    return image


def _highest(image: Image.Image) -> float:
    """Return the highest value in a picture of one channel."""
    highest = image.getextrema()[1]
    # Pictures of several channels have a pair for each.
    assert not isinstance(highest, tuple)
    return highest


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    return image.point(lambda value: value * factor + 0.5).convert("L")


# --- profiles -------------------------------------------------------------------------------------------------


def _from_lab(image: Image.Image) -> Image.Image:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return _made(ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB"))


def _applied(image: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    return _made(ImageCms.applyTransform(image, transform))


def _made(image: Image.Image | None) -> Image.Image:
    """Return what lcms has made: it gives nothing only where it was told to change the picture in place."""
    assert image is not None
    return image


def _followed(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        return _converted(image, source, space)
    except Exception:  # lcms raises what a broken profile leads it to; the picture is good without.
        log.debug("a colour profile could not be followed", exc_info=True)
        return image


def _converted(image: Image.Image, source: ImageCms.ImageCmsProfile, space: str) -> Image.Image:
    """Return the picture with its colours as the profile means them, or as it is when that changes nothing."""
    mode = _mode_for(image, space)
    if mode is None:
        return image
    inner, outer = (_OPAQUE.get(mode, mode), "RGB")
    opaque = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), inner, outer)
    if inner != "CMYK" and _changes_nothing(opaque, inner):
        return image
    if mode == "LA":
        grey, alpha = image.convert("LA").split()
        return Image.merge("LA", (_applied(grey, opaque).getchannel(0), alpha))
    if mode == "RGBA":
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGBA", "RGBA")
        return _applied(_in_mode(image, "RGBA"), transform)
    found = _applied(_in_mode(image, mode), opaque)
    return found.getchannel(0) if mode == "L" else found


def _mode_for(image: Image.Image, space: str) -> str | None:
    """Return the mode in which a profile for these colours is applied, or None when it belongs to another picture."""
    has_alpha = image.mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in image.info
    if space == "CMYK":
        return "CMYK" if image.mode == "CMYK" else None
    if image.mode == "CMYK":
        return None
    if space == "GRAY":
        is_grey = image.mode in {"1", "L", "LA", "La"}
        return ("LA" if has_alpha else "L") if is_grey else None
    if space == "RGB":
        return "RGBA" if has_alpha else "RGB"
    return None


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether colours from all over the space come out as they went in."""
    if mode == "L":
        probe = Image.frombytes("L", (256, 1), bytes(range(256)))
    else:
        steps = bytes(
            step for red in _CUBE for green in _CUBE for blue in _CUBE for step in (red, green, blue)
        )
        probe = Image.frombytes("RGB", (len(steps) // 3, 1), steps)
    before, after = probe.convert("RGB").tobytes(), _applied(probe, transform).tobytes()
    return all(abs(one - other) <= _TOO_LITTLE_TO_SEE for one, other in zip(before, after, strict=True))
