"""Find tags by typed names and create new ones. Categories are never created here."""

from collections.abc import Iterable
from urllib.parse import unquote

from django.db import transaction
from django.db.models import Q

from accounts.slugs import free_slug
from accounts.spelling import cut, folded, nfc, slugify
from blog.models import OldAddress, Tag

TAG_LENGTH = 120


def split_names(text: str) -> list[str]:
    """Return the names in a list such as "Ohio, turnout", in order; a name in another case counts as the same."""
    names: dict[str, str] = {}
    for part in text.replace("\n", ",").split(","):
        name = " ".join(nfc(part).split())
        if name:
            names.setdefault(folded(name), name)
    return list(names.values())


@transaction.atomic
def tags_named(names: Iterable[str]) -> list[Tag]:
    """Return the tags of these names, in order; create those that do not exist."""
    names = [nfc(name) for name in names]
    slugs = {name: slugify(name, most=120) or "tag" for name in names}
    near = Tag.objects.filter(
        Q(key__in=[cut(folded(name), TAG_LENGTH) for name in names])
        | Q(slug__in=slugs.values())
        | Q(name__in=names)
    ).order_by("-pk")
    known = {folded(tag.name): tag for tag in near}
    return [known.get(folded(name)) or _make_tag(name, slugs[name]) for name in names]


def _make_tag(name: str, slug: str) -> Tag:
    # A slug that redirects to another tag stays a redirect.
    path = unquote(Tag(slug=slug).get_absolute_url())
    redirects = [slug] if OldAddress.objects.filter(path=path).exists() else []
    free = free_slug(slug, Tag.objects.all(), also_taken=redirects)
    return Tag.objects.create(name=cut(name, TAG_LENGTH), slug=free)
