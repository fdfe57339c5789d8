"""Finds the files of pictures in the export's upload folder; it asks no other host for anything."""

import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from PIL import Image

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
)
LONGEST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the old site's media library, with its words."""

    id: int
    url: str
    title: str = ""
    alt: str = ""
    caption: str = ""
    description: str = ""
    parent: int = 0

    @property
    def is_picture(self) -> bool:
        return urlsplit_path(self.url).lower().endswith(_PICTURE_ENDINGS)


class Library:
    """The attachments of the export and, when it was given, the folder with their files."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder.resolve() if folder else None
        self.by_id: dict[int, Attachment] = {}
        self._by_path: dict[str, int] = {}
        self._by_folded: dict[str, int] = {}
        self._folded_files: dict[str, Path] | None = None
        self._of_post: dict[int, list[int]] = {}

    def add(self, attachment: Attachment) -> None:
        self.by_id.setdefault(attachment.id, attachment)
        path = path_of(attachment.url)
        self._by_path.setdefault(path, attachment.id)
        self._by_folded.setdefault(_folded(path), attachment.id)
        if attachment.is_picture and attachment.parent:
            self._of_post.setdefault(attachment.parent, []).append(attachment.id)

    def of_post(self, post_id: int) -> list[int]:
        return self._of_post.get(post_id, [])

    def attachment_of(self, picture: Picture) -> Attachment | None:
        """Return the attachment that the picture's class or its address, in any size, names."""
        if picture.attachment in self.by_id:
            return self.by_id[picture.attachment]
        path = path_of(picture.src)
        number = self._by_path.get(path) or self._by_path.get(_SIZE.sub("", path))
        number = number or (self._by_folded.get(_folded(path)) if path else None)
        return self.by_id.get(number) if number else None

    def file_of(self, picture: Picture) -> Path | None:
        """Return the picture's file, its full size before the one that the text shows, or None."""
        attachment = self.attachment_of(picture)
        paths = [path_of(attachment.url)] if attachment else []
        if picture.src:
            own = path_of(picture.src)
            paths += [_SIZE.sub("", own), own]
        files = (file for path in paths if path for file in self._files(path))
        return next((file for file in files if is_picture(file)), None)

    def _files(self, path: str) -> Iterator[Path]:
        """The folder given may be the site's root, wp-content, or the upload folder itself."""
        if self.folder is None:
            return
        for name in (f"{UPLOADS}{path}", f"uploads/{path}", path):
            file = (self.folder / name).resolve()
            if file.is_relative_to(self.folder) and file.is_file():
                yield file
        if file := self._all_files().get(_folded(path)):
            yield file

    def _all_files(self) -> dict[str, Path]:
        """Return the folder's files by folded path: copies of a folder often lose case, accents' form or full sizes."""
        if self._folded_files is None:
            self._folded_files = {}
            for file in sorted(self.folder.rglob("*")) if self.folder else ():
                name = file.relative_to(self.folder).as_posix()
                name = name.removeprefix("wp-content/").removeprefix("uploads/")
                if file.is_file() and file.resolve().is_relative_to(self.folder) and not _SIZE.search(name):
                    self._folded_files.setdefault(_folded(name), file)
        return self._folded_files

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


def urlsplit_path(address: str) -> str:
    try:
        return unquote(urlsplit(address).path)
    except ValueError:
        return ""


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


def _folded(path: str) -> str:
    """Return a path as it is compared when it is not found as it is written."""
    name = _COPY.sub("", _SIZE.sub("", _SITE_OF_A_NETWORK.sub("", path)))
    return unicodedata.normalize("NFC", name).casefold()


def is_picture(file: Path) -> bool:
    """Whether the file opens as a picture that is not too large to be unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(file) as image:
                image.verify()
    except Exception:  # Pillow raises whatever the broken file leads it to.
        return False
    return True


def _name_in_words(src: str) -> str:
    if src[:5].lower() == "data:":
        return ""
    name = urlsplit_path(src).rpartition("/")[2].rpartition(".")[0]
    return " ".join(re.split(r"[-_\s]+", _SIZE.sub("", f"{name}.xx").removesuffix(".xx"))).strip()
