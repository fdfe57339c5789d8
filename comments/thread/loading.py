"""Reads a discussion from the database: its comments, who wrote them, and what its reader has muted."""

from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q

from comments.models import Report, ReportState, Vote
from comments.models.votes import DOWN
from comments.thread import long_discussions, mutes, people, queries
from comments.thread.future_dates import without_future_dates
from comments.thread.mutes import NOTHING_PERSONAL, Personal
from comments.thread.people import Person
from comments.thread.ranking import NegativeSignals
from comments.thread.rows import Row
from comments.thread.viewer import ANYBODY, Viewer

# Rows that are looked at to see whether the discussion is a long one.
FEW = 20


def load(
    post_id: int,
    *,
    tree_id: int | None = None,
    also: Q | None = None,
    only: Collection[int] | None = None,
    with_text: bool = True,
    viewer: Viewer = ANYBODY,
) -> list[Row]:
    """Return the comments of a post in all states, in no order: all, those of one thread, or `only` some; one query.

    `also` adds others of the post to those of the thread. With the text comes the vote of `viewer`, and for moderators
    the id of the latest decision or edit, read in the same moment. In a discussion of more than LONG comments only
    those that quote something have their text, and texts.py reads others when needed; `only` some always have it.
    """
    owner, pk = owner_of(viewer) if with_text else ("", None)
    with_version = with_text and viewer.moderates
    if tree_id is None and only is None:
        sql, values = queries.comments_sql(post_id, owner, pk, with_text=with_text, with_version=with_version)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return without_future_dates(_rows(cursor))
    query = queries.comments_query(
        post_id, owner, pk, with_text=with_text, with_version=with_version, is_cut=only is None
    )
    if tree_id is not None:
        query = query.filter(Q(tree_id=tree_id) | also if also is not None else Q(tree_id=tree_id))
    if only is not None:
        query = query.filter(pk__in=only)
    return without_future_dates(_rows(query))


def owner_of(viewer: Viewer) -> tuple[str, int | None]:
    """Return the column and the id of this viewer's votes; ("", None) for a stranger, who has none."""
    if viewer.is_stranger:
        return "", None
    return ("user_id", viewer.user_id) if viewer.user_id else ("guest_id", viewer.guest_id)


def _rows(found: Iterable[tuple]) -> list[Row]:
    """Return the rows from the database; those of a long discussion once it is this request's turn."""
    left = iter(found)
    rows: list[Row] = []
    # A long discussion shows by the left-out texts of its first rows, or else once LONG rows have come.
    for some in (FEW, long_discussions.LONG):
        rows += [Row(*values) for values in islice(left, some)]
        if len(rows) >= long_discussions.LONG or any(
            row.html == long_discussions.NOT_READ for row in rows[:FEW]
        ):
            long_discussions.wait_for_turn()
            break
    rows += [Row(*values) for values in left]
    return rows


class Around(NamedTuple):
    """What a discussion needs beside its comments: the members who wrote them, and the reader's mutes."""

    people: dict[int, Person]
    personal: Personal


def load_around(post_id: int, rows: Iterable[Row], viewer: Viewer = ANYBODY) -> Around:
    """Return the members who wrote these comments, and this reader's mutes on the post; one query for both, or none.

    Every row of the answer begins with its kind, and has three numbers and two texts. Joining the members to every
    comment would cost more than this query.
    """
    questions: list[str] = []
    values: list[Any] = []
    if wanted := {row.user_id for row in rows if row.user_id is not None}:
        question, values = people.people_sql(post_id, wanted)
        questions.append(question)
    if not viewer.is_stranger:
        question, own = mutes.mutes_sql(post_id, user_id=viewer.user_id, guest_id=viewer.guest_id)
        questions.append(question)
        values += own
    if not questions:
        return Around({}, NOTHING_PERSONAL)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions), values)
        found = cursor.fetchall()
    return Around(people.people_in(found), mutes.personal_in(found))


def load_people(post_id: int, rows: Iterable[Row]) -> dict[int, Person]:
    """Return the members who wrote these comments; one query, or none if guests wrote all of them."""
    return load_around(post_id, rows).people


def load_negative_signals(post_id: int) -> dict[int, NegativeSignals]:
    """Return what counts against a post's comments: downvotes, and reports upheld or by trusted people; two queries."""
    votes = Vote.objects.filter(comment__post_id=post_id, value=DOWN).order_by().values_list("comment_id")
    counted = Q(state=ReportState.UPHELD) | Q(state=ReportState.OPEN, is_trusted=True)
    reports = Report.objects.filter(counted, comment__post_id=post_id).order_by().values_list("comment_id")
    down, reported = dict(votes.annotate(Count("pk"))), dict(reports.annotate(Count("pk")))
    return {pk: NegativeSignals(down.get(pk, 0), reported.get(pk, 0)) for pk in down.keys() | reported.keys()}
