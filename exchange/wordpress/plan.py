"""The first pass: reads the whole export, refuses what is broken, and says what would come; it writes nothing."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from blog import markup
from blog.models import Post, PostState, SiteSettings
from comments.models import CommentState
from exchange.wordpress import ids, people, posts, terms
from exchange.wordpress.authors_file import AuthorNote
from exchange.wordpress.blocks import shared_in
from exchange.wordpress.comments import Arranged, arrange
from exchange.wordpress.html import Picture, convert
from exchange.wordpress.media import Attachment, Library
from exchange.wordpress.memory import BATCH, Kind, Memory
from exchange.wordpress.report import Kind as Why
from exchange.wordpress.report import Note, Noun, Report
from exchange.wordpress.wxr import Head, Item, Term, Writer, read
from exchange.wordpress.zone import ZoneGuess

COMMENT_NOUNS = {
    CommentState.PUBLIC: Noun.PUBLIC_COMMENT,
    CommentState.HELD: Noun.HELD_COMMENT,
    CommentState.SPAM: Noun.SPAM_COMMENT,
    CommentState.REMOVED: Noun.REMOVED_COMMENT,
}


class Plan:
    """What the first pass has found out about the file, and what the second one needs to know."""

    def __init__(self, path: Path, *, media: Path | None, notes: dict[str, AuthorNote]) -> None:
        self.path = path
        self.notes = notes
        self.head = Head()
        self.memory = Memory("")
        self.report = Report()
        self.library = Library(media)
        self.writers: dict[str, Writer] = {}
        self.creators: dict[str, Writer] = {}
        self.terms: dict[tuple[str, str], Term] = {}
        # False when a comment's id is taken here: then all that are new get new ids.
        self.keeps_ids = True
        self.comment_ids = ids.IdSet()
        # Blocks that are written once and shown in many posts, by their id.
        self.shared: dict[int, str] = {}
        self.zone = ZoneInfo("UTC")
        self.zone_name: str | None = None
        self.known_posts: dict[str, int] = {}

    @property
    def host(self) -> str:
        return self.memory.site.partition("/")[0]

    @property
    def folder(self) -> str:
        """Return the path of the old blog on its host, "" when it had the host to itself."""
        return self.memory.site.removeprefix(self.host)

    def user_login(self, user_id: int) -> str | None:
        return next(
            (writer.login for writer in self.writers.values() if user_id and writer.user_id == user_id), None
        )


def site_key(head: Head) -> str:
    """Return the old site as it is remembered: host and folder, whatever the scheme was."""
    parts = urlsplit(head.base_url or head.link)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"[:200] or "wordpress"


def featured_of(item: Item) -> int:
    number = item.meta_value("_thumbnail_id").strip()
    return int(number) if number.isdecimal() and number.isascii() and len(number) < 19 else 0


def make_plan(
    path: Path,
    *,
    media: Path | None = None,
    notes: dict[str, AuthorNote] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Plan:
    """Read and judge the whole file. Raises Malformed; whatever happens, nothing is written."""
    plan = Plan(path, media=media, notes=notes or {})
    return _Planner(plan).plan_all(progress)


def _in(example: str, title: str) -> str:
    return _("%(example)s in “%(title)s”") % {"example": example, "title": title}


class _Planner:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.report = plan.report
        self.guess = ZoneGuess()
        self.seen_items: set[int] = set()
        self.slugs: set[str] = set()
        self.unchecked_ids: list[int] = []
        self.pictures: dict[Picture, str] = {}
        self.galleries: dict[int, str] = {}
        # Shared blocks, and which of them are shown where.
        self.shared_titles: dict[int, str] = {}
        self.shown: dict[int, str] = {}

    def plan_all(self, progress: Callable[[int], None] | None) -> Plan:
        for entry in read(self.plan.path, progress=progress):
            if isinstance(entry, Head):
                self.take_head(entry)
            elif isinstance(entry, Writer):
                self.plan.writers.setdefault(entry.login, entry)
            elif isinstance(entry, Term):
                self.take_term(entry)
            elif entry.id in self.seen_items:
                self.report.note(Why.DUPLICATE, f"{entry.type} {entry.id} “{posts.title_of(entry)}”")
            else:
                self.seen_items.add(entry.id)
                self.take_item(entry)
        self.finish()
        return self.plan

    def take_head(self, head: Head) -> None:
        self.plan.head = head
        self.plan.memory = Memory(site_key(head))
        self.report.title, self.report.site = head.title or _("without a name"), self.plan.memory.site
        self.plan.known_posts = self.plan.memory.all(Kind.POST)

    def take_term(self, term: Term) -> None:
        if term.domain in terms.MODELS and term.key:
            self.plan.terms.setdefault((term.domain, term.key), term)

    def take_item(self, item: Item) -> None:
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
            description=posts.words_of(item.content)[:2000],
            parent=item.parent,
        )
        if attachment.is_picture:
            self.plan.library.add(attachment)
        else:
            self.report.note(Why.NOT_A_PICTURE, attachment.url)
        for comment in item.comments:
            self.report.note(Why.OTHER_COMMENT, _in(_("comment %d") % comment.id, attachment.title))

    def take_post(self, item: Item) -> None:
        is_known = str(item.id) in self.plan.known_posts
        if is_known:
            self.report.already_posts += 1
        else:
            self.take_new_post(item)
        self.take_comments(item, is_known=is_known)

    def take_new_post(self, item: Item) -> None:
        fate = posts.fate_of(item, self.plan.zone)
        self.report.take([*fate.notes, *posts.notes_on(item)])
        self.report.came[self.noun_of(fate)] += 1
        if item.creator:
            writer = self.plan.writers.get(item.creator) or Writer(login=item.creator, name=item.creator)
            self.plan.creators.setdefault(item.creator, writer)
        for term in item.terms:
            self.take_term(term)
        self.take_addresses(item, fate)
        self.take_body(item)

    def noun_of(self, fate: posts.Fate) -> Noun:
        if fate.state != PostState.PUBLISHED or fate.date is None:
            return Noun.DRAFT
        return Noun.SCHEDULED if fate.date > timezone.now() else Noun.PUBLISHED

    def take_addresses(self, item: Item, fate: posts.Fate) -> None:
        slug = posts.slug_of(item)
        if slug in self.slugs or Post.objects.filter(slug=slug).exists():
            self.report.note(Why.SLUG, f"“{posts.title_of(item)}” ({slug})")
        self.slugs.add(slug)
        if fate.state != PostState.PUBLISHED:
            return
        self.report.came[Noun.OLD_ADDRESS] += 1
        if posts.old_path_of(item):
            self.report.came[Noun.OLD_ADDRESS] += 1
        elif item.link and not item.link.endswith(f"/?p={item.id}"):
            self.report.note(Why.ADDRESS, item.link)

    def take_body(self, item: Item) -> None:
        title = posts.title_of(item)
        self.shown |= dict.fromkeys(shared_in(item.content), title)
        converted = convert(
            item.content,
            featured=featured_of(item),
            footnotes=item.meta_value("footnotes"),
            shared=self.plan.shared,
        )
        self.report.take(Note(note.kind, _in(note.example, title)) for note in converted.notes)
        self.report.came[Noun.SOURCE] += converted.clippings
        for picture in converted.pictures:
            self.pictures.setdefault(picture, title)
        if converted.shows_whole_gallery:
            self.galleries[item.id] = title

    def take_comments(self, item: Item, *, is_known: bool) -> None:
        known = (
            self.plan.memory.known(Kind.COMMENT, [comment.id for comment in item.comments])
            if is_known
            else {}
        )
        here = {int(old_id) for old_id in known}
        new, notes = arrange(
            item.comments,
            title=posts.title_of(item),
            zone=self.plan.zone,
            fallback=timezone.now(),
            here=here,
            elsewhere=self.plan.comment_ids,
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
        self.report.came[COMMENT_NOUNS[comment.state]] += 1
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
        self.finish_shared()
        self.finish_pictures()
        self.finish_people()
        self.finish_zone()
        self.count_terms()

    def finish_shared(self) -> None:
        for number, title in self.shown.items():
            if number not in self.plan.shared:
                self.report.note(Why.BLOCK, _in(f"wp:block {number}", title))
        for number, title in self.shared_titles.items():
            if number not in self.shown:
                self.report.note(Why.OTHER_TYPE, f"wp_block “{title}”")

    def finish_pictures(self) -> None:
        library = self.plan.library
        for post_id, title in self.galleries.items():
            for number in library.of_post(post_id):
                self.pictures.setdefault(Picture(attachment=number), title)
        shown = {
            int(key.partition(":")[0]) for key in self.plan.memory.all(Kind.ATTACHMENT) if key[:1].isdigit()
        }
        for picture, title in self.pictures.items():
            attachment = library.attachment_of(picture)
            shown.add(attachment.id if attachment else 0)
            name = picture.src or (attachment.url if attachment else f"attachment {picture.attachment}")
            if library.file_of(picture) is None:
                self.report.note(Why.MISSING_PICTURE, _in(name, title))
            if not library.alt_of(picture)[1]:
                self.report.note(Why.NO_ALT, _in(name, title))
        self.report.came[Noun.PICTURE] = len(self.pictures)
        for attachment in library.by_id.values():
            if attachment.id not in shown:
                self.report.note(Why.UNUSED, attachment.url)

    def finish_people(self) -> None:
        known = self.plan.memory.known(Kind.AUTHOR, self.plan.creators)
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
            if login not in self.plan.creators and not self.plan.memory.known(Kind.AUTHOR, [login]):
                self.report.note(Why.AUTHOR_FILE, login)

    def finish_zone(self) -> None:
        self.plan.zone_name = self.guess.name()
        self.plan.zone = ZoneInfo(self.plan.zone_name) if self.plan.zone_name else SiteSettings.load().zone

    def count_terms(self) -> None:
        for domain, noun in (("category", Noun.CATEGORY), ("post_tag", Noun.TAG)):
            mine = [term for term in self.plan.terms.values() if term.domain == domain]
            known = self.plan.memory.known(terms.KINDS[domain], [term.key for term in mine])
            slugs = {terms.slug_of(term) for term in mine if term.key not in known}
            taken = terms.MODELS[domain].objects.filter(slug__in=slugs).count() if len(slugs) <= BATCH else 0
            self.report.came[noun] = len(slugs) - taken
