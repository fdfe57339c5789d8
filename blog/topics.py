"""Finds tags by the names that authors type, and makes those that are new; it never makes a category."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify

from accounts.names import next_free
from blog.models import Tag

TAG_LENGTH = 120


def split_names(text: str) -> list[str]:
    """Return the names of a list such as "Ohio, turnout" in order, each once whatever its case."""
    names: dict[str, str] = {}
    for part in text.replace("\n", ",").split(","):
        name = " ".join(part.split())
        if name:
            names.setdefault(name.casefold(), name)
    return list(names.values())


@transaction.atomic
def tags_named(names: Iterable[str]) -> list[Tag]:
    """Return the tags of these names in order; one that is not there yet is made, with an address of its own."""
    names = list(names)
    slugs = {name: slugify(name, allow_unicode=True)[:120] or "tag" for name in names}
    near = Tag.objects.filter(slug__in=slugs.values()) | Tag.objects.filter(name__in=names)
    known = {tag.name.casefold(): tag for tag in near}
    return [known.get(name.casefold()) or _make_tag(name, slugs[name]) for name in names]


def _make_tag(name: str, slug: str) -> Tag:
    taken = set(Tag.objects.filter(slug__startswith=slug[:56]).values_list("slug", flat=True))
    return Tag.objects.create(name=name[:TAG_LENGTH], slug=next_free(slug, taken))
