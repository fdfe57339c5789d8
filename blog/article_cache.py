"""Cache the parts of a post's page that are the same for every viewer.

They are kept in this process under the version of the site, which changes with every post, author, topic and source.
Comments do not change them: their number is inserted afterwards.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts import moments
from blog import page_cache, post_lists, structured_data
from blog.markup import trusted
from blog.models import Post
from blog.requests import site_of
from web import lru_cache

# Replaced by the number of comments. It occurs in no text, since stored HTML holds no HTML comments.
COUNT_MARK = "<!--number of comments-->"
MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Parts:
    """The head of the page, and its article with `COUNT_MARK` in it."""

    head: SafeString
    article: SafeString
    made_at: datetime
    valid_until: float  # seconds since the epoch

    @property
    def size(self) -> int:
        return len(self.head) + len(self.article)


cached_articles: lru_cache.LRUCache[Parts] = lru_cache.LRUCache(most_bytes=MOST_BYTES)


def parts_of(request: HttpRequest, post: Post) -> Parts:
    """Return the parts of a public post's page, from the cache or rendered now; a cached one costs no query."""
    key = (post.pk, site_of(request).version)
    found = cached_articles.get(key)
    # One that was made while the clock was ahead may show posts that are not due yet.
    if (
        found is None
        or time.time() >= found.valid_until
        or moments.is_ahead(found.made_at, now=timezone.now())
    ):
        whole = post_lists.with_page_parts(Post.objects.filter(pk=post.pk)).get()
        found = make_parts(request, whole)
        cached_articles.put(key, found)
    return found


def make_parts(request: HttpRequest, post: Post, *, preview: bool = False) -> Parts:
    """Render the parts of a post loaded by `with_page_parts`; previews and pages have no previous and next post."""
    # Taken before the query: a post that becomes due meanwhile may be missing.
    began, site = timezone.now(), site_of(request)
    earlier, later = (None, None) if preview or post.is_page else post_lists.neighbours(post)
    head = {
        "post": post,
        "site": site,
        "article_data": structured_data.article(post, site),
        "image": structured_data.first_image(post),
        "modified": structured_data.modified(post),
    }
    article = {"post": post, "earlier": earlier, "later": later, "count": trusted(COUNT_MARK)}
    return Parts(
        head=render_to_string("blog/_post_head.html", head),
        article=render_to_string("blog/_standing.html" if post.is_page else "blog/_article.html", article),
        made_at=began,
        valid_until=page_cache.next_change(site, now=began).timestamp(),
    )
