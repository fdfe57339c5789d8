"""Stores the pictures of a text as figures, with their file if the upload folder has it, else with its address."""

import hashlib

from django.core.files import File
from django.db import transaction

from blog import actions, markup
from blog.models import CaptionFormat, Figure
from exchange.wordpress import addresses
from exchange.wordpress.html import Picture
from exchange.wordpress.media import Library, folded, path_of
from exchange.wordpress.memory import Kind, Memory

LONGEST_ADDRESS = 2000


class Figures:
    """One figure for each picture with the same words; a picture that came before is taken as it is now."""

    def __init__(self, library: Library, memory: Memory, *, folder: str = "") -> None:
        self.library = library
        self.memory = memory
        self.folder = folder
        self.made = self.filled = 0

    def id_of(self, picture: Picture) -> int:
        """Return the figure's id. Written before the post, so that scaling a picture holds no lock."""
        key = keys_of(picture, self.library)[0]
        known = self.memory.known(Kind.ATTACHMENT, [key])
        return known[key] if known else self._write(picture, key)

    @transaction.atomic
    def _write(self, picture: Picture, key: str) -> int:
        attachment = self.library.attachment_of(picture)
        figure = Figure(
            alt=self.library.alt_of(picture)[0],
            caption=self.library.caption_of(picture),
            caption_markup=self.library.caption_html_of(picture),
            caption_format=CaptionFormat.HTML,
            description=attachment.description if attachment else "",
            old_address=old_address_of(picture, self.library)[:LONGEST_ADDRESS],
        )
        self._save(figure, picture)
        self.memory.remember(Kind.ATTACHMENT, {key: figure.pk})
        self.made += bool(figure.image)
        return figure.pk

    def _save(self, figure: Figure, picture: Picture) -> None:
        path = self.library.file_of(picture)
        if figure.link == self._link_without_file(picture) or figure.pk is None:
            figure.link = link_of(picture, self.library, has_file=path is not None)
        if path is None:
            actions.save_figure(figure, by=None)
            return
        with path.open("rb") as file:
            actions.save_figure(figure, by=None, picture=File(file, name=path.name))
        self._lead_on(figure, picture)

    def _link_without_file(self, picture: Picture) -> str:
        """Return the link that a picture without its file was given; another one is its author's."""
        return link_of(picture, self.library, has_file=False)

    def _lead_on(self, figure: Figure, picture: Picture) -> None:
        attachment = self.library.attachment_of(picture)
        for address in (attachment.url if attachment else "", picture.src):
            addresses.of_upload(address, figure.image.url, folder=self.folder)

    @transaction.atomic
    def fill(self, number: int, picture: Picture) -> None:
        """Give a figure that came without its file what is known of it now; one that was given a picture stays."""
        figure = Figure.objects.select_for_update().filter(pk=number, image="").first()
        if figure is None:
            return
        figure.old_address = figure.old_address or old_address_of(picture, self.library)[:LONGEST_ADDRESS]
        self._save(figure, picture)
        self.filled += bool(figure.image)


def keys_of(picture: Picture, library: Library) -> tuple[str, str]:
    """Return what the picture is remembered by, and what it was before links counted."""
    attachment = library.attachment_of(picture)
    words = f"{library.alt_of(picture)[0]}\n{library.caption_of(picture)}"
    name = attachment.id if attachment else _digest(picture.src or str(picture.attachment), prefix="src-")
    more = [link_of(picture, library, has_file=False), library.caption_html_of(picture)]
    whole = "\n".join([words, *more]) if any(more) else words
    return f"{name}:{_digest(whole)}", f"{name}:{_digest(words)}"


def link_of(picture: Picture, library: Library, *, has_file: bool) -> str:
    """Return where the picture leads, or "" when that was to itself: it opens in full by itself here.

    WordPress' page about a picture does not come, so with its file nothing is left of it to lead to.
    """
    is_page = picture.links_to_its_page or library.is_page(picture.link)
    if _is_its_file(picture, library) or (is_page and has_file):
        return ""
    link = markup.link_address(picture.link)
    link = library.absolute(picture.link) if not link or link.startswith("/") else link
    return link if len(link) <= LONGEST_ADDRESS else ""


def old_address_of(picture: Picture, library: Library) -> str:
    """Return where the picture could be seen at the old site, in full size where the text led there."""
    attachment = library.attachment_of(picture)
    shown = (
        picture.link
        if _is_its_file(picture, library)
        else picture.src or (attachment.url if attachment else "")
    )
    return library.absolute(shown)


def _is_its_file(picture: Picture, library: Library) -> bool:
    linked = path_of(picture.link)
    if not linked:
        return bool(picture.link) and library.absolute(picture.link) == library.absolute(picture.src)
    attachment = library.attachment_of(picture)
    return folded(linked) in {
        folded(path_of(picture.src)),
        folded(path_of(attachment.url)) if attachment else "",
    }


def _digest(words: str, *, prefix: str = "") -> str:
    return prefix + hashlib.sha256(words.encode()).hexdigest()[:16]
