"""Finds and corrects dates in the future, written while the server's clock was ahead, so that lists are in order."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.apps import apps
from django.db import transaction
from django.db.models import DateTimeField, Max, Model, Q, QuerySet

from accounts import moments
from blog import page_versions
from comments.models import Comment, CommentOrigin, DiscussionSettings

# Columns that may lie in the future; all other dates are of something that has happened.
TO_COME = frozenset(
    {
        "blog.Post.published_at",
        "blog.Post.first_published_at",
        "comments.CommentOrigin.purge_after",
        "sessions.Session.expire_date",
    }
)


class Ahead(NamedTuple):
    """A column, and how many of its dates lie in the future."""

    model: type[Model]
    field: str
    rows: int

    @property
    def label(self) -> str:
        return f"{self.model._meta.label}.{self.field}"


def moments_ahead(*, now: datetime) -> list[Ahead]:
    """Return the columns with dates in the future that should not have any. Reads every row."""
    found = [
        Ahead(model, field, _ahead(model, field, now=now).order_by().count()) for model, field in _columns()
    ]
    return [column for column in found if column.rows]


def _columns() -> Iterator[tuple[type[Model], str]]:
    """Yield every column whose dates must lie in the past."""
    for model in apps.get_models():
        # A proxy has the columns of another model, which is asked itself.
        for field in () if model._meta.proxy else model._meta.concrete_fields:
            if isinstance(field, DateTimeField) and f"{model._meta.label}.{field.name}" not in TO_COME:
                yield model, field.name


def _ahead(model: type[Model], field: str, *, now: datetime) -> QuerySet:
    return model._base_manager.filter(**{f"{field}__gt": moments.latest(now)})


@transaction.atomic
def mend_moments(*, now: datetime) -> int:
    """Replace each date in the future by the latest date of the rows before it, and return how many were changed.

    The clock must be right: if it is behind, dates that are correct look as if they were in the future.
    """
    columns = moments_ahead(now=now)
    posts = _ahead(Comment, "created_at", now=now) | _ahead(Comment, "published_at", now=now)
    changed = list(posts.order_by().values_list("post", flat=True).distinct())
    mended = sum(_mend(column, now=now) for column in columns)
    latest = now + timedelta(days=DiscussionSettings.load().purge_after_days)
    CommentOrigin.objects.filter(purge_after__gt=moments.latest(latest)).update(purge_after=latest)
    for post_id in changed:
        page_versions.touch(post_id)
    if columns:
        page_versions.touch_site()
    return mended


def _mend(column: Ahead, *, now: datetime) -> int:
    rows, name = column.model._base_manager, column.field
    before, last_pk = None, None
    for pk in list(_ahead(column.model, name, now=now).order_by("pk").values_list("pk", flat=True)):
        between = Q(pk__lt=pk, **{f"{name}__lte": now})
        if last_pk is not None:
            between &= Q(pk__gt=last_pk)
        nearer = rows.filter(between).order_by().aggregate(latest=Max(name))["latest"]
        before = max(filter(None, (before, nearer)), default=None)
        rows.filter(pk=pk).update(**{name: before or now})
        last_pk = pk
    return column.rows
