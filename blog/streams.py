"""Chooses the posts of each page in a fixed number of queries; it counts no more than it shows."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby

from django.db.models import Count, Prefetch, QuerySet
from django.utils import timezone

from blog.models import (
    Article,
    Author,
    Byline,
    Category,
    Post,
    PostCategory,
    PostTag,
    Publication,
    Quotation,
    Tag,
)
from blog.models.posts import PostQuerySet

# One screen of a phone is three entries, and a day of a busy blog has ten.
PAGE = 20
# Past this many a number in a header says nothing more, and counting on costs more than the page.
MOST_COUNTED = 1000


class BadCursor(ValueError):
    """A `?before=` that no page of ours has written."""


@dataclass(frozen=True)
class Cursor:
    """A place in a stream: everything older than the post `pk` of the moment `at`. Its text stands in addresses."""

    at: datetime
    pk: int

    @classmethod
    def read(cls, text: str) -> "Cursor":
        found = re.fullmatch(r"(\d{8}T\d{12})-(\d{1,18})", text, re.ASCII)
        if not found:
            raise BadCursor(text)
        try:
            at = datetime.strptime(found.group(1), "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
        except ValueError as error:
            raise BadCursor(text) from error
        return cls(at=at, pk=int(found.group(2)))

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{self.pk}"


@dataclass(frozen=True)
class Day:
    date: date
    posts: list[Post]


@dataclass(frozen=True)
class StreamPage:
    """One page of a stream; `newer` and `older` are relative addresses of the pages beside it, or None."""

    posts: list[Post] = field(default_factory=list)
    newer: str | None = None
    older: str | None = None

    @property
    def is_first(self) -> bool:
        return self.newer is None

    @property
    def lead(self) -> Post | None:
        return self.posts[0] if self.posts and self.is_first else None

    @property
    def days(self) -> list[Day]:
        """The posts by the day of the site's zone."""
        by_day = groupby(self.posts, key=lambda post: timezone.localtime(post.published_at).date())
        return [Day(date=day, posts=list(posts)) for day, posts in by_day]


# --- pages ----------------------------------------------------------------------------------------------------


def page_of(posts: PostQuerySet, *, before: str = "") -> StreamPage:
    """Return the page of published `posts` that begins below the cursor `before`. Raises BadCursor."""
    cursor = Cursor.read(before) if before else None
    rows = _below(posts, cursor) if cursor else posts
    found = list(rows.newest_first().for_stream()[: PAGE + 1])
    older = _query_before(found[PAGE - 1]) if len(found) > PAGE else None
    return StreamPage(posts=found[:PAGE], newer=_newer(posts, cursor) if cursor else None, older=older)


def _below(posts: PostQuerySet, cursor: Cursor) -> PostQuerySet:
    # A range and an exception rather than OR, so that the index is walked from the right place on.
    return posts.filter(published_at__lte=cursor.at).exclude(published_at=cursor.at, pk__gte=cursor.pk)


def _newer(posts: PostQuerySet, cursor: Cursor) -> str:
    """Return the query of the page above: its upper end is the first post that does not fit on it."""
    above = posts.filter(published_at__gte=cursor.at).exclude(published_at=cursor.at, pk__lt=cursor.pk)
    ends = above.order_by("published_at", "pk").values_list("published_at", "pk")[PAGE : PAGE + 1]
    return next((f"?before={Cursor(at, pk)}" for at, pk in ends), "./")


def _query_before(post: Post) -> str:
    assert post.published_at is not None
    return f"?before={Cursor(post.published_at, post.pk)}"


def counted(posts: PostQuerySet) -> int:
    """Return how many posts there are, or MOST_COUNTED + 1 for more than that."""
    return posts.order_by()[: MOST_COUNTED + 1].count()


# --- which posts ----------------------------------------------------------------------------------------------


def in_category(category: Category) -> PostQuerySet:
    return Post.objects.published().filter(filed__category=category)


def with_tag(tag: Tag) -> PostQuerySet:
    return Post.objects.published().filter(tagged__tag=tag)


def by_author(author: Author) -> PostQuerySet:
    return Post.objects.published().filter(bylines__author=author)


def quoting(source: Publication | Article) -> PostQuerySet:
    """Posts that quote a publication, or one article of it."""
    which = {"article": source} if isinstance(source, Article) else {"article__publication": source}
    return Post.objects.published().filter(pk__in=Quotation.objects.filter(**which).values("post"))


def of_year(year: int) -> PostQuerySet:
    return Post.objects.published().filter(year=year)


def of_month(year: int, month: int) -> PostQuerySet:
    return Post.objects.published().filter(year=year, month=month)


# --- one post and its neighbours ------------------------------------------------------------------------------


def with_page_parts(posts: PostQuerySet) -> PostQuerySet:
    """Add everything that a post's own page shows, one query for each kind of thing."""
    bylines = Byline.objects.select_related("author__portrait").prefetch_related("author__handles")
    return posts.prefetch_related(
        Prefetch("bylines", bylines),
        Prefetch("filed", PostCategory.objects.select_related("category")),
        Prefetch("tagged", PostTag.objects.select_related("tag")),
        Prefetch("quotations", Quotation.objects.select_related("article__publication").order_by("position")),
    )


def neighbours(post: Post) -> tuple[Post | None, Post | None]:
    """Return the public posts just before and just after this one."""
    around = Post.objects.published().only("title", "slug", "year", "month", "state")
    cursor = Cursor(post.published_at, post.pk)
    earlier = _below(around, cursor).newest_first().first()
    later = around.filter(published_at__gte=cursor.at).exclude(published_at=cursor.at, pk__lte=cursor.pk)
    return earlier, later.order_by("published_at", "pk").first()


# --- what there is --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MonthCount:
    month: int
    posts: int


@dataclass(frozen=True)
class YearCount:
    year: int
    months: list[MonthCount]

    @property
    def posts(self) -> int:
        return sum(month.posts for month in self.months)


def years() -> list[YearCount]:
    """Return how many posts each month has, newest year first, all twelve months of each."""
    rows = _by_month(Post.objects.published())
    return [_year_count(year, list(months)) for year, months in groupby(rows, key=lambda row: row[0])]


def year_count(year: int) -> YearCount:
    return _year_count(year, list(_by_month(of_year(year))))


def years_with_posts() -> list[int]:
    return list(Post.objects.published().order_by("-year").values_list("year", flat=True).distinct())


def _by_month(posts: PostQuerySet) -> QuerySet:
    return posts.order_by("-year", "month").values_list("year", "month").annotate(posts=Count("pk"))


def _year_count(year: int, rows: list[tuple[int, int, int]]) -> YearCount:
    posts = {month: count for _year, month, count in rows}
    return YearCount(year=year, months=[MonthCount(month, posts.get(month, 0)) for month in range(1, 13)])


def topics(model: type[Category] | type[Tag]) -> list:
    """Return the categories or tags of public posts by name, each with `post_count`."""
    through, field_name = (PostCategory, "category") if model is Category else (PostTag, "tag")
    public = through.objects.filter(post__in=Post.objects.published().order_by().values("pk"))
    counts = public.order_by().values(field_name).annotate(posts=Count("pk")).values_list(field_name, "posts")
    return _with_counts(model, dict(counts))


def _with_counts(model: type[Category] | type[Tag], counts: dict[int, int]) -> list:
    found = sorted(model.objects.in_bulk(list(counts)).values(), key=lambda topic: topic.name.casefold())
    for topic in found:
        topic.post_count = counts[topic.pk]
    return found


def by_letter(found: list) -> list[tuple[str, list]]:
    """Return topics under their first letters, A to Z; digits and signs come first, under "#"."""
    ordered = sorted(found, key=lambda topic: (_letter(topic.name), topic.name.casefold()))
    return [
        (letter, list(group)) for letter, group in groupby(ordered, key=lambda topic: _letter(topic.name))
    ]


def _letter(name: str) -> str:
    first = unicodedata.normalize("NFKD", name.strip())[:1].upper()
    return first if first.isalpha() else "#"


def quoted_articles(publication: Publication, *, most: int = 50) -> QuerySet:
    """Return the articles of a publication that public posts quote, the last quoted first."""
    public = Quotation.objects.filter(post__in=Post.objects.published().order_by().values("pk"))
    return publication.articles.filter(pk__in=public.values("article")).order_by("-pk")[:most]


def signing_authors() -> QuerySet:
    """Return the authors whose names stand on public posts, by name."""
    public = Byline.objects.filter(post__in=Post.objects.published().order_by().values("pk"))
    return Author.objects.filter(pk__in=public.values("author")).order_by("name")


def publications() -> QuerySet:
    """Return the publications that public posts quote, by name."""
    public = Quotation.objects.filter(post__in=Post.objects.published().order_by().values("pk"))
    return Publication.objects.filter(articles__in=public.values("article")).distinct().order_by("name")
