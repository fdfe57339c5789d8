"""The report of an import: what was imported, what was not and why, grouped; never contains an e-mail address."""

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
    """Why something was not imported, or imported with changes. In the order of the report."""

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
    Kind.LEFT_OUT: gettext_lazy("items that could not be read, left out"),
    Kind.FAILED: gettext_lazy("items that could not be written (see the log)"),
    Kind.TRASHED: gettext_lazy("items in the trash, left out with their comments"),
    Kind.OTHER_TYPE: gettext_lazy("items other than posts, pages and pictures, left out"),
    Kind.PING: gettext_lazy("pingbacks and trackbacks, left out because they were sent by machines"),
    Kind.OTHER_COMMENT: gettext_lazy("other kinds of comments (order notes, webmentions …), left out"),
    Kind.DUPLICATE: gettext_lazy("duplicates in the file; the first one was used"),
    Kind.TAXONOMY: gettext_lazy("terms other than categories and tags, left out"),
    Kind.STICKY: gettext_lazy("posts pinned to the top; here posts are always sorted by date"),
    Kind.NOT_A_PICTURE: gettext_lazy(
        "attached files that are missing from the media folder or of a kind not served here, left out"
    ),
    Kind.FOREIGN: gettext_lazy(
        "scripts, forms, frames, videos and audio in texts, replaced by a link or left out"
    ),
    Kind.GONE_HERE: gettext_lazy("items whose post has been deleted here since, left out"),
    Kind.UNUSED: gettext_lazy("attached pictures that no text uses, left out"),
}
OTHERWISE = {
    Kind.TOLERATED: gettext_lazy("errors in the XML, read as they were probably meant"),
    Kind.VALUE: gettext_lazy("invalid numbers and dates, left out; the rest of the item was imported"),
    Kind.WORDS_LOST: gettext_lazy("texts that lost more than 2 % of their words"),
    Kind.MISSING_PICTURE: gettext_lazy(
        "pictures missing from the media folder: replaced by their alt text, linked to the old address; import"
        " again with the files to add them"
    ),
    Kind.REFUSED_PICTURE: gettext_lazy(
        "pictures that can’t be displayed: replaced by their alt text, linked to the old address"
    ),
    Kind.EDITED_AWAY: gettext_lazy(
        "pictures whose file is now available, but which were removed from the text here: text unchanged"
    ),
    Kind.MISSING_FILE: gettext_lazy(
        "links to uploaded files missing from the media folder: still lead to the old site"
    ),
    Kind.REFUSED_FILE: gettext_lazy(
        "links to uploaded files of a kind not served here: still lead to the old site"
    ),
    Kind.NO_ALT: gettext_lazy("pictures without alt text: caption, title or file name used instead"),
    Kind.DRAFT: gettext_lazy("not public on the old site: kept as drafts"),
    Kind.MISSED: gettext_lazy("scheduled for a date before the export, but never published: kept as drafts"),
    Kind.PASSED: gettext_lazy("scheduled for a date that has passed since: published"),
    Kind.UNDATED: gettext_lazy("without a usable date"),
    Kind.ORPHAN: gettext_lazy("replies whose parent is missing: made top-level"),
    Kind.CYCLE: gettext_lazy("replies to each other in a circle: the earliest made top-level"),
    Kind.UNKNOWN_STATE: gettext_lazy("comments in an unknown state: held for review"),
    Kind.LINK: gettext_lazy("links of a kind not allowed here: address added as text"),
    Kind.SHORTCODE: gettext_lazy("unknown shortcodes, kept as text"),
    Kind.BLOCK: gettext_lazy("dynamic blocks, whose content WordPress generates, left out"),
    Kind.UNREADABLE: gettext_lazy("texts that could not be converted, kept as written"),
    Kind.SHORTENED: gettext_lazy("texts that were too long, shortened"),
    Kind.SLUG: gettext_lazy("items whose web address was already taken: given another"),
    Kind.ADDRESS: gettext_lazy("old web addresses that can’t redirect"),
    Kind.NEW_IDS: gettext_lazy("comment ids already taken here: all comments of this import got new ones"),
    Kind.ACCOUNT: gettext_lazy("authors without an account of their own"),
    Kind.AUTHOR_FILE: gettext_lazy("unused entries of the authors’ file"),
}
WORDS = LEFT_OUT | OTHERWISE


NAMED = frozenset(
    {
        Kind.LEFT_OUT, Kind.FAILED, Kind.TOLERATED, Kind.VALUE, Kind.WORDS_LOST, Kind.REFUSED_PICTURE,
        Kind.REFUSED_FILE, Kind.EDITED_AWAY, Kind.MISSED, Kind.PASSED,
    }
)  # fmt: skip


class Noun(Enum):
    """What an import can contain. In the order of the report."""

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
    Noun.FILLED: gettext_lazy("pictures imported earlier without their file, now added"),
    Noun.FILE: gettext_lazy("files (documents, audio, videos)"),
    Noun.RELINKED: gettext_lazy("posts imported earlier whose links now lead to these files"),
    Noun.SOURCE: gettext_lazy("quoted sources recognised"),
    Noun.OLD_ADDRESS: gettext_lazy("redirects from old web addresses"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was not imported, or imported with changes, and where it was."""

    kind: Kind
    example: str


@dataclass
class Report:
    """Counts imported things and groups notes; `came` is filled by the plan for a dry run, else by the writer."""

    title: str = ""
    site: str = ""
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
        heading = _("To import (dry run, nothing written)") if dry_run else _("Imported")
        parts = [_("WordPress export of “%(title)s” (%(site)s)") % {"title": self.title, "site": self.site}]
        parts += _section(heading, self._came_lines() or [_("nothing new")])
        parts += _section(_("Already imported, unchanged"), self._already_lines())
        parts += _section(_("Not imported"), self._note_lines(LEFT_OUT))
        parts += _section(_("Imported with changes"), self._note_lines(OTHERWISE))
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
