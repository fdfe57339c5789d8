"""Reads the texts that were left out of a long discussion (long_discussions.py), for the comments that are shown."""

from collections.abc import Callable, Collection, Iterator, Sequence

from django.db import connection

from accounts.roles import Rank
from comments.batches import in_batches
from comments.thread import long_discussions, queries
from comments.thread.loading import owner_of
from comments.thread.rows import PlacedComment, Row
from comments.thread.viewer import Viewer, is_readable

# The state of a comment, which may have changed, and its columns from the text on, as a row has them.
Text = tuple[str, tuple[str, int | None, int, int, int | None]]


def _put(text: Text, row: Row) -> Row:
    return Row._make((*row[:_STATE], text[0], *row[_STATE + 1 : _HTML], *text[1]))


_STATE, _HTML = Row._fields.index("state"), Row._fields.index("html")


def with_texts(post_id: int, rows: Sequence[Row], wanted: Collection[int], viewer: Viewer) -> Sequence[Row]:
    """Return the rows with the texts of those that are `wanted`; no query if they have them."""
    missing = [row.id for row in rows if row.html == long_discussions.NOT_READ and row.id in wanted]
    if not missing:
        return rows
    found: dict[int, Text] = {}
    missing_ids = set(missing)
    for some in in_batches(missing, long_discussions.AT_ONCE):
        found |= _read(post_id, some, viewer)
    return [_again(row, found.get(row.id)) if row.id in missing_ids else row for row in rows]


def _again(row: Row, text: Text | None) -> Row:
    """Return a row with its text, or without one if the comment's state has changed since the row was read."""
    return _put(text, row) if text is not None and text[0] == row.state else row._replace(html="")


def text_reader(post_id: int, viewer: Viewer) -> Callable[[Sequence[PlacedComment]], Iterator[PlacedComment]]:
    """Return a function that yields comments with their texts, reading some hundred with each query."""

    def read(shown: Sequence[PlacedComment]) -> Iterator[PlacedComment]:
        for some in in_batches(shown, long_discussions.AT_ONCE):
            missing = [item.row.id for item in some if item.row.html == long_discussions.NOT_READ]
            if not missing:
                yield from some
                continue
            found = _read(post_id, missing, viewer)
            for item in some:
                yield _in_full(item, found.get(item.row.id), viewer)

    return read


def _read(post_id: int, ids: Collection[int], viewer: Viewer) -> dict[int, Text]:
    """Return the texts of those of these comments that are still on the post."""
    owner, pk = owner_of(viewer)
    with connection.cursor() as cursor:
        cursor.execute(*queries.texts_sql(ids, owner, pk, with_version=viewer.moderates))
        return {
            found: (state, (html, *_own(own, has_vote=bool(owner))))
            for found, post, state, html, *own in cursor
            if post == post_id
        }


def _own(own: Sequence, *, has_vote: bool) -> tuple[int | None, int, int, int | None]:
    """Return vote, version and who decided; the query leaves out what this viewer cannot have."""
    vote, *version = own if has_vote else [None, *own]
    rev, decided_rank, decided_by = version or (0, Rank.EVERYBODY, None)
    return vote, rev, decided_rank, decided_by


def _in_full(item: PlacedComment, text: Text | None, viewer: Viewer) -> PlacedComment:
    """Return a comment with its text, or as a tombstone if it was taken away since the discussion was read."""
    if item.row.html != long_discussions.NOT_READ:
        return item
    if text is None:
        return item._replace(gone=True)
    row = _put(text, item.row)
    if row.state != item.row.state and not is_readable(row, viewer):
        return item._replace(row=row, gone=True)
    return PlacedComment(row, *item[1:])
