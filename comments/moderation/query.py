"""Reads the query string of the queue, and writes the addresses of its pages."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from web.params import int_param

HELD, REPORTED, SPAM, DECIDED, ALL = TABS = ("held", "reported", "spam", "decided", "all")


@dataclass(frozen=True)
class QueueQuery:
    """The query string of the queue. `before` is the id after which the page begins."""

    tab: str = HELD
    text: str = ""
    oldest: bool = False
    before: int | None = None
    # “member-12” or “guest-5”: one writer's comments.
    writer: str = ""
    # One comment alone, in whatever state.
    comment: int | None = None

    @classmethod
    def read(cls, query: Any) -> "QueueQuery":
        tab = query.get("state", HELD)
        return cls(
            tab=tab if tab in TABS else HELD,
            text=" ".join(query.get("q", "").replace("\0", " ").split())[:200],
            oldest=query.get("order") == "oldest",
            before=int_param(query.get("before", "")),
            writer=query.get("writer", "") if writer_in(query.get("writer", "")) else "",
            comment=int_param(query.get("comment", "")),
        )

    def address(self, **changes: Any) -> str:
        """Return the address of this page of the queue, or of another one."""
        asked = replace(self, **changes)
        query = {
            "state": asked.tab,
            "q": asked.text,
            "order": "oldest" if asked.oldest else "",
            "before": asked.before,
            "writer": asked.writer,
            "comment": asked.comment,
        }
        return f"{reverse('comments:moderation')}?{urlencode({key: it for key, it in query.items() if it})}"


def writer_in(text: str) -> dict[str, int] | None:
    """Return the column and id that “member-12” names, or None."""
    kind, _dash, pk = text.partition("-")
    columns = {"member": "user_id", "guest": "guest_id"}
    return {columns[kind]: int(pk)} if kind in columns and int_param(pk) else None
