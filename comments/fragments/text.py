"""Words of ours as HTML, in plain ASCII."""

from html import escape  # as Django's, but plain strings: f-strings join them twice as fast

from django.utils.translation import gettext


def translated(text: str) -> str:
    """Translate and escape; what is put into it later with % must be escaped already."""
    return ascii_html(escape(gettext(text)))


def signed(score: int) -> str:
    """Return a number with a minus that is as wide as a plus."""
    return f"{score}".replace("-", "−")


def ascii_html(html: str) -> str:
    """Write other letters as references: one "↑" in a comment of plain English would double its bytes in memory."""
    return html.encode("ascii", "xmlcharrefreplace").decode()
