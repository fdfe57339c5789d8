"""Turns the rows of a discussion into comments in their places: read, arranged, ranked, cut into pages.

`loading` and `texts` read the comments, with SQL from `queries`, `people` and `mutes`; `viewer` reads the request and
the reader's roles, `future_dates` the clock, and `long_discussions` lets one request at a time read a long one.
`arranging`, `paging`, `quotations`, `ranking`, `rows` and `unread` are pure.
"""

from blog.variants import ORDERS
from comments.thread.arranging import LANE_CAP, arrange, muted_as
from comments.thread.loading import Around, load, load_around, load_negative_signals, load_people, owner_of
from comments.thread.paging import PAGE_SIZE, ancestors, page_of, page_starts
from comments.thread.people import Person
from comments.thread.ranking import NegativeSignals, quality, wilson
from comments.thread.rows import PUBLIC, SPAM, WAITING, WITHDRAWN, PlacedComment, Row
from comments.thread.viewer import (
    ANYBODY,
    BEST,
    FLAT,
    NEWEST,
    OLDEST,
    Viewer,
    is_readable,
    order_of,
    viewer_of,
)

__all__ = [
    "ANYBODY",
    "BEST",
    "FLAT",
    "LANE_CAP",
    "NEWEST",
    "OLDEST",
    "ORDERS",
    "PAGE_SIZE",
    "PUBLIC",
    "SPAM",
    "WAITING",
    "WITHDRAWN",
    "NegativeSignals",
    "Around",
    "Person",
    "Row",
    "PlacedComment",
    "Viewer",
    "ancestors",
    "arrange",
    "is_readable",
    "load",
    "load_negative_signals",
    "load_around",
    "load_people",
    "muted_as",
    "order_of",
    "owner_of",
    "page_of",
    "page_starts",
    "quality",
    "viewer_of",
    "wilson",
]
