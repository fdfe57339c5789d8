"""Chooses the posts of each page in a fixed number of queries; it counts no more than it shows."""

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from blog.addresses import path
from blog.models import (
    Article,
    Author,
    Byline,
    Category,
    Post,
    PostCategory,
    PostState,
    PostTag,
    Publication,
    Quotation,
    Tag,
)
from blog.models.posts import PostQuerySet

# One screen of a phone is three entries, and a day of a busy blog has ten.
PAGE = 20
# The columns that a list shows or orders by.
SHOWN = ("title", "dek", "excerpt", "slug", "state", "year", "month", "published_at")
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
    """Return the page of published `posts` that begins below the cursor `before`. Raises BadCursor."""
    cursor = Cursor.read(before) if before else None
    rows = _below(posts, cursor) if cursor else posts
    found = list(rows.newest_first().only(*SHOWN)[: PAGE + 1])
    older = _query_before(found[PAGE - 1]) if len(found) > PAGE else None
    return StreamPage(_entries(found[:PAGE]), newer=_newer(posts, cursor) if cursor else None, older=older)


def _entries(posts: list[Post]) -> list[dict]:
    """Return what a list shows of each post, in two queries more.

    Dicts of plain values, every address made once: a template asks them thirty times a page, and rows of people and
    categories as model instances cost twice as much.
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
    return _within(Post.objects.filter(year=year))


def of_month(year: int, month: int) -> PostQuerySet:
    return _within(Post.objects.filter(year=year, month=month))


def _within(posts: PostQuerySet) -> PostQuerySet:
    """Return the public ones of `posts`, chosen by their keys.

    Asked in one, SQLite reads every newer post to find those of a long past month (190 ms instead of 25 among
    100,000); so it passes over them in the indexes alone.
    """
    return Post.objects.published().filter(pk__in=posts.values("pk"))


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
    return [_year_count(year, list(months)) for year, months in groupby(_by_month(), key=lambda row: row[0])]


def year_count(year: int) -> YearCount:
    return _year_count(year, [row for row in _by_month() if row[0] == year])


def years_with_posts() -> list[int]:
    return list(dict.fromkeys(year for year, _month, _posts in _by_month()))


def _by_month() -> list[tuple[int, int, int]]:
    """Return (year, month, how many public posts), newest year first."""
    everything, hidden = Post.objects.filter(year__isnull=False), _hidden().filter(year__isnull=False)
    counts = _counted_by(everything, "year", "month") - _counted_by(hidden, "year", "month")
    return sorted(
        ((year, month, posts) for (year, month), posts in counts.items()), key=lambda row: (-row[0], row[1])
    )


def _hidden() -> PostQuerySet:
    """Posts that are not public, which are few. To count the public ones, all are counted in an index alone and
    these taken off: with 100,000 posts a tenth of the work of looking at each."""
    not_yet = Q(state=PostState.PUBLISHED, published_at__gt=timezone.now())
    return Post.objects.filter(Q(state__in=[PostState.DRAFT, PostState.WITHDRAWN]) | not_yet)


def _counted_by(rows: QuerySet, *columns: str) -> Counter:
    """Return how many rows there are for each value of `columns`; a Counter drops what becomes none."""
    counts = rows.order_by().values(*columns).annotate(rows=Count("pk")).values_list(*columns, "rows")
    return Counter({values[0] if len(columns) == 1 else tuple(values): number for *values, number in counts})


def _year_count(year: int, rows: list[tuple[int, int, int]]) -> YearCount:
    posts = {month: count for _year, month, count in rows}
    return YearCount(year=year, months=[MonthCount(month, posts.get(month, 0)) for month in range(1, 13)])


def topics(model: type[Category] | type[Tag]) -> list:
    """Return the categories or tags of public posts by name, each with `post_count`."""
    through, field_name = (PostCategory, "category") if model is Category else (PostTag, "tag")
    hidden = through.objects.filter(post__in=_hidden())
    counts = _counted_by(through.objects.all(), field_name) - _counted_by(hidden, field_name)
    return _with_counts(model, counts)


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
