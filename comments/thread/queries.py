"""Makes the SQL for the columns of a post's comments once and keeps it; loading.py and texts.py run it."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce

from comments.models import Comment, ModerationEvent
from comments.thread.long_discussions import text_unless_long

_COLUMNS = (
    "id", "parent_id", "number", "state", "state_reason", "user_id", "guest_id", "guest_name", "guest_website",
    "score", "imported_score", "created", "edited",
)  # fmt: skip

_VERSIONS = ModerationEvent.objects.versions().filter(comment=OuterRef("pk")).order_by("-pk")
_VERSION = Coalesce(Subquery(_VERSIONS.values("pk")[:1]), 0)


# Placeholders for the two values that vary, in the SQL that is cached; no other value in it is negative.
_POST, _OWNER = -1, -2


def comments_sql(
    post_id: int, owner: str, pk: int | None, *, with_text: bool, with_version: bool
) -> tuple[str, list[Any]]:
    """Return the SQL for all comments of a post, and its values.

    `owner` and `pk` say whose votes come with them; "" for nobody's.
    """
    sql, values = _kept(owner, with_text=with_text, with_version=with_version)
    return sql, [{_POST: post_id, _OWNER: pk}.get(value, value) for value in values]


@cache
def _kept(owner: str, *, with_text: bool, with_version: bool) -> tuple[str, tuple[Any, ...]]:
    """Return the SQL and its values for any post. Making it takes as long as reading 200 comments, so it is cached."""
    query = comments_query(_POST, owner, _OWNER, with_text=with_text, with_version=with_version)
    return query.query.sql_with_params()


def comments_query(
    post_id: int,
    owner: str,
    pk: int | None,
    *,
    with_text: bool,
    with_version: bool,
    is_cut: bool = True,
) -> QuerySet:
    """Return the query for the columns of a post's comments; `is_cut` leaves out most texts of a long discussion.

    Moments are cast to text: Django's converters would double the cost of 5,000 rows (44 ms instead of 24).
    """
    query = Comment.objects.filter(post_id=post_id).order_by()
    query = query.annotate(created=Cast("created_at", TextField()), edited=Cast("edited_at", TextField()))
    names = [*_COLUMNS]
    if with_text:
        query = query.annotate(html=text_unless_long(post_id)) if is_cut else query
        names.append("html" if is_cut else "body_html")
    return _with_own(query, names, owner, pk, with_version=with_version)


def texts_sql(ids: Iterable[int], owner: str, pk: int | None, *, with_version: bool) -> tuple[str, list[Any]]:
    """Return the SQL for id, post, state, text, vote and latest event of some comments, and its values.

    With the latest event comes who decided. The post is not among the conditions, because SQLite would then read all of
    its comments each time.
    """
    sql, values = _kept_texts(owner, with_version=with_version)
    wanted = ", ".join(str(int(each)) for each in ids)
    return f"{sql} WHERE comments_comment.id IN ({wanted})", [
        {_OWNER: pk}.get(value, value) for value in values
    ]


@cache
def _kept_texts(owner: str, *, with_version: bool) -> tuple[str, tuple[Any, ...]]:
    names = ["id", "post_id", "state", "body_html"]
    query = _with_own(Comment.objects.order_by(), names, owner, _OWNER, with_version=with_version)
    return query.query.sql_with_params()


def _with_own(
    query: QuerySet, names: list[str], owner: str, pk: int | None, *, with_version: bool
) -> QuerySet:
    """Return the query for these columns with the reader's vote, and for moderators with the version they decide on."""
    if owner:
        mine = FilteredRelation("votes", condition=Q(**{f"votes__{owner}": pk}))
        query, names = query.annotate(mine=mine), [*names, "mine__value"]
    if with_version:
        query, names = query.annotate(rev=_VERSION), [*names, "rev", "decided_rank", "decided_by_id"]
    return query.values_list(*names)
