"""Imports categories with their parents, and tags; one with the address of an existing topic becomes that topic.

Unless both are called after that address and differently: C++ and C# are two topics, whoever comes first.
"""

import html
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from accounts.names import next_free
from accounts.spelling import cut, folded, lowered, slugify
from blog.models import Category, Tag
from comments.batches import in_batches
from exchange.wordpress import addresses, posts
from exchange.wordpress.memory import BATCH, Kind, Memory
from exchange.wordpress.wxr import Term

Topic = Category | Tag

MODELS: dict[str, type[Topic]] = {"category": Category, "post_tag": Tag}
KINDS = {"category": Kind.CATEGORY, "post_tag": Kind.TAG}
LONGEST_NAME, LONGEST_SLUG = 120, 140


def slug_of(term: Term) -> str:
    return (
        slugify(unquote(term.key), most=LONGEST_SLUG) or slugify(name_of(term), most=LONGEST_SLUG) or "topic"
    )


def name_of(term: Term) -> str:
    return cut(" ".join(html.unescape(term.name).split()), LONGEST_NAME) or cut(
        unquote(term.key), LONGEST_NAME
    )


def placed(terms: Iterable[Term], model: type[Topic], known: Mapping[str, int]) -> dict[str, Topic | str]:
    """Return for the key of each new term the topic that it is here already, or the address of one to be made.

    No two keys of an export become one topic.
    """
    new = {term.key: term for term in terms if term.key not in known}
    here = _topics_at(model, [slug_of(term) for term in new.values()])
    used, made = set(known.values()), set[str]()
    places: dict[str, Topic | str] = {}
    for key, term in new.items():
        slug = slug_of(term)
        topic = here.get(slug)
        if topic is not None and topic.pk not in used and _is_same(term, topic):
            used.add(topic.pk)
            places[key] = topic
        else:
            places[key] = _free_slug(model, slug, made) if topic is not None or slug in made else slug
            made.add(str(places[key]))
    return places


def _topics_at(model: type[Topic], slugs: list[str]) -> dict[str, Topic]:
    """Return the topics at these addresses, asked for in batches."""
    found: dict[str, Topic] = {}
    for some in in_batches(slugs, BATCH):
        rows = model._default_manager.filter(slug__in=some)
        found.update((row.slug, row) for row in rows)
    return found


def _is_same(term: Term, topic: Topic) -> bool:
    if folded(name_of(term)) == folded(topic.name):
        return True
    is_at_its_address = lowered(unquote(term.key)) == topic.slug
    # Where the address is what is left of both names, it says nothing about them being one.
    return is_at_its_address and not slugify(name_of(term)) == slugify(topic.name) == topic.slug


def _free_slug(model: type[Topic], slug: str, made: set[str]) -> str:
    """Return the next slug that neither a row nor a topic of this import has."""
    # All that `next_free` may try: for "a-3" also "a-2".
    rows = model._default_manager.filter(slug__startswith=cut(re.sub(r"-\d+$", "", slug), 56))
    return next_free(slug, made | {slug} | set(rows.values_list("slug", flat=True)))


def write_terms(terms: Iterable[Term], memory: Memory, *, folder: str = "") -> dict[str, int]:
    """Write the topics that are new and return how many there were of each domain; those known are left as they are.

    `folder` is where on its host the old blog was: the topics' old addresses began with it.
    """
    made, ledger = dict.fromkeys(MODELS, 0), addresses.Ledger()
    for domain, model in MODELS.items():
        mine = {term.key: term for term in terms if term.domain == domain}
        known = memory.known(KINDS[domain], mine)
        new: dict[str, int] = {}
        for key, place in placed(mine.values(), model, known).items():
            made[domain] += isinstance(place, str)
            topic = _make(model, mine[key], slug=place) if isinstance(place, str) else place
            new[key] = topic.pk
            addresses.of_topic(topic, mine[key], mine, folder=folder, ledger=ledger)
        memory.remember(KINDS[domain], new)
        if domain == "category":
            _set_parents([mine[key] for key in new], {**known, **new})
    return made


def sketch_terms(
    terms: Iterable[Term], memory: Memory, *, folder: str, ledger: addresses.Ledger
) -> dict[str, int]:
    """Return how many topics of each domain `write_terms` would make, and note their old addresses in the ledger."""
    made = dict.fromkeys(MODELS, 0)
    for domain, model in MODELS.items():
        mine = {term.key: term for term in terms if term.domain == domain}
        for key, place in placed(mine.values(), model, memory.known(KINDS[domain], mine)).items():
            made[domain] += isinstance(place, str)
            topic = model(slug=place) if isinstance(place, str) else place
            addresses.of_topic(topic, mine[key], mine, folder=folder, ledger=ledger)
    return made


def _make(model: type[Topic], term: Term, *, slug: str) -> Topic:
    description = posts.words_of(html.unescape(term.description))
    return model._default_manager.create(slug=slug, name=name_of(term), description=description)


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
