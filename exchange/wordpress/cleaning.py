"""Cleans the bytes of an export for the parser and refuses, in words, files that are something else altogether."""

import re
from collections.abc import Callable
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

# Not allowed in XML, and found in many exports; in UTF-8 these bytes are never part of another character.
_CONTROLS = bytes([*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_BOM = b"\xef\xbb\xbf"
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ")
_WEB_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
# Blank lines, or what PHP complained about, before the declaration that XML wants to come first.
_LATE_DECLARATION = re.compile(rb"(?P<before>\s*|\s*<br\b.*?)(?P<declaration><\?xml\b[^<>]*\?>)", re.S | re.I)
_OTHER_ENCODING = re.compile(rb"""encoding\s*=\s*["'](?!utf-?8["'])""", re.I)


class Malformed(ValueError):
    """The file cannot be read as an export; its text names the line and the item."""


class Clean:
    """A file without the control characters that XML forbids: they stand for nothing that anybody wrote."""

    def __init__(self, file: BinaryIO, progress: Callable[[int], Any] | None) -> None:
        self._file = file
        self._progress = progress or (lambda size: None)
        self._has_begun = False
        self._is_utf16 = False
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        while True:
            chunk = self._file.read(size)
            self._progress(len(chunk))
            if not self._has_begun:
                self._has_begun = True
                self._is_utf16 = chunk[:2] in _UTF16
                chunk = chunk if self._is_utf16 else _opening(chunk)
                if not chunk.strip():
                    raise Malformed(_("Line 1: this file is empty."))
            if self._is_utf16:
                return chunk
            clean = self._cleaned(chunk)
            # An empty answer would mean the end of the file.
            if clean or not chunk:
                return clean

    def _cleaned(self, chunk: bytes) -> bytes:
        """U+FFFE and U+FFFF are three bytes, which two chunks may share."""
        joined = self._held + chunk.translate(None, _CONTROLS)
        cut = 0
        if chunk:
            cut = 2 if joined[-2:] == b"\xef\xbf" else int(joined[-1:] == b"\xef")
        self._held = joined[len(joined) - cut :]
        ready = joined[: len(joined) - cut]
        return ready.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")


def _opening(chunk: bytes) -> bytes:
    """Return the first bytes so that the parser can begin, every line with the number it has in the file."""
    if chunk.startswith(_PACKED):
        raise Malformed(_("Line 1: this file is packed. Unpack it and import the XML file in it."))
    chunk = chunk.removeprefix(_BOM)
    late = _LATE_DECLARATION.match(chunk)
    if late and late["before"]:
        # Without its declaration, XML is UTF-8 and may begin with blank lines.
        kept = late["declaration"] if _OTHER_ENCODING.search(late["declaration"]) else b""
        lines = b"" if kept else b"\n" * late.group().count(b"\n")
        chunk = lines + kept + chunk[late.end() :]
    if _WEB_PAGE.match(chunk):
        raise Malformed(
            _(
                "Line 1: this is a web page, not an export. Perhaps the export was saved after the sign-in had expired."
            )
        )
    if chunk.strip() and not chunk.lstrip().startswith(b"<"):
        raise Malformed(_("Line 1: this is not XML, so it is not a WordPress export (WXR)."))
    return chunk
