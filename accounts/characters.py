"""The characters that people can have meant: what enters is cleaned here, and not refused for what nobody sees."""

import re

# Characters that no text needs, that parsers disagree about and that XML and databases refuse.
_UNSEEN = "\x00-\x08\x0b-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"
_ODD = re.compile(f"[{_UNSEEN}\x80-\x9f]")


def _meant(code: int) -> str:
    """Return what a byte of old Windows' texts stands for, which came here as a control character."""
    try:
        return bytes([code]).decode("cp1252")
    except UnicodeDecodeError:
        return ""


# Word processors end lines and pages with the first two; a space stands for them in fields of one line too.
_MEANT = {"\x0b": " ", "\x0c": " "} | {chr(code): _meant(code) for code in range(0x80, 0xA0)}


def readable(text: str) -> str:
    """Return the text without control characters, line ends folded.

    Those of C1 are the quotation marks, dashes and letters that Windows wrote by their numbers.
    """
    return _ODD.sub(
        lambda found: _MEANT.get(found.group(), ""), text.replace("\r\n", "\n").replace("\r", "\n")
    )


def is_readable(text: str) -> bool:
    """Whether nothing in it is to be cleaned; lines may end as forms send them."""
    return not _ODD.search(text.replace("\r\n", "\n"))
