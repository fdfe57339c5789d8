"""Categories with their parents, and tags; a topic that exists here under the same address is the same topic."""

import html
from collections.abc import Iterable
from urllib.parse import unquote

from django.utils.text import slugify

from blog.models import Category, Tag
from exchange.wordpress import addresses, posts
from exchange.wordpress.memory import Kind, Memory
from exchange.wordpress.wxr import Term

MODELS: dict[str, type[Category] | type[Tag]] = {"category": Category, "post_tag": Tag}
KINDS = {"category": Kind.CATEGORY, "post_tag": Kind.TAG}
LONGEST_NAME, LONGEST_SLUG = 120, 140


def slug_of(term: Term) -> str:
    name = slugify(unquote(term.key), allow_unicode=True) or slugify(term.name, allow_unicode=True)
    return name[:LONGEST_SLUG].strip("-") or "topic"


def name_of(term: Term) -> str:
    return " ".join(html.unescape(term.name).split())[:LONGEST_NAME] or unquote(term.key)[:LONGEST_NAME]


def write_terms(terms: Iterable[Term], memory: Memory, *, folder: str = "") -> dict[str, int]:
    """Write the topics that are new and return how many there were of each domain; those known are left as they are.

    `folder` is where on its host the old blog was: the topics' old addresses began with it.
    """
    made = dict.fromkeys(MODELS, 0)
    for domain, model in MODELS.items():
        mine = {term.key: term for term in terms if term.domain == domain}
        known = memory.known(KINDS[domain], mine)
        new: dict[str, int] = {}
        for key, term in mine.items():
            if key in known:
                continue
            row, is_made = model.objects.get_or_create(
                slug=slug_of(term),
                defaults={
                    "name": name_of(term),
                    "description": posts.words_of(html.unescape(term.description)),
                },
            )
            new[key] = row.pk
            made[domain] += is_made
            addresses.of_topic(row, term, mine, folder=folder)
        memory.remember(KINDS[domain], new)
        if domain == "category":
            _set_parents([mine[key] for key in new], {**known, **new})
    return made


def _set_parents(terms: Iterable[Term], ids: dict[str, int]) -> None:
    """Put new categories under their parents; one that would stand under itself stays where it is."""
    for term in terms:
        parent_id = ids.get(term.parent)
        if parent_id is None or ids[term.key] in _line_above(parent_id):
            continue
        Category.objects.filter(pk=ids[term.key], parent__isnull=True).update(parent_id=parent_id)


def _line_above(category_id: int | None) -> list[int]:
    line: list[int] = []
    while category_id is not None and category_id not in line:
        line.append(category_id)
        category_id = Category.objects.filter(pk=category_id).values_list("parent_id", flat=True).first()
    return line
