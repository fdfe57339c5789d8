"""Select the posts of each page, in a fixed number of queries and without counting all rows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Prefetch
from django.utils import timezone

from blog.models import (
    Article,
    Byline,
    Post,
    PostCategory,
    PostTag,
    Publication,
    Quotation,
)
from blog.models.posts import PostQuerySet
from web.absolute_urls import path
from web.pagination import PAGE, Cursor, below, newer, query_before

# The columns that a list shows or orders by.
SHOWN = ("kind", "title", "dek", "excerpt", "slug", "state", "year", "month", "published_at")


@dataclass(frozen=True)
class Day:
    date: date
    entries: list[dict]


@dataclass(frozen=True)
class StreamPage:
    """One page of a stream; `newer` and `older` are relative addresses of the pages beside it, or None."""

    entries: list[dict]
    newer: str | None = None
    older: str | None = None

    @property
    def is_first(self) -> bool:
        return self.newer is None

    @property
    def posts(self) -> list[Post]:
        return [entry["post"] for entry in self.entries]

    @property
    def days(self) -> list[Day]:
        """The entries by the day of the site's zone."""
        by_day = groupby(self.entries, key=lambda entry: timezone.localtime(entry["at"]).date())
        return [Day(date=day, entries=list(entries)) for day, entries in by_day]


# --- pages ----------------------------------------------------------------------------------------------------


def page_of(posts: PostQuerySet, *, before: str = "") -> StreamPage:
    """Return the page of public `posts` that begins below the cursor `before`. Raises BadCursor."""
    cursor = Cursor.read(before) if before else None
    rows = below(posts, cursor) if cursor else posts
    found = list(rows.newest_first().only(*SHOWN)[: PAGE + 1])
    older = query_before(found[PAGE - 1]) if len(found) > PAGE else None
    return StreamPage(_entries(found[:PAGE]), newer=newer(posts, cursor) if cursor else None, older=older)


def _entries(posts: list[Post]) -> list[dict]:
    """Return what a list shows of each post; two more queries.

    Plain dicts with ready URLs: model instances of authors and categories would cost twice as much.
    """
    authors, categories = _names(Byline, "author", posts), _names(PostCategory, "category", posts)
    return [
        {
            "post": post,
            "url": path("blog:post", post.year, post.month, post.slug),
            "title": post.title,
            "summary": post.summary,
            "at": post.published_at,
            "category": next(iter(categories[post.pk]), None),
            "authors": authors[post.pk],
        }
        for post in posts
    ]


def _names(through: type[Byline] | type[PostCategory], kind: str, posts: list[Post]) -> dict[int, list[dict]]:
    """Return the name and address of each post's authors or categories, in their order."""
    rows = through.objects.filter(post__in=[post.pk for post in posts]).order_by("position", "pk")
    names: dict[int, list[dict]] = defaultdict(list)
    for post_id, name, slug in rows.values_list("post_id", f"{kind}__name", f"{kind}__slug"):
        names[post_id].append({"name": name, "url": path(f"blog:{kind}", slug)})
    return names


# --- which posts ----------------------------------------------------------------------------------------------


def quoting(source: Publication | Article) -> PostQuerySet:
    """Posts that quote a publication, or one article of it."""
    which = {"article": source} if isinstance(source, Article) else {"article__publication": source}
    return Post.objects.listed().filter(pk__in=Quotation.objects.filter(**which).values("post"))


# --- one post and its neighbours ------------------------------------------------------------------------------


def with_page_parts(posts: PostQuerySet) -> PostQuerySet:
    """Prefetch everything that a post's own page shows, one query for each kind."""
    bylines = Byline.objects.select_related("author__portrait").prefetch_related("author__handles")
    return posts.prefetch_related(
        Prefetch("bylines", bylines),
        Prefetch("post_categories", PostCategory.objects.select_related("category")),
        Prefetch("post_tags", PostTag.objects.select_related("tag")),
        Prefetch("quotations", Quotation.objects.select_related("article__publication").order_by("position")),
    )


def neighbours(post: Post) -> tuple[Post | None, Post | None]:
    """Return the public posts just before and just after this one."""
    assert post.published_at is not None
    around = Post.objects.listed().only(*Post.ADDRESS, "title")
    cursor = Cursor(post.published_at, post.pk)
    earlier = below(around, cursor).newest_first().first()
    later = around.filter(published_at__gte=cursor.at).exclude(published_at=cursor.at, pk__lte=cursor.pk)
    return earlier, later.order_by("published_at", "pk").first()
