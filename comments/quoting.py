"""Gets what quotations are compared with: comments elsewhere on the post, and the post itself where one quotes it."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from django.db.models import Q
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from blog.models import Post
from comments import quotes, thread
from comments.fragments import Fragments
from comments.quotes import Quoted
from comments.thread import Row, Viewer


def quotes_of(
    post: Post,
    rows: Sequence[Row],
    viewer: Viewer,
    *,
    is_whole: bool = False,
    shown: Container[int] | None = None,
) -> Mapping[int, Quoted]:
    """Return what is to be said of quotations under these comments, all of the post's (`is_whole`) or some.

    `shown`: those of them that the reader will see, None for all.
    """
    texts = (row.html for row in rows if shown is None or row.id in shown)
    elsewhere = set() if is_whole else quotes.cited(texts) - {row.id for row in rows}
    quoted = thread.load(post.pk, only=elsewhere) if elsewhere else []
    return quotes.find([*rows, *quoted], viewer, _quotable(post), shown=shown)


def quotes_it(comment_id: int) -> Q:
    """Return the condition of public comments that quote this one; all texts of a post are looked through."""
    return Q(state=thread.PUBLIC, body_html__contains=quotes.mark_of(comment_id))


def preview(text_html: str, post: Post, viewer: Viewer) -> SafeString:
    """Return a text that nobody has posted yet as it would stand there."""
    sources = quotes.cited([text_html])
    rows = thread.load(post.pk, only=sources) if sources else []
    lost = quotes.lost_in(text_html, {row.id: row for row in rows}, viewer, _quotable(post))
    return Fragments(rows, {}, now=timezone.now(), viewer=viewer).preview(text_html, lost)


def _quotable(post: Post) -> quotes.ThePost:
    return quotes.ThePost(post.get_absolute_url(), lambda: _html_of(post.pk, post.updated_at))


@lru_cache(maxsize=32)
def _html_of(post_id: int, updated_at: datetime) -> str:
    """Return what readers see of a post as it was at `updated_at`; asked once for each change of it."""
    title, dek, html = Post.objects.values_list("title", "dek", "body_html").get(pk=post_id)
    return f"<p>{escape(title)}</p><p>{escape(dek)}</p>{html}"
