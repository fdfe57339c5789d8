"""The first pass: reads the whole export, refuses broken files, and counts what would be imported; writes nothing."""

import logging
from collections.abc import Callable, Container
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import DatabaseError
from django.utils.translation import gettext as _

from blog import markup
from blog.models import Post, PostState, SiteSettings
from blog.models.site import only_row
from exchange.wordpress import ids, people, posts, terms
from exchange.wordpress.authors_file import AuthorNote
from exchange.wordpress.blocks import shared_in
from exchange.wordpress.comments import Arranged, arrange
from exchange.wordpress.figures import keys_of
from exchange.wordpress.filling import Filling
from exchange.wordpress.html import Converted, Picture
from exchange.wordpress.losses import loss
from exchange.wordpress.media import Attachment
from exchange.wordpress.memory import BATCH, Kind, Memory
from exchange.wordpress.places import Places
from exchange.wordpress.plan import COMMENT_NOUNS, Plan, site_key
from exchange.wordpress.report import Kind as Why
from exchange.wordpress.report import Note, Noun
from exchange.wordpress.uploads import is_known, known_at, linked_in, named_in
from exchange.wordpress.values import Fault, FaultKind
from exchange.wordpress.wxr import Head, Item, Term, Writer, read
from exchange.wordpress.zone import ZoneGuess

log = logging.getLogger(__name__)

# Longer values of a post's meta are texts of plugins; no address is among them.
LONGEST_META = 500
FAULTS = {
    FaultKind.TOLERATED: Why.TOLERATED,
    FaultKind.LEFT_OUT: Why.LEFT_OUT,
    FaultKind.VALUE: Why.VALUE,
}


def make_plan(
    path: Path,
    *,
    media: Path | None = None,
    notes: dict[str, AuthorNote] | None = None,
    progress: Callable[[int], None] | None = None,
    partial: bool = False,
    dry_run: bool = False,
) -> Plan:
    """Read and judge the whole file. Raises Malformed; whatever happens, nothing is written.

    With `dry_run` its report says all that the report of a run would say; a run finds some of it out by itself.
    """
    plan = Plan(path, media=media, notes=notes or {}, partial=partial)
    return _Planner(plan, is_dry=dry_run).plan_all(progress)


def loss_of(item: Item, converted: Converted, html: str) -> list[Note]:
    """Return a note on a text that has lost many of its words on the way to our HTML."""
    beside = [words for picture in converted.pictures for words in (picture.alt, picture.caption)]
    found = loss(item.content, html, beside=beside, clippings=converted.clippings)
    return [Note(Why.WORDS_LOST, f"“{posts.title_of(item)}”: {found}")] if found.is_large else []


def _in(example: str, title: str) -> str:
    return _("%(example)s in “%(title)s”") % {"example": example, "title": title}


class _Planner:
    def __init__(self, plan: Plan, *, is_dry: bool) -> None:
        self.plan = plan
        self.is_dry = is_dry
        self.report = plan.report
        self.guess = ZoneGuess()
        self.seen_items: set[int] = set()
        # New posts without their texts, in the order of the file: their addresses are known when its zone is.
        self.new: list[Item] = []
        # Those that can be judged only when everything has been read.
        self.late: list[Item] = []
        self.has_comments_here = False
        self.unchecked_ids: list[int] = []
        self.pictures: dict[Picture, str] = {}
        # Where links to uploaded files stand, and files that are attached without being pictures.
        self.links: dict[str, str] = {}
        self.attached: list[str] = []
        self.filling = Filling(plan)
        # Shared blocks, and which of them are shown where.
        self.shared_titles: dict[int, str] = {}
        self.shown: dict[int, str] = {}

    def plan_all(self, progress: Callable[[int], None] | None) -> Plan:
        for entry in read(self.plan.path, progress=progress, partial=self.plan.partial):
            if isinstance(entry, Fault):
                self.report.note(FAULTS[entry.kind], str(entry))
            elif isinstance(entry, Head):
                self.take_head(entry)
            elif isinstance(entry, Writer):
                self.plan.writers.setdefault(people.login_key(entry.login), entry)
            elif isinstance(entry, Term):
                self.take_term(entry)
            elif entry.id in self.seen_items:
                self.report.note(Why.DUPLICATE, f"{entry.type} {entry.id} “{posts.title_of(entry)}”")
            else:
                self.seen_items.add(entry.id)
                self.take_safely(entry, self.take_item)
        self.finish()
        return self.plan

    def take_safely(self, item: Item, take: Callable[[Item], None]) -> None:
        """Judge an item; one that nobody foresaw is named and left out, and all others come."""
        try:
            take(item)
        except DatabaseError:
            raise
        except Exception:
            log.exception("the item %d of %s could not be judged", item.id, self.plan.memory.site)
            self.plan.failed.add(item.id)
            self.report.note(Why.FAILED, f"“{item.title[:80]}”")

    def take_head(self, head: Head) -> None:
        self.plan.head = head
        self.plan.memory = Memory(site_key(head))
        self.report.title, self.report.site = head.title or _("without a name"), self.plan.memory.site
        self.plan.known_posts = self.plan.memory.all(Kind.POST)
        self.plan.library.base = head.base_url or head.link
        self.plan.library.hosts.add(markup.host_of(self.plan.library.base))
        self.filling.look()
        self.has_comments_here = self.plan.memory.has(Kind.COMMENT)

    def take_term(self, term: Term) -> None:
        if term.domain in terms.MODELS and term.key:
            self.plan.terms.setdefault((term.domain, term.key), term)

    def take_item(self, item: Item) -> None:
        if item.type == "page":
            self.plan.pages.add(item)
        if item.type == "attachment":
            self.take_attachment(item)
        elif item.type == "wp_block" and item.status == "publish":
            self.plan.shared[item.id] = item.content
            self.shared_titles[item.id] = posts.title_of(item)
            self.shown |= dict.fromkeys(shared_in(item.content), posts.title_of(item))
        elif item.type not in posts.TEXTS:
            self.report.note(Why.OTHER_TYPE, f"{item.type} “{posts.title_of(item)}”")
        elif item.status == "trash":
            words = {"title": posts.title_of(item), "count": len(item.comments)}
            self.report.note(Why.TRASHED, _("“%(title)s”, %(count)d comments") % words)
        else:
            self.guess.add(item.date, item.date_gmt)
            self.take_post(item)

    def take_attachment(self, item: Item) -> None:
        attachment = Attachment(
            id=item.id,
            url=item.attachment_url or item.link,
            title=posts.title_of(item),
            alt=item.meta_value("_wp_attachment_image_alt").strip(),
            caption=markup.plain_text(item.excerpt),
            caption_html=" ".join(item.excerpt.split()) if "<" in item.excerpt else "",
            description=posts.words_of(item.content)[:2000],
            parent=item.parent,
            page=item.link,
        )
        self.plan.library.hosts.add(markup.host_of(attachment.url))
        if attachment.is_picture:
            self.plan.library.add(attachment)
        else:
            self.attached.append(attachment.url)
        self.plan.attachments[item.id] = (posts.old_path_of(item), item.parent)
        for comment in item.comments:
            self.report.note(Why.OTHER_COMMENT, _in(_("comment %d") % comment.id, attachment.title))

    def take_post(self, item: Item) -> None:
        is_known = str(item.id) in self.plan.known_posts
        if is_known:
            self.report.already_posts += 1
            for address in self.filling.take(item):
                self.links.setdefault(address, posts.title_of(item))
        elif self.is_late(item):
            self.late.append(replace(item, comments=()))
        else:
            self.take_new_post(item)
        self.take_comments(item, is_known=is_known)
        if not is_known:
            meta = tuple(pair for pair in item.meta if len(pair[1]) <= LONGEST_META)
            self.new.append(replace(item, content="", excerpt="", comments=(), meta=meta))

    def is_late(self, item: Item) -> bool:
        """Whether what becomes of a post depends on what may stand after it: zone, shared blocks, attachments."""
        has_moment = posts.moment(item.date_gmt, None, self.plan.zone) is not None
        return not has_moment or bool(shared_in(item.content)) or "[gallery" in item.content

    def take_new_post(self, item: Item) -> None:
        fate = self.plan.fate_of(item)
        self.report.take([*fate.notes, *posts.notes_on(item)])
        self.report.came[self.noun_of(item, fate)] += 1
        if item.creator:
            key = people.login_key(item.creator)
            writer = self.plan.writers.get(key) or Writer(login=item.creator, name=item.creator)
            self.plan.creators.setdefault(key, writer)
        for term in item.terms:
            self.take_term(term)
        self.take_body(item)

    def noun_of(self, item: Item, fate: posts.Fate) -> Noun:
        if fate.state != PostState.PUBLISHED or fate.date is None:
            return Noun.DRAFT
        if fate.date > self.plan.now:
            return Noun.SCHEDULED
        return Noun.PAGE if item.type == "page" else Noun.PUBLISHED

    def take_body(self, item: Item) -> None:
        title = posts.title_of(item)
        self.shown |= dict.fromkeys(shared_in(item.content), title)
        converted = self.plan.convert(item)
        self.report.take(Note(note.kind, _in(note.example, title)) for note in converted.notes)
        self.report.came[Noun.SOURCE] += converted.clippings
        for picture in converted.pictures:
            self.pictures.setdefault(picture, title)
        for address in linked_in(converted.html):
            self.links.setdefault(address, title)
        if self.is_dry:
            # A run renders every text anyway, when it writes it.
            html = markup.render_post(converted.with_lines_for_pictures(), body_format="html").html
            self.report.take(loss_of(item, converted, html))

    def take_comments(self, item: Item, *, is_known: bool) -> None:
        ids_here = [comment.id for comment in item.comments] if self.has_comments_here else []
        brought = {int(old_id) for old_id in self.plan.memory.known(Kind.COMMENT, ids_here)}
        here = brought if is_known else set()
        new, notes = arrange(
            item.comments,
            title=posts.title_of(item),
            zone=self.plan.zone,
            fallback=self.plan.now,
            here=here,
            elsewhere=Either(self.plan.comment_ids, brought - here),
        )
        self.report.already_comments += len(here)
        if is_known and new and not Post.objects.filter(pk=self.plan.known_posts[str(item.id)]).exists():
            self.report.counts[Why.GONE_HERE] += len(new)
            return
        self.report.take(notes if new or not is_known else ())
        for number in here:
            self.plan.comment_ids.add(number)
        for comment in new:
            self.count(comment)

    def count(self, comment: Arranged) -> None:
        self.plan.comment_ids.add(comment.id)
        for address in named_in(comment.old.content):
            self.links.setdefault(address, _("comment %d") % comment.id)
        self.report.came[COMMENT_NOUNS[comment.state]] += 1
        if comment.id > 0:
            self.unchecked_ids.append(comment.id)
        if len(self.unchecked_ids) >= BATCH:
            self.check_ids()

    def check_ids(self) -> None:
        """Ids are kept all or none: one that is taken, or too high for scripts to count, decides for all."""
        if self.plan.keeps_ids:
            highest = max(self.unchecked_ids, default=0)
            taken = highest if highest > ids.HIGHEST_KEPT else ids.first_taken(self.unchecked_ids)
            if taken is not None:
                self.plan.keeps_ids = False
                self.report.note(Why.NEW_IDS, _("comment %d") % taken)
        self.unchecked_ids.clear()

    # --- when everything is read ---

    def finish(self) -> None:
        self.check_ids()
        self.finish_zone()
        for item in self.late:
            self.take_safely(item, self.take_new_post)
        self.finish_shared()
        self.finish_pictures()
        self.finish_uploads()
        self.filling.finish()
        self.finish_people()
        Places(self.plan, self.site()).find(item for item in self.new if item.id not in self.plan.failed)

    def finish_shared(self) -> None:
        for number, title in self.shown.items():
            if number not in self.plan.shared:
                self.report.note(Why.BLOCK, _in(f"wp:block {number}", title))
        for number, title in self.shared_titles.items():
            if number not in self.shown:
                self.report.note(Why.OTHER_TYPE, f"wp_block “{title}”")

    def finish_pictures(self) -> None:
        for picture, title in self.pictures.items():
            self.note_picture(picture, title)
        self.plan.wanted.show(self.pictures)

    def note_picture(self, picture: Picture, title: str) -> None:
        library = self.plan.library
        attachment = library.attachment_of(picture)
        name = picture.src or (attachment.url if attachment else f"attachment {picture.attachment}")
        file, refusal = library.look_up(picture)
        if refusal:
            self.report.note(Why.REFUSED_PICTURE, _in(f"{name}: {refusal}", title))
        elif file is None:
            self.report.note(Why.MISSING_PICTURE, _in(name, title))
        if not library.alt_of(picture)[1]:
            self.report.note(Why.NO_ALT, _in(name, title))

    def finish_uploads(self) -> None:
        """Find what texts link to and what is attached, and count what comes of it."""
        wanted, library = self.plan.wanted, self.plan.library
        for address in self.links:
            wanted.want(address)
        left = {address: why for address, why in wanted.left.items() if not self.came_before(address)}
        for address, reason in left.items():
            example = _in(f"{address}: {reason}" if reason else address, self.links[address])
            self.report.note(Why.REFUSED_FILE if reason else Why.MISSING_FILE, example)
        for address in self.attached:
            wanted.want(address)
            if not wanted.has(address) and address not in left and not self.came_before(address):
                self.report.note(Why.NOT_A_PICTURE, address)
        self.count_uploads()
        shown = {library.attachment_of(picture) for picture in [*self.pictures, *wanted.pictures.values()]}
        shown_before = {key.partition(":")[0] for key in self.plan.memory.all(Kind.ATTACHMENT)}
        for attachment in library.by_id.values():
            if attachment not in shown and str(attachment.id) not in shown_before:
                self.report.note(Why.UNUSED, attachment.url)

    def came_before(self, address: str) -> bool:
        return bool(known_at(address, folder=self.plan.folder)) or is_known(address, self.plan.memory)

    def count_uploads(self) -> None:
        wanted, library = self.plan.wanted, self.plan.library
        pictures = [*self.pictures, *wanted.pictures.values()]
        keys = {keys_of(picture, library)[0] for picture in pictures if library.look_up(picture)[0]}
        self.report.came[Noun.PICTURE] = len(keys) - len(self.plan.memory.known(Kind.ATTACHMENT, keys))
        files = (address for _file, address in wanted.files.values())
        self.report.came[Noun.FILE] = sum(not is_known(address, self.plan.memory) for address in files)

    def finish_people(self) -> None:
        known = people.known_authors(self.plan.memory)
        people_so_far: list[Writer] = []
        for login, writer in self.plan.creators.items():
            if login in known:
                continue
            self.report.came[Noun.AUTHOR] += 1
            if reason := people.account_refusal(writer, others=people_so_far):
                self.report.note(Why.ACCOUNT, f"{writer.name}: {reason}")
            else:
                people_so_far.append(writer)
        for login in self.plan.notes:
            if login not in self.plan.creators and login not in known:
                self.report.note(Why.AUTHOR_FILE, login)

    def finish_zone(self) -> None:
        self.plan.zone_name = self.guess.name()
        self.plan.zone = ZoneInfo(self.plan.zone_name) if self.plan.zone_name else self.site().zone

    def site(self) -> SiteSettings:
        """Return the settings as they are, without a row where there is none."""
        return only_row(SiteSettings) or SiteSettings()


class Either:
    """What is in one of two sets of numbers."""

    def __init__(self, first: Container[int], second: Container[int]) -> None:
        self.first, self.second = first, second

    def __contains__(self, number: object) -> bool:
        return number in self.first or number in self.second
