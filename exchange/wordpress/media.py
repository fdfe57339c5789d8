"""Finds the files of pictures in the export's upload folder; it asks no other host for anything."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from PIL import Image

from exchange.wordpress.html import Picture

UPLOADS = "wp-content/uploads/"
_SIZE = re.compile(r"-\d{2,5}x\d{2,5}(?=\.\w{2,5}$)")
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
        self._of_post: dict[int, list[int]] = {}

    def add(self, attachment: Attachment) -> None:
        self.by_id.setdefault(attachment.id, attachment)
        self._by_path.setdefault(path_of(attachment.url), attachment.id)
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
        return words[:LONGEST_WORDS] or _("Picture %s") % (picture.attachment or ""), False

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
    _before, found, path = urlsplit_path(address).rpartition(f"/{UPLOADS}")
    return path if found and "\0" not in path and ".." not in path.split("/") else ""


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
    name = urlsplit_path(src).rpartition("/")[2].rpartition(".")[0]
    return " ".join(re.split(r"[-_\s]+", _SIZE.sub("", f"{name}.xx").removesuffix(".xx"))).strip()
