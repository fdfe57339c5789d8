"""Describes the first comments of a discussion as structured data of schema.org."""

from collections.abc import Sequence
from datetime import UTC, datetime
from heapq import nsmallest
from typing import Any

from django.utils.translation import gettext as _

from blog import markup
from blog.models import Post
from comments import thread
from comments.thread import texts
from comments.thread.people import Person
from comments.thread.rows import Row
from web.absolute_urls import absolute, path

# Comments, and characters of each: enough to know what the discussion is about, not a copy of it.
LD_COMMENTS = 20
LD_LETTERS = 200


def structured_data(post: Post, public: Sequence[Row], people: dict[int, Person]) -> dict[str, Any]:
    """Return the first comments as schema.org's Comment, attached to the post by its @id."""
    rows = nsmallest(LD_COMMENTS, public, key=lambda row: row.number or 0)
    first = texts.with_texts(post.pk, rows, {row.id for row in rows}, thread.ANYBODY)
    return {
        "@context": "https://schema.org",
        "@type": "WebPage" if post.is_page else "Article",
        "@id": absolute(post.get_absolute_url()),
        "commentCount": len(public),
        "comment": [_comment_data(row, people) for row in first],
    }


def _comment_data(row: Row, people: dict[int, Person]) -> dict[str, Any]:
    person = people.get(row.user_id) if row.user_id is not None else None
    writer = {"@type": "Person", "name": person.name if person else row.guest_name or _("A former reader")}
    if person:
        writer["url"] = absolute(path("comments:person", person.slug))
    return {
        "@type": "Comment",
        "@id": absolute(path("comments:comment", row.id)),
        "dateCreated": datetime.fromisoformat(row.created[:19]).replace(tzinfo=UTC).isoformat(),
        "author": writer,
        # Tags take room too, so read more characters than are used, but not a long text to its end.
        "text": markup.plain_text(row.html[: 5 * LD_LETTERS])[:LD_LETTERS],
    }
