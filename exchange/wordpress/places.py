"""Predicts the new addresses and redirects of an import, as the run will write them."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from blog.models import Post, PostState, SiteSettings
from exchange.wordpress import addresses, pages, posts, terms
from exchange.wordpress.plan import Plan
from exchange.wordpress.report import Kind as Why
from exchange.wordpress.report import Noun
from exchange.wordpress.wxr import Item


@dataclass(frozen=True, slots=True)
class Move:
    """A new post or page and its old addresses: `slug` is "" for a page, `date` None for what is not public."""

    item: int
    title: str
    slug: str
    date: datetime | None
    olds: tuple[str, ...] = ()


def free_slug(slug: str, taken: Container[str] = (), *, has_posts: bool = True) -> str:
    """Return the slug, or the first with a number added that no post has and that is not in `taken`.

    Unlike `accounts.slugs.free_slug` it replaces no number: “post-5” is named after a number of the old blog.
    """
    wanted, number = slug, 1
    while wanted in taken or (has_posts and Post.objects.filter(slug=wanted).exists()):
        number += 1
        wanted = f"{slug}-{number}"
    return wanted


def is_numbered(item: Item) -> bool:
    """Whether the old link of an item says nothing but its number, which leads on by itself."""
    return not item.link or item.link.endswith((f"?p={item.id}", f"?page_id={item.id}"))


class Places:
    """Places topics, then posts, then pages, as the run does; the report hears of it and nothing is written."""

    def __init__(self, plan: Plan, site: SiteSettings) -> None:
        self.plan = plan
        self.report = plan.report
        # Addresses are made in the zone that the site will have.
        self.zone = ZoneInfo(plan.changes_of(site).get("time_zone", site.time_zone))
        self.ledger = addresses.Ledger(writes=False)
        self.has_posts = Post.objects.exists()
        self.slugs: set[str] = set()

    def find(self, items: Iterable[Item]) -> None:
        """Find the places of all that is new; the pages are placed when all are known."""
        self.count_terms()
        moves = [self.move_of(item) for item in items]
        self.place_pages([move for move in moves if not move.slug])
        for move in moves:
            self.lead_on(move)
        self.lead_on_attachments({move.item: move for move in moves})

    def count_terms(self) -> None:
        folder, ledger = self.plan.folder, self.ledger
        if folder:
            ledger.lead(f"{folder}/", "/")
        made = terms.sketch_terms(self.plan.terms.values(), self.plan.memory, folder=folder, ledger=ledger)
        self.report.came[Noun.CATEGORY], self.report.came[Noun.TAG] = made["category"], made["post_tag"]

    def move_of(self, item: Item) -> Move:
        fate, title = self.plan.fate_of(item), posts.title_of(item)
        slug = "" if item.type == "page" else self.slug_of(item)
        if fate.state != PostState.PUBLISHED:
            return Move(item.id, title, slug, None)
        if not posts.old_path_of(item) and not is_numbered(item):
            self.report.note(Why.ADDRESS, item.link)
        return Move(item.id, title, slug, fate.date, tuple(addresses.of_item(item, folder=self.plan.folder)))

    def slug_of(self, item: Item) -> str:
        wanted = posts.slug_of(item)
        slug = free_slug(wanted, self.slugs, has_posts=self.has_posts)
        self.slugs.add(slug)
        if slug != wanted:
            self.report.note(Why.SLUG, f"“{posts.title_of(item)}” ({wanted})")
        return slug

    def place_pages(self, moves: Iterable[Move]) -> None:
        """Place pages where they were, or at the nearest path that is neither ours nor anybody's."""
        paths = self.plan.page_paths
        for move in moves:
            wanted = self.plan.pages.wanted(move.item, folder=self.plan.folder) or f"/page-{abs(move.item)}/"
            paths[move.item] = pages.free_path(wanted, paths.values())
            if paths[move.item] != wanted:
                self.report.note(Why.SLUG, f"“{move.title}” ({wanted} → {paths[move.item]})")

    def lead_on(self, move: Move) -> None:
        """Say which old addresses will lead on, and why others cannot."""
        target = self.target_of(move)
        for old in move.olds:
            why = self.ledger.lead(old, target)
            if why is None:
                self.report.came[Noun.OLD_ADDRESS] += 1
            elif why:
                self.report.note(Why.ADDRESS, f"{old}: {why}")

    def target_of(self, move: Move) -> str:
        return self.plan.page_paths.get(move.item) or posts.address_of(move.slug, move.date, self.zone)

    def lead_on_attachments(self, moves: Mapping[int, Move]) -> None:
        """Count the pages of attached files that will lead to the post of this run that they are attached to."""
        for number, (path, parent) in self.plan.attachments.items():
            move = moves.get(parent)
            if move is not None and move.date is not None and move.date <= self.plan.now:
                target = self.target_of(move)
                led = [self.ledger.lead(old, target) for old in self.plan.olds_of_attachment(path, number)]
                self.report.came[Noun.OLD_ADDRESS] += led.count(None)
