"""Ids of entries in feeds, which never change."""

from web.absolute_urls import absolute, path


def entry_id_before(post_id: int) -> str:
    """Return the feed id of a post from before ids were stored: a URL of the site."""
    return absolute(path("blog:preview", post_id))
