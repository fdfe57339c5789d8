"""Tags for lists of posts: numbers of comments, the most discussed posts, and the latest comments."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import Context

from blog.models import Post
from comments import lists

register = template.Library()


@register.simple_tag(takes_context=True)
def comment_counts(context: Context, posts: Iterable[Post]) -> str:
    """Give every post `comment_count`, the number of its public comments, and print nothing.

    One query for a list, which also gives `last_number`; for members one more gives `new_count`.
    """
    # Any, because the three numbers are no columns of a post: only templates ask for them.
    listed: list[Any] = list(posts)
    counts = lists.counts_of(listed) if listed else {}
    viewer = context["viewer"]
    new = lists.new_of(listed, viewer) if listed and viewer else {}
    for post in listed:
        post.comment_count, post.last_number = counts.get(post.pk, (0, 0))
        post.new_count = new.get(post.pk, 0)
    return ""


@register.inclusion_tag("comments/_recent.html")
def recent_comments(most: int = 5) -> dict:
    """Print the latest comments."""
    return {"comments": lists.latest(most)}


@register.inclusion_tag("comments/_popular.html")
def popular_posts(most: int = 5) -> dict:
    """Print the most discussed posts of the last 30 days."""
    return {"posts": lists.popular_posts(most=most)}
