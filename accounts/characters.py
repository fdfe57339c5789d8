"""Remove characters from typed text that nobody can have meant, instead of refusing the text because of them."""

import re

# Characters that no text needs, that parsers disagree about and that XML and databases refuse.
_UNSEEN = "\x00-\x08\x0b-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"
_ODD = re.compile(f"[{_UNSEEN}\x80-\x9f]")


def _meant(code: int) -> str:
    """Return the Windows-1252 character that a C1 control character stands for."""
    try:
        return bytes([code]).decode("cp1252")
    except UnicodeDecodeError:
        return ""


# Word processors end lines and pages with the first two; a space stands for them in fields of one line too.
_MEANT = {"\x0b": " ", "\x0c": " "} | {chr(code): _meant(code) for code in range(0x80, 0xA0)}


def readable(text: str) -> str:
    """Return the text without control characters, line ends folded.

    Control characters of C1 become the quotation marks, dashes and letters that they are in Windows-1252.
    """
    return _ODD.sub(
        lambda found: _MEANT.get(found.group(), ""), text.replace("\r\n", "\n").replace("\r", "\n")
    )


def is_readable(text: str) -> bool:
    """Whether `readable` would leave the text as it is, apart from the line ends that forms send."""
    return not _ODD.search(text.replace("\r\n", "\n"))
