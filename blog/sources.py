"""Derives publications, articles and quotations from what a post quotes; the post's text stays the only truth."""

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.text import slugify

from blog import pages
from blog.markup import QuotedSource
from blog.models import Article, Post, Publication, PublicationAlias, Quotation

_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_[ce]id|ref|smid|share)$")


def folded(name: str) -> str:
    """Return a name as it is compared: NFKC, case folded, white space and a leading "the" left out."""
    words = unicodedata.normalize("NFKC", name).casefold().split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


def host_of(url: str) -> str:
    """Return the host of an address without "www." and "m.", or ""."""
    try:
        host = (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return ""
    return re.sub(r"^(www\d?|m|amp|edition)\.", "", host)


def normalised(url: str) -> str:
    """Return an address as it is compared: no scheme, "www.", fragment, tracking words or closing slash."""
    host = host_of(url)
    if not host:
        return ""
    parts = urlsplit(url)
    query = urlencode(
        [(key, value) for key, value in parse_qsl(parts.query) if not _TRACKING.match(key.casefold())]
    )
    return (host + parts.path.rstrip("/") + (f"?{query}" if query else ""))[:700]


def derive(post: Post, sources: Sequence[QuotedSource]) -> None:
    """Make the post's quotations agree with what its text quotes, in order; the caller holds the transaction."""
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
    key = normalised(source.url) or f"{publication.key} {folded(source.headline)}"[:700]
    article, made = Article.objects.get_or_create(
        key=key,
        defaults={
            "publication": publication,
            "headline": source.headline[:500],
            "url": source.url[:1000],
            "writer": source.writer[:200],
            "date": source.date[:40],
        },
    )
    if not made:
        _fill_gaps(article, source)
    return article


def _fill_gaps(article: Article, source: QuotedSource) -> None:
    """Add what this quotation knows and the article did not; never overwrite what somebody has put right."""
    gaps = {
        field: value
        for field, value in (("headline", source.headline), ("writer", source.writer), ("date", source.date))
        if value and not getattr(article, field)
    }
    for field, value in gaps.items():
        setattr(article, field, value[: Article._meta.get_field(field).max_length])
    if gaps:
        article.save(update_fields=list(gaps))
        # Other posts quote it too, and a draft that knows more tells no page by itself.
        pages.touch_site()


def _publication_for(source: QuotedSource) -> Publication:
    host, name = host_of(source.url), source.publication.strip() or host_of(source.url)
    keys = [key[:200] for key in (host, folded(name)) if key]
    for key in keys:
        found = (
            Publication.objects.filter(key=key).first()
            or Publication.objects.filter(aliases__key=key).first()
        )
        if found:
            return found
    publication = Publication.objects.create(key=keys[0], name=name[:200], slug=_free_slug(name))
    for key in keys[1:]:
        PublicationAlias.objects.get_or_create(key=key, defaults={"publication": publication})
    return publication


def _free_slug(name: str) -> str:
    base = slugify(name, allow_unicode=True)[:200] or "source"
    slug, number = base, 2
    while Publication.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
