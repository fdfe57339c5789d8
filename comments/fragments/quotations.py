"""The lines under a comment: which of its quotations are broken, and who quotes it."""

from html import escape

from django.utils.translation import ngettext

from comments.fragments.text import ascii_html, translated
from comments.fragments.writers import number_of
from comments.thread import Row
from comments.thread.quotations import BrokenQuotation, QuotationNotes

# Links to quoting comments; more are counted, and listed on the comment's own page.
MOST_QUOTERS = 5


def quoted(row: Row, notes: QuotationNotes, *, home: str) -> str:
    """Return the lines about a comment's broken quotations, and about who quotes it."""
    lines = "".join(map(broken, notes.lost))
    if not notes.by:
        return lines
    links = [f'<a href="{home}{item.id}/">#{item.number}</a>' for item in notes.by]
    if len(links) > MOST_QUOTERS:
        more = ngettext("and %(count)d more", "and %(count)d more", len(links) - MOST_QUOTERS)
        words = ascii_html(escape(more % {"count": len(links) - MOST_QUOTERS}))
        links[MOST_QUOTERS:] = [f'<a href="{home}{row.id}/">{words}</a>']
    quoted_by = translated("Quoted by")
    return f'{lines}<p class="quoted-by">{quoted_by} {", ".join(links)}</p>\n'


def broken(lost: BrokenQuotation) -> str:
    """Return the line about a quotation whose words are no longer in its source."""
    if lost.source is None:
        line = translated("These words are no longer in the post: “%(words)s”")
    elif not lost.words:
        line = translated("The comment quoted here (%(number)s) has been deleted.")
    else:
        line = translated("These words are no longer in %(number)s: “%(words)s”")
    number = number_of(lost.source) if lost.source else ""
    said = line % {"number": number, "words": ascii_html(escape(lost.words))}
    # Read by place.js when it lists a new reply among the comments that quote this one.
    of = f' data-of="{lost.source.id}"' if lost.source else ""
    return f'<p class="quote-lost"{of}>{said}</p>\n'
