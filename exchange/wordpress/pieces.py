"""Cuts an export into its head and its items, so that an error in one item affects no other."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from exchange.wordpress.cleaning import Malformed

# More than the longest discussion ever held with its texts; nothing larger is kept in memory.
LARGEST_PIECE = 2**27
_ITEM = re.compile(rb"<item(?=[\s>/])")
_ITEM_END = re.compile(rb"</item\s*>")
_CHANNEL_END = re.compile(rb"</channel\s*>")
# The longest of those, with spaces: what may stand half at the end of what is read.
_HALF = 64


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that begin at a line of the file: an item, or what stands before, between and after them."""

    data: bytes
    line: int
    is_item: bool
    # Whether the file ended before this item did.
    is_cut_off: bool = False


class Pieces:
    """Iterates over the pieces; afterwards `has_end` says whether the channel was closed, `line` where it ended."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._buffer = bytearray()
        self.line = 1
        self.has_end = False

    def __iter__(self) -> Iterator[Piece]:
        while True:
            start = self._find(_ITEM, b"<item")
            between = self._take(start)
            # Two exports in one file have two ends; what counts is whether the last one has.
            self.has_end = _CHANNEL_END.search(between.data) is not None
            yield between
            if start is None:
                return
            yield self._item()

    def _item(self) -> Piece:
        end = self._find(_ITEM_END, b"</item")
        found = _ITEM_END.search(self._buffer, end) if end is not None else None
        after = found.end() if found else len(self._buffer)
        # One that has lost its end goes as far as the next one, or the end of them all.
        if self._buffer.find(b"<item", 5, after) >= 0:
            next_start = _outside(self._buffer, _ITEM, 5, after)
            if next_start is not None:
                return self._take(next_start, is_item=True)
        if found is None and (closed := _outside(self._buffer, _CHANNEL_END, 0, after)) is not None:
            return self._take(closed, is_item=True)
        return self._take(after, is_item=True, is_cut_off=found is None)

    def _take(self, size: int | None, *, is_item: bool = False, is_cut_off: bool = False) -> Piece:
        size = len(self._buffer) if size is None else size
        piece = Piece(bytes(self._buffer[:size]), self.line, is_item, is_cut_off)
        self.line += piece.data.count(b"\n")
        del self._buffer[:size]
        return piece

    def _find(self, form: re.Pattern[bytes], literal: bytes) -> int | None:
        """Return where the next mark outside of CDATA stands, reading on until there is one; None at the end."""
        at = 0
        while True:
            at = self._buffer.find(literal, at)
            if at < 0 or at > len(self._buffer) - _HALF:
                at = max(0, len(self._buffer) - _HALF) if at < 0 else at
                if self._read_on():
                    continue
                # The end of the file: whatever stands there is all there is.
                return _outside(self._buffer, form, at, len(self._buffer))
            if not form.match(self._buffer, at):
                at += len(literal)
            elif _is_in_cdata(self._buffer, at):
                at = self._end_of_cdata(at)
            else:
                return at

    def _end_of_cdata(self, at: int) -> int:
        """Return where the section that holds `at` ends; one without an end holds nothing."""
        begun = at
        while (end := self._buffer.find(b"]]>", at)) < 0:
            at = max(at, len(self._buffer) - 2)
            if not self._read_on():
                return begun + 1
        return end

    def _read_on(self) -> bool:
        chunk = next(self._chunks, b"")
        if len(self._buffer) + len(chunk) > LARGEST_PIECE:
            raise Malformed(
                _("Line %d: the item that begins here has no end within 128 MB. Export again; if that doesn’t help, "
                  "export in parts (Tools → Export → Posts, by date).") % self.line
            )  # fmt: skip
        self._buffer += chunk
        return bool(chunk)


def _is_in_cdata(data: bytes | bytearray, at: int) -> bool:
    opened = data.rfind(b"<![CDATA[", 0, at)
    return opened >= 0 and data.rfind(b"]]>", opened, at) < 0


def _outside(data: bytes | bytearray, form: re.Pattern[bytes], start: int, end: int) -> int | None:
    """Return the first place of a mark that stands in no CDATA section."""
    found = form.search(data, start, end)
    while found is not None and _is_in_cdata(data, found.start()):
        closed = data.find(b"]]>", found.end(), end)
        # A section without an end holds nothing.
        found = form.search(data, closed if closed >= 0 else found.end(), end)
    return found.start() if found is not None else None
