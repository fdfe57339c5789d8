"""Writes the pictures of a text as figures: with their file when the upload folder has it, else as a placeholder."""

import hashlib

from django.core.files import File
from django.db import transaction

from blog import actions
from blog.models import Figure
from exchange.wordpress.html import Picture
from exchange.wordpress.media import Library
from exchange.wordpress.memory import Kind, Memory


class Figures:
    """One figure for each picture with the same words; a picture that came before is taken as it is now."""

    def __init__(self, library: Library, memory: Memory) -> None:
        self.library = library
        self.memory = memory
        self.made = 0

    def id_of(self, picture: Picture) -> int:
        """Return the figure's id, written before the post that shows it: scaling pictures takes no post's lock."""
        key = self._key(picture)
        known = self.memory.known(Kind.ATTACHMENT, [key])
        return known[key] if known else self._write(picture, key)

    def _key(self, picture: Picture) -> str:
        attachment = self.library.attachment_of(picture)
        words = f"{self.library.alt_of(picture)[0]}\n{self.library.caption_of(picture)}"
        name = attachment.id if attachment else _digest(picture.src or str(picture.attachment), prefix="src-")
        return f"{name}:{_digest(words)}"

    @transaction.atomic
    def _write(self, picture: Picture, key: str) -> int:
        attachment = self.library.attachment_of(picture)
        figure = Figure(
            alt=self.library.alt_of(picture)[0],
            caption=self.library.caption_of(picture),
            description=attachment.description if attachment else "",
        )
        self._save(figure, picture)
        self.memory.remember(Kind.ATTACHMENT, {key: figure.pk})
        self.made += 1
        return figure.pk

    def _save(self, figure: Figure, picture: Picture) -> None:
        path = self.library.file_of(picture)
        if path is None:
            actions.save_figure(figure, by=None)
            return
        with path.open("rb") as file:
            figure.image = File(file, name=path.name)
            try:
                with transaction.atomic():
                    actions.save_figure(figure, by=None)
                return
            except actions.Refused:
                figure.image = ""
        actions.save_figure(figure, by=None)


def _digest(words: str, *, prefix: str = "") -> str:
    return prefix + hashlib.sha256(words.encode()).hexdigest()[:16]
