"""Lists of topics, publications and authors, and whether a URL of one may be known to everybody."""

import unicodedata
from collections.abc import Callable
from itertools import groupby
from typing import Any
from urllib.parse import unquote, urlsplit

from django.db.models import Model, QuerySet
from django.urls import Resolver404, resolve
from django.utils import timezone

from blog.archive import counted_by, hidden_posts
from blog.models import (
    Article,
    Author,
    Byline,
    Category,
    Post,
    PostCategory,
    PostTag,
    Publication,
    Quotation,
    Tag,
)
from blog.models.posts import PostQuerySet
from blog.post_lists import quoting

# By URL name: a model that posts belong to, and the public posts of one of its rows.
TOPICS: dict[str, tuple[type[Model], Callable[..., PostQuerySet]]] = {
    "category": (Category, lambda topic: Post.objects.listed().in_category(topic)),
    "tag": (Tag, lambda topic: Post.objects.listed().with_tag(topic)),
    "author": (Author, lambda topic: Post.objects.listed().by_author(topic)),
    "publication": (Publication, quoting),
    "article": (Article, quoting),
}


def is_told(address: str) -> bool:
    """Whether everybody may learn that this address exists: not if only drafts are there.

    A redirect to it would otherwise reveal the title of a draft.
    """
    try:
        match = resolve(unquote(urlsplit(address).path))
    except Resolver404:
        return True
    name, slug = (match.url_name or "").removesuffix("_feed"), match.kwargs.get("slug")
    if name == "preview":
        return False
    if name in {"post", "page"}:
        known = {"slug": slug, "path": None} if name == "post" else {"path": f"/{match.kwargs['path']}/"}
        posts = Post.objects.filter(**known)
        return not posts.exists() or posts.filter(first_published_at__lte=timezone.now()).exists()
    if name not in TOPICS:
        return True
    topic = topic_at(name, match.kwargs)
    return topic is None or TOPICS[name][1](topic).exists()


def topic_at(name: str, words: dict) -> Model | None:
    """Return the topic, author, publication or article that a URL of this name identifies, public or not."""
    # An article is known by its number, all others by their slugs.
    known_by = {"pk": words["pk"]} if "pk" in words else {"slug": words["slug"]}
    return TOPICS[name][0]._default_manager.filter(**known_by).first()


def topics(model: type[Category] | type[Tag]) -> list:
    """Return the categories or tags of public posts by name, each with `post_count`."""
    through, field_name = (PostCategory, "category") if model is Category else (PostTag, "tag")
    hidden = through.objects.filter(post__in=hidden_posts())
    counts = counted_by(through.objects.all(), field_name) - counted_by(hidden, field_name)
    return _with_counts(model, counts)


def _with_counts(model: type[Category] | type[Tag], counts: dict[int, int]) -> list:
    found: list[Any] = sorted(
        model.objects.in_bulk(list(counts)).values(), key=lambda topic: topic.name.casefold()
    )
    for topic in found:
        topic.post_count = counts[topic.pk]
    return found


def by_letter(found: list) -> list[tuple[str, list]]:
    """Group topics by first letter, A to Z; digits and signs come first, under "#"."""
    ordered = sorted(found, key=lambda topic: (_letter(topic.name), topic.name.casefold()))
    return [
        (letter, list(group)) for letter, group in groupby(ordered, key=lambda topic: _letter(topic.name))
    ]


def _letter(name: str) -> str:
    first = unicodedata.normalize("NFKD", name.strip())[:1].upper()
    return first if first.isalpha() else "#"


def quoted_articles(publication: Publication, *, most: int = 50) -> QuerySet:
    """Return the articles of a publication that public posts quote, the last quoted first."""
    public = Quotation.objects.filter(post__in=Post.objects.listed().order_by().values("pk"))
    return publication.articles.filter(pk__in=public.values("article")).order_by("-pk")[:most]


def signing_authors() -> QuerySet:
    """Return the authors of public posts, by name."""
    public = Byline.objects.filter(post__in=Post.objects.listed().order_by().values("pk"))
    return Author.objects.filter(pk__in=public.values("author")).order_by("name")


def publications() -> QuerySet:
    """Return the publications that public posts quote, by name."""
    public = Quotation.objects.filter(post__in=Post.objects.listed().order_by().values("pk"))
    return Publication.objects.filter(articles__in=public.values("article")).distinct().order_by("name")
