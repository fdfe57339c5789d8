"""Our own words as HTML, in plain ASCII."""

from html import escape  # as Django's, but plain strings: f-strings join them twice as fast

from django.utils.translation import gettext


def translated(text: str) -> str:
    """Translate and escape. Values put in later with % must be escaped already."""
    return ascii_html(escape(gettext(text)))


def with_hidden(words: str, hidden: str) -> str:
    """Return words with more of them for screen readers alone; both are HTML already."""
    return f'{words}<span class="vh"> {hidden}</span>'


def signed(score: int) -> str:
    """Return a number with a typographic minus."""
    return f"{score}".replace("-", "−")


def ascii_html(html: str) -> str:
    """Replace other characters by references: a single "↑" would double the memory of an ASCII text."""
    return html.encode("ascii", "xmlcharrefreplace").decode()
