"""Builds one page of the queue with everything its template prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.moderation.items import Item, items_of
from comments.moderation.query import ALL, DECIDED, HELD, REPORTED, SPAM, TABS, QueueQuery
from comments.moderation.receipts import Receipt, receipts_of
from comments.moderation.scope import ModerationScope
from comments.moderation.selection import MOST_COUNTED, counts_of, select_comments

LABELS = {
    HELD: gettext_lazy("Held"),
    REPORTED: gettext_lazy("Reported"),
    SPAM: gettext_lazy("Spam"),
    DECIDED: gettext_lazy("Decided"),
    ALL: gettext_lazy("All"),
}


@dataclass(frozen=True)
class Tab:
    name: str
    label: str
    address: str
    is_current: bool
    number: str


@dataclass(frozen=True)
class Entry:
    """A line of the queue: a comment to decide on, or the receipt of a decision just made."""

    item: Item | None = None
    receipt: Receipt | None = None
    # Where its forms lead afterwards: this page, at the next comment.
    next: str = ""


@dataclass(frozen=True)
class QueuePage:
    """Everything the queue's template prints."""

    asked: QueueQuery
    desk: ModerationScope
    tabs: list[Tab]
    entries: list[Entry]
    # The receipts of several decisions made at once; that of a single one stands among the entries.
    receipts: list[Receipt]
    undo_list: list[Receipt]
    earlier: str | None
    later: str | None
    address: str

    @property
    def items(self) -> list[Item]:
        return [entry.item for entry in self.entries if entry.item]

    @property
    def plain_address(self) -> str:
        """The address of the same list without search and filters."""
        return QueueQuery(tab=self.asked.tab, oldest=self.asked.oldest).address()

    @property
    def empty(self) -> str:
        """The sentence shown for an empty list."""
        if self.asked.text or self.asked.writer or self.asked.comment:
            return _("No comment in this list matches.")
        return {
            HELD: _("Nothing is waiting for review."),
            REPORTED: _("No open reports."),
            SPAM: _("No spam."),
            DECIDED: _("No decisions yet."),
            ALL: _("No comments yet."),
        }[self.asked.tab]


def page_of(scope: ModerationScope, asked: QueueQuery, *, decided: Sequence[int] = ()) -> QueuePage:
    """Return a page of the queue; `decided` are the decisions just made, whose receipts it shows."""
    chosen = select_comments(scope, asked)
    items = items_of(scope, chosen.ids)
    receipts = receipts_of(scope.user, decided) if decided else []
    in_place = receipts if len(receipts) == 1 else []
    return QueuePage(
        asked=asked,
        desk=scope,
        tabs=_tabs(asked, counts_of(scope)),
        entries=_entries(items, in_place, asked),
        receipts=[] if in_place else receipts,
        undo_list=receipts_of(scope.user),
        earlier=chosen.earlier,
        later=chosen.later,
        address=asked.address(),
    )


def _tabs(asked: QueueQuery, counts: dict[str, int]) -> list[Tab]:
    return [
        Tab(
            name=name,
            label=str(LABELS[name]),
            address=QueueQuery(tab=name).address(),
            is_current=name == asked.tab and asked.comment is None,
            number=_capped(name, counts),
        )
        for name in TABS
    ]


def _capped(name: str, counts: dict[str, int]) -> str:
    if name not in counts:
        return ""
    return f"{MOST_COUNTED:,}+" if name == REPORTED and counts[name] > MOST_COUNTED else f"{counts[name]:,}"


def _entries(items: list[Item], receipts: list[Receipt], asked: QueueQuery) -> list[Entry]:
    """Return the lines of the page; a receipt takes the place of its comment, before the next one."""
    entries = [
        Entry(item=item, next=f"{asked.address()}#q-{after.comment.pk}" if after else asked.address())
        for item, after in zip_longest(items, items[1:])
    ]
    for receipt in receipts:
        pk = receipt.event.comment_id
        places = (
            place
            for place, item in enumerate(items)
            if asked.tab == DECIDED or (item.comment.pk >= pk if asked.oldest else item.comment.pk <= pk)
        )
        entries.insert(next(places, len(entries)), Entry(receipt=receipt))
    return entries
