"""Reads the sources that quotations are compared with: comments elsewhere on the post, and the post itself."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from django.db.models import Q
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from blog.models import Post
from comments import thread
from comments.fragments import Fragments
from comments.thread import Row, Viewer, quotations
from comments.thread.long_discussions import NOT_READ
from comments.thread.quotations import QuotationNotes


def quotes_of(
    post: Post,
    rows: Sequence[Row],
    viewer: Viewer,
    *,
    is_whole: bool = False,
    shown: Container[int] | None = None,
) -> Mapping[int, QuotationNotes]:
    """Return the notes about quotations for these comments, which are all of the post's (`is_whole`) or some.

    `shown` are the ids of those that the reader will see, None for all. Sources that are not among the rows are read.
    """
    texts = (row.html for row in rows if shown is None or row.id in shown)
    known = [row for row in rows if row.html != NOT_READ]
    if is_whole and len(known) == len(rows):
        return quotations.find(rows, viewer, _quotable(post), shown=shown)
    named = {pk for pk in quotations.cited(row.html for row in known) if shown is None or pk in shown}
    elsewhere = (quotations.cited(texts) | named) - {row.id for row in known}
    quoted = thread.load(post.pk, only=elsewhere) if elsewhere else []
    others = [row for row in rows if row.html == NOT_READ and row.id not in elsewhere]
    return quotations.find([*known, *others, *quoted], viewer, _quotable(post), shown=shown)


def quotes_it(comment_id: int) -> Q:
    """Return the condition for public comments that quote this one. It searches all texts of the post."""
    return Q(state=thread.PUBLIC, body_html__contains=quotations.mark_of(comment_id))


def preview(text_html: str, post: Post, viewer: Viewer) -> SafeString:
    """Return the preview of a rendered text with the notes about its quotations."""
    sources = quotations.cited([text_html])
    rows = thread.load(post.pk, only=sources) if sources else []
    lost = quotations.broken_in(text_html, {row.id: row for row in rows}, viewer, _quotable(post))
    return Fragments(rows, {}, now=timezone.now(), viewer=viewer).preview(text_html, lost)


def _quotable(post: Post) -> quotations.QuotedPost:
    return quotations.QuotedPost(post.get_absolute_url(), lambda: _html_of(post.pk, post.updated_at))


@lru_cache(maxsize=32)
def _html_of(post_id: int, updated_at: datetime) -> str:
    """Return title, dek and text of a post as HTML. Cached by `updated_at`, so it is read once for each change."""
    title, dek, html = Post.objects.values_list("title", "dek", "body_html").get(pk=post_id)
    return f"<p>{escape(title)}</p><p>{escape(dek)}</p>{html}"
