"""Structured data of posts for search engines: schema.org's Article or WebPage, with sources."""

import re
from typing import Any

from blog import seen
from blog.models import Article, Post, SiteSettings
from web.absolute_urls import absolute

_FIRST_IMAGE = re.compile(r'<img\b[^>]*?\ssrc="([^"]+)"')


def article(post: Post, site: SiteSettings) -> dict[str, Any]:
    """Return the JSON-LD of a post that has its page parts; empty entries are left out."""
    address = absolute(post.get_absolute_url())
    data = {
        "@context": "https://schema.org",
        "@type": "WebPage" if post.is_page else "Article",
        "@id": address,
        "url" if post.is_page else "mainEntityOfPage": address,
        "name" if post.is_page else "headline": post.title,
        "description": post.summary,
        "datePublished": post.published_at.isoformat() if post.published_at else "",
        "dateModified": modified(post).isoformat(),
        "author": [
            {"@type": "Person", "name": byline.author.name, "url": absolute(byline.author.get_absolute_url())}
            for byline in post.bylines.all()
        ],
        "publisher": {"@type": "Organization", "name": site.name, "url": absolute("/")},
        "articleSection": [filing.category.name for filing in post.post_categories.all()],
        "keywords": [tagging.tag.name for tagging in post.post_tags.all()],
        "wordCount": post.word_count,
        "image": first_image(post),
        "citation": [citation(quotation.article) for quotation in post.quotations.all()],
    }
    return {key: value for key, value in data.items() if value}


def citation(source: Article) -> dict[str, Any]:
    """Return one quoted article as schema.org's CreativeWork."""
    data = {
        "@type": "CreativeWork",
        "headline": source.headline,
        "url": source.url,
        "author": {"@type": "Person", "name": source.writer} if source.writer else None,
        "datePublished": source.date,
        "publisher": {"@type": "Organization", "name": str(source.publication)},
    }
    return {key: value for key, value in data.items() if value}


def first_image(post: Post) -> str:
    """Return the absolute address of the first picture in the body, or ""."""
    found = _FIRST_IMAGE.search(post.body_html)
    return absolute(found.group(1).replace("&amp;", "&")) if found else ""


def modified(post: Post):
    """Return when the post last changed for readers, not earlier than its publication."""
    changed = seen.changed_at(post)
    return max(changed, post.published_at or changed)
