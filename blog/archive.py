"""Posts by year and month, and how many there are."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from blog.models import (
    Post,
    PostState,
)
from blog.models.posts import PostQuerySet


def of_year(year: int) -> PostQuerySet:
    return _within(Post.objects.filter(year=year))


def of_month(year: int, month: int) -> PostQuerySet:
    return _within(Post.objects.filter(year=year, month=month))


def _within(posts: PostQuerySet) -> PostQuerySet:
    """Return the public ones of `posts`, chosen by their keys.

    Asked in one, SQLite reads every newer post to find those of a long past month (190 ms instead of 25 among
    100,000); so it passes over them in the indexes alone.
    """
    return Post.objects.listed().filter(pk__in=posts.values("pk"))


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
    """Return (year, month, number of public posts), newest year first."""
    everything, hidden = Post.objects.filter(year__isnull=False), hidden_posts().filter(year__isnull=False)
    counts = counted_by(everything, "year", "month") - counted_by(hidden, "year", "month")
    return sorted(
        ((year, month, posts) for (year, month), posts in counts.items()), key=lambda row: (-row[0], row[1])
    )


def hidden_posts() -> PostQuerySet:
    """What no list shows, which is little: posts that are not public, and pages. To count what lists show, all are
    counted in an index alone and these taken off: with 100,000 posts a tenth of the work of looking at each."""
    not_yet = Q(state=PostState.PUBLISHED, published_at__gt=timezone.now())
    is_page = Q(path__gt="")
    return Post.objects.filter(Q(state__in=[PostState.DRAFT, PostState.WITHDRAWN]) | not_yet | is_page)


def counted_by(rows: QuerySet, *columns: str) -> Counter:
    """Return the number of rows for each value of `columns`; subtracting Counters drops values that reach 0."""
    counts = rows.order_by().values(*columns).annotate(rows=Count("pk")).values_list(*columns, "rows")
    return Counter({values[0] if len(columns) == 1 else tuple(values): number for *values, number in counts})


def _year_count(year: int, rows: list[tuple[int, int, int]]) -> YearCount:
    posts = {month: count for _year, month, count in rows}
    return YearCount(year=year, months=[MonthCount(month, posts.get(month, 0)) for month in range(1, 13)])
