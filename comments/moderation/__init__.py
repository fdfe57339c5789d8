"""The queue in which moderators decide, and authors on their own posts: its comments, forms and receipts."""

from comments.moderation.items import Item, items_of
from comments.moderation.query import QueueQuery
from comments.moderation.queue import QueuePage, page_of
from comments.moderation.receipts import Receipt, history_of, receipts_of
from comments.moderation.scope import ModerationScope, scope_of
from comments.moderation.selection import PAGE, counts_of, held_count

__all__ = [
    "PAGE",
    "ModerationScope",
    "Item",
    "QueuePage",
    "Receipt",
    "QueueQuery",
    "counts_of",
    "scope_of",
    "held_count",
    "history_of",
    "items_of",
    "page_of",
    "receipts_of",
]
