"""What an import says about itself: what came, what did not and why, grouped, in plain words; never an e-mail."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Enough to find the kind of thing in the old blog; the count says how many there are.
MOST_EXAMPLES = 3
LONGEST_EXAMPLE = 110
# What somebody has to look at one by one is named one by one.
MOST_NAMED = 100
LONGEST_NAMED = 400


class Kind(Enum):
    """Why something did not come, or came otherwise than it was. In the order of the report."""

    LEFT_OUT = "left_out"
    FAILED = "failed"
    TRASHED = "trashed"
    OTHER_TYPE = "other_type"
    PING = "ping"
    OTHER_COMMENT = "other_comment"
    DUPLICATE = "duplicate"
    TAXONOMY = "taxonomy"
    STICKY = "sticky"
    NOT_A_PICTURE = "not_a_picture"
    FOREIGN = "foreign"
    GONE_HERE = "gone_here"
    UNUSED = "unused"
    TOLERATED = "tolerated"
    VALUE = "value"
    WORDS_LOST = "words_lost"
    MISSING_PICTURE = "missing_picture"
    REFUSED_PICTURE = "refused_picture"
    EDITED_AWAY = "edited_away"
    MISSING_FILE = "missing_file"
    REFUSED_FILE = "refused_file"
    NO_ALT = "no_alt"
    DRAFT = "draft"
    MISSED = "missed"
    PASSED = "passed"
    UNDATED = "undated"
    ORPHAN = "orphan"
    CYCLE = "cycle"
    UNKNOWN_STATE = "unknown_state"
    LINK = "link"
    SHORTCODE = "shortcode"
    BLOCK = "block"
    UNREADABLE = "unreadable"
    SHORTENED = "shortened"
    SLUG = "slug"
    ADDRESS = "address"
    NEW_IDS = "new_ids"
    ACCOUNT = "account"
    AUTHOR_FILE = "author_file"


LEFT_OUT = {
    Kind.LEFT_OUT: gettext_lazy("items that cannot be read, left out"),
    Kind.FAILED: gettext_lazy("that could not be written; the log says why"),
    Kind.TRASHED: gettext_lazy("in the trash, left out with their comments"),
    Kind.OTHER_TYPE: gettext_lazy("items that are neither posts, pages nor pictures, left out"),
    Kind.PING: gettext_lazy("pingbacks and trackbacks, left out: machines wrote them"),
    Kind.OTHER_COMMENT: gettext_lazy("comments of other kinds (order notes, webmentions …), left out"),
    Kind.DUPLICATE: gettext_lazy("that stand in the file twice: the first one counts"),
    Kind.TAXONOMY: gettext_lazy("terms that are neither categories nor tags, left out"),
    Kind.STICKY: gettext_lazy("posts pinned to the top: here posts stand by their day"),
    Kind.NOT_A_PICTURE: gettext_lazy(
        "attached files that are not in the media folder, or of a kind that is not given out here, left out"
    ),
    Kind.FOREIGN: gettext_lazy(
        "scripts, forms, frames, films and sounds in texts, replaced by a link or left out"
    ),
    Kind.GONE_HERE: gettext_lazy("whose post was deleted here since, left out"),
    Kind.UNUSED: gettext_lazy("attached pictures that no text shows, left out"),
}
OTHERWISE = {
    Kind.TOLERATED: gettext_lazy("places where the file is no proper XML: read as they were meant"),
    Kind.VALUE: gettext_lazy("numbers and dates that are none: left out, the rest came"),
    Kind.WORDS_LOST: gettext_lazy("texts that lost more than 2 % of their words"),
    Kind.MISSING_PICTURE: gettext_lazy(
        "pictures whose file is not in the media folder: their alt text stands there, as a link to where they were;"
        " bring the export again with the files, and they come"
    ),
    Kind.REFUSED_PICTURE: gettext_lazy(
        "pictures that cannot be shown: their alt text stands there, as a link to where they were"
    ),
    Kind.EDITED_AWAY: gettext_lazy(
        "pictures whose file is here now, but whose place in the text was taken out since: left as it is"
    ),
    Kind.MISSING_FILE: gettext_lazy(
        "links to uploaded files that are not in the media folder: they lead to the old site, as before"
    ),
    Kind.REFUSED_FILE: gettext_lazy(
        "links to uploaded files that are not given out here: they lead to the old site, as before"
    ),
    Kind.NO_ALT: gettext_lazy("pictures without alt text: caption, title or file name stands for it"),
    Kind.DRAFT: gettext_lazy("not public at the old site: kept as drafts"),
    Kind.MISSED: gettext_lazy(
        "scheduled for a day before the export, but never published there: kept as drafts"
    ),
    Kind.PASSED: gettext_lazy("scheduled at the old site for a day that has passed since: published"),
    Kind.UNDATED: gettext_lazy("without a usable date"),
    Kind.ORPHAN: gettext_lazy("replies to a comment that does not come with this post: openers now"),
    Kind.CYCLE: gettext_lazy("replies that answered each other in a circle: the earliest is an opener now"),
    Kind.UNKNOWN_STATE: gettext_lazy("comments in a state that is not known: held for review"),
    Kind.LINK: gettext_lazy("links that no page can have: their address stands beside their words"),
    Kind.SHORTCODE: gettext_lazy("shortcodes that are not known, kept as text"),
    Kind.BLOCK: gettext_lazy("blocks that WordPress fills when it shows them, left out"),
    Kind.UNREADABLE: gettext_lazy("texts that could not be converted, kept as they were written"),
    Kind.SHORTENED: gettext_lazy("too long for their place, shortened"),
    Kind.SLUG: gettext_lazy("whose address was taken here: another was made"),
    Kind.ADDRESS: gettext_lazy("old addresses that cannot lead on"),
    Kind.NEW_IDS: gettext_lazy("comment ids that are taken here: all comments of this run get new ones"),
    Kind.ACCOUNT: gettext_lazy("authors without an account of their own"),
    Kind.AUTHOR_FILE: gettext_lazy("entries of the authors' file that were not used"),
}
WORDS = LEFT_OUT | OTHERWISE


NAMED = frozenset(
    {
        Kind.LEFT_OUT, Kind.FAILED, Kind.TOLERATED, Kind.VALUE, Kind.WORDS_LOST, Kind.REFUSED_PICTURE,
        Kind.REFUSED_FILE, Kind.EDITED_AWAY, Kind.MISSED, Kind.PASSED,
    }
)  # fmt: skip


class Noun(Enum):
    """What an import brings. In the order of the report."""

    PUBLISHED = "published"
    PAGE = "page"
    SCHEDULED = "scheduled"
    DRAFT = "draft"
    PUBLIC_COMMENT = "public_comment"
    HELD_COMMENT = "held_comment"
    SPAM_COMMENT = "spam_comment"
    REMOVED_COMMENT = "removed_comment"
    AUTHOR = "author"
    CATEGORY = "category"
    TAG = "tag"
    PICTURE = "picture"
    FILLED = "filled"
    FILE = "file"
    RELINKED = "relinked"
    SOURCE = "source"
    OLD_ADDRESS = "old_address"


NAMES = {
    Noun.PUBLISHED: gettext_lazy("published posts"),
    Noun.PAGE: gettext_lazy("public pages"),
    Noun.SCHEDULED: gettext_lazy("scheduled posts and pages"),
    Noun.DRAFT: gettext_lazy("drafts"),
    Noun.PUBLIC_COMMENT: gettext_lazy("public comments"),
    Noun.HELD_COMMENT: gettext_lazy("comments waiting for review"),
    Noun.SPAM_COMMENT: gettext_lazy("comments marked as spam"),
    Noun.REMOVED_COMMENT: gettext_lazy("removed comments"),
    Noun.AUTHOR: gettext_lazy("authors"),
    Noun.CATEGORY: gettext_lazy("categories"),
    Noun.TAG: gettext_lazy("tags"),
    Noun.PICTURE: gettext_lazy("pictures"),
    Noun.FILLED: gettext_lazy("pictures that came before without their file, put in their places"),
    Noun.FILE: gettext_lazy("files (documents, sounds, films)"),
    Noun.RELINKED: gettext_lazy("posts that came before and link to such files: the links lead to them now"),
    Noun.SOURCE: gettext_lazy("quoted sources recognised"),
    Noun.OLD_ADDRESS: gettext_lazy("old addresses that lead on"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that did not come, or not as it was, and where."""

    kind: Kind
    example: str


@dataclass
class Report:
    """Counts what comes and groups the notes; `came` is filled by the plan for a dry run, else by the writer."""

    title: str = ""
    site: str = ""
    facts: list[str] = field(default_factory=list)
    came: Counter[Noun] = field(default_factory=Counter)
    already_posts: int = 0
    already_comments: int = 0
    counts: Counter[Kind] = field(default_factory=Counter)
    examples: dict[Kind, list[str]] = field(default_factory=dict)

    def note(self, kind: Kind, example: str = "") -> None:
        self.counts[kind] += 1
        known = self.examples.setdefault(kind, [])
        example = " ".join(example.split())
        most, longest = (MOST_NAMED, LONGEST_NAMED) if kind in NAMED else (MOST_EXAMPLES, LONGEST_EXAMPLE)
        if example and len(known) < most and example not in known:
            known.append(example if len(example) <= longest else f"{example[: longest - 1]}…")

    def take(self, notes: Iterable[Note]) -> None:
        for note in notes:
            self.note(note.kind, note.example)

    def text(self, *, dry_run: bool) -> str:
        """Return the report as it is printed."""
        heading = _("Would come (nothing was written)") if dry_run else _("Came")
        parts = [_("WordPress export of “%(title)s” (%(site)s)") % {"title": self.title, "site": self.site}]
        parts += self.facts
        parts += _section(heading, self._came_lines() or [_("nothing new")])
        parts += _section(_("Already here, left as they are"), self._already_lines())
        parts += _section(_("Did not come"), self._note_lines(LEFT_OUT))
        parts += _section(_("Came, but not as it was"), self._note_lines(OTHERWISE))
        return "\n".join(parts)

    def _came_lines(self) -> list[str]:
        return [_line(self.came[noun], str(NAMES[noun])) for noun in Noun if self.came[noun]]

    def _already_lines(self) -> list[str]:
        pairs = ((self.already_posts, _("posts and pages")), (self.already_comments, _("comments")))
        return [_line(count, name) for count, name in pairs if count]

    def _note_lines(self, words: dict) -> list[str]:
        lines = []
        for kind in words:
            if self.counts[kind]:
                lines.append(_line(self.counts[kind], str(words[kind])))
                lines += [f"          – {example}" for example in self.examples.get(kind, ())]
        return lines


def _section(heading: str, lines: list[str]) -> list[str]:
    return ["", f"{heading}:", *lines] if lines else []


def _line(count: int, words: str) -> str:
    return f"{count:>8,}  {words}"
