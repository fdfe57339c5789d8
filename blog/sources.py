"""Derive publications, articles and quotations from the text of posts, which stays the only source of truth."""

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from accounts.fields import max_length_of
from accounts.slugs import free_slug
from accounts.spelling import cut, nfc, slugify
from blog import page_versions
from blog.markup import QuotedSource, host_of
from blog.models import Article, Post, Publication, PublicationAlias, Quotation

# Bytes; an entry of a B-tree of PostgreSQL has room for 2704.
LONGEST_KEY = 2600
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_[ce]id|ref|smid|share)$")


def folded(name: str) -> str:
    """Return a name for comparing: NFKC, case folded, without extra white space and a leading "the"."""
    words = unicodedata.normalize("NFKC", name).casefold().split()
    return nfc(" ".join(words[1:] if len(words) > 1 and words[0] == "the" else words))


def normalised(url: str) -> str:
    """Return an address for comparing: without scheme, "www.", fragment, tracking parameters and final slash."""
    host = host_of(url)
    if not host:
        return ""
    parts = urlsplit(url)
    query = urlencode(
        [(key, value) for key, value in parse_qsl(parts.query) if not _TRACKING.match(key.casefold())]
    )
    return (host + parts.path.rstrip("/") + (f"?{query}" if query else ""))[:700]


def derive(post: Post, sources: Sequence[QuotedSource]) -> None:
    """Replace the post's quotations with those in its text, in order. The caller holds the transaction."""
    wanted = [(_article_for(source), source.text) for source in sources]
    existing = list(post.quotations.order_by("position").values_list("article_id", "text"))
    if existing == [(article.pk, text) for article, text in wanted]:
        return
    post.quotations.all().delete()
    Quotation.objects.bulk_create(
        Quotation(post=post, article=article, position=position, text=text)
        for position, (article, text) in enumerate(wanted, start=1)
    )


def _article_for(source: QuotedSource) -> Article:
    publication = _publication_for(source)
    key = _indexable(normalised(source.url) or cut(f"{publication.key} {folded(source.headline)}", 700))
    article, made = Article.objects.get_or_create(
        key=key,
        defaults={
            "publication": publication,
            "headline": cut(source.headline, 500),
            "url": source.url[:1000],
            "writer": cut(source.writer, 200),
            "date": cut(source.date, 40),
        },
    )
    if not made:
        _fill_gaps(article, source)
    return article


def _indexable(key: str) -> str:
    """Shorten a key to what fits into an index of PostgreSQL; a letter takes up to four bytes."""
    return key.encode()[:LONGEST_KEY].decode(errors="ignore")


def _fill_gaps(article: Article, source: QuotedSource) -> None:
    """Fill empty fields of the article from this quotation; never overwrite what somebody may have corrected."""
    gaps = {
        field: value
        for field, value in (("headline", source.headline), ("writer", source.writer), ("date", source.date))
        if value and not getattr(article, field)
    }
    for field, value in gaps.items():
        setattr(article, field, cut(value, max_length_of(Article, field)))
    if gaps:
        article.save(update_fields=list(gaps))
        # Other posts quote it too, and a draft that knows more tells no page by itself.
        page_versions.touch_site(only_adds=True)


def _publication_for(source: QuotedSource) -> Publication:
    host, name = host_of(source.url), source.publication.strip() or host_of(source.url)
    keys = list(dict.fromkeys(cut(key, 200) for key in (host, folded(name)) if key))
    for key in keys:
        found = (
            Publication.objects.filter(key=key).first()
            or Publication.objects.filter(aliases__key=key).first()
        )
        if found:
            return found
    slug = free_slug(slugify(name, most=200) or "source", Publication.objects.all())
    publication = Publication.objects.create(
        key=keys[0],
        name=cut(name, 200),
        slug=slug,
    )
    for key in keys[1:]:
        PublicationAlias.objects.get_or_create(key=key, defaults={"publication": publication})
    return publication
