"""Opens an export and hands out its bytes without the characters that XML forbids; it refuses what is no export."""

import codecs
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from exchange.wordpress import formats

# Not allowed in XML, and found in many exports; in UTF-8 these bytes are never part of another character.
_CONTROLS = bytes([*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_DECLARATION = re.compile(rb"<\?xml\b[^<>]*\?>", re.I)
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.I)
_START = re.compile(rb"<\?xml\b|<rss\b|<!DOCTYPE\b|<feed\b|<rdf:RDF\b|<disqus\b|<tumblr\b", re.I)
# As much as is read at once, and the part of a file in which it must say what it is.
CHUNK = 2**18


class Malformed(ValueError):
    """The file cannot be read as an export; its text says where, why, and what to do."""


class Clean:
    """The chunks of a file: UTF-8, or `encoding` where every sign of XML is the byte that it is in ASCII."""

    def __init__(self, file: IO[bytes], progress: Callable[[int], Any] | None) -> None:
        self._file = file
        self._progress = progress or (lambda size: None)
        self.encoding = "utf-8"
        # Lines that stood before the export began and are passed over, and their number.
        self.passed_over = 0

    def chunks(self) -> Iterator[bytes]:
        """Yield what the file holds. Raises Malformed when it is something else, or cannot be read to its end."""
        try:
            yield from self._chunks()
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Malformed(
                _(
                    "This compressed file is damaged or truncated. Download it again, or unpack it and"
                    " import the XML file."
                )
            ) from error

    def _chunks(self) -> Iterator[bytes]:
        first = self._read(self._file)
        file: IO[bytes] | gzip.GzipFile = self._file
        if first.startswith(_GZIP):
            self._file.seek(0)
            file = gzip.GzipFile(fileobj=self._file)
            first = self._read(file)
        if reason := formats.refusal_of_bytes(first):
            raise Malformed(reason)
        decoder = self._decoder(first)
        chunk = self._opening(decoder(first).translate(None, _CONTROLS))
        while True:
            yield chunk
            raw = self._read(file)
            if not raw:
                break
            chunk = decoder(raw).translate(None, _CONTROLS)

    def _read(self, file: IO[bytes] | gzip.GzipFile) -> bytes:
        chunk = file.read(CHUNK)
        self._progress(len(chunk))
        return chunk

    def _decoder(self, first: bytes) -> Callable[[bytes], bytes]:
        """Return what makes UTF-8 of UTF-16; other encodings stay as they are until a text is read."""
        name = _UTF16.get(first[:2])
        if name is None:
            return lambda chunk: chunk
        decoder = codecs.getincrementaldecoder(name)(errors="replace")
        return lambda chunk: decoder.decode(chunk).encode()

    def _opening(self, chunk: bytes) -> bytes:
        """Return the first bytes from where the export begins; every line keeps the number it has in the file."""
        chunk = chunk.removeprefix(_BOM)
        if reason := formats.refusal_of_opening(chunk):
            raise Malformed(reason)
        start = _START.search(chunk)
        lines = chunk[: start.start()].count(b"\n") if start else 0
        if start and chunk[: start.start()].strip():
            self.passed_over = lines
        chunk = chunk[start.start() :] if start else chunk
        declaration = _DECLARATION.match(chunk)
        if declaration:
            self.encoding = _usable(declaration.group())
        return b"\n" * lines + chunk


def _usable(declaration: bytes) -> str:
    """Return the encoding that is declared, if its bytes can be told apart as those of UTF-8 can, else UTF-8."""
    found = _ENCODING.search(declaration)
    name = found.group(1).decode("ascii").lower() if found else "utf-8"
    # Whoever writes Latin-1 into a declaration writes the quotation marks of Windows into the text.
    name = {"iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8"}.get(
        name, name
    )
    plain = bytes(range(0x20, 0x7F))
    try:
        return name if plain.decode(name) == plain.decode("ascii") else "utf-8"
    except (LookupError, ValueError):
        return "utf-8"
