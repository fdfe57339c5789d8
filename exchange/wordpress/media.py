"""Finds the files of pictures in the upload folder; downloads nothing."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from django.utils.translation import gettext as _

from blog import markup
from blog.imaging import processing
from exchange.wordpress.html import Picture

UPLOADS = "wp-content/uploads/"
# The upload folder as sites, networks of sites and wordpress.com show it, with the path below it at the end.
_UPLOADED = re.compile(
    r".*(?:/wp-content/uploads|/wp-content/blogs\.dir/\d+/files|\.files\.wordpress\.com|/files(?=/\d{4}/\d\d/))/(.+)",
    re.S,
)
_ENDING = r"(?=\.\w{2,5}$)"
_SIZE = re.compile(rf"-\d{{2,5}}x\d{{2,5}}{_ENDING}")
# WordPress shows a smaller or turned copy of what was uploaded and adds these words to its name.
_COPY = re.compile(rf"-(?:scaled|rotated){_ENDING}")
_SITE_OF_A_NETWORK = re.compile(r"^sites/\d+/")
_PICTURE_ENDINGS = (
    ".jpg",
    ".jpeg",
    ".png",
    ".gif",
    ".webp",
    ".avif",
    ".bmp",
    ".tif",
    ".tiff",
    ".svg",
    ".heic",
    ".heif",
    ".jp2",
    ".ico",
)
# What the report asks to be saved as JPEG or PNG.
_SAVED_ANEW = frozenset({".heic", ".heif", ".svg"})
LONGEST_WORDS = 500
LONGEST_CAPTION_HTML = 2000


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the old site's media library, with its words."""

    id: int
    url: str
    title: str = ""
    alt: str = ""
    caption: str = ""
    # The caption with its links and emphasis, where it has any.
    caption_html: str = ""
    description: str = ""
    parent: int = 0
    # WordPress' page about it.
    page: str = ""

    @property
    def is_picture(self) -> bool:
        return is_picture_name(self.url)


class Library:
    """The attachments of the export and, when it was given, the folder with their files."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder.resolve() if folder else None
        self.by_id: dict[int, Attachment] = {}
        self._by_path: dict[str, int] = {}
        self._by_folded: dict[str, int] = {}
        self._folded_files: dict[str, Path] | None = None
        self._of_post: dict[int, list[int]] = {}
        # Why a file cannot be shown, "" when it can: each is unpacked once.
        self._refusals: dict[Path, str] = {}
        self._pages: set[str] = set()
        # Where the old blog kept what was uploaded.
        self.hosts: set[str] = set()
        # What relative addresses are under.
        self.base = ""

    def absolute(self, address: str) -> str:
        """Return an address of the old site as it is known outside, or "" for what is none."""
        try:
            return markup.web_address(urljoin(f"{self.base}/", address)) if address else ""
        except ValueError:
            return ""

    def add(self, attachment: Attachment) -> None:
        self.by_id.setdefault(attachment.id, attachment)
        path = path_of(attachment.url)
        self._by_path.setdefault(path, attachment.id)
        self._by_folded.setdefault(folded(path), attachment.id)
        if attachment.page and not path_of(attachment.page):
            self._pages.add(_as_page(attachment.page))
        if attachment.is_picture and attachment.parent:
            self._of_post.setdefault(attachment.parent, []).append(attachment.id)

    def is_page(self, address: str) -> bool:
        """Whether WordPress' page about an attachment is meant."""
        return bool(address) and _as_page(self.absolute(address)) in self._pages

    def of_post(self, post_id: int) -> list[int]:
        return self._of_post.get(post_id, [])

    def attachment_of(self, picture: Picture) -> Attachment | None:
        """Return the attachment that the picture's class or its address, in any size, names."""
        if picture.attachment in self.by_id:
            return self.by_id[picture.attachment]
        path = path_of(picture.src)
        number = self._by_path.get(path) or self._by_path.get(_SIZE.sub("", path))
        number = number or (self._by_folded.get(folded(path)) if path else None)
        return self.by_id.get(number) if number else None

    def file_of(self, picture: Picture) -> Path | None:
        """Return the picture's file, its full size before the one that the text shows, or None."""
        return self.look_up(picture)[0]

    def look_up(self, picture: Picture) -> tuple[Path | None, str]:
        """Return the picture's file; or None and why the one that is there cannot be shown, "" when there is none."""
        attachment = self.attachment_of(picture)
        paths = [path_of(attachment.url)] if attachment else []
        if picture.src:
            own = path_of(picture.src)
            paths += [without_size(own), own]
        refusal = ""
        paths += [path for own in paths for path in saved_otherwise(own)]
        for file in (file for path in paths if path for file in self.files(path)):
            reason = self._refusal_of(file)
            if not reason:
                return file, ""
            refusal = refusal or reason
        return None, refusal

    def _refusal_of(self, file: Path) -> str:
        """Return why a file cannot be displayed, by the same check as at the import; "" if it can."""
        if file not in self._refusals:
            try:
                with file.open("rb") as opened:
                    processing.check(opened)
                self._refusals[file] = ""
            except processing.NotAPicture as error:
                self._refusals[file] = str(error)
            except OSError as error:
                self._refusals[file] = _("The file can’t be read (%s).") % error.strerror
        return self._refusals[file]

    def files(self, path: str) -> Iterator[Path]:
        """Yield files at this path; the folder may be the site's root, wp-content, or the upload folder."""
        if self.folder is None:
            return
        for name in (f"{UPLOADS}{path}", f"uploads/{path}", path):
            try:
                file = (self.folder / name).resolve()
                is_there = file.is_relative_to(self.folder) and file.is_file()
            except OSError:  # A name that is too long for any file.
                continue
            if is_there:
                yield file
        if folded(path) in self._all_files():
            yield self._all_files()[folded(path)]

    def _all_files(self) -> dict[str, Path]:
        """Return the folder's files by folded path: copies of a folder often lose case, accents' form or full sizes."""
        if self._folded_files is None:
            self._folded_files = {}
            if self.folder is not None:
                self._fold_files(self.folder, self._folded_files)
        return self._folded_files

    @staticmethod
    def _fold_files(folder: Path, found: dict[str, Path]) -> None:
        """Add every file below the folder to `found`; a smaller copy or a link that leads out of it is left out."""
        for file in sorted(folder.rglob("*")):
            name = file.relative_to(folder).as_posix()
            name = name.removeprefix("wp-content/").removeprefix("uploads/")
            if file.is_file() and file.resolve().is_relative_to(folder) and not _SIZE.search(name):
                found.setdefault(folded(name), file)

    def alt_of(self, picture: Picture) -> tuple[str, bool]:
        """Return the words that stand for the picture, and whether somebody wrote them as such."""
        attachment = self.attachment_of(picture)
        written = picture.alt or (attachment.alt if attachment else "")
        if written:
            return written[:LONGEST_WORDS], True
        words = (
            self.caption_of(picture)
            or (attachment.title if attachment else "")
            or _name_in_words(picture.src)
        )
        number = picture.attachment
        return words[:LONGEST_WORDS] or (_("Picture %d") % number if number else _("Picture")), False

    def caption_of(self, picture: Picture) -> str:
        """Return the caption under this use of the picture; a gallery's pictures have their attachment's."""
        if picture.caption or picture.src:
            return picture.caption[:LONGEST_WORDS]
        attachment = self.attachment_of(picture)
        return attachment.caption[:LONGEST_WORDS] if attachment else ""

    def caption_html_of(self, picture: Picture) -> str:
        """Return the same with its links and emphasis, or "" when it has none or is too long."""
        attachment = self.attachment_of(picture)
        is_own = picture.caption or picture.src
        html = picture.caption_html if is_own else attachment.caption_html if attachment else ""
        return html if len(html) <= LONGEST_CAPTION_HTML else ""


def urlsplit_path(address: str) -> str:
    try:
        return unquote(urlsplit(address).path)
    except ValueError:
        return ""


def is_picture_name(address: str) -> bool:
    return urlsplit_path(address).lower().endswith(_PICTURE_ENDINGS)


def saved_otherwise(path: str) -> list[str]:
    """Return where a picture of a kind that browsers cannot show is, once somebody has saved it as one they can."""
    stem, dot, ending = path.rpartition(".")
    return (
        [stem + other for other in (".jpg", ".jpeg", ".png", ".webp")]
        if dot + ending.lower() in _SAVED_ANEW
        else []
    )


def without_copies(path: str) -> str:
    """Return the path of what was uploaded, of which WordPress made the file that the path names."""
    return _COPY.sub("", _SIZE.sub("", path))


def without_size(path: str) -> str:
    return _SIZE.sub("", path)


def path_of(address: str) -> str:
    """Return the path below the upload folder (`2024/12/map.png`), or "" for what was never uploaded."""
    if address[:5].lower() == "data:":
        return ""
    try:
        parts = urlsplit(address)
        found = _UPLOADED.fullmatch(unquote(f"{parts.netloc}{parts.path}"))
    except ValueError:
        return ""
    path = found.group(1) if found else ""
    return path if "\0" not in path and ".." not in path.split("/") else ""


def folded(path: str) -> str:
    """Return a path as it is compared when it is not found as it is written."""
    name = without_copies(_SITE_OF_A_NETWORK.sub("", path))
    return unicodedata.normalize("NFC", name).casefold()


def _as_page(address: str) -> str:
    """Return an address as two are compared: the scheme and a last slash do not count."""
    return address.partition("://")[2].removeprefix("www.").rstrip("/")


def _name_in_words(src: str) -> str:
    if src[:5].lower() == "data:":
        return ""
    name = urlsplit_path(src).rpartition("/")[2].rpartition(".")[0]
    return " ".join(re.split(r"[-_\s]+", _SIZE.sub("", f"{name}.xx").removesuffix(".xx"))).strip()
