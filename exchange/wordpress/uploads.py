"""Imports uploaded files that texts link to (documents, full-size pictures), and updates the links."""

import hashlib
import re
from collections.abc import Callable, Iterable
from html import escape, unescape
from pathlib import Path

from django.db import transaction
from django.utils.encoding import iri_to_uri

from blog import files
from blog.markup import host_of
from blog.models import Figure, OldAddress
from exchange.wordpress import addresses
from exchange.wordpress.figures import Figures
from exchange.wordpress.html import Picture
from exchange.wordpress.media import Library, folded, is_picture_name, path_of, without_copies
from exchange.wordpress.memory import Kind, Memory

# As lxml writes links: the address in double quotes.
_LINK = re.compile(r"(<a\b[^<>]*?\shref=\")([^\"<>]*)(?=\")")
_IN_WORDS = re.compile(r"https?://[^\s\"'<>()\[\]]{1,300}/uploads/[^\s\"'<>()\[\]]{1,300}", re.I)

# A file is no row of ours: that it came is all there is to remember.
_NO_FIGURE = 0


def linked_in(html: str) -> list[str]:
    """Return the addresses of uploads that links in an HTML text lead to."""
    if "<a" not in html:
        return []
    found = (unescape(link.group(2)) for link in _LINK.finditer(html))
    return [address for address in found if path_of(address)]


def named_in(words: str) -> list[str]:
    """Return the addresses of uploads that a comment names."""
    return [address.rstrip(".,;:!?") for address in _IN_WORDS.findall(words)] if "/uploads/" in words else []


def with_own(html: str, address_of: Callable[[str], str]) -> str:
    """Return the HTML with links to what `address_of` knows leading there; all others stay."""

    def turned(link: re.Match[str]) -> str:
        written = unescape(link.group(2))
        own = address_of(written) if path_of(written) else ""
        place = written.partition("#")[2]
        return link.group(1) + (escape(f"{own}#{place}" if place else own) if own else link.group(2))

    return _LINK.sub(turned, html) if "<a" in html else html


class Wanted:
    """The uploads that texts of this run lead to, by what they are: pictures, files, and those that do not come."""

    def __init__(self, library: Library) -> None:
        self.library = library
        # By folded path: the picture that stands for it, or its file and its address.
        self.pictures: dict[str, Picture] = {}
        self.files: dict[str, tuple[Path, str]] = {}
        # Why an address goes on leading to the old site, "" when its file did not come.
        self.left: dict[str, str] = {}

    def show(self, pictures: Iterable[Picture]) -> None:
        """Remember pictures that texts show: a link to one leads to the same figure."""
        for picture in pictures:
            attachment = self.library.attachment_of(picture)
            path = path_of(attachment.url if attachment else picture.src)
            if path and self.library.file_of(picture):
                self.pictures.setdefault(folded(path), picture)

    def want(self, address: str) -> None:
        """Look for the file behind a link. What is not there is only missed on the old site's own host."""
        path = path_of(address)
        key = folded(path)
        if not path or key in self.pictures or key in self.files:
            return
        reason = (
            self._take_picture(address, key)
            if is_picture_name(address)
            else self._take_file(address, path, key)
        )
        if reason is not None and host_of(self.library.absolute(address)) in self.library.hosts:
            self.left[address] = reason

    def has(self, address: str) -> bool:
        """Whether what an address leads to comes in this run, or came before."""
        key = folded(path_of(address))
        return key in self.pictures or key in self.files

    def _take_picture(self, address: str, key: str) -> str | None:
        picture = Picture(src=address)
        file, reason = self.library.look_up(picture)
        if file is None:
            return reason
        self.pictures[key] = picture
        return None

    def _take_file(self, address: str, path: str, key: str) -> str | None:
        file = next(self.library.files(path), None)
        if file is None:
            return ""
        if not files.type_of(file.name):
            return file.suffix or file.name
        self.files[key] = (file, address)
        return None


class Uploads:
    """Writes what was wanted, when the first text asks for it."""

    def __init__(self, wanted: Wanted, figures: Figures, *, folder: str) -> None:
        self.wanted = wanted
        self.figures = figures
        self.folder = folder
        self.made = 0

    def address_of(self, address: str) -> str:
        """Return where an upload is here, brought now if it was not yet; "" when it does not come."""
        key = folded(path_of(address))
        if picture := self.wanted.pictures.get(key):
            figure = Figure.objects.filter(pk=self.figures.id_of(picture)).first()
            return figure.image.url if figure and figure.image else ""
        found = self.wanted.files.get(key)
        return self._file_at(*found) if found else known_at(address, folder=self.folder)

    def bring_all(self) -> None:
        """Bring also what no text of this run asks for: attached files, and what comments name."""
        for picture in self.wanted.pictures.values():
            self.figures.id_of(picture)
        for file, address in self.wanted.files.values():
            self._file_at(file, address)

    def _file_at(self, file: Path, address: str) -> str:
        if is_known(address, self.figures.memory):
            return known_at(address, folder=self.folder)
        own = files.keep(file, below=path_of(address).rpartition("/")[0])
        with transaction.atomic():
            addresses.of_upload(address, own, folder=self.folder)
            self.figures.memory.remember(Kind.ATTACHMENT, {_key(address): _NO_FIGURE})
        self.made += 1
        return own


def known_at(address: str, *, folder: str) -> str:
    """Return where an upload is that came before, by its old address or that of its full size; "" when none did."""
    path = addresses.upload_path(address, folder=folder)
    found = dict(
        OldAddress.objects.filter(path__in={path, without_copies(path)}).values_list("path", "target")
    )
    return iri_to_uri(found.get(path) or found.get(without_copies(path)) or "")


def is_known(address: str, memory: Memory) -> bool:
    """Whether an uploaded file was brought before, whatever has become of it since."""
    return bool(memory.known(Kind.ATTACHMENT, [_key(address)]))


def _key(address: str) -> str:
    return f"file:{hashlib.sha256(folded(path_of(address)).encode()).hexdigest()[:32]}"
