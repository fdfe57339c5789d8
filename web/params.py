"""Read numbers from URLs and forms, where anybody may write anything."""

# The largest id that a database holds in a big integer.
LARGEST_ID = 2**63 - 1
# Digits of it. Longer words are not even read: Python refuses more than 4,300 digits with an error.
_DIGITS = 19


def int_param(text: str, *, most: int = LARGEST_ID) -> int | None:
    """Return the number if the text is ASCII digits and at most `most`, else None."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        return None
    number = int(text)
    return number if number <= most else None
