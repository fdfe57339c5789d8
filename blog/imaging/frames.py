"""Takes from GIF, PNG and WebP files what is no picture, block by block: frames and their colours stay bit for bit."""

from collections.abc import Iterator

from blog.imaging.formats import CUT_OFF, NotAPicture

_PNG_START = b"\x89PNG\r\n\x1a\n"
# What browsers need for the pixels, and the colours they mean. No text, no time, no camera, nothing of a program.
_PNG_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT"}
    | {b"sRGB", b"iCCP", b"gAMA", b"cHRM", b"cICP", b"sBIT", b"bKGD"}
)
_WEBP_CHUNKS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"})
# In VP8X: there is EXIF, there is XMP.
_WEBP_METADATA = 0x08 | 0x04
# How often a GIF is shown again.
_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_GIF_COMMENT, _GIF_CONTROL, _GIF_APPLICATION = 0xFE, 0xF9, 0xFF


class _Broken(Exception):
    """The file is not built as its format is."""


def bare_file(data: bytes, kind: str) -> bytes:
    """Return a GIF, PNG or WebP file without its metadata and without what follows it. Raises NotAPicture."""
    try:
        return {"GIF": _bare_gif, "PNG": _bare_png, "WEBP": _bare_webp}[kind](data)
    except (_Broken, IndexError) as error:
        raise NotAPicture(str(CUT_OFF)) from error


def is_lossless_webp(data: bytes) -> bool:
    return any(name == b"VP8L" for name, _chunk in _riff_chunks(data))


# --- GIF ------------------------------------------------------------------------------------------------------


def _bare_gif(data: bytes) -> bytes:
    place = 13 + _palette_length(data[10])
    pieces = [data[:place]]
    while place < len(data) and data[place] != 0x3B:
        end = _gif_block_end(data, place)
        if not _is_gif_metadata(data, place):
            pieces.append(data[place:end])
        place = end
    return b"".join(pieces) + b"\x3b"


def _palette_length(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_block_end(data: bytes, place: int) -> int:
    if data[place] == 0x21:
        return _gif_parts_end(data, place + 2)
    if data[place] == 0x2C:
        return _gif_parts_end(data, place + 11 + _palette_length(data[place + 9]))
    raise _Broken


def _gif_parts_end(data: bytes, place: int) -> int:
    """Return where a row of parts, each with its length before it, ends: with one of length 0."""
    while length := data[place]:
        place += 1 + length
    return place + 1


def _is_gif_metadata(data: bytes, place: int) -> bool:
    if data[place] != 0x21 or data[place + 1] == _GIF_CONTROL:
        return False
    return data[place + 1] != _GIF_APPLICATION or data[place + 3 : place + 14] not in _GIF_LOOPS


# --- PNG ------------------------------------------------------------------------------------------------------


def _bare_png(data: bytes) -> bytes:
    pieces = [_PNG_START]
    place = len(_PNG_START)
    while True:
        name = data[place + 4 : place + 8]
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        if end > len(data):
            raise _Broken
        if name in _PNG_CHUNKS:
            pieces.append(data[place:end])
        if name == b"IEND":
            return b"".join(pieces)
        place = end


# --- WebP -----------------------------------------------------------------------------------------------------


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give the name and the whole of each chunk."""
    place, last = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while place + 8 <= last:
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        end = place + 8 + length + (length & 1)
        if place + 8 + length > len(data):
            raise _Broken
        yield data[place : place + 4], data[place:end]
        place = end


def _bare_webp(data: bytes) -> bytes:
    pieces = []
    for name, chunk in _riff_chunks(data):
        if name == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_METADATA]) + chunk[9:]
        if name in _WEBP_CHUNKS:
            pieces.append(chunk)
    body = b"WEBP" + b"".join(pieces)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
