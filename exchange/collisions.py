"""Finds names that share a web address or a look-alike key; both rows are kept, and a person decides what to do."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.names import name_key
from accounts.spelling import folded, slugify
from blog.models import Author, Category, Publication, Tag

KINDS: dict[str, type[models.Model]] = {
    "tag": Tag,
    "category": Category,
    "author": Author,
    "publication": Publication,
}
NAMES = {
    "tag": gettext_lazy("tag"),
    "category": gettext_lazy("category"),
    "author": gettext_lazy("author"),
    "publication": gettext_lazy("publication"),
    "member": gettext_lazy("member"),
}


@dataclass(frozen=True)
class Collision:
    """Rows of one kind that can be mistaken for each other, each with name and address; oldest first."""

    kind: str
    rows: tuple[tuple[str, str], ...]
    # Whether it is the same name in two spellings, rather than two names with one address.
    is_one_name: bool

    def __str__(self) -> str:
        named = ", ".join(f"“{name}” ({path})" for name, path in self.rows)
        if self.is_one_name:
            words = _("%(kind)s: %(names)s: the same name")
        elif self.kind == "member":
            words = _("%(kind)s: %(names)s: names that look alike")
        else:
            words = _("%(kind)s: %(names)s: names that would share a web address")
        return words % {"kind": NAMES[self.kind], "names": named}


def collisions() -> Iterator[Collision]:
    """Yield topics, authors and publications that would share an address, and members that share a look-alike key."""
    for kind, model in KINDS.items():
        yield from _grouped(kind, model._default_manager.order_by("pk"), "name", by=slugify, same=folded)
    beside = User.objects.filter(name_key__contains=" ").values_list("name_key", flat=True)
    bases = {key.partition(" ")[0] for key in beside}
    if bases:
        rows = User.objects.filter(models.Q(name_key__in=bases) | models.Q(name_key__contains=" ")).order_by(
            "pk"
        )
        yield from _grouped("member", rows, "display_name", by=name_key, same=folded)


def _grouped(kind: str, rows: models.QuerySet, name: str, *, by, same) -> Iterator[Collision]:
    groups = defaultdict(list)
    for row in rows.iterator(chunk_size=500):
        if key := by(getattr(row, name)):
            groups[key].append((getattr(row, name), unquote(row.get_absolute_url())))
    for found in groups.values():
        if len(found) > 1:
            yield Collision(kind, tuple(found), len({same(words) for words, _path in found}) < len(found))
