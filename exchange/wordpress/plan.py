"""The plan of an import: filled in by the first pass, read by the second."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils import timezone

from blog.models import SiteSettings
from comments.models import CommentState
from exchange.wordpress import ids, people, posts
from exchange.wordpress.authors_file import AuthorNote
from exchange.wordpress.html import Converted, Picture, convert
from exchange.wordpress.media import Library
from exchange.wordpress.memory import Memory
from exchange.wordpress.pages import PageTree
from exchange.wordpress.report import Noun, Report
from exchange.wordpress.uploads import Wanted
from exchange.wordpress.wxr import Head, Item, Term, Writer
from web.params import int_param

COMMENT_NOUNS: dict[str, Noun] = {
    CommentState.PUBLIC: Noun.PUBLIC_COMMENT,
    CommentState.HELD: Noun.HELD_COMMENT,
    CommentState.SPAM: Noun.SPAM_COMMENT,
    CommentState.REMOVED: Noun.REMOVED_COMMENT,
}
DEFAULTS = SiteSettings()


class Plan:
    """What the first pass has found out about the file, and what the second one needs to know."""

    def __init__(
        self, path: Path, *, media: Path | None, notes: dict[str, AuthorNote], partial: bool = False
    ) -> None:
        self.path = path
        # Whether a file that ends before the export does is read as far as it goes.
        self.partial = partial
        self.notes = {people.login_key(login): note for login, note in notes.items()}
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
        self.wanted = Wanted(self.library)
        # Figures that came before without their file, and what is known of their picture now.
        self.fillings: dict[int, Picture] = {}
        # Posts that came before and link to files that come now.
        self.relinked: list[int] = []
        # The pages of the old blog, and where each new one stands here, by its id.
        self.pages = PageTree()
        self.page_paths: dict[int, str] = {}
        # The old path of each attached file's own page, and the post it is attached to.
        self.attachments: dict[int, tuple[str, int]] = {}
        # Items that could not be judged: they are not written either.
        self.failed: set[int] = set()
        # One moment for the whole import, so that both passes decide alike.
        self.now = timezone.now()

    @property
    def base(self) -> str:
        """Return the address of the old blog, where relative links led."""
        return self.head.base_url or self.head.link

    def convert(self, item: Item) -> Converted:
        """Return the post's text as HTML of ours, the same in both passes."""
        return convert(
            item.content,
            gallery=self.library.of_post(item.id),
            featured=featured_of(item),
            footnotes=item.meta_value("footnotes"),
            shared=self.shared,
            base=self.base,
        )

    def fate_of(self, item: Item) -> posts.Fate:
        return posts.fate_of(item, self.zone, exported=self.exported, now=self.now)

    @property
    def exported(self) -> datetime | None:
        """Return when the export was made, if it says so."""
        return self.head.exported.replace(tzinfo=UTC) if self.head.exported else None

    def changes_of(self, site: SiteSettings) -> dict[str, str]:
        """Return what the import says about this site where nobody has said anything yet."""
        wanted = {
            "name": self.head.title[:80],
            "tagline": self.head.description[:200],
            "time_zone": self.zone_name or "",
        }
        return {
            field: value
            for field, value in wanted.items()
            if value
            and not self.known_posts
            and getattr(site, field) == getattr(DEFAULTS, field)
            and value != getattr(site, field)
        }

    @property
    def host(self) -> str:
        return self.memory.site.partition("/")[0]

    @property
    def folder(self) -> str:
        """Return the path of the old blog on its host, "" when it had the host to itself."""
        return self.memory.site.removeprefix(self.host)

    def olds_of_attachment(self, path: str, number: int) -> tuple[str, str]:
        """Return the old addresses of an attached file's own page."""
        return path, f"{self.folder}/?attachment_id={number}"

    def user_login(self, user_id: int) -> str | None:
        return next(
            (key for key, writer in self.writers.items() if user_id and writer.user_id == user_id), None
        )


def site_key(head: Head) -> str:
    """Return the old site as it is remembered: host and folder, whatever the scheme was."""
    parts = urlsplit(head.base_url or head.link)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}"[:200] or "wordpress"


def featured_of(item: Item) -> int:
    return int_param(item.meta_value("_thumbnail_id").strip()) or 0
